/*
 * Unix sockets for commands: binding, reading a line and what follows, and
 * answering. What commands there are is not known here.
 */
#include "config.h"

#include "milter/control/control_socket.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "milter/daemon/process.h"
#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "policy/base/thread.h"
#include "rules/base/panic.h"

#define COMMAND_MAX 4096
#define ANSWER_MAX  ((size_t)16 * 1024 * 1024)
#define CLIENTS_MAX 16 /* at a time; more are hung up on */
#define ASKING_MS   5000
#define PAYLOAD_MS  60000 /* for all that follows a line */
#define READING_MS  60000

/* ---- binding ------------------------------------------------------------- */

/* Whether a process answers there; one that has died leaves its path. */
static bool
control_answers(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)un,
				      sizeof(*un)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return answers;
}

/* To the group that may use it. */
static bool
control_group(const struct control_socket *s, const char *path, struct arena *a,
    const char **why)
{
	const struct group *g;

	if (s->group == NULL || s->group[0] == '\0')
		return true;
	g = getgrnam(s->group);
	if (g == NULL)
		*why = arena_printf(
		    a, "%s: there is no group %s", s->setting, s->group);
	else if (chown(path, (uid_t)-1, g->gr_gid) == 0)
		return true;
	else
		*why = arena_printf(a, "%s: %s: group %s: %s", s->setting, path,
		    s->group, strerror(errno));
	return false;
}

static bool
control_directory(const struct control_socket *s, const struct config *c,
    struct arena *a, const char **why)
{
	const char *dir = path_dir(s->path, a);

	if (mkdir(dir, (mode_t)s->dir_mode) != 0)
		return true;
	return process_give(dir, c, a, why) && control_group(s, dir, a, why);
}

static bool
control_bind(struct control_socket *s, const struct sockaddr_un *un,
    const struct config *c, struct arena *a, const char **why)
{
	mode_t before = umask((mode_t)(0777U & ~s->mode));
	bool ok;

	(void)unlink(s->path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok = s->fd >= 0 &&
	     bind(s->fd, (const struct sockaddr *)un, sizeof(*un)) == 0 &&
	     listen(s->fd, 16) == 0;
	(void)umask(before);
	if (!ok)
		*why = arena_printf(
		    a, "%s: %s: %s", s->setting, s->path, strerror(errno));
	/* It is the daemon's own, whose user asks it, too (verdict web). */
	return ok && process_give(s->path, c, a, why) &&
	       control_group(s, s->path, a, why);
}

bool
control_socket_open(struct control_socket *s, const char *path,
    const struct config *c, struct arena *a, const char **why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(un.sun_path)) {
		*why = arena_printf(a, "%s: the path is too long", s->setting);
		return false;
	}
	(void)strcpy(un.sun_path, path);
	if (control_answers(&un)) {
		*why = arena_printf(a,
		    "%s: another verdict-milter answers on %s; give each its "
		    "own \"%s\"",
		    s->setting, path, s->setting);
		return false;
	}
	(void)strcpy(s->path, path);
	return control_directory(s, c, a, why) && control_bind(s, &un, c, a, why);
}

/* ---- serving ------------------------------------------------------------- */

static int64_t
in_ms(int64_t ms)
{
	return clock_system.monotonic_ms(clock_system.ctx) + ms;
}

/* False when the socket is not ready for events until then. */
static bool
client_wait(int fd, short events, int64_t until_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left_ms = until_ms - in_ms(0);

	return left_ms > 0 && poll(&p, 1, (int)left_ms) > 0;
}

static ssize_t
client_read(int fd, char *out, size_t size, int64_t until_ms)
{
	ssize_t got;

	do {
		if (!client_wait(fd, POLLIN, until_ms))
			return -1;
		got = read(fd, out, size);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* Up to the line end; what was read behind it is the beginning of what
 * follows. */
static bool
line_read(int fd, char *text, size_t size, size_t *n, size_t *line)
{
	int64_t until_ms = in_ms(ASKING_MS);

	*n = 0;
	while (*n < size) {
		ssize_t got = client_read(fd, text + *n, size - *n, until_ms);
		const char *end;

		if (got <= 0) {
			*line = *n;
			return *n > 0;
		}
		*n += (size_t)got;
		end = memchr(text, '\n', *n);
		if (end != NULL) {
			*line = (size_t)(end - text) + 1;
			return true;
		}
	}
	return false;
}

/* So many octets, of which some are there already. */
static bool
payload_read(int fd, struct span begun, size_t want, struct buf *out)
{
	char chunk[16384];
	int64_t until_ms = in_ms(PAYLOAD_MS);

	(void)buf_add(out, span_slice(begun, 0, want));
	while (out->n < want && !out->over) {
		size_t left = want - out->n;
		ssize_t got = client_read(fd, chunk,
		    left < sizeof(chunk) ? left : sizeof(chunk), until_ms);

		if (got <= 0)
			return false;
		(void)buf_add(out, span_make(chunk, (size_t)got));
	}
	return !out->over;
}

static void
answer_write(int fd, struct span text, int64_t until_ms)
{
	while (text.n > 0 && client_wait(fd, POLLOUT, until_ms)) {
		ssize_t put =
		    send(fd, text.p, text.n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (put < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (put <= 0)
			return;
		text = span_slice(text, (size_t)put, text.n);
	}
}

static bool
client_run(struct control_socket *s, int fd, struct span text, size_t line,
    struct buf *answer)
{
	struct span command = span_trim(span_slice(text, 0, line));
	size_t want = s->payload == NULL ? 0 : s->payload(command);
	pthread_mutex_t *running =
	    &s->running[s->lesson != NULL && s->lesson(command)];
	struct buf payload;
	bool ok;

	if (want > s->payload_max) {
		(void)buf_printf(answer, "no more than %zu octets at once\n",
		    s->payload_max);
		return false;
	}
	buf_init(&payload, want);
	ok = payload_read(fd, span_slice(text, line, text.n), want, &payload);
	if (ok) {
		(void)pthread_mutex_lock(running);
		ok = s->run(command, buf_span(&payload), answer);
		(void)pthread_mutex_unlock(running);
	} else {
		(void)buf_addz(answer, "the octets that were announced did "
				       "not come\n");
	}
	buf_free(&payload);
	return ok;
}

static void
client_serve(struct control_socket *s, int fd)
{
	int64_t until_ms;
	char text[COMMAND_MAX];
	struct buf answer;
	size_t n, line;
	bool ok;

	if (!line_read(fd, text, sizeof(text), &n, &line))
		return;
	buf_init(&answer, ANSWER_MAX);
	ok = client_run(s, fd, span_make(text, n), line, &answer);
	until_ms = in_ms(READING_MS);
	answer_write(fd, ok ? SPAN("ok\n") : SPAN("error\n"), until_ms);
	answer_write(fd, buf_span(&answer), until_ms);
	buf_free(&answer);
}

struct client {
	struct control_socket *socket;
	int fd;
};

static void *
client_thread(void *arg)
{
	struct client *c = arg;

	client_serve(c->socket, c->fd);
	(void)close(c->fd);
	(void)atomic_fetch_sub(&c->socket->clients, 1);
	free(c);
	return NULL;
}

/* Whoever is slow makes nobody else wait. */
static void
client_accept(struct control_socket *s, int fd)
{
	struct client *c = xmalloc(sizeof(*c));
	pthread_t thread;

	*c = (struct client){ s, fd };
	if (atomic_fetch_add(&s->clients, 1) < CLIENTS_MAX &&
	    thread_start(&thread, client_thread, c)) {
		(void)pthread_detach(thread);
		return;
	}
	(void)atomic_fetch_sub(&s->clients, 1);
	(void)close(fd);
	free(c);
}

static void *
control_thread(void *ctx)
{
	struct control_socket *s = ctx;

	for (;;) {
		int fd = accept(s->fd, NULL, NULL);

		if (fd < 0 && errno == EBADF)
			return NULL;
		if (fd < 0) {
			(void)nanosleep(
			    &(struct timespec){ 0, 10000000 }, NULL);
			continue;
		}
		client_accept(s, fd);
	}
}

void
control_socket_start(struct control_socket *s)
{
	pthread_t thread;

	for (size_t i = 0; i < ARRAY_COUNT(s->running); i++)
		(void)pthread_mutex_init(&s->running[i], NULL);
	if (s->fd >= 0 && thread_start(&thread, control_thread, s))
		(void)pthread_detach(thread);
}

void
control_socket_close(struct control_socket *s)
{
	if (s->fd >= 0)
		(void)unlink(s->path);
}
