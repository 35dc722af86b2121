/*
 * Two tables of few places: the worst lookups, and those that took the most
 * time in all. A full one gives the place of its least entry away: in the
 * first to whoever is worse, so that it is exact; in the second to anybody,
 * who inherits what the least had, so that the great ones stay (the
 * space-saving algorithm, with times for counts).
 */
#include "config.h"

#include "policy/dns/dns_slow.h"

#include <stdlib.h>
#include <string.h>

static uint64_t
slow_rank(enum dns_slow_order order, const struct dns_slow_entry *e)
{
	return order == DNS_SLOW_WORST ? e->worst_ms
				       : e->total_ms + e->inherited_ms;
}

static bool
slow_same(const struct dns_slow_entry *e, const struct dns_slow_entry *other)
{
	return e->hash == other->hash && e->type == other->type &&
	       e->name_n == other->name_n &&
	       memcmp(e->name, other->name, e->name_n) == 0;
}

static struct dns_slow_entry *
slow_find(struct dns_slow_table *t, const struct dns_slow_entry *like)
{
	for (size_t i = 0; i < t->count; i++)
		if (slow_same(&t->entry[i], like))
			return &t->entry[i];
	return NULL;
}

static struct dns_slow_entry *
slow_least(struct dns_slow_table *t, enum dns_slow_order order)
{
	struct dns_slow_entry *least = &t->entry[0];

	for (size_t i = 1; i < t->count; i++)
		if (slow_rank(order, &t->entry[i]) < slow_rank(order, least))
			least = &t->entry[i];
	return least;
}

static void
slow_merge(struct dns_slow_entry *e, const struct dns_slow_entry *more)
{
	e->count += more->count;
	e->unanswered += more->unanswered;
	e->total_ms += more->total_ms;
	if (more->worst_ms > e->worst_ms)
		e->worst_ms = more->worst_ms;
}

static void
slow_put(struct dns_slow_table *t, enum dns_slow_order order,
    const struct dns_slow_entry *one)
{
	struct dns_slow_entry *e = slow_find(t, one);
	uint64_t least;

	if (e != NULL) {
		slow_merge(e, one);
		return;
	}
	if (t->count < DNS_SLOW_PLACES) {
		t->entry[t->count++] = *one;
		return;
	}
	e = slow_least(t, order);
	least = slow_rank(order, e);
	if (order == DNS_SLOW_WORST && one->worst_ms <= least)
		return;
	*e = *one;
	e->inherited_ms = order == DNS_SLOW_TOTAL ? least : 0;
}

/* The half of an hour that runs; the one before last makes room for it. */
static struct dns_slow_half *
slow_half(struct dns_slow *s, int64_t now_ms)
{
	int64_t half = now_ms / DNS_SLOW_HALF_MS;
	struct dns_slow_half *h = &s->lately[half % 2 != 0];

	if (h->half != half) {
		for (size_t i = 0; i < DNS_SLOW_ORDERS; i++)
			h->table[i].count = 0;
		h->half = half;
	}
	return h;
}

void
dns_slow_add(struct dns_slow *s, const struct dns_key *key, int64_t now_ms,
    int64_t took_ms, bool unanswered)
{
	struct dns_slow_half *h = slow_half(s, now_ms);
	struct dns_slow_entry one;

	if (took_ms <= 0)
		return;
	memset(&one, 0, sizeof(one));
	one.hash = key->hash;
	one.type = key->type;
	one.name_n = (uint8_t)key->name.n;
	memcpy(one.name, key->name.p, key->name.n);
	one.count = 1;
	one.unanswered = unanswered;
	one.total_ms = one.worst_ms = (uint64_t)took_ms;
	for (size_t i = 0; i < DNS_SLOW_ORDERS; i++)
		slow_put(&h->table[i], (enum dns_slow_order)i, &one);
}

/* ---- telling ------------------------------------------------------------- */

static int
slow_worse(const void *a, const void *b)
{
	const struct dns_slow_lookup *x = a, *y = b;

	if (x->worst_ms != y->worst_ms)
		return x->worst_ms < y->worst_ms ? 1 : -1;
	return span_compare(x->name, y->name);
}

static int
slow_longer(const void *a, const void *b)
{
	const struct dns_slow_lookup *x = a, *y = b;

	if (x->total_ms != y->total_ms)
		return x->total_ms < y->total_ms ? 1 : -1;
	return span_compare(x->name, y->name);
}

size_t
dns_slow_list(const struct dns_slow *s, enum dns_slow_order order,
    int64_t now_ms, struct arena *a, struct dns_slow_lookup **out)
{
	int64_t half = now_ms / DNS_SLOW_HALF_MS;
	struct dns_slow_entry *all =
	    arena_array(a, (size_t)2 * DNS_SLOW_PLACES, sizeof(*all));
	size_t count = 0;

	for (size_t h = 0; h < ARRAY_COUNT(s->lately); h++) {
		const struct dns_slow_table *t = &s->lately[h].table[order];

		if (s->lately[h].half < half - 1)
			continue;
		for (size_t i = 0, at; i < t->count; i++) {
			for (at = 0; at < count; at++)
				if (slow_same(&all[at], &t->entry[i]))
					break;
			if (at < count)
				slow_merge(&all[at], &t->entry[i]);
			else
				all[count++] = t->entry[i];
		}
	}
	*out = arena_array(a, count + 1, sizeof(**out));
	for (size_t i = 0; i < count; i++)
		(*out)[i] = (struct dns_slow_lookup){
			.name = span_make(all[i].name, all[i].name_n),
			.type = all[i].type,
			.count = all[i].count,
			.unanswered = all[i].unanswered,
			.total_ms = all[i].total_ms,
			.worst_ms = all[i].worst_ms,
		};
	qsort(*out, count, sizeof(**out),
	    order == DNS_SLOW_WORST ? slow_worse : slow_longer);
	return count < DNS_SLOW_SHOWN ? count : DNS_SLOW_SHOWN;
}
