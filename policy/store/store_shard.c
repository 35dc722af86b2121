/*
 * A part of the store's table; see store_shard.h.
 */
#include "config.h"

#include "policy/store/store_shard.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define SHARD_PLACES_MIN ((size_t)64)
/* Of so many entries the one that expires first makes room. */
#define EVICT_SAMPLE ((size_t)16)

/* ---- entries ------------------------------------------------------------- */

struct span
entry_key(const struct entry *e)
{
	return span_make((const char *)(e->number + e->count), e->key_n);
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
		(void)memcpy(e->number + count, key.p, key.n);
	return e;
}

static void
entry_fill(struct entry *e, const struct store_record *r)
{
	e->expires_s = clamp_time(r->expires_s);
	(void)memcpy(e->number, r->number, e->count * sizeof(e->number[0]));
}

void
entry_read(const struct entry *e, struct store_record *r)
{
	*r = (struct store_record){ .count = e->count };
	r->expires_s = e->expires_s;
	(void)memcpy(r->number, e->number, e->count * sizeof(e->number[0]));
}

static bool
entry_is(const struct entry *e, struct span key, uint32_t hash)
{
	return e->hash == hash && span_eq(entry_key(e), key);
}

/* ---- places -------------------------------------------------------------- */

static size_t
place_next(const struct shard *s, size_t at)
{
	return (at + 1) & (s->places - 1);
}

/* The place of the key, or the empty one where it would go. */
static size_t
shard_place(const struct shard *s, struct span key, uint32_t hash)
{
	size_t at = hash & (s->places - 1);

	while (s->place[at] != NULL && !entry_is(s->place[at], key, hash))
		at = place_next(s, at);
	return at;
}

struct entry *
shard_find(const struct shard *s, struct span key, uint32_t hash)
{
	return s->places == 0 ? NULL : s->place[shard_place(s, key, hash)];
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

void
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

void
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
shard_rather(
    const struct shard *s, const struct entry *e, const struct entry *than)
{
	bool greedy = crowd_greedy(s->of, e->group, s->max);

	if (greedy != crowd_greedy(s->of, than->group, s->max))
		return greedy;
	return e->expires_s < than->expires_s;
}

static void
shard_evict(struct shard *s)
{
	size_t victim = SIZE_MAX, seen = 0;

	while (seen < EVICT_SAMPLE) {
		s->hand = place_next(s, s->hand);
		if (s->place[s->hand] == NULL)
			continue;
		seen++;
		if (victim == SIZE_MAX ||
		    shard_rather(s, s->place[s->hand], s->place[victim]))
			victim = s->hand;
		if (seen >= s->count)
			break;
	}
	shard_remove(s, victim, s->noting);
	s->evicted++;
}

static struct entry *
shard_insert(struct shard *s, struct span key, uint32_t hash, unsigned count)
{
	size_t at;

	if (s->count >= s->max)
		shard_evict(s);
	/* At most three quarters full. */
	if (s->places == 0 || s->count + 1 > s->places / 4 * 3)
		shard_grow(s);
	at = shard_place(s, key, hash);
	s->place[at] = entry_new(key, hash, count);
	s->count++;
	crowd_add(s->of, s->place[at]->group, 1);
	return s->place[at];
}

struct entry *
shard_set(struct shard *s, uint16_t group, struct span key, uint32_t hash,
    const struct store_record *r)
{
	struct entry *e = shard_find(s, key, hash);

	if (e != NULL && e->count != r->count) {
		shard_remove(s, shard_place(s, key, hash), false);
		e = NULL;
	}
	if (e == NULL)
		e = shard_insert(s, key, hash, r->count);
	crowd_sub(s->of, e->group, 1);
	e->group = group;
	crowd_add(s->of, e->group, 1);
	entry_fill(e, r);
	return e;
}

void
shard_read(const struct shard *s, struct span key, uint32_t hash, int64_t now_s,
    struct store_record *out)
{
	const struct entry *e = shard_find(s, key, hash);

	*out = (struct store_record){ 0 };
	if (e != NULL && e->expires_s > now_s)
		entry_read(e, out);
}

void
shard_drop(struct shard *s, struct span key, uint32_t hash)
{
	if (shard_find(s, key, hash) != NULL)
		shard_remove(s, shard_place(s, key, hash), s->noting);
}

void
shard_expire(struct shard *s, size_t places, int64_t now_s)
{
	for (size_t i = 0; i < places && i < s->places; i++) {
		struct entry *e;

		/* What moves into the gap may have expired, too. */
		while ((e = s->place[s->hand]) != NULL && e->expires_s <= now_s)
			shard_remove(s, s->hand, s->noting);
		s->hand = place_next(s, s->hand);
	}
}

void
shard_note_all(struct shard *s)
{
	s->forgot = false;
	for (size_t k = 0; k < s->places; k++)
		if (s->place[k] != NULL)
			shard_note(s, s->place[k]);
}

/* ---- life ---------------------------------------------------------------- */

void
shard_init(struct shard *s, size_t max, bool noting)
{
	*s = (struct shard){ .max = max,
		.noting = noting,
		.note_max = 2 * max + SHARD_PLACES_MIN };
	(void)pthread_mutex_init(&s->lock, NULL);
}

void
shard_end(struct shard *s)
{
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
