/*
 * The store's table: which shard has a key, and what is asked of all of them.
 */
#include "config.h"

#include "policy/store/store_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "policy/store/store_shard.h"
#include "rules/base/panic.h"

/* Places that one call of store_table_expire looks at. */
#define EXPIRE_SLICE ((size_t)512)

struct store_table {
	struct shard shard[STORE_SHARDS];
	uint64_t seed; /* clients choose keys: they must not know it */
};

struct store_table *
store_table_new(uint64_t entries_max, bool noting)
{
	struct store_table *t = xcalloc(1, sizeof(*t));

	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) < 0)
		t->seed = (uint64_t)(uintptr_t)t;
	for (size_t i = 0; i < STORE_SHARDS; i++)
		shard_init(&t->shard[i],
		    (size_t)(entries_max / STORE_SHARDS) + 1, noting);
	return t;
}

void
store_table_free(struct store_table **tp)
{
	struct store_table *t = *tp;

	if (t == NULL)
		return;
	for (size_t i = 0; i < STORE_SHARDS; i++)
		shard_end(&t->shard[i]);
	free(t);
	*tp = NULL;
}

static struct shard *
table_shard(struct store_table *t, struct span key, uint32_t *hash)
{
	uint64_t h = span_hash(key, t->seed);

	/* FNV's low bits are weak: mix (the finaliser of MurmurHash3). */
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	*hash = (uint32_t)h;
	return &t->shard[(h >> 32) % STORE_SHARDS];
}

static bool
record_equal(const struct store_record *a, const struct store_record *b)
{
	return a->count == b->count &&
	       (a->count == 0 ||
		   (a->expires_s == b->expires_s &&
		       memcmp(a->number, b->number,
			   a->count * sizeof(a->number[0])) == 0));
}

void
store_table_update(struct store_table *t, uint16_t group, struct span key,
    int64_t now_s, store_change *change, void *ctx)
{
	uint32_t hash;
	struct shard *s = table_shard(t, key, &hash);
	struct store_record before, r;
	struct entry *e;

	(void)pthread_mutex_lock(&s->lock);
	shard_read(s, key, hash, now_s, &r);
	before = r;
	change(ctx, &r);
	INVARIANT(r.count <= STORE_NUMBERS_MAX);
	if (record_equal(&before, &r)) {
		/* Asked only: nothing to write. */
	} else if (r.count > 0) {
		e = shard_set(s, group, key, hash, &r);
		if (s->noting)
			shard_note(s, e);
	} else {
		shard_drop(s, key, hash);
	}
	(void)pthread_mutex_unlock(&s->lock);
}

void
store_table_get(struct store_table *t, struct span key, int64_t now_s,
    struct store_record *out)
{
	uint32_t hash;
	struct shard *s = table_shard(t, key, &hash);

	(void)pthread_mutex_lock(&s->lock);
	shard_read(s, key, hash, now_s, out);
	(void)pthread_mutex_unlock(&s->lock);
}

void
store_table_load(
    struct store_table *t, struct span key, const struct store_record *r)
{
	uint32_t hash;
	struct shard *s = table_shard(t, key, &hash);

	(void)pthread_mutex_lock(&s->lock);
	if (shard_find(s, key, hash) == NULL)
		(void)shard_set(s, 0, key, hash, r);
	(void)pthread_mutex_unlock(&s->lock);
}

/* A copy of a shard's entries that have the prefix. */
static size_t
shard_copy(struct shard *s, struct span prefix, int64_t now_s, struct arena *a,
    struct store_changed **out)
{
	size_t count = 0, cap = 0;

	*out = NULL;
	(void)pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->places; i++) {
		struct entry *e = s->place[i];
		struct span key;

		if (e == NULL || e->expires_s <= now_s)
			continue;
		key = entry_key(e);
		if (!span_starts(key, prefix))
			continue;
		*out = arena_grow(a, *out, &cap, count + 1, sizeof(**out));
		(*out)[count].key = arena_dup(a, key);
		entry_read(e, &(*out)[count++].record);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return count;
}

void
store_table_each(struct store_table *t, struct span prefix, int64_t now_s,
    store_visit *visit, void *ctx)
{
	struct arena *a = arena_new();
	bool on = true;

	for (size_t i = 0; i < STORE_SHARDS && on; i++) {
		struct store_changed *item;
		size_t count =
		    shard_copy(&t->shard[i], prefix, now_s, a, &item);

		for (size_t k = 0; k < count && on; k++)
			on = visit(ctx, item[k].key, &item[k].record);
		arena_reset(a);
	}
	arena_free(&a);
}

size_t
store_table_changes(struct store_table *t, size_t shard, size_t max,
    struct arena *a, struct store_changed *out)
{
	struct shard *s = &t->shard[shard];
	size_t taken = 0;

	(void)pthread_mutex_lock(&s->lock);
	while (taken < max && s->note_count > 0) {
		struct entry *e = s->note[--s->note_count];

		/* One that left the table may have come back as another:
		 * what stands there now is what is written. */
		out[taken].key = arena_dup(a, entry_key(e));
		shard_read(s, out[taken].key, e->hash, 0, &out[taken].record);
		taken++;
		e->noted = false;
		if (e->gone)
			free(e);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return taken;
}

void
store_table_note_all(struct store_table *t)
{
	for (size_t i = 0; i < STORE_SHARDS; i++) {
		(void)pthread_mutex_lock(&t->shard[i].lock);
		shard_note_all(&t->shard[i]);
		(void)pthread_mutex_unlock(&t->shard[i].lock);
	}
}

bool
store_table_forgot(struct store_table *t)
{
	bool forgot = false;

	for (size_t i = 0; i < STORE_SHARDS; i++) {
		(void)pthread_mutex_lock(&t->shard[i].lock);
		forgot = forgot || t->shard[i].forgot;
		(void)pthread_mutex_unlock(&t->shard[i].lock);
	}
	return forgot;
}

void
store_table_forget(struct store_table *t)
{
	for (size_t i = 0; i < STORE_SHARDS; i++) {
		(void)pthread_mutex_lock(&t->shard[i].lock);
		shard_forget(&t->shard[i]);
		(void)pthread_mutex_unlock(&t->shard[i].lock);
	}
}

void
store_table_expire(struct store_table *t, size_t shard, int64_t now_s)
{
	struct shard *s = &t->shard[shard];

	(void)pthread_mutex_lock(&s->lock);
	shard_expire(s, EXPIRE_SLICE, now_s);
	(void)pthread_mutex_unlock(&s->lock);
}

static uint64_t
table_sum(struct store_table *t, uint64_t (*of)(const struct shard *))
{
	uint64_t sum = 0;

	for (size_t i = 0; i < STORE_SHARDS; i++) {
		(void)pthread_mutex_lock(&t->shard[i].lock);
		sum += of(&t->shard[i]);
		(void)pthread_mutex_unlock(&t->shard[i].lock);
	}
	return sum;
}

static uint64_t
shard_count(const struct shard *s)
{
	return s->count;
}

static uint64_t
shard_noted(const struct shard *s)
{
	return s->note_count;
}

static uint64_t
shard_evicted(const struct shard *s)
{
	return s->evicted;
}

uint64_t
store_table_count(struct store_table *t)
{
	return table_sum(t, shard_count);
}

uint64_t
store_table_noted(struct store_table *t)
{
	return table_sum(t, shard_noted);
}

uint64_t
store_table_evicted(struct store_table *t)
{
	return table_sum(t, shard_evicted);
}
