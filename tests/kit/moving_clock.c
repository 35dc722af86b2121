/* A clock that is moved under those who read it. */
#include "config.h"

#include "tests/kit/moving_clock.h"

/* What goes with the monotonic time that this thread was told last. */
static _Thread_local struct {
	const struct moving_clock *of; /* NULL: it was asked for already */
	int64_t unix_s;
} moving_pair;

static int64_t
moving_clock_monotonic_ms(void *ctx)
{
	struct moving_clock *m = ctx;
	struct clock_fixed at;

	(void)pthread_mutex_lock(&m->lock);
	at = m->at;
	(void)pthread_mutex_unlock(&m->lock);
	moving_pair.of = m;
	moving_pair.unix_s = at.unix_s;
	return at.monotonic_ms;
}

static int64_t
moving_clock_unix_s(void *ctx)
{
	struct moving_clock *m = ctx;

	if (moving_pair.of != m)
		(void)moving_clock_monotonic_ms(m);
	moving_pair.of = NULL;
	return moving_pair.unix_s;
}

struct clock
clock_of_moving(struct moving_clock *m)
{
	return (struct clock){ moving_clock_unix_s, moving_clock_monotonic_ms,
		m };
}

void
moving_clock_set(struct moving_clock *m, struct clock_fixed at)
{
	(void)pthread_mutex_lock(&m->lock);
	m->at = at;
	(void)pthread_mutex_unlock(&m->lock);
	moving_pair.of = NULL;
}

void
moving_clock_by(struct moving_clock *m, int64_t unix_s, int64_t monotonic_ms)
{
	moving_clock_set(m,
	    (struct clock_fixed){ m->at.unix_s + unix_s,
		m->at.monotonic_ms + monotonic_ms });
}
