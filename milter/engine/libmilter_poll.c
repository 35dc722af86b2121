/*
 * poll(2) as Debian's libmilter sees it.
 *
 * That libmilter is a pool of workers behind one controller thread, and the
 * listener. Both start a worker only if none counts as idle, and a worker
 * stops counting as idle only when it wakes: of all sessions that become ready
 * in one poll() the first gets the idle worker and the others queue behind it,
 * so ten callbacks that wait three seconds for DNS hold up everybody for
 * fifteen. Handing over one ready session a call, and the next only when a
 * worker has taken it, makes them start as many workers as there is work.
 *
 * The listener looks every five seconds whether the process is to end; more
 * often makes a restart a matter of a moment. Workers' polls are about what
 * libmilter_wire.c reads ahead and holds back.
 *
 * This definition replaces the C library's for the whole program, so it acts
 * only on calls out of libmilter's code, which it tells apart by their
 * time-outs; everybody else gets plain poll(2). Without effect (a libmilter of
 * another build) it harms nothing.
 */
/* The C library's checked inline poll() would stand in this one's way. */
#undef _FORTIFY_SOURCE

#include "config.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "milter/engine/libmilter_poll.h"
#include "milter/engine/libmilter_wire.h"
#include "policy/base/clock.h"
#include "policy/base/thread.h"
#include "rules/base/span.h"

#define CONTROLLER_TIMEOUT_MS 10000
#define LISTENER_TIMEOUT_MS   5000
#define LISTENER_SLICE_MS     250
#define COMMAND_TIMEOUT_MS    1 /* of a worker that looks for the next one */
/* How long a worker may take to wake before the next session goes on. */
#define WORKER_WAKES_MS 10

static atomic_ulong spread;
static atomic_llong controller_ms;

unsigned long
poll_spread_count(void)
{
	return atomic_load(&spread);
}

int64_t
poll_controller_ms(void)
{
	return atomic_load(&controller_ms);
}

/* ---- handing over ---------------------------------------------------------- */

/* Sessions handed to libmilter, and those that a worker has begun with. */
static struct {
	pthread_mutex_t lock;
	pthread_once_t once; /* makes the next */
	pthread_cond_t taken_now;
	unsigned long given, taken;
	bool waiting;
} hand = { .lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT };

static void
hand_init(void)
{
	thread_cond_init(&hand.taken_now);
}

/* Before one is handed over: waits until the last one has been taken. */
static void
hand_give(void)
{
	int64_t until_ms =
	    clock_system.monotonic_ms(clock_system.ctx) + WORKER_WAKES_MS;

	(void)pthread_once(&hand.once, hand_init);
	(void)pthread_mutex_lock(&hand.lock);
	hand.waiting = true;
	while (hand.taken < hand.given)
		if (!thread_cond_wait(&hand.taken_now, &hand.lock, until_ms))
			break;
	hand.waiting = false;
	/* Whatever was lost or comes late counts no more. */
	hand.given = hand.taken + 1;
	(void)pthread_mutex_unlock(&hand.lock);
}

/* By a worker, of the session that it begins with. */
static void
hand_take(void)
{
	(void)pthread_mutex_lock(&hand.lock);
	hand.taken++;
	if (hand.waiting)
		(void)pthread_cond_broadcast(&hand.taken_now);
	(void)pthread_mutex_unlock(&hand.lock);
}

/* Leaves the first ready entry, whose index it returns, and hides the others
 * until the next call. */
static nfds_t
keep_one(struct pollfd *fds, nfds_t count)
{
	nfds_t kept = count;

	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].revents == 0)
			continue;
		if (kept < count)
			fds[i].revents = 0;
		else
			kept = i;
	}
	return kept;
}

/* ---- who polls ------------------------------------------------------------- */

static int
plain_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec limit = { timeout_ms / 1000,
		(timeout_ms % 1000) * 1000000L };

	return ppoll(fds, count, timeout_ms < 0 ? NULL : &limit, NULL);
}

static int
controller_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	int ready;

	atomic_store(
	    &controller_ms, clock_system.monotonic_ms(clock_system.ctx));
	ready = plain_poll(fds, count, timeout_ms);
	if (ready <= 0)
		return ready;
	if (ready > 1)
		atomic_fetch_add(&spread, 1);
	/* The first one is the pipe by which workers wake the controller. */
	if (keep_one(fds, count) > 0)
		hand_give();
	return 1;
}

static int
listener_poll(struct pollfd *fds)
{
	int ready = plain_poll(fds, 1, LISTENER_SLICE_MS);

	if (ready > 0)
		hand_give();
	return ready;
}

/* A worker's question about its one connection. */
static int
worker_poll(struct pollfd *p, int timeout_ms)
{
	bool ready;

	if (p->events == POLLOUT) {
		wire_will_write(p->fd, timeout_ms);
		ready = true;
	} else if (timeout_ms == COMMAND_TIMEOUT_MS) {
		if (!wire_serves(p->fd))
			hand_take();
		ready = wire_command_ready(p->fd, timeout_ms);
	} else {
		ready = wire_has_octets(p->fd);
		if (!ready)
			return plain_poll(p, 1, timeout_ms);
	}
	p->revents = ready ? p->events & (POLLIN | POLLOUT) : 0;
	return ready ? 1 : 0;
}

int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	if (!wire_is_libmilter(CALLER_ADDRESS()))
		return plain_poll(fds, count, timeout_ms);
	if (timeout_ms == CONTROLLER_TIMEOUT_MS)
		return controller_poll(fds, count, timeout_ms);
	if (timeout_ms == LISTENER_TIMEOUT_MS && count == 1)
		return listener_poll(fds);
	return count == 1 ? worker_poll(fds, timeout_ms)
			  : plain_poll(fds, count, timeout_ms);
}
