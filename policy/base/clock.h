#ifndef POLICY_BASE_CLOCK_H
#define POLICY_BASE_CLOCK_H

/* The one source of time, so that tests and case files bring their own. */

#include <stdint.h>

struct clock {
	int64_t (*unix_s)(void *ctx);
	int64_t (*monotonic_ms)(void *ctx); /* for deadlines and durations */
	void *ctx;
};

/* The machine's. */
extern const struct clock clock_system;

/* A clock that stands still at unix_s; move it by writing to it. */
struct clock_fixed {
	int64_t unix_s;
	int64_t monotonic_ms;
};
struct clock clock_of_fixed(struct clock_fixed *f);

#endif
