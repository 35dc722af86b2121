/*
 * What the subcommands of verdict(1) stand on, without files, sockets and
 * terminals: whatever they read is the input, and what they print must not
 * move a cursor. A target is one file: they include this one.
 */
#include "config.h"

#include <stdio.h>

#include "rules/panic.h"
#include "tool/tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span tool_input;

/* ---- what is printed ----------------------------------------------------- */

/* Standard output goes to memory from here on. */
static struct {
	FILE *stream;
	char *text;
	size_t n;
} printed;

static void
printed_begin(void)
{
	if (printed.stream == NULL) {
		printed.stream = open_memstream(&printed.text, &printed.n);
		INVARIANT(printed.stream != NULL);
		stdout = printed.stream;
	}
	INVARIANT(fseek(stdout, 0, SEEK_SET) == 0);
}

/* No octet of it moves a cursor or begins an escape sequence. */
static void
printed_check(void)
{
	INVARIANT(fflush(stdout) == 0);
	for (size_t i = 0; i < printed.n; i++)
		INVARIANT(printed.text[i] == '\n' || printed.text[i] == '\t' ||
			  ((unsigned char)printed.text[i] >= ' ' &&
			      printed.text[i] != 0x7f));
}

/* ---- tool.c without its surroundings ------------------------------------- */

int
tool_usage(const char *name)
{
	(void)name;
	return EXIT_USAGE;
}

int
tool_fail(int status, const char *fmt, ...)
{
	(void)fmt;
	return status;
}

bool
tool_colour(void)
{
	return false;
}

const char *
tool_bold(void)
{
	return "";
}

const char *
tool_dim(void)
{
	return "";
}

const char *
tool_red(void)
{
	return "";
}

const char *
tool_green(void)
{
	return "";
}

const char *
tool_yellow(void)
{
	return "";
}

const char *
tool_plain(void)
{
	return "";
}

struct snapshot *
tool_snapshot(const struct snapshot_source *source)
{
	(void)source;
	return NULL;
}

struct snapshot *
tool_load(const char *file, const char *rules)
{
	(void)file;
	(void)rules;
	return NULL;
}

bool
tool_read(const char *path, struct arena *a, struct span *out)
{
	(void)path;
	*out = arena_dup(a, tool_input);
	return true;
}

void
tool_print(struct buf *b)
{
	(void)fwrite(b->p, 1, b->n, stdout);
	buf_free(b);
}

bool
tool_control(
    const char *socket, const char *line, struct buf *answer, const char **why)
{
	(void)socket;
	(void)line;
	(void)why;
	(void)buf_add(answer, tool_input);
	return true;
}
