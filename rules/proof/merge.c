/*
 * Values that no question tells apart, of which few are kept.
 */
#include "config.h"

#include "rules/proof/prover.h"

/* A fact that can be one of them can be the other, and they answer alike. */
static bool
candidates_alike(
    const struct prover *p, const struct pool *pool, size_t a, size_t b)
{
	if (pool->candidate[a].wild != pool->candidate[b].wild)
		return false;
	for (size_t i = 0; i < pool->fact_n; i++) {
		const struct fact_row *row =
		    schema_row(p->schema, pool->fact[i]);

		if (candidate_fits(&pool->candidate[a], row) !=
		    candidate_fits(&pool->candidate[b], row))
			return false;
	}
	for (size_t i = 0; i < pool->asked_n; i++)
		if (pool->asked[i].reply[a] != pool->asked[i].reply[b])
			return false;
	return true;
}

/* Puts those that are kept before the others, in their order. */
static void
pool_keep(struct prover *p, struct pool *pool, const size_t *kept, size_t n)
{
	size_t *to = arena_array(p->arena, pool->n + 1, sizeof(*to));
	struct candidate *moved =
	    arena_array(p->arena, pool->n + 1, sizeof(*moved));
	size_t next = n;

	for (size_t k = 0; k < pool->n; k++)
		to[k] = SIZE_MAX;
	for (size_t k = 0; k < n; k++)
		to[kept[k]] = k;
	for (size_t k = 0; k < pool->n; k++)
		if (to[k] == SIZE_MAX)
			to[k] = next++;
	for (size_t k = 0; k < pool->n; k++) {
		moved[to[k]] = pool->candidate[k];
		moved[to[k]].stands_for = to[pool->candidate[k].stands_for];
	}
	for (size_t i = 0; i < pool->asked_n; i++)
		for (size_t k = 0; k < n; k++)
			pool->asked[i].reply[k] = pool->asked[i].reply[kept[k]];
	pool->candidate = moved;
	pool->all = pool->n;
	pool->n = n;
}

/* Candidates that are kept, by what they answer. */
struct kept {
	size_t *number, n; /* in their order */
	uint64_t *hash;    /* by candidate */
	size_t *next;      /* by candidate; in its bucket; SIZE_MAX: none */
	size_t *bucket, mask;
};

/* What is alike has one hash. */
static uint64_t
candidate_hash(const struct prover *p, const struct pool *pool, size_t k)
{
	uint64_t h = pool->candidate[k].wild;

	for (size_t i = 0; i < pool->fact_n; i++)
		h = h * 31 +
		    candidate_fits(&pool->candidate[k],
			schema_row(p->schema, pool->fact[i]));
	for (size_t i = 0; i < pool->asked_n; i++)
		h = (h ^ pool->asked[i].reply[k]) * UINT64_C(0x100000001b3);
	return h ^ (h >> 32);
}

static void
kept_init(struct prover *p, const struct pool *pool, struct kept *kept)
{
	size_t buckets = 16;

	while (buckets < pool->n)
		buckets *= 2;
	kept->number = arena_array(p->arena, pool->n + 1, sizeof(size_t));
	kept->hash = arena_array(p->arena, pool->n + 1, sizeof(uint64_t));
	kept->next = arena_array(p->arena, pool->n + 1, sizeof(size_t));
	kept->bucket = arena_array(p->arena, buckets, sizeof(size_t));
	kept->mask = buckets - 1;
	for (size_t b = 0; b < buckets; b++)
		kept->bucket[b] = SIZE_MAX;
	for (size_t k = 0; k < pool->n; k++)
		kept->hash[k] = candidate_hash(p, pool, k);
}

/*
 * How many that answer like it are kept, and the first of them. The newest
 * stands first in its bucket.
 */
static size_t
kept_alike(const struct prover *p, const struct pool *pool,
    const struct kept *kept, size_t k, size_t *first)
{
	size_t i = kept->bucket[kept->hash[k] & kept->mask], same = 0;

	for (; i != SIZE_MAX; i = kept->next[i])
		if (kept->hash[i] == kept->hash[k] &&
		    candidates_alike(p, pool, i, k)) {
			*first = i;
			same++;
		}
	return same;
}

/*
 * Of those that answer alike only as many are kept as facts share them. Each
 * is compared with those of its hash, not with all: a rule that names ten
 * thousand values asks as many questions of each.
 */
void
pool_merge(struct prover *p, struct pool *pool)
{
	struct kept kept = { 0 };

	kept_init(p, pool, &kept);
	for (size_t k = 0; k < pool->n; k++) {
		size_t first = k, b = kept.hash[k] & kept.mask;

		if (kept_alike(p, pool, &kept, k, &first) >= pool->fact_n) {
			pool->candidate[k].stands_for = first;
			continue;
		}
		pool->candidate[k].stands_for = k;
		kept.number[kept.n++] = k;
		kept.next[k] = kept.bucket[b];
		kept.bucket[b] = k;
	}
	pool_keep(p, pool, kept.number, kept.n);
}
