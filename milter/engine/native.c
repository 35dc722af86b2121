/*
 * Our own side of the milter protocol: one epoll set for all connections, and
 * a few threads that take what is ready from it. A connection costs no thread
 * while it is idle or its message waits for answers.
 *
 * The thread that runs the engine waits for signals: SIGTERM stops taking
 * connections and lets messages under way end, SIGHUP reloads.
 */
#include "config.h"

#include "milter/engine/native.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "milter/daemon/log.h"
#include "milter/engine/listener.h"
#include "milter/engine/native_link.h"
#include "policy/base/clock.h"
#include "policy/base/thread.h"
#include "rules/base/panic.h"

/* Threads a processor, for some of what they call waits for a disk or for
 * another host's store. */
#define THREADS_A_PROCESSOR 2
#define THREADS_MIN         8
#define THREADS_MAX         64
/* So often the loop comes by, with nothing to do. */
#define TICK_MS 5000
/* libmilter's. An MTA holds a connection as long as its client does. */
#define SILENT_MS INT64_C(7210000)
/* Descriptors that connections leave to DNS, the store and the rest, and how
 * soon it is tried again when they are all in use. */
#define DESCRIPTORS_KEPT 64
#define ACCEPT_AGAIN_MS  20
/* What a drain waits beside the deadline of a message. */
#define DRAIN_EXTRA_MS 2000

static enum native_source source_listener = NATIVE_LISTENER;
static enum native_source source_timer = NATIVE_TIMER;

static struct {
	int listener, timer;
	int64_t deadline_ms;     /* of a message */
	size_t links_max;        /* 0: no bound of ours */
	int64_t wake_ms;         /* of the timer; under the links' lock */
	atomic_bool accept_soon; /* descriptors were all in use */
	atomic_llong alive_ms;
	struct native_links links;
} native = { .listener = -1,
	.timer = -1,
	.links = { .epoll = -1, .lock = PTHREAD_MUTEX_INITIALIZER } };

static int64_t
now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

/* ---- the timer ----------------------------------------------------------- */

static void
timer_set(struct native_links *all, int64_t due_ms)
{
	struct itimerspec at = { 0 };

	(void)all;
	if (due_ms >= native.wake_ms)
		return;
	native.wake_ms = due_ms;
	/* A time of zero would stop it. */
	due_ms = due_ms < 1 ? 1 : due_ms;
	at.it_value.tv_sec = (time_t)(due_ms / 1000);
	at.it_value.tv_nsec = (long)(due_ms % 1000) * 1000000;
	(void)timerfd_settime(native.timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void
timer_soon(int64_t ms)
{
	(void)pthread_mutex_lock(&native.links.lock);
	timer_set(&native.links, now_ms() + ms);
	(void)pthread_mutex_unlock(&native.links.lock);
}

/* One hold of the lock: a link that is parked between the look and the new
 * time would be in neither, and wait for the next tick. */
static void
timer_tell(void)
{
	int64_t now = now_ms(), next;
	uint64_t times;

	(void)!read(native.timer, &times, sizeof(times));
	(void)pthread_mutex_lock(&native.links.lock);
	next = native_links_due(&native.links, now);
	native.wake_ms = INT64_MAX;
	timer_set(&native.links, next < now + TICK_MS ? next : now + TICK_MS);
	(void)pthread_mutex_unlock(&native.links.lock);
}

/* ---- events -------------------------------------------------------------- */

/* As many as descriptors allow. */
static bool
links_have_room(void)
{
	size_t max = native.links_max;

	return max == 0 || atomic_load(&native.links.count) < max;
}

/* Who has more connections than others loses one, and the next is taken. */
static void
accept_later(void)
{
	native_links_shed(&native.links);
	atomic_store(&native.accept_soon, true);
	timer_soon(ACCEPT_AGAIN_MS);
}

/* The listener tells of new connections once: all are taken. */
static void
accept_all(void)
{
	for (;;) {
		int fd;

		if (!links_have_room()) {
			accept_later();
			return;
		}
		fd = accept4(
		    native.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			native_link_new(&native.links, fd);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			accept_later();
		return;
	}
}

static void
timer_event(void)
{
	timer_tell();
	if (!atomic_load(&native.links.stopping) &&
	    atomic_exchange(&native.accept_soon, false))
		accept_all();
}

static void
loop_event(enum native_source *source, char *piece)
{
	switch (*source) {
	case NATIVE_LISTENER:
		accept_all();
		break;
	case NATIVE_TIMER:
		timer_event();
		break;
	case NATIVE_LINK:
		native_link_turn(
		    (struct native_link *)((char *)source -
					   offsetof(
					       struct native_link, source)),
		    piece);
	}
}

/* One event at a time: the next one may be another thread's. */
static void *
loop_thread(void *argument)
{
	char *piece = xmalloc(DIALOGUE_PIECE_MAX);
	struct epoll_event e;

	(void)argument;
	for (;;) {
		int n = epoll_wait(native.links.epoll, &e, 1, -1);

		atomic_store(&native.alive_ms, now_ms());
		if (n == 1)
			loop_event(e.data.ptr, piece);
	}
	return NULL;
}

/* ---- the row ------------------------------------------------------------- */

static bool
loop_watch(int fd, enum native_source *source)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET,
		.data.ptr = source };

	return epoll_ctl(native.links.epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static size_t
links_bound(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return 0;
	return limit.rlim_cur > 2 * DESCRIPTORS_KEPT
		   ? (size_t)limit.rlim_cur - DESCRIPTORS_KEPT
		   : (size_t)limit.rlim_cur / 2;
}

static bool
native_open(const struct config *c, const struct engine_handlers *handlers,
    struct arena *a, const char **why)
{
	native.links.handlers = handlers;
	native.links.packet_max = (size_t)c->header_max.octets;
	if (native.links.packet_max < DIALOGUE_PIECE_MAX)
		native.links.packet_max = DIALOGUE_PIECE_MAX;
	native.links.sooner = timer_set;
	native.deadline_ms = c->deadline.ms;
	native.links_max = links_bound();
	native.listener = listener_open(c, a, why);
	if (native.listener < 0)
		return false;
	native.links.epoll = epoll_create1(EPOLL_CLOEXEC);
	native.timer =
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (native.links.epoll >= 0 && native.timer >= 0 &&
	    loop_watch(native.timer, &source_timer) &&
	    loop_watch(native.listener, &source_listener))
		return true;
	*why = arena_printf(a, "no loop for connections: %s", strerror(errno));
	return false;
}

static bool
threads_start(void)
{
	long wanted = sysconf(_SC_NPROCESSORS_ONLN) * THREADS_A_PROCESSOR;
	unsigned started = 0;
	pthread_t thread;

	wanted = wanted < THREADS_MIN   ? THREADS_MIN
		 : wanted > THREADS_MAX ? THREADS_MAX
					: wanted;
	for (long i = 0; i < wanted; i++)
		if (thread_start(&thread, loop_thread, NULL)) {
			(void)pthread_detach(thread);
			started++;
		}
	return started > 0;
}

/* What comes by each second while the engine runs. */
static void
native_tend(void)
{
	if (atomic_exchange(&native.accept_soon, false))
		accept_all();
	native_links_drop(&native.links, now_ms() - SILENT_MS);
}

/* Those that are between messages end at once, the others with theirs. */
static void
native_drain(void)
{
	const struct timespec gap = { 0, 10000000 };
	int64_t until = now_ms() + native.deadline_ms + DRAIN_EXTRA_MS;

	atomic_store(&native.links.stopping, true);
	(void)epoll_ctl(
	    native.links.epoll, EPOLL_CTL_DEL, native.listener, NULL);
	(void)close(native.listener);
	while (atomic_load(&native.links.count) > 0 && now_ms() < until) {
		native_links_stop(&native.links);
		(void)nanosleep(&gap, NULL);
	}
}

static bool
native_run(void)
{
	const struct timespec second = { 1, 0 };
	sigset_t set;
	int sign;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	atomic_store(&native.alive_ms, now_ms());
	timer_event();
	if (!threads_start()) {
		log_write(LOG_LEVEL_ERROR, "no threads for connections");
		return false;
	}
	for (;;) {
		sign = sigtimedwait(&set, NULL, &second);
		if (sign == SIGTERM || sign == SIGINT)
			break;
		/* The control thread reloads at that. */
		if (sign == SIGHUP)
			(void)kill(getpid(), SIGUSR1);
		native_tend();
	}
	native_drain();
	return true;
}

static int64_t
native_alive_ms(void)
{
	return atomic_load(&native.alive_ms);
}

static unsigned long
native_spread(void)
{
	return 0;
}

static void
native_version(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", "native");
}

const struct engine engine_native = {
	.name = "native",
	.open = native_open,
	.run = native_run,
	.alive_ms = native_alive_ms,
	.spread = native_spread,
	.version = native_version,
};
