/*
 * Time: the machine's, or one that stands still.
 */
#include "config.h"

#include "policy/base/clock.h"

#include <stdlib.h>
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

/* Clocks are set and slewed by so much without anybody minding. */
#define TRUST_SLACK_MS 60000
#define TRUST_AFTER_MS 3600000

void
clock_trust_begin(struct clock_trust *t, const struct clock *c, int64_t last_s)
{
	int64_t mono_ms = c->monotonic_ms(c->ctx);
	int64_t wall_s = c->unix_s(c->ctx);

	t->begun = true;
	t->since_ms = mono_ms;
	t->seen_ms = wall_s * 1000 - mono_ms;
	t->offset_ms = last_s > 0 && last_s < wall_s ? last_s * 1000 - mono_ms
						     : t->seen_ms;
}

bool
clock_trust_agrees(const struct clock_trust *t)
{
	return llabs(t->seen_ms - t->offset_ms) <= TRUST_SLACK_MS;
}

int64_t
clock_trusted_s(struct clock_trust *t, const struct clock *c)
{
	int64_t mono_ms = c->monotonic_ms(c->ctx);
	int64_t wall_s = c->unix_s(c->ctx), offset_ms, trusted_s;

	if (!t->begun)
		clock_trust_begin(t, c, 0);
	offset_ms = wall_s * 1000 - mono_ms;
	if (llabs(offset_ms - t->seen_ms) > TRUST_SLACK_MS)
		t->since_ms = mono_ms;
	t->seen_ms = offset_ms;
	if (clock_trust_agrees(t) || mono_ms - t->since_ms >= TRUST_AFTER_MS)
		t->offset_ms = offset_ms;
	trusted_s = (t->offset_ms + mono_ms) / 1000;
	return trusted_s < wall_s ? trusted_s : wall_s;
}
