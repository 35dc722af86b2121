/*
 * A connection that never blocks: every octet is waited for until the
 * deadline of the whole, so that a server that drips cannot hold us, and one
 * that floods fills no more than an answer may be long.
 */
#include "config.h"

#include "policy/store/redis_wire.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define COMMAND_MAX ((size_t)1 << 20)
#define READ_OCTETS ((size_t)16384)

struct redis_wire {
	int fd;
	struct redis_tls *tls; /* NULL: plain */
	struct arena *arena;   /* of the last answer's lists */
	struct buf in;
};

/* ---- addresses ----------------------------------------------------------- */

bool
redis_place_of_path(
    const char *path, struct redis_place *out, char why[REDIS_WHY_MAX])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(path);

	*out = (struct redis_place){ 0 };
	if (n >= sizeof(address.sun_path)) {
		(void)snprintf(why, REDIS_WHY_MAX, "the path is too long");
		return false;
	}
	(void)memcpy(address.sun_path, path, n + 1);
	(void)memcpy(&out->address[0], &address, sizeof(address));
	out->size[0] = sizeof(address);
	out->count = 1;
	return true;
}

bool
redis_place_find_join(const struct store_server *s, struct redis_place *out,
    char why[REDIS_WHY_MAX])
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found, *a;
	char port[16];
	int error;

	*out = (struct redis_place){ 0 };
	(void)snprintf(port, sizeof(port), "%d", s->port);
	error = getaddrinfo(s->host, port, &hints, &found);
	if (error != 0) {
		(void)snprintf(
		    why, REDIS_WHY_MAX, "%.200s", gai_strerror(error));
		return false;
	}
	for (a = found; a != NULL && out->count < REDIS_ADDRESSES_MAX;
	     a = a->ai_next) {
		(void)memcpy(
		    &out->address[out->count], a->ai_addr, a->ai_addrlen);
		out->size[out->count++] = a->ai_addrlen;
	}
	freeaddrinfo(found);
	return true;
}

/* ---- waiting ------------------------------------------------------------- */

/* False: not before until_ms. */
static bool
wire_wait(int fd, short events, int64_t until_ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int64_t left =
		    until_ms - clock_system.monotonic_ms(clock_system.ctx);
		int ready = left <= 0
				? 0
				: poll(&p, 1, left < 60000 ? (int)left : 60000);

		if (ready > 0)
			return true;
		if (left <= 0 || (ready < 0 && errno != EINTR))
			return false;
	}
}

/* ---- the connection ------------------------------------------------------ */

static bool
socket_connect(int fd, const struct redis_place *p, size_t i, int64_t until_ms)
{
	int error = 0, on = 1;
	socklen_t size = sizeof(error);

	/* Commands are short and waited for; on a unix socket it fails. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (const struct sockaddr *)&p->address[i], p->size[i]) ==
	    0)
		return true;
	if (errno != EINPROGRESS)
		return false;
	if (!wire_wait(fd, POLLOUT, until_ms)) {
		errno = ETIMEDOUT;
		return false;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return false;
	errno = error;
	return error == 0;
}

/* The first address that answers; all of them share the time there is. */
static int
place_connect(
    const struct redis_place *p, int64_t until_ms, char why[REDIS_WHY_MAX])
{
	(void)snprintf(why, REDIS_WHY_MAX, "it has no address");
	for (size_t i = 0; i < p->count; i++) {
		int fd = socket(p->address[i].ss_family,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		if (fd >= 0 && socket_connect(fd, p, i, until_ms))
			return fd;
		(void)snprintf(why, REDIS_WHY_MAX, "%.200s",
		    errno == ETIMEDOUT ? "no answer in time" : strerror(errno));
		if (fd >= 0)
			(void)close(fd);
	}
	return -1;
}

static bool
wire_greet(struct redis_wire *w, int64_t until_ms, char why[REDIS_WHY_MAX])
{
	for (;;) {
		enum redis_tls_step step = redis_tls_greet(w->tls);

		if (step == REDIS_TLS_DONE)
			return true;
		if (step == REDIS_TLS_ENDED) {
			(void)snprintf(why, REDIS_WHY_MAX, "%.200s",
			    redis_tls_why(w->tls));
			return false;
		}
		if (!wire_wait(w->fd, step == REDIS_TLS_READ ? POLLIN : POLLOUT,
			until_ms)) {
			(void)snprintf(
			    why, REDIS_WHY_MAX, "TLS: no answer in time");
			return false;
		}
	}
}

struct redis_wire *
redis_wire_open_join(const struct redis_place *p, struct redis_tls_context *tls,
    const char *host, int64_t until_ms, char why[REDIS_WHY_MAX])
{
	struct redis_wire *w;
	int fd = place_connect(p, until_ms, why);

	if (fd < 0)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->fd = fd;
	w->arena = arena_new();
	buf_init(&w->in, REDIS_REPLY_MAX + READ_OCTETS);
	if (tls == NULL)
		return w;
	(void)snprintf(why, REDIS_WHY_MAX, "TLS: no memory");
	w->tls = redis_tls_new(tls, host, fd);
	if (w->tls != NULL && wire_greet(w, until_ms, why))
		return w;
	redis_wire_close(&w);
	return NULL;
}

void
redis_wire_close(struct redis_wire **wp)
{
	struct redis_wire *w = *wp;

	*wp = NULL;
	if (w == NULL)
		return;
	redis_tls_free(&w->tls);
	(void)close(w->fd); /* nothing more is expected of it */
	arena_free(&w->arena);
	buf_free(&w->in);
	free(w);
}

/* ---- octets -------------------------------------------------------------- */

/* What the last read or write would wait for; 0: done, -1: ended. */
static int
step_events(enum redis_tls_step step)
{
	switch (step) {
	case REDIS_TLS_DONE:
		return 0;
	case REDIS_TLS_READ:
		return POLLIN;
	case REDIS_TLS_WRITE:
		return POLLOUT;
	case REDIS_TLS_ENDED:
		break;
	}
	return -1;
}

static int
plain_events(ssize_t result, short events)
{
	if (result > 0)
		return 0;
	if (result < 0 && (errno == EAGAIN || errno == EINTR))
		return events;
	return -1;
}

static int
wire_put(struct redis_wire *w, struct span text, size_t *n)
{
	ssize_t put;

	if (w->tls != NULL)
		return step_events(redis_tls_write(w->tls, text.p, text.n, n));
	put = send(w->fd, text.p, text.n, MSG_NOSIGNAL);
	*n = put > 0 ? (size_t)put : 0;
	return plain_events(put, POLLOUT);
}

static int
wire_get(struct redis_wire *w, char *p, size_t size, size_t *n)
{
	ssize_t got;

	if (w->tls != NULL)
		return step_events(redis_tls_read(w->tls, p, size, n));
	got = recv(w->fd, p, size, 0);
	*n = got > 0 ? (size_t)got : 0;
	return plain_events(got, POLLIN);
}

/* Turns what one step says into what is to be done: REDIS_CAME, go on. */
static enum redis_came
wire_stepped(struct redis_wire *w, int events, int64_t until_ms)
{
	if (events < 0)
		return REDIS_BROKEN;
	if (events > 0 && !wire_wait(w->fd, (short)events, until_ms))
		return REDIS_SILENT;
	return REDIS_CAME;
}

static enum redis_came
wire_write(struct redis_wire *w, struct span text, int64_t until_ms)
{
	enum redis_came came = REDIS_CAME;

	while (text.n > 0 && came == REDIS_CAME) {
		size_t n = 0;

		came = wire_stepped(w, wire_put(w, text, &n), until_ms);
		text = span_slice(text, n, text.n);
	}
	return came;
}

static bool
time_is_over(int64_t until_ms)
{
	return clock_system.monotonic_ms(clock_system.ctx) >= until_ms;
}

/*
 * Until a whole answer is there. It is read anew from its beginning for each
 * piece, of which there are few: a large answer comes in large pieces, and one
 * that drips has its time.
 */
static enum redis_came
wire_read(struct redis_wire *w, int64_t until_ms, struct redis_reply *out)
{
	char piece[READ_OCTETS];

	for (;;) {
		size_t n = 0, used;
		enum redis_came came = wire_stepped(
		    w, wire_get(w, piece, sizeof(piece), &n), until_ms);

		if (came != REDIS_CAME)
			return came;
		if (n == 0)
			continue;
		(void)buf_add(&w->in, span_make(piece, n));
		arena_reset(w->arena);
		switch (
		    redis_reply_read(buf_span(&w->in), w->arena, out, &used)) {
		case REDIS_READ_ALL:
			/* Nothing was asked that more could answer. */
			return used == w->in.n ? REDIS_CAME : REDIS_STRANGE;
		case REDIS_READ_BAD:
			return REDIS_STRANGE;
		case REDIS_READ_MORE:
			if (time_is_over(until_ms))
				return REDIS_SILENT;
			break;
		}
	}
}

/*
 * What has come before anything was asked would be taken for the answer, and
 * each answer from then on for that of the next question. An error is one to
 * whatever is asked: so it is told that there are too many clients.
 */
static enum redis_came
wire_is_quiet(struct redis_wire *w)
{
	char piece[1];
	size_t n = 0;
	int events = wire_get(w, piece, sizeof(piece), &n);

	if (n > 0 && piece[0] != '-')
		return REDIS_STRANGE;
	if (n > 0)
		(void)buf_add(&w->in, span_make(piece, n));
	return events < 0 ? REDIS_BROKEN : REDIS_CAME;
}

enum redis_came
redis_wire_command_join(struct redis_wire *w, const struct span *argv,
    size_t argc, int64_t until_ms, struct redis_reply *out)
{
	enum redis_came came;
	struct buf text;

	buf_init(&text, COMMAND_MAX);
	(void)buf_printf(&text, "*%zu\r\n", argc);
	for (size_t i = 0; i < argc; i++) {
		(void)buf_printf(&text, "$%zu\r\n", argv[i].n);
		(void)buf_add(&text, argv[i]);
		(void)buf_addz(&text, "\r\n");
	}
	INVARIANT(!text.over);
	buf_clear(&w->in);
	came = wire_is_quiet(w);
	if (came == REDIS_CAME)
		came = wire_write(w, buf_span(&text), until_ms);
	buf_free(&text);
	return came == REDIS_CAME ? wire_read(w, until_ms, out) : came;
}

const char *
redis_wire_why(const struct redis_wire *w, enum redis_came came)
{
	static const char *const text[] = {
		[REDIS_CAME] = "it answers",
		[REDIS_SILENT] = "it does not answer in time",
		[REDIS_BROKEN] = "the connection ended",
		[REDIS_STRANGE] = "what it answers is too large or not Redis's",
	};

	if (came == REDIS_BROKEN && w->tls != NULL &&
	    redis_tls_why(w->tls)[0] != '\0')
		return redis_tls_why(w->tls);
	return text[came];
}
