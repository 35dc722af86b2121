#include "config.h"

#include "policy/base/wait.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "rules/base/panic.h"

struct waits {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool posted; /* since the last join */
	size_t pending;
	void (*tell)(void *ctx); /* or NULL */
	void *tell_ctx;
};

struct waits *
waits_new(struct arena *a)
{
	struct waits *w = arena_alloc(a, sizeof(*w));
	pthread_condattr_t attr;

	INVARIANT(pthread_mutex_init(&w->lock, NULL) == 0);
	INVARIANT(pthread_condattr_init(&attr) == 0);
	INVARIANT(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	INVARIANT(pthread_cond_init(&w->wake, &attr) == 0);
	(void)pthread_condattr_destroy(&attr); /* cannot fail on glibc */
	return w;
}

void
waits_free(struct waits **wp)
{
	struct waits *w = *wp;

	*wp = NULL;
	if (w == NULL)
		return;
	INVARIANT(pthread_cond_destroy(&w->wake) == 0);
	INVARIANT(pthread_mutex_destroy(&w->lock) == 0);
}

void
waits_tell(struct waits *w, void (*tell)(void *ctx), void *ctx)
{
	w->tell = tell;
	w->tell_ctx = ctx;
}

void
waits_open(struct waits *w)
{
	w->pending++;
}

void
waits_shut(struct waits *w)
{
	INVARIANT(w->pending > 0);
	w->pending--;
}

size_t
waits_pending(const struct waits *w)
{
	return w->pending;
}

void
waits_post(struct waits *w)
{
	INVARIANT(pthread_mutex_lock(&w->lock) == 0);
	w->posted = true;
	INVARIANT(pthread_cond_signal(&w->wake) == 0);
	INVARIANT(pthread_mutex_unlock(&w->lock) == 0);
	if (w->tell != NULL)
		w->tell(w->tell_ctx);
}

bool
waits_join(struct waits *w, int64_t deadline_ms)
{
	struct timespec until = { 0 };
	int error = deadline_ms == WAITS_NOW ? ETIMEDOUT : 0;
	bool posted;

	if (deadline_ms > 0) {
		until.tv_sec = (time_t)(deadline_ms / 1000);
		until.tv_nsec = (long)(deadline_ms % 1000) * 1000000;
	}
	INVARIANT(pthread_mutex_lock(&w->lock) == 0);
	while (!w->posted && error != ETIMEDOUT) {
		error = pthread_cond_timedwait(&w->wake, &w->lock, &until);
		INVARIANT(error == 0 || error == ETIMEDOUT);
	}
	posted = w->posted;
	w->posted = false;
	INVARIANT(pthread_mutex_unlock(&w->lock) == 0);
	return posted;
}
