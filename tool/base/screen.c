/*
 * Terminals and pagers.
 */
#include "config.h"

#include "tool/base/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/utf8.h"

static struct {
	pid_t pid; /* 0: none */
	size_t width, height;
} pager;

bool
screen_there(void)
{
	return pager.pid != 0 || isatty(STDOUT_FILENO) == 1;
}

static size_t
screen_number(const char *name, uint64_t least, uint64_t most)
{
	const char *text = getenv(name);
	uint64_t number;

	return text != NULL && span_number(span_of(text), &number) &&
		       number >= least && number < most
		   ? (size_t)number
		   : 0;
}

size_t
screen_width(void)
{
	size_t columns = screen_number("COLUMNS", 40, 10000);
	struct winsize size;

	if (columns > 0 || pager.pid != 0)
		return columns > 0 ? columns : pager.width;
	if (isatty(STDOUT_FILENO) != 1)
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

size_t
screen_height(void)
{
	size_t lines = screen_number("LINES", 5, 10000);
	struct winsize size;

	if (lines > 0)
		return lines;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row >= 5)
		return size.ws_row;
	return 24;
}

/* ---- the pager ------------------------------------------------------------- */

static const char *
pager_command(void)
{
	const char *own = getenv("VERDICT_PAGER");
	const char *all = getenv("PAGER");

	return own != NULL ? own : all != NULL ? all : "less";
}

static void
pager_wait(void)
{
	int status;

	(void)fflush(stdout);
	(void)close(STDOUT_FILENO);
	while (pager.pid > 0 && waitpid(pager.pid, &status, 0) < 0)
		continue;
}

/* In the child. As git starts it: quit when all fits, show colours. */
static void
pager_run(const char *command, int from)
{
	(void)dup2(from, STDIN_FILENO);
	(void)close(from);
	(void)setenv("LESS", "FRX", 0);
	(void)setenv("LV", "-c", 0);
	(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void
screen_pager(void)
{
	const char *command = pager_command();
	size_t width = screen_width();
	int ends[2];
	pid_t pid;

	if (pager.pid != 0 || isatty(STDOUT_FILENO) != 1 ||
	    command[0] == '\0' || strcmp(command, "cat") == 0 ||
	    pipe(ends) != 0)
		return;
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[1]);
		pager_run(command, ends[0]);
	}
	(void)close(ends[0]);
	if (pid > 0 && dup2(ends[1], STDOUT_FILENO) >= 0) {
		pager.pid = pid;
		pager.width = width;
		(void)atexit(pager_wait);
	}
	(void)close(ends[1]);
}

/* ---- columns ------------------------------------------------------------------ */

size_t
screen_columns(struct span text)
{
	size_t columns = 0;

	for (size_t i = 0; i < text.n;) {
		uint32_t rune;

		i += utf8_next(text, i, &rune);
		columns += utf8_columns(rune);
	}
	return columns;
}

size_t
screen_fit(struct span text, size_t columns)
{
	size_t i = 0, shown = 0;

	while (i < text.n) {
		uint32_t rune;
		size_t n = utf8_next(text, i, &rune);

		shown += utf8_columns(rune);
		if (shown > columns)
			break;
		i += n;
	}
	return i;
}

size_t
screen_line(struct span text, size_t columns)
{
	size_t fits = screen_fit(text, columns), blank = 0;
	bool begun = false;

	/* No room for a single wide one: it is not waited for. */
	if (fits == 0)
		fits = screen_fit(text, 2);
	if (fits == text.n)
		return fits;
	for (size_t i = 0; i <= fits; i++) {
		if (begun && text.p[i] == ' ')
			blank = i;
		begun = begun || text.p[i] != ' ';
	}
	return blank > 0 ? blank : fits;
}

/* ---- what fits --------------------------------------------------------------- */

/* The length of an SGR sequence that begins here, or 0. */
static size_t
sequence_length(struct span line, size_t at)
{
	size_t end = at + 2;

	if (at + 1 >= line.n || line.p[at] != '\033' || line.p[at + 1] != '[')
		return 0;
	while (end < line.n && (ascii_digit(line.p[end]) || line.p[end] == ';'))
		end++;
	return end < line.n ? end + 1 - at : 0;
}

/* Sequences are kept beyond the end as well: the last ones end colours. */
static void
line_crop(struct buf *out, struct span line, size_t columns)
{
	size_t shown = 0, at = 0;

	while (at < line.n) {
		size_t sequence = sequence_length(line, at), n;
		uint32_t rune;

		if (sequence > 0) {
			(void)buf_add(out, span_slice(line, at, at + sequence));
			at += sequence;
			continue;
		}
		n = utf8_next(line, at, &rune);
		shown += utf8_columns(rune);
		if (shown <= columns)
			(void)buf_add(out, span_slice(line, at, at + n));
		at += n;
	}
}

void
screen_crop(struct buf *out, struct span text, size_t lines, size_t columns)
{
	struct span line;

	for (size_t i = 0;
	     i < lines && text.n > 0 && span_cut(&text, '\n', &line); i++) {
		line_crop(out, line, columns);
		(void)buf_addc(out, '\n');
	}
}
