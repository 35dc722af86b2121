#ifndef POLICY_BASE_CLOCK_H
#define POLICY_BASE_CLOCK_H

/* The one source of time, so that tests and case files bring their own. */

#include <stdbool.h>
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

/*
 * Which time it is for those who delete what is old. A wall clock that jumps,
 * for a minute or for good, would have them delete everything: a jump counts
 * once it has lasted for an hour by the monotonic clock, which does not jump;
 * until then time goes on from before. Zeroed at the start; one thread.
 */
struct clock_trust {
	bool begun;
	int64_t offset_ms; /* wall minus monotonic, as it is trusted */
	int64_t seen_ms;   /* the same as it was last seen */
	int64_t since_ms;  /* monotonic: since when it is that */
};
/*
 * last_s: something is known to have happened then, 0 if nothing is: a clock
 * that is far ahead of it when the process starts is not trusted at once. May
 * be left out.
 */
void clock_trust_begin(
    struct clock_trust *t, const struct clock *c, int64_t last_s);
/* Unix time, never later than the wall clock's. */
int64_t clock_trusted_s(struct clock_trust *t, const struct clock *c);
/* Whether that was the wall clock's. */
bool clock_trust_agrees(const struct clock_trust *t);

#endif
