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
 * This definition replaces the C library's for the whole program, so it acts
 * only on calls out of libmilter's code that have the controller's time-out;
 * everybody else gets plain poll(2). Without effect (a libmilter of another
 * build) it harms nothing.
 */
/* The C library's checked inline poll() would stand in this one's way. */
#undef _FORTIFY_SOURCE

#include "config.h"

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "milter/poll.h"
#include "policy/clock.h"
#include "rules/span.h"

#define CONTROLLER_TIMEOUT_MS 10000
#define LISTENER_TIMEOUT_MS   5000
#define LISTENER_SLICE_NS     250000000L
#define WORKER_WAKES_NS       50000

static _Atomic(const void *) controller_call;
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

/* Whether the code at this address belongs to libmilter. */
static bool
is_libmilter(const void *caller)
{
	Dl_info info;

	return caller == NULL ||
	       (dladdr(caller, &info) != 0 && info.dli_fname != NULL &&
		   strstr(info.dli_fname, "libmilter") != NULL);
}

static bool
is_controller(const void *caller)
{
	if (caller != NULL && atomic_load(&controller_call) == caller)
		return true;
	if (!is_libmilter(caller))
		return false;
	atomic_store(&controller_call, caller);
	return true;
}

/*
 * libmilter's listener looks every five seconds whether the process is to end.
 * Looking more often makes a restart a matter of a moment.
 */
static bool
is_listener(const void *caller, nfds_t count, int timeout_ms)
{
	return timeout_ms == LISTENER_TIMEOUT_MS && count == 1 &&
	       is_libmilter(caller);
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

int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec limit = { timeout_ms / 1000,
		(timeout_ms % 1000) * 1000000L };
	const struct timespec moment = { 0, WORKER_WAKES_NS };
	bool controller = timeout_ms == CONTROLLER_TIMEOUT_MS &&
			  is_controller(CALLER_ADDRESS());
	int ready;

	if (controller)
		atomic_store(&controller_ms,
		    clock_system.monotonic_ms(clock_system.ctx));
	if (is_listener(CALLER_ADDRESS(), count, timeout_ms))
		limit = (struct timespec){ 0, LISTENER_SLICE_NS };
	ready = ppoll(fds, count, timeout_ms < 0 ? NULL : &limit, NULL);
	if (ready <= 1 || !controller)
		return ready;
	keep_one(fds, count);
	atomic_fetch_add(&spread, 1);
	(void)nanosleep(&moment, NULL);
	return 1;
}
