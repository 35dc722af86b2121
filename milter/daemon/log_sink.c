/*
 * Handing over lines without ever waiting for him who takes them. What stands
 * in a line is log.c's.
 */
#include "config.h"

#include "milter/daemon/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/thread.h"
#include "rules/base/panic.h"

#define TOLD_MAX 160
/* The thread looks at least this often whether it is to end. */
#define LOOK_MS 200

struct line {
	struct line *next;
	size_t n;
	size_t sent; /* of a stream: octets that were taken */
	char text[];
};

struct log_sink {
	struct log_sink_options o;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;  /* for the thread */
	pthread_cond_t empty; /* for those who flush */
	/* Read without the lock by log_sink_put_last alone. */
	atomic_int fd;
	bool stream; /* lines follow each other without bounds */
	bool socket;
	struct line *first, **last;
	size_t lines, octets;
	uint64_t dropped, told;
	bool stop;
};

enum taken { TAKEN_ALL, TAKEN_NOT_NOW, TAKEN_LOST_READER, TAKEN_NEVER };

/* ---- the other side ------------------------------------------------------ */

static bool
sink_connect_as(struct log_sink *s, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(s->o.path);
	int fd;

	if (n >= sizeof(address.sun_path))
		return false;
	(void)memcpy(address.sun_path, s->o.path, n + 1);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
	    0) {
		(void)close(fd);
		return false;
	}
	s->stream = type == SOCK_STREAM;
	s->socket = true;
	atomic_store(&s->fd, fd);
	return true;
}

/* A local socket that nobody serves refuses at once; this does not wait. */
static bool
sink_connect(struct log_sink *s)
{
	return s->o.path != NULL && (sink_connect_as(s, SOCK_DGRAM) ||
					sink_connect_as(s, SOCK_STREAM));
}

static void
sink_disconnect(struct log_sink *s)
{
	int fd = atomic_exchange(&s->fd, -1);

	if (fd >= 0 && s->o.path != NULL)
		(void)close(fd);
}

/* Descriptor 2 is not ours alone, so that it cannot be made non-blocking: a
 * pipe that poll calls writable takes PIPE_BUF octets without waiting. */
static ssize_t
sink_write(const struct log_sink *s, int fd, const char *p, size_t n)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };

	if (s->socket)
		return send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (poll(&ready, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(fd, p, n < PIPE_BUF ? n : PIPE_BUF);
}

/* *sent: octets of a stream that were taken so far. */
static enum taken
sink_offer(struct log_sink *s, struct span line, size_t *sent)
{
	int fd = atomic_load(&s->fd);

	while (fd >= 0 && *sent < line.n) {
		ssize_t n = sink_write(s, fd, line.p + *sent, line.n - *sent);

		if (n >= 0)
			*sent = s->stream ? *sent + (size_t)n : line.n;
		else if (errno == EAGAIN || errno == ENOBUFS)
			return TAKEN_NOT_NOW;
		else if (errno == EMSGSIZE)
			return TAKEN_NEVER;
		else if (errno != EINTR)
			return s->o.path == NULL ? TAKEN_NEVER
						 : TAKEN_LOST_READER;
	}
	return fd < 0 ? TAKEN_LOST_READER : TAKEN_ALL;
}

/* ---- the queue, its lock held -------------------------------------------- */

static void
queue_add(struct log_sink *s, struct span text, size_t sent)
{
	struct line *l;

	if (s->lines >= s->o.lines_max ||
	    s->octets + text.n > s->o.octets_max) {
		s->dropped++;
		return;
	}
	l = xmalloc(sizeof(*l) + text.n);
	*l = (struct line){ .n = text.n, .sent = sent };
	if (text.n > 0)
		(void)memcpy(l->text, text.p, text.n);
	*s->last = l;
	s->last = &l->next;
	s->lines++;
	s->octets += l->n;
	if (s->lines == 1)
		(void)pthread_cond_signal(&s->wake);
}

static void
queue_drop_first(struct log_sink *s)
{
	struct line *l = s->first;

	s->first = l->next;
	if (s->first == NULL)
		s->last = &s->first;
	s->lines--;
	s->octets -= l->n;
	free(l);
}

/* All that the other side takes now; how it answered to the last. */
static enum taken
queue_offer(struct log_sink *s)
{
	enum taken taken = TAKEN_ALL;

	while (s->first != NULL && taken != TAKEN_NOT_NOW) {
		struct line *l = s->first;

		taken = sink_offer(s, span_make(l->text, l->n), &l->sent);
		if (taken == TAKEN_LOST_READER) {
			sink_disconnect(s);
			l->sent = 0;
			return taken;
		}
		if (taken == TAKEN_NEVER)
			s->dropped++;
		if (taken != TAKEN_NOT_NOW)
			queue_drop_first(s);
	}
	return taken;
}

/* When all that was kept has been taken: how much was not. */
static void
queue_tell(struct log_sink *s)
{
	char text[TOLD_MAX];
	uint64_t dropped = s->dropped - s->told;

	if (dropped == 0 || s->first != NULL || s->o.told == NULL)
		return;
	s->told = s->dropped;
	queue_add(
	    s, span_make(text, s->o.told(dropped, text, sizeof(text))), 0);
	(void)queue_offer(s);
}

/* ---- the thread ---------------------------------------------------------- */

static void
sink_wait(struct log_sink *s, pthread_cond_t *on, int64_t until_ms)
{
	struct timespec ts = { .tv_sec = (time_t)(until_ms / 1000),
		.tv_nsec = (long)(until_ms % 1000) * 1000000 };

	(void)pthread_cond_timedwait(on, &s->lock, &ts);
}

static int64_t
sink_now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

/* Waits until the other side may take more; the lock is let go meanwhile. */
static void
sink_await(struct log_sink *s, enum taken taken)
{
	struct pollfd ready = { .fd = atomic_load(&s->fd), .events = POLLOUT };

	if (taken == TAKEN_LOST_READER) {
		if (!sink_connect(s))
			sink_wait(s, &s->wake, sink_now_ms() + s->o.retry_ms);
		return;
	}
	(void)pthread_mutex_unlock(&s->lock);
	(void)poll(&ready, 1, LOOK_MS);
	(void)pthread_mutex_lock(&s->lock);
}

static void *
sink_thread(void *ctx)
{
	struct log_sink *s = ctx;

	(void)pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		enum taken taken = queue_offer(s);

		if (taken == TAKEN_NOT_NOW || taken == TAKEN_LOST_READER) {
			sink_await(s, taken);
			continue;
		}
		queue_tell(s);
		if (s->first != NULL)
			continue;
		(void)pthread_cond_broadcast(&s->empty);
		(void)pthread_cond_wait(&s->wake, &s->lock);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- for those who log --------------------------------------------------- */

static void
sink_look(struct log_sink *s)
{
	struct stat st;

	atomic_store(&s->fd, s->o.path == NULL ? s->o.fd : -1);
	s->stream = true;
	if (s->o.path != NULL)
		(void)sink_connect(s);
	else
		s->socket = fstat(s->o.fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

struct log_sink *
log_sink_new(const struct log_sink_options *o)
{
	struct log_sink *s = xcalloc(1, sizeof(*s));
	pthread_condattr_t monotonic;

	s->o = *o;
	s->o.lines_max = o->lines_max == 0 ? 4096 : o->lines_max;
	s->o.octets_max = o->octets_max == 0 ? (size_t)4 << 20 : o->octets_max;
	s->o.retry_ms = o->retry_ms == 0 ? 500 : o->retry_ms;
	s->last = &s->first;
	sink_look(s);
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->wake, &monotonic);
	(void)pthread_cond_init(&s->empty, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (!thread_start(&s->thread, sink_thread, s))
		panic("log: no thread");
	return s;
}

/* The lock is held over a call that does not wait: that keeps the order of
 * lines, and a descriptor from being closed under it. */
void
log_sink_put(struct log_sink *s, struct span line)
{
	size_t sent = 0;

	(void)pthread_mutex_lock(&s->lock);
	if (s->first == NULL && s->told == s->dropped)
		switch (sink_offer(s, line, &sent)) {
		case TAKEN_ALL:
			break;
		case TAKEN_NEVER:
			s->dropped++;
			break;
		case TAKEN_LOST_READER:
			sink_disconnect(s);
			queue_add(s, line, 0);
			break;
		case TAKEN_NOT_NOW:
			queue_add(s, line, sent);
			break;
		}
	else
		queue_add(s, line, 0);
	(void)pthread_mutex_unlock(&s->lock);
}

void
log_sink_put_last(struct log_sink *s, struct span line)
{
	size_t sent = 0;

	(void)sink_offer(s, line, &sent);
}

bool
log_sink_flush_join(struct log_sink *s, int64_t wait_ms)
{
	int64_t until = sink_now_ms() + wait_ms;
	bool all;

	(void)pthread_mutex_lock(&s->lock);
	while (s->first != NULL && sink_now_ms() < until)
		sink_wait(s, &s->empty, until);
	all = s->first == NULL;
	(void)pthread_mutex_unlock(&s->lock);
	return all;
}

void
log_sink_free(struct log_sink **sp)
{
	struct log_sink *s = *sp;

	if (s == NULL)
		return;
	(void)pthread_mutex_lock(&s->lock);
	s->stop = true;
	(void)pthread_cond_signal(&s->wake);
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->thread, NULL);
	while (s->first != NULL)
		queue_drop_first(s);
	sink_disconnect(s);
	(void)pthread_cond_destroy(&s->wake);
	(void)pthread_cond_destroy(&s->empty);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
	*sp = NULL;
}

void
log_sink_figures(struct log_sink *s, struct log_sink_figures *out)
{
	*out = (struct log_sink_figures){ 0 };
	if (s == NULL)
		return;
	(void)pthread_mutex_lock(&s->lock);
	out->dropped = s->dropped;
	out->queued = s->lines;
	(void)pthread_mutex_unlock(&s->lock);
}
