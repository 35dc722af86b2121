/*
 * Time: the machine's, or one that stands still.
 */
#include "config.h"

#include "policy/base/clock.h"

#include <time.h>

static int64_t
system_unix_s(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
}

static int64_t
system_monotonic_ms(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const struct clock clock_system = { system_unix_s, system_monotonic_ms, 0 };

static int64_t
fixed_unix_s(void *ctx)
{
	return ((const struct clock_fixed *)ctx)->unix_s;
}

static int64_t
fixed_monotonic_ms(void *ctx)
{
	return ((const struct clock_fixed *)ctx)->monotonic_ms;
}

struct clock
clock_of_fixed(struct clock_fixed *f)
{
	return (struct clock){ fixed_unix_s, fixed_monotonic_ms, f };
}
