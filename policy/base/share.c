/*
 * Who holds how much of what all share. A table of those who hold something;
 * whoever has left costs nothing more.
 */
#include "config.h"

#include "policy/base/share.h"

#include <pthread.h>
#include <stdlib.h>

#include "policy/base/crowd.h"
#include "rules/base/panic.h"
#include "rules/base/span.h"

#define SHARE_BUCKETS 1024

struct share_holder {
	struct share_holder *next; /* in the same bucket */
	struct share *share;
	struct ip net;
	size_t joined; /* times */
	size_t held;
};

struct share {
	pthread_mutex_t lock;
	size_t held;
	struct share_holder *bucket[SHARE_BUCKETS];
};

struct share *
share_new(void)
{
	struct share *s = xcalloc(1, sizeof(*s));

	INVARIANT(pthread_mutex_init(&s->lock, NULL) == 0);
	return s;
}

void
share_free(struct share **sp)
{
	struct share *s = *sp;

	if (s == NULL)
		return;
	for (size_t i = 0; i < SHARE_BUCKETS; i++)
		INVARIANT(s->bucket[i] == NULL);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
	*sp = NULL;
}

/* Tables lie in different places, so nobody can prepare collisions. */
static struct share_holder **
share_bucket(struct share *s, const struct ip *net)
{
	uint64_t hash =
	    span_hash(span_make((const char *)net->octets, sizeof(net->octets)),
		(uintptr_t)s);

	hash ^= hash >> 32;
	return &s->bucket[(hash ^ hash >> 16) % SHARE_BUCKETS];
}

struct share_holder *
share_join(struct share *s, struct ip client)
{
	struct ip net = crowd_network(client);
	struct share_holder **bucket = share_bucket(s, &net), *h;

	(void)pthread_mutex_lock(&s->lock);
	for (h = *bucket; h != NULL && !ip_eq(h->net, net); h = h->next)
		;
	if (h == NULL) {
		h = xcalloc(1, sizeof(*h));
		*h = (struct share_holder){ *bucket, s, net, 0, 0 };
		*bucket = h;
	}
	h->joined++;
	(void)pthread_mutex_unlock(&s->lock);
	return h;
}

void
share_leave(struct share_holder **hp)
{
	struct share_holder *h = *hp, **at;
	struct share *s;

	*hp = NULL;
	if (h == NULL)
		return;
	s = h->share;
	(void)pthread_mutex_lock(&s->lock);
	if (--h->joined == 0) {
		INVARIANT(h->held == 0);
		for (at = share_bucket(s, &h->net); *at != h; at = &(*at)->next)
			;
		*at = h->next;
		free(h);
	}
	(void)pthread_mutex_unlock(&s->lock);
}

bool
share_take(struct share_holder *h, size_t n, size_t total)
{
	struct share *s = h->share;
	bool fits;

	(void)pthread_mutex_lock(&s->lock);
	fits = s->held <= total && n <= total - s->held &&
	       h->held + n <= total - s->held - n;
	if (fits) {
		s->held += n;
		h->held += n;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return fits;
}

void
share_force(struct share_holder *h, size_t n)
{
	(void)pthread_mutex_lock(&h->share->lock);
	h->share->held += n;
	h->held += n;
	(void)pthread_mutex_unlock(&h->share->lock);
}

void
share_give(struct share_holder *h, size_t n)
{
	struct share *s = h->share;

	(void)pthread_mutex_lock(&s->lock);
	INVARIANT(n <= h->held && n <= s->held);
	s->held -= n;
	h->held -= n;
	(void)pthread_mutex_unlock(&s->lock);
}

size_t
share_held(struct share *s)
{
	size_t held;

	(void)pthread_mutex_lock(&s->lock);
	held = s->held;
	(void)pthread_mutex_unlock(&s->lock);
	return held;
}
