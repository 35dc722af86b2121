/*
 * What the subcommands share: loading, reading, printing, asking the daemon.
 */
#include "config.h"

#include "tool/base/tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "policy/load/snapshot_load.h"
#include "policy/reader/reader.h"
#include "rules/base/utf8.h"
#include "rules/source/diag.h"
#include "tool/base/screen.h"

#define INPUT_MAX  ((size_t)1024 * 1024 * 1024)
#define ANSWER_MAX ((size_t)64 << 20) /* of the daemon */
#define REPORT_MAX ((size_t)1024 * 1024)

static const struct command *tool_running;

int
tool_run(const struct command *c, int argc, char **argv)
{
	tool_running = c;
	return c->run(argc, argv);
}

int
tool_usage(void)
{
	if (tool_running != NULL)
		(void)fprintf(stderr, "usage: verdict %s %s\n",
		    tool_running->name, tool_running->usage);
	return EXIT_USAGE;
}

/*
 * What is wrong often has words of others in it: of senders, of a server, of
 * whoever gave the id that was not found.
 */
static void
text_clean(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n;) {
		uint32_t rune;
		size_t n = utf8_next(text, i, &rune);

		if (utf8_shown(rune) || rune == '\n' || rune == '\t')
			(void)buf_add(out, span_slice(text, i, i + n));
		else
			tool_safe(out, span_slice(text, i, i + n));
		i += n;
	}
}

int
tool_fail(int status, const char *fmt, ...)
{
	struct buf text, shown;
	va_list ap;

	buf_init(&text, REPORT_MAX);
	buf_init(&shown, 4 * REPORT_MAX);
	va_start(ap, fmt);
	(void)buf_vprintf(&text, fmt, ap);
	va_end(ap);
	text_clean(&shown, buf_span(&text));
	(void)fprintf(stderr, "verdict: %.*s\n", SPAN_FMT(buf_span(&shown)));
	buf_free(&text);
	buf_free(&shown);
	return status;
}

bool
tool_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return screen_there() && (no == NULL || no[0] == '\0');
}

static const char *
colour(const char *sequence)
{
	return tool_colour() ? sequence : "";
}

const char *
tool_bold(void)
{
	return colour("\033[1m");
}

const char *
tool_dim(void)
{
	return colour("\033[2m");
}

const char *
tool_red(void)
{
	return colour("\033[31m");
}

const char *
tool_green(void)
{
	return colour("\033[32m");
}

const char *
tool_yellow(void)
{
	return colour("\033[33m");
}

const char *
tool_plain(void)
{
	return colour("\033[0m");
}

static struct snapshot *
load(const struct snapshot_source *wanted, struct diags *diags)
{
	struct snapshot_source source = *wanted;

	if (source.file == NULL && access(TOOL_CONFIG, F_OK) == 0)
		source.file = TOOL_CONFIG;
	return snapshot_load(&source, diags);
}

void
tool_report(const struct diags *diags)
{
	struct buf text;

	buf_init(&text, REPORT_MAX);
	diags_print(diags, &text, isatty(STDERR_FILENO) == 1);
	if (text.n > 0)
		(void)fwrite(text.p, 1, text.n, stderr);
	buf_free(&text);
}

struct snapshot *
tool_snapshot(const struct snapshot_source *source)
{
	struct arena *arena = arena_new();
	struct diags diags;
	struct snapshot *s;

	diags_init(&diags, arena);
	s = load(source, &diags);
	tool_report(&diags);
	arena_free(&arena);
	return s;
}

struct snapshot *
tool_load(const char *file, const char *rules)
{
	const struct snapshot_source source = { .file = file,
		.rules_path = rules };

	return tool_snapshot(&source);
}

static struct snapshot *
load_quietly(const struct snapshot_source *source)
{
	struct arena *arena = arena_new();
	struct diags diags;
	struct snapshot *s;

	diags_init(&diags, arena);
	s = load(source, &diags);
	arena_free(&arena);
	return s;
}

struct snapshot *
tool_load_quietly(const char *file)
{
	return load_quietly(&(struct snapshot_source){ .file = file });
}

struct snapshot *
tool_load_words(const char *file, bool *wrong)
{
	struct snapshot *s = tool_load(file, NULL);

	*wrong = s == NULL;
	if (s != NULL)
		return s;
	return load_quietly(&(struct snapshot_source){
	    .file = file, .rules_text = SPAN("") });
}

struct snapshot *
tool_settings(const char *file)
{
	const struct snapshot_source source = { .file = file,
		.settings_only = true };
	struct arena *arena = arena_new();
	struct diags diags;
	struct snapshot *s;

	diags_init(&diags, arena);
	s = load(&source, &diags);
	if (s == NULL)
		tool_report(&diags);
	else if (diags.errors > 0)
		(void)tool_fail(0,
		    "%s has errors, which verdict lint shows; the other lines "
		    "count",
		    file == NULL ? TOOL_CONFIG : file);
	arena_free(&arena);
	return s;
}

static bool
input_read(struct arena *a, struct span *out)
{
	struct buf b;
	char chunk[65536];
	size_t n;

	buf_init(&b, INPUT_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		(void)buf_add(&b, span_make(chunk, n));
	*out = arena_dup(a, buf_span(&b));
	n = b.over ? 1 : 0;
	buf_free(&b);
	return n == 0 && ferror(stdin) == 0;
}

bool
tool_read(const char *path, struct arena *a, struct span *out)
{
	const char *why;

	if (strcmp(path, "-") == 0) {
		if (input_read(a, out))
			return true;
		(void)tool_fail(0, "standard input cannot be read");
		return false;
	}
	if (file_read(path, INPUT_MAX, a, out, &why))
		return true;
	(void)tool_fail(0, "%s", why);
	return false;
}

void
tool_safe(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c >= ' ' && c < 0x7f)
			(void)buf_addc(out, (char)c);
		else
			(void)buf_printf(out, "\\x%02x", c);
	}
}

void
tool_print_clean(struct span text)
{
	struct buf shown;

	buf_init(&shown, 4 * text.n + 1);
	text_clean(&shown, text);
	tool_print(&shown);
}

void
tool_print(struct buf *b)
{
	if (b->n > 0)
		(void)fwrite(b->p, 1, b->n, stdout);
	buf_free(b);
}

/* ---- the daemon ---------------------------------------------------------- */

static int tool_patience_s = 60;

void
tool_control_patience(int seconds)
{
	tool_patience_s = seconds;
}

/* The environment's word counts more than what a command thinks enough. */
static int
control_patience_s(void)
{
	const char *text = getenv("VERDICT_PATIENCE");
	uint64_t own;

	if (text != NULL && span_number(span_of(text), &own) && own > 0 &&
	    own <= 86400)
		return (int)own;
	return tool_patience_s;
}

static int64_t
control_until_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx) +
	       (int64_t)control_patience_s() * 1000;
}

/*
 * Lets the next call on the descriptor wait for what is left only: patience
 * is for the whole of an answer, or one that drips would be waited for without
 * end. False when nothing is left.
 */
static bool
control_left(int fd, int64_t until_ms)
{
	int64_t left_ms =
	    until_ms - clock_system.monotonic_ms(clock_system.ctx);
	const struct timeval left = { .tv_sec = left_ms / 1000,
		.tv_usec = left_ms % 1000 * 1000 };

	return left_ms > 0 &&
	       setsockopt(
		   fd, SOL_SOCKET, SO_RCVTIMEO, &left, sizeof(left)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left)) ==
		   0;
}

static const char *
control_silent(void)
{
	static char text[96];

	(void)snprintf(text, sizeof(text),
	    "the daemon does not answer; waited %d s for its whole answer",
	    control_patience_s());
	return text;
}

static int
control_connect(
    const char *path, int flags, int64_t until_ms, const char **why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (path[0] == '\0') {
		*why = "the setting \"control\" is empty";
		return -1;
	}
	if (strlen(path) >= sizeof(un.sun_path)) {
		*why = "the path of the control socket is too long";
		return -1;
	}
	(void)strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	if (fd >= 0 && control_left(fd, until_ms) &&
	    connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0)
		return fd;
	*why = errno == ECONNREFUSED || errno == ENOENT
		   ? "verdict-milter is not running there"
	       : errno == EACCES ? "you may not ask it; try as root"
	       : errno == EAGAIN ? control_silent()
				 : strerror(errno);
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* A daemon that has answered already reads no further. */
static void
control_send(int fd, struct span text, int64_t until_ms)
{
	while (text.n > 0 && control_left(fd, until_ms)) {
		ssize_t put = send(fd, text.p, text.n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return;
		text = span_slice(text, (size_t)put, text.n);
	}
}

int
tool_control_begin(const char *path, const char *line, const char **why)
{
	int64_t until_ms = control_until_ms();
	int fd = control_connect(path, SOCK_NONBLOCK, until_ms, why);

	if (fd < 0)
		return -1;
	control_send(fd, span_of(line), until_ms);
	control_send(fd, SPAN("\n"), until_ms);
	return fd;
}

bool
tool_control_end(struct span all, struct span *answer)
{
	struct span status = SPAN("");

	(void)span_cut(&all, '\n', &status);
	*answer = all;
	return span_is(status, "ok");
}

bool
tool_control_with(const char *path, const char *line, struct span payload,
    struct buf *answer, const char **why)
{
	int64_t until_ms = control_until_ms();
	int fd = control_connect(path, 0, until_ms, why);
	char chunk[16384];
	struct buf all;
	struct span rest = SPAN("");
	ssize_t n = 0;
	bool ok, late = false;

	if (fd < 0)
		return false;
	*why = "the daemon said no";
	buf_init(&all, ANSWER_MAX);
	control_send(fd, span_of(line), until_ms);
	control_send(fd, SPAN("\n"), until_ms);
	control_send(fd, payload, until_ms);
	/* Somebody else may have the socket, who answers without end. */
	while (!all.over && !(late = !control_left(fd, until_ms)) &&
	    (n = read(fd, chunk, sizeof(chunk))) > 0)
		(void)buf_add(&all, span_make(chunk, (size_t)n));
	/* One that hung up with our payload unread has said why before. */
	late = late || (n < 0 && errno == EAGAIN);
	if (all.over)
		*why = "what it answers is too long";
	else if (late)
		*why = control_silent();
	else if (n < 0)
		*why = "the daemon does not answer";
	(void)close(fd);
	ok = !all.over && !late && tool_control_end(buf_span(&all), &rest);
	if (!all.over && !late)
		(void)buf_add(answer, rest);
	buf_free(&all);
	return ok;
}

bool
tool_control(
    const char *path, const char *line, struct buf *answer, const char **why)
{
	return tool_control_with(path, line, SPAN(""), answer, why);
}

bool
tool_control_text(
    const char *path, const char *line, struct buf *answer, const char **why)
{
	struct buf raw;
	bool ok;

	buf_init(&raw, ANSWER_MAX);
	ok = tool_control(path, line, &raw, why);
	text_clean(answer, buf_span(&raw));
	buf_free(&raw);
	return ok;
}

struct span
tool_control_said(const struct buf *answer, const char *why)
{
	return answer->n > 0 ? span_trim(buf_span(answer)) : span_of(why);
}

struct reader *
tool_reader(void)
{
	static struct reader *one;

	if (one == NULL)
		one = reader_new(NULL, NULL);
	return one;
}
