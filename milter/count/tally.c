/*
 * Bounded counters without waiting. Nothing here knows what is counted.
 */
#include "config.h"

#include "milter/count/tally.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

/* ---- by name ------------------------------------------------------------- */

struct tally_slot {
	_Atomic(char *) name; /* set once */
	atomic_ullong count;
};

struct tally {
	size_t capacity;
	struct tally_slot other;
	struct tally_slot slot[];
};

struct tally *
tally_new(size_t capacity)
{
	struct tally *t =
	    xcalloc(1, sizeof(*t) + capacity * sizeof(t->slot[0]));

	t->capacity = capacity;
	return t;
}

void
tally_free(struct tally **t)
{
	if (*t == NULL)
		return;
	for (size_t i = 0; i < (*t)->capacity; i++)
		free(atomic_load(&(*t)->slot[i].name));
	free(*t);
	*t = NULL;
}

/* The name of the slot; when it has none and fresh is given it takes that
 * over. NULL: it has none. */
static const char *
tally_slot_name(struct tally_slot *slot, char **fresh)
{
	char *name = atomic_load(&slot->name);

	if (name != NULL || *fresh == NULL)
		return name;
	if (!atomic_compare_exchange_strong(&slot->name, &name, *fresh))
		return name;
	name = *fresh;
	*fresh = NULL;
	return name;
}

#define PROBES_MAX 32

static struct tally_slot *
tally_find(struct tally *t, const char *name, char **fresh)
{
	size_t at = (size_t)span_hash(span_of(name), 0);

	for (size_t i = 0; i < PROBES_MAX && i < t->capacity; i++) {
		struct tally_slot *slot = &t->slot[(at + i) % t->capacity];
		const char *there = tally_slot_name(slot, fresh);

		if (there == NULL)
			return NULL;
		if (strcmp(there, name) == 0)
			return slot;
	}
	return &t->other;
}

void
tally_add(struct tally *t, const char *name, uint64_t n)
{
	char *none = NULL;
	struct tally_slot *slot = tally_find(t, name, &none);

	if (slot == NULL) {
		char *copy = xcalloc(1, strlen(name) + 1);

		(void)strcpy(copy, name);
		slot = tally_find(t, name, &copy);
		free(copy);
	}
	(void)atomic_fetch_add(&slot->count, n);
}

static struct tally *
tally_unconst(const struct tally *t)
{
	union {
		const struct tally *in;
		struct tally *out;
	} u = { t };

	return u.out;
}

uint64_t
tally_get(const struct tally *t, const char *name)
{
	char *none = NULL;
	struct tally_slot *slot = tally_find(tally_unconst(t), name, &none);

	return slot == NULL || slot == &t->other ? 0
						 : atomic_load(&slot->count);
}

void
tally_each(const struct tally *t, tally_visit *visit, void *ctx)
{
	uint64_t other = atomic_load(&t->other.count);

	for (size_t i = 0; i < t->capacity; i++) {
		const char *name = atomic_load(&t->slot[i].name);

		if (name != NULL)
			visit(ctx, name, atomic_load(&t->slot[i].count));
	}
	if (other > 0)
		visit(ctx, "other", other);
}

/* ---- the most frequent --------------------------------------------------- */

#define TOP_NAME_MAX 253

struct top_entry {
	char name[TOP_NAME_MAX + 1];
	uint64_t count;
};

struct top {
	pthread_mutex_t mutex;
	size_t capacity, count;
	struct top_entry entry[];
};

struct top *
top_new(size_t capacity)
{
	struct top *t = xcalloc(1, sizeof(*t) + capacity * sizeof(t->entry[0]));

	t->capacity = capacity;
	(void)pthread_mutex_init(&t->mutex, NULL);
	return t;
}

void
top_free(struct top **t)
{
	if (*t == NULL)
		return;
	(void)pthread_mutex_destroy(&(*t)->mutex);
	free(*t);
	*t = NULL;
}

/* The entry of this name, a free one, or the rarest. */
static struct top_entry *
top_entry_for(struct top *t, struct span name)
{
	struct top_entry *rarest = &t->entry[0];

	for (size_t i = 0; i < t->count; i++) {
		if (span_is(name, t->entry[i].name))
			return &t->entry[i];
		if (t->entry[i].count < rarest->count)
			rarest = &t->entry[i];
	}
	return t->count < t->capacity ? &t->entry[t->count++] : rarest;
}

void
top_add(struct top *t, struct span name)
{
	struct top_entry *e;

	name = span_slice(name, 0, TOP_NAME_MAX);
	(void)pthread_mutex_lock(&t->mutex);
	e = top_entry_for(t, name);
	if (name.n > 0)
		memcpy(e->name, name.p, name.n);
	e->name[name.n] = '\0';
	e->count++;
	(void)pthread_mutex_unlock(&t->mutex);
}

static int
top_order(const void *a, const void *b)
{
	const struct top_entry *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->name, y->name);
}

void
top_each(struct top *t, tally_visit *visit, void *ctx)
{
	struct top_entry *copy;
	size_t count;

	copy = xcalloc(t->capacity, sizeof(*copy));
	(void)pthread_mutex_lock(&t->mutex);
	count = t->count;
	memcpy(copy, t->entry, count * sizeof(*copy));
	(void)pthread_mutex_unlock(&t->mutex);
	qsort(copy, count, sizeof(*copy), top_order);
	for (size_t i = 0; i < count; i++)
		visit(ctx, copy[i].name, copy[i].count);
	free(copy);
}

/* ---- by size ------------------------------------------------------------- */

void
histogram_init(struct histogram *h, const double *bound, size_t count)
{
	INVARIANT(count <= HISTOGRAM_MAX);
	memset(h, 0, sizeof(*h));
	h->bound = bound;
	h->count = count;
}

void
histogram_add(struct histogram *h, uint64_t value)
{
	size_t i = 0;

	while (i < h->count && (double)value > h->bound[i])
		i++;
	(void)atomic_fetch_add(&h->bucket[i], 1);
	(void)atomic_fetch_add(&h->sum, value);
}

/* ---- by minute ----------------------------------------------------------- */

/*
 * The slot of the minute that runs, emptied if an older one stands in it. A
 * count of another thread that comes between emptying and adding may be lost:
 * one a minute at most, which rates don't feel.
 */
static struct recent_minute *
recent_slot(struct recent_window *w, int64_t minute)
{
	struct recent_minute *slot =
	    &w->slot[(uint64_t)minute % RECENT_MINUTES];
	long long there = atomic_load(&slot->minute);

	if (there >= minute ||
	    !atomic_compare_exchange_strong(&slot->minute, &there, minute))
		return slot;
	for (size_t i = 0; i < RECENT_COUNT; i++)
		atomic_store(&slot->n[i], 0);
	return slot;
}

void
recent_add(struct recent_window *w, int64_t now_s, enum recent what)
{
	(void)atomic_fetch_add(&recent_slot(w, now_s / 60)->n[what], 1);
}

void
recent_sum(const struct recent_window *w, int64_t now_s, int from, int to,
    uint64_t out[RECENT_COUNT])
{
	memset(out, 0, RECENT_COUNT * sizeof(out[0]));
	for (int ago = from; ago <= to && ago < RECENT_MINUTES; ago++) {
		int64_t minute = now_s / 60 - ago;
		const struct recent_minute *slot =
		    &w->slot[(uint64_t)minute % RECENT_MINUTES];

		if (atomic_load(&slot->minute) != minute)
			continue;
		for (size_t i = 0; i < RECENT_COUNT; i++)
			out[i] += atomic_load(&slot->n[i]);
	}
}
