/*
 * The cache of answers. What its size is bounded by, and what leaves first,
 * is decided here; for how long an answer holds, its giver says.
 */
#include "config.h"

#include "policy/dns/dns_cache.h"

#include <stdlib.h>
#include <string.h>

#include "policy/base/crowd.h"
#include "rules/base/panic.h"

/* Whoever answers decides how long an answer is; this bounds their sum. */
#define CACHE_OCTETS_EACH 1024
/* Among so many all round the ring one of somebody greedy is looked for. */
#define CACHE_SAMPLE ((size_t)16)

struct dns_cached {
	struct dns_node node; /* first */
	struct dns_result *result;
	int64_t expires_ms;
	size_t place;   /* in the ring */
	uint16_t group; /* who asked for it first */
	bool used;      /* since the hand last passed */
	char name[];
};

struct dns_cache {
	struct dns_table table;
	struct dns_cached **ring; /* count of the table, in no order */
	size_t ring_cap, hand;
	size_t entries_max;
	size_t octets, octets_max;
	struct crowd of; /* octets, at least CACHE_OCTETS_EACH of each answer */
};

struct dns_cache *
dns_cache_new(size_t entries_max)
{
	struct dns_cache *c = xcalloc(1, sizeof(*c));

	INVARIANT(entries_max > 0);
	c->entries_max = entries_max;
	c->octets_max = entries_max > SIZE_MAX / CACHE_OCTETS_EACH
			    ? SIZE_MAX
			    : entries_max * CACHE_OCTETS_EACH;
	return c;
}

static size_t
dns_cached_octets(const struct dns_cached *e)
{
	return sizeof(*e) + e->node.key.name.n + e->result->octets;
}

/* As a part of entries_max or of octets_max, whichever is more. */
static size_t
dns_cached_part(const struct dns_cached *e)
{
	size_t octets = dns_cached_octets(e);

	return octets > CACHE_OCTETS_EACH ? octets : CACHE_OCTETS_EACH;
}

static void
dns_cache_remove(struct dns_cache *c, struct dns_cached *e)
{
	dns_table_remove(&c->table, &e->node);
	/* The last one takes its place. */
	c->ring[e->place] = c->ring[c->table.count];
	c->ring[e->place]->place = e->place;
	c->octets -= dns_cached_octets(e);
	crowd_sub(&c->of, e->group, dns_cached_part(e));
	dns_result_unref(&e->result);
	free(e);
}

void
dns_cache_free(struct dns_cache **cache)
{
	struct dns_cache *c = *cache;

	*cache = NULL;
	if (c == NULL)
		return;
	while (c->table.count > 0)
		dns_cache_remove(c, c->ring[c->table.count - 1]);
	dns_table_free(&c->table);
	free(c->ring);
	free(c);
}

struct dns_result *
dns_cache_get(struct dns_cache *c, const struct dns_key *key, int64_t now_ms,
    uint32_t *ttl_s)
{
	struct dns_cached *e =
	    (struct dns_cached *)dns_table_find(&c->table, key);

	if (e == NULL)
		return NULL;
	if (e->expires_ms <= now_ms) {
		dns_cache_remove(c, e);
		return NULL;
	}
	e->used = true;
	*ttl_s = (uint32_t)((e->expires_ms - now_ms + 999) / 1000);
	return e->result;
}

/*
 * One of a few whose network has more than its part, best one that
 * nobody has asked for again; NULL: there is none. Being asked for does not
 * keep it: the greedy one can do that himself.
 */
static struct dns_cached *
dns_cache_greedy(struct dns_cache *c)
{
	size_t count = c->table.count, step = count / CACHE_SAMPLE + 1;
	struct dns_cached *found = NULL;

	for (size_t i = 0; i < count; i += step) {
		struct dns_cached *e = c->ring[(c->hand + i) % count];

		if (!crowd_greedy(&c->of, e->group, c->octets_max))
			continue;
		if (!e->used)
			return e;
		found = found == NULL ? e : found;
	}
	return found;
}

/*
 * Goes round until it meets one that is unused or past its time. The last of
 * the ring, the newest perhaps, takes the place of what goes, so the hand
 * steps on: otherwise the newest would be the next to go.
 */
static void
dns_cache_evict(struct dns_cache *c, int64_t now_ms)
{
	struct dns_cached *e = dns_cache_greedy(c);

	if (e != NULL) {
		dns_cache_remove(c, e);
		c->hand++;
		return;
	}
	for (;;) {
		if (c->hand >= c->table.count)
			c->hand = 0;
		e = c->ring[c->hand];
		if (!e->used || e->expires_ms <= now_ms) {
			dns_cache_remove(c, e);
			c->hand++;
			return;
		}
		e->used = false;
		c->hand++;
	}
}

static struct dns_cached *
dns_cache_add(struct dns_cache *c, const struct dns_key *key)
{
	struct dns_cached *e = xcalloc(1, sizeof(*e) + key->name.n);

	if (c->table.count == c->ring_cap) {
		c->ring_cap = c->ring_cap == 0 ? 64 : c->ring_cap * 2;
		c->ring =
		    xrealloc(c->ring, c->ring_cap, sizeof(struct dns_cached *));
	}
	memcpy(e->name, key->name.p, key->name.n);
	e->node.key = *key;
	e->node.key.name.p = e->name;
	e->place = c->table.count;
	c->ring[e->place] = e;
	dns_table_add(&c->table, &e->node);
	return e;
}

void
dns_cache_put(struct dns_cache *c, const struct dns_key *key,
    struct dns_result *result, int64_t now_ms, uint32_t ttl_s, uint16_t group)
{
	struct dns_cached *e =
	    (struct dns_cached *)dns_table_find(&c->table, key);

	if (e != NULL)
		dns_cache_remove(c, e);
	while (c->table.count >= c->entries_max)
		dns_cache_evict(c, now_ms);
	e = dns_cache_add(c, key);
	e->result = result;
	result->refs++;
	e->expires_ms = now_ms + (int64_t)ttl_s * 1000;
	e->group = group;
	c->octets += dns_cached_octets(e);
	crowd_add(&c->of, group, dns_cached_part(e));
	while (c->octets > c->octets_max && c->table.count > 1)
		dns_cache_evict(c, now_ms);
}

size_t
dns_cache_count(const struct dns_cache *c)
{
	return c->table.count;
}
