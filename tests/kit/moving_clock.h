#ifndef TESTS_KIT_MOVING_CLOCK_H
#define TESTS_KIT_MOVING_CLOCK_H

/*
 * A clock that a test moves while threads of what it tests read it. Whoever
 * asks for the monotonic time and then for the other gets both as they were at
 * one moment: a move is never seen by half, which would be a jump.
 */

#include <pthread.h>

#include "policy/base/clock.h"

struct moving_clock {
	pthread_mutex_t lock;
	struct clock_fixed at; /* only the thread that moves it may read this */
};
#define MOVING_CLOCK(unix_s, monotonic_ms)                            \
	{                                                             \
		PTHREAD_MUTEX_INITIALIZER, { (unix_s), (monotonic_ms) } \
	}

/* Reads m, which must stay. Any thread. */
struct clock clock_of_moving(struct moving_clock *m);
void moving_clock_set(struct moving_clock *m, struct clock_fixed at);
/* Onward, or back. One thread only moves it. */
void moving_clock_by(
    struct moving_clock *m, int64_t unix_s, int64_t monotonic_ms);

#endif
