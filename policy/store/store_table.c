/*
 * Entries in memory. Open addressing with linear probing over pointers, one
 * table a shard; an entry is one allocation with its key behind it, so that a
 * million of them fit in some 120 MB.
 */
#include "config.h"

#include "policy/store/store_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "policy/base/crowd.h"
#include "rules/base/panic.h"

#define SHARD_PLACES_MIN ((size_t)64)
/* Places that one call of store_table_expire looks at. */
#define EXPIRE_SLICE ((size_t)512)
/* Of so many entries the one that expires first makes room. */
#define EVICT_SAMPLE ((size_t)16)

struct entry {
	uint32_t hash;
	uint32_t expires_s;
	uint16_t group; /* who changed it last; 0: read from the file */
	uint8_t count;
	uint8_t key_n;
	bool noted;       /* stands in the shard's notes */
	bool gone;        /* left the table; the notes alone hold it */
	int64_t number[]; /* count of them, then the key */
};
_Static_assert(STORE_KEY_MAX <= UINT8_MAX, "key_n holds any key's length");

struct shard {
	pthread_mutex_t lock;
	struct entry **place;
	size_t places; /* a power of two, or 0 */
	size_t count;
	size_t hand; /* where expiry goes on */
	struct entry **note;
	size_t note_count, note_cap;
	size_t note_max; /* beyond it they are given up */
	bool forgot;     /* they were: the file is to be written anew */
	uint64_t evicted;
	struct crowd *of; /* entries; NULL while there are no places */
};

struct store_table {
	struct shard shard[STORE_SHARDS];
	size_t shard_max; /* entries of one shard */
	uint64_t seed;    /* clients choose keys: they must not know it */
	bool noting;
};

struct store_table *
store_table_new(uint64_t entries_max, bool noting)
{
	struct store_table *t = xcalloc(1, sizeof(*t));

	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) < 0)
		t->seed = (uint64_t)(uintptr_t)t;
	t->shard_max = (size_t)(entries_max / STORE_SHARDS) + 1;
	t->noting = noting;
	for (size_t i = 0; i < STORE_SHARDS; i++)
		(void)pthread_mutex_init(&t->shard[i].lock, NULL);
	/* As many as there can be entries, and as many that have left. */
	for (size_t i = 0; i < STORE_SHARDS; i++)
		t->shard[i].note_max = 2 * t->shard_max + SHARD_PLACES_MIN;
	return t;
}

void
store_table_free(struct store_table **tp)
{
	struct store_table *t = *tp;

	if (t == NULL)
		return;
	for (size_t i = 0; i < STORE_SHARDS; i++) {
		struct shard *s = &t->shard[i];

		for (size_t k = 0; k < s->note_count; k++)
			if (s->note[k]->gone)
				free(s->note[k]);
		for (size_t k = 0; k < s->places; k++)
			free(s->place[k]);
		free(s->note);
		free(s->place);
		free(s->of);
		(void)pthread_mutex_destroy(&s->lock);
	}
	free(t);
	*tp = NULL;
}

/* ---- entries ------------------------------------------------------------- */

static char *
entry_key(struct entry *e)
{
	return (char *)(e->number + e->count);
}

static uint32_t
clamp_time(int64_t s)
{
	return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

static struct entry *
entry_new(struct span key, uint32_t hash, unsigned count)
{
	struct entry *e =
	    xmalloc(sizeof(*e) + count * sizeof(e->number[0]) + key.n);

	*e = (struct entry){
		.hash = hash, .count = (uint8_t)count, .key_n = (uint8_t)key.n
	};
	if (key.n > 0)
		(void)memcpy(entry_key(e), key.p, key.n);
	return e;
}

static void
entry_fill(struct entry *e, const struct store_record *r)
{
	e->expires_s = clamp_time(r->expires_s);
	(void)memcpy(e->number, r->number, e->count * sizeof(e->number[0]));
}

static void
entry_read(const struct entry *e, struct store_record *r)
{
	*r = (struct store_record){ .count = e->count };
	r->expires_s = e->expires_s;
	(void)memcpy(r->number, e->number, e->count * sizeof(e->number[0]));
}

static bool
entry_is(struct entry *e, struct span key, uint32_t hash)
{
	return e->hash == hash && e->key_n == key.n &&
	       memcmp(entry_key(e), key.p, key.n) == 0;
}

/* ---- a shard, its lock held ---------------------------------------------- */

static size_t
place_next(const struct shard *s, size_t at)
{
	return (at + 1) & (s->places - 1);
}

/* The place of the key, or the empty one where it would go. */
static size_t
shard_find(struct shard *s, struct span key, uint32_t hash)
{
	size_t at = hash & (s->places - 1);

	while (s->place[at] != NULL && !entry_is(s->place[at], key, hash))
		at = place_next(s, at);
	return at;
}

static void
shard_grow(struct shard *s)
{
	size_t before = s->places;
	struct entry **old = s->place;

	s->places = before == 0 ? SHARD_PLACES_MIN : before * 2;
	/* Half a megabyte in all, which a replay would clear for each
	 * decision, most of which remember nothing. */
	if (s->of == NULL)
		s->of = xcalloc(1, sizeof(*s->of));
	s->place = xcalloc(s->places, sizeof(struct entry *));
	for (size_t i = 0; i < before; i++) {
		size_t at;

		if (old[i] == NULL)
			continue;
		at = old[i]->hash & (s->places - 1);
		while (s->place[at] != NULL)
			at = place_next(s, at);
		s->place[at] = old[i];
	}
	s->hand = 0;
	free(old);
}

static void
shard_forget(struct shard *s)
{
	for (size_t i = 0; i < s->note_count; i++) {
		s->note[i]->noted = false;
		if (s->note[i]->gone)
			free(s->note[i]);
	}
	free(s->note);
	s->note = NULL;
	s->note_count = s->note_cap = 0;
	s->forgot = true;
}

static void
shard_note(struct shard *s, struct entry *e)
{
	if (e->noted || s->forgot)
		return;
	if (s->note_count == s->note_max) {
		shard_forget(s);
		return;
	}
	e->noted = true;
	if (s->note_count == s->note_cap) {
		s->note_cap = s->note_cap == 0 ? 64 : s->note_cap * 2;
		s->note =
		    xrealloc(s->note, s->note_cap, sizeof(struct entry *));
	}
	s->note[s->note_count++] = e;
}

/* Closes the gap, so that no search ends too early. */
static void
shard_close_gap(struct shard *s, size_t gap)
{
	size_t at = place_next(s, gap);

	for (; s->place[at] != NULL; at = place_next(s, at)) {
		size_t home = s->place[at]->hash & (s->places - 1);

		/* The gap lies between its home and where it stands. */
		if (((at - home) & (s->places - 1)) <
		    ((at - gap) & (s->places - 1)))
			continue;
		s->place[gap] = s->place[at];
		gap = at;
	}
	s->place[gap] = NULL;
}

/* write: the file must forget it, too. */
static void
shard_remove(struct shard *s, size_t at, bool write)
{
	struct entry *e = s->place[at];

	shard_close_gap(s, at);
	s->count--;
	crowd_sub(s->of, e->group, 1);
	if (write)
		shard_note(s, e);
	if (e->noted)
		e->gone = true;
	else
		free(e);
}

/*
 * Room for one more: of a few the first to expire goes, but one of a network
 * that has more than its part before those of others.
 */
static bool
shard_rather(const struct shard *s, const struct entry *e,
    const struct entry *than, size_t max)
{
	bool greedy = crowd_greedy(s->of, e->group, max);

	if (greedy != crowd_greedy(s->of, than->group, max))
		return greedy;
	return e->expires_s < than->expires_s;
}

static void
shard_evict(struct shard *s, size_t max, bool noting)
{
	size_t victim = SIZE_MAX, seen = 0;

	while (seen < EVICT_SAMPLE) {
		s->hand = place_next(s, s->hand);
		if (s->place[s->hand] == NULL)
			continue;
		seen++;
		if (victim == SIZE_MAX ||
		    shard_rather(s, s->place[s->hand], s->place[victim], max))
			victim = s->hand;
		if (seen >= s->count)
			break;
	}
	shard_remove(s, victim, noting);
	s->evicted++;
}

static struct entry *
shard_insert(struct store_table *t, struct shard *s, struct span key,
    uint32_t hash, unsigned count)
{
	size_t at;

	if (s->count >= t->shard_max)
		shard_evict(s, t->shard_max, t->noting);
	/* At most three quarters full. */
	if (s->places == 0 || s->count + 1 > s->places / 4 * 3)
		shard_grow(s);
	at = shard_find(s, key, hash);
	s->place[at] = entry_new(key, hash, count);
	s->count++;
	crowd_add(s->of, s->place[at]->group, 1);
	return s->place[at];
}

/* Puts a record in place of what stands there, or at a new place. */
static struct entry *
shard_set(struct store_table *t, struct shard *s, uint16_t group,
    struct span key, uint32_t hash, const struct store_record *r)
{
	size_t at = s->places == 0 ? 0 : shard_find(s, key, hash);
	struct entry *e = s->places == 0 ? NULL : s->place[at];

	if (e != NULL && e->count != r->count) {
		shard_remove(s, at, false);
		e = NULL;
	}
	if (e == NULL)
		e = shard_insert(t, s, key, hash, r->count);
	crowd_sub(s->of, e->group, 1);
	e->group = group;
	crowd_add(s->of, e->group, 1);
	entry_fill(e, r);
	return e;
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

static void
shard_read(struct shard *s, struct span key, uint32_t hash, int64_t now_s,
    struct store_record *out)
{
	struct entry *e =
	    s->places == 0 ? NULL : s->place[shard_find(s, key, hash)];

	*out = (struct store_record){ 0 };
	if (e != NULL && e->expires_s > now_s)
		entry_read(e, out);
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

/* ---- the table ----------------------------------------------------------- */

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
		e = shard_set(t, s, group, key, hash, &r);
		if (t->noting)
			shard_note(s, e);
	} else if (s->places > 0) {
		size_t at = shard_find(s, key, hash);

		if (s->place[at] != NULL)
			shard_remove(s, at, t->noting);
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
	if (s->places == 0 || s->place[shard_find(s, key, hash)] == NULL)
		(void)shard_set(t, s, 0, key, hash, r);
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
		key = span_make(entry_key(e), e->key_n);
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
		out[taken].key =
		    arena_dup(a, span_make(entry_key(e), e->key_n));
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
		struct shard *s = &t->shard[i];

		(void)pthread_mutex_lock(&s->lock);
		s->forgot = false;
		for (size_t k = 0; k < s->places; k++)
			if (s->place[k] != NULL)
				shard_note(s, s->place[k]);
		(void)pthread_mutex_unlock(&s->lock);
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
	for (size_t i = 0; i < EXPIRE_SLICE && i < s->places; i++) {
		struct entry *e;

		/* What moves into the gap may have expired, too. */
		while ((e = s->place[s->hand]) != NULL && e->expires_s <= now_s)
			shard_remove(s, s->hand, t->noting);
		s->hand = place_next(s, s->hand);
	}
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
