/*
 * Asking the daemon beside serving pages. A daemon that hangs keeps nobody from
 * the history: that is when it is looked at.
 */
#include "config.h"

#include "tool/web/web_daemon.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "tool/base/tool.h"

#define FRESH_MS   1500 /* for which an answer is shown again */
#define WAIT_MS    200  /* of a page */
#define PATIENCE_MS 3000 /* then the question is given up */
#define SILENT     "the daemon does not answer"
#define ANSWER_MAX ((size_t)8 << 20)

static const char *const saying_commands[] = {
	[SAYING_STATS] = "stats",
	[SAYING_LEARNED] = "learned",
};
_Static_assert(
    ARRAY_COUNT(saying_commands) == WEB_SAYINGS, "a command for each");

static int64_t
daemon_now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

void
web_daemon_init(struct web_daemon *d, const char *socket)
{
	*d = (struct web_daemon){ .socket = socket };
	for (size_t i = 0; i < WEB_SAYINGS; i++) {
		d->said[i].fd = -1;
		d->said[i].why = "";
		d->said[i].arena = arena_new();
		buf_init(&d->said[i].coming, ANSWER_MAX);
	}
}

static void
said_close(struct web_said *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
	buf_free(&s->coming);
	buf_init(&s->coming, ANSWER_MAX);
}

void
web_daemon_release(struct web_daemon *d)
{
	for (size_t i = 0; i < WEB_SAYINGS; i++) {
		said_close(&d->said[i]);
		buf_free(&d->said[i].coming);
		jsonr_free(&d->said[i].doc);
		arena_free(&d->said[i].arena);
	}
}

void
web_daemon_renew(struct web_daemon *d)
{
	for (size_t i = 0; i < WEB_SAYINGS; i++) {
		said_close(&d->said[i]);
		d->said[i].said_ms = 0;
	}
}

/* why NULL: what has come is its answer. */
static void
said_end(struct web_daemon *d, struct web_said *s, const char *why)
{
	struct span answer;

	jsonr_free(&s->doc);
	arena_reset(s->arena);
	s->why = why != NULL ? why : "the daemon said no";
	if (why == NULL && tool_control_end(buf_span(&s->coming), &answer))
		s->doc = jsonr_parse(answer, s->arena, &s->why);
	s->said_ms = daemon_now_ms();
	d->silent = why != NULL && strcmp(why, SILENT) == 0;
	said_close(s);
}

static void
said_step(struct web_daemon *d, struct web_said *s)
{
	char chunk[16384];
	ssize_t n;

	if (s->fd < 0)
		return;
	while ((n = read(s->fd, chunk, sizeof(chunk))) > 0)
		(void)buf_add(&s->coming, span_make(chunk, (size_t)n));
	if (n == 0)
		said_end(d, s, NULL);
	else if (errno != EAGAIN && errno != EINTR)
		said_end(d, s, strerror(errno));
	else if (daemon_now_ms() - s->begun_ms >= PATIENCE_MS)
		said_end(d, s, SILENT);
	else if (daemon_now_ms() - s->begun_ms >= WAIT_MS)
		d->silent = true;
}

void
web_daemon_step(struct web_daemon *d)
{
	for (size_t i = 0; i < WEB_SAYINGS; i++)
		said_step(d, &d->said[i]);
}

static void
said_begin(struct web_daemon *d, struct web_said *s, const char *command)
{
	const char *why = "";

	s->begun_ms = daemon_now_ms();
	s->fd = tool_control_begin(d->socket, command, &why);
	if (s->fd < 0)
		said_end(d, s, why);
}

static void
said_wait(struct web_daemon *d, struct web_said *s)
{
	while (s->fd >= 0 && !d->silent) {
		int64_t left = s->begun_ms + WAIT_MS - daemon_now_ms();
		struct pollfd p = { s->fd, POLLIN, 0 };

		(void)poll(&p, 1, left > 0 ? (int)left : 0);
		said_step(d, s);
	}
}

struct jsonr
web_daemon_says(struct web_daemon *d, enum web_saying what, const char **why)
{
	struct web_said *s = &d->said[what];

	web_daemon_step(d);
	if (s->fd < 0 &&
	    (s->said_ms == 0 || daemon_now_ms() - s->said_ms > FRESH_MS))
		said_begin(d, s, saying_commands[what]);
	said_wait(d, s);
	/* What it said before it fell silent is not how things are. */
	*why = s->fd >= 0 ? SILENT : s->why;
	return s->fd >= 0 || s->doc == NULL ? (struct jsonr){ NULL }
					    : jsonr_top(s->doc);
}
