/*
 * Starting a thread that no signal interrupts. A new thread inherits its
 * starter's mask, so that is changed for a moment.
 */
#include "config.h"

#include "policy/base/thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "rules/base/panic.h"

bool
thread_start(pthread_t *out, void *(*run)(void *), void *argument)
{
	sigset_t all, before;
	bool started;

	(void)sigfillset(&all); /* cannot fail */
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	started = pthread_create(out, NULL, run, argument) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

void
thread_cond_init(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	INVARIANT(pthread_condattr_init(&attr) == 0);
	INVARIANT(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	INVARIANT(pthread_cond_init(c, &attr) == 0);
	(void)pthread_condattr_destroy(&attr); /* cannot fail on glibc */
}

bool
thread_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t until_ms)
{
	const struct timespec until = { .tv_sec = (time_t)(until_ms / 1000),
		.tv_nsec = (long)(until_ms % 1000) * 1000000 };
	int error = pthread_cond_timedwait(c, lock, &until);

	INVARIANT(error == 0 || error == ETIMEDOUT);
	return error == 0;
}
