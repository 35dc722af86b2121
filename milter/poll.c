/*
 * poll(2) as Debian's libmilter sees it.
 *
 * That libmilter is a pool of workers behind one controller thread. The
 * controller starts a worker only if none counts as idle, and a worker stops
 * counting as idle only when it wakes: of all sessions that become ready in
 * one poll() the first gets the idle worker and the others queue behind it,
 * so ten callbacks that wait three seconds for DNS hold up everybody for
 * fifteen. Handing the controller one ready session a call, with a moment for
 * the worker to wake in, makes it start as many workers as there is work.
 *
 * The listener looks every five seconds whether the process is to end; more
 * often makes a restart a matter of a moment. Workers' polls are about what
 * wire.c reads ahead and holds back.
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
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "milter/poll.h"
#include "milter/wire.h"
#include "policy/clock.h"
#include "rules/span.h"

#define CONTROLLER_TIMEOUT_MS 10000
#define LISTENER_TIMEOUT_MS   5000
#define LISTENER_SLICE_MS     250
#define COMMAND_TIMEOUT_MS    1 /* of a worker that looks for the next one */
#define WORKER_WAKES_NS       50000

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

/* Leaves the first ready entry and hides the others until the next call. */
static void
keep_one(struct pollfd *fds, nfds_t count)
{
	bool kept = false;

	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].revents == 0)
			continue;
		if (kept)
			fds[i].revents = 0;
		kept = true;
	}
}

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
	const struct timespec moment = { 0, WORKER_WAKES_NS };
	int ready;

	atomic_store(
	    &controller_ms, clock_system.monotonic_ms(clock_system.ctx));
	ready = plain_poll(fds, count, timeout_ms);
	if (ready <= 1)
		return ready;
	keep_one(fds, count);
	atomic_fetch_add(&spread, 1);
	(void)nanosleep(&moment, NULL);
	return 1;
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
	if (timeout_ms == LISTENER_TIMEOUT_MS)
		return plain_poll(fds, count, LISTENER_SLICE_MS);
	return count == 1 ? worker_poll(fds, timeout_ms)
			  : plain_poll(fds, count, timeout_ms);
}
