/*
 * Starting a thread that no signal interrupts. A new thread inherits its
 * starter's mask, so that is changed for a moment.
 */
#include "config.h"

#include "policy/base/thread.h"

#include <signal.h>

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
