/*
 * Is there a record with this key? A million keys fit into some 45 octets
 * each, because a record has no pointers and keys have no terminators. Must
 * know nothing of what keys mean.
 *
 * A record: line (4 octets), source (2), flags (1), length of the key (1),
 * the key; with LIST_SHOWN a length (1) and the shown text; with LIST_EXTRA
 * the end (8), the length of the note (2) and the note.
 *
 * A slot: the upper half of the key's hash, and the record's place + 1 (0 is
 * a free slot). The upper half also says where the slot is, so that a table
 * that grows need not look at its keys.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/list/list_table.h"

#define HEAD      8
#define NOTE_MAX  1000
#define SHOWN_MAX 255
/* Places are 32 bits wide. */
#define BLOCK_MAX (UINT32_MAX - 4096)
#define SLOTS_MIN 16

struct list_table {
	char *block;
	size_t n;
	size_t cap;
	uint64_t *slots;
	size_t slot_count; /* a power of two */
	size_t count;
};

struct list_table *
list_table_new(void)
{
	struct list_table *t = xcalloc(1, sizeof(*t));

	t->slot_count = SLOTS_MIN;
	t->slots = xcalloc(t->slot_count, sizeof(*t->slots));
	return t;
}

void
list_table_free(struct list_table **t)
{
	if (*t == NULL)
		return;
	free((*t)->block);
	free((*t)->slots);
	free(*t);
	*t = NULL;
}

size_t
list_table_count(const struct list_table *t)
{
	return t->count;
}

size_t
list_table_memory(const struct list_table *t)
{
	return sizeof(*t) + t->cap + t->slot_count * sizeof(*t->slots);
}

static void
list_slot_put(uint64_t *slots, size_t slot_count, uint64_t slot)
{
	size_t i = (size_t)(slot >> 32) & (slot_count - 1);

	while (slots[i] != 0)
		i = (i + 1) & (slot_count - 1);
	slots[i] = slot;
}

static void
list_slots_grow(struct list_table *t, size_t slot_count)
{
	uint64_t *slots = xcalloc(slot_count, sizeof(*slots));

	for (size_t i = 0; i < t->slot_count; i++)
		if (t->slots[i] != 0)
			list_slot_put(slots, slot_count, t->slots[i]);
	free(t->slots);
	t->slots = slots;
	t->slot_count = slot_count;
}

/* At most five of eight slots are taken. */
void
list_table_reserve(struct list_table *t, size_t count)
{
	size_t slot_count = t->slot_count;

	while (slot_count / 8 * 5 < t->count + count)
		slot_count *= 2;
	if (slot_count > t->slot_count)
		list_slots_grow(t, slot_count);
}

void
list_table_trim(struct list_table *t)
{
	size_t slot_count = SLOTS_MIN;

	while (slot_count / 8 * 5 < t->count)
		slot_count *= 2;
	if (slot_count < t->slot_count)
		list_slots_grow(t, slot_count);
	if (t->n > 0 && t->n < t->cap) {
		t->block = xrealloc(t->block, t->n, 1);
		t->cap = t->n;
	}
}

uint64_t
list_hash_step(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

uint64_t
list_hash(struct span key)
{
	uint64_t h = LIST_HASH;

	for (size_t i = key.n; i > 0; i--)
		h = list_hash_step(h, key.p[i - 1]);
	return h;
}

/* Spreads what the last octets changed over the upper half. */
static uint32_t
list_hash_end(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

static struct span
list_block_take(const struct list_table *t, size_t *at, size_t n)
{
	struct span s = span_make(t->block + *at, n);

	*at += n;
	return s;
}

/* Reads the record at *at and moves behind it. */
static void
list_record_read(const struct list_table *t, size_t *at, struct list_record *r)
{
	const char *p = t->block + *at;
	uint16_t n;

	*r = (struct list_record){ .flags = (uint8_t)p[6] };
	memcpy(&r->line, p, sizeof(r->line));
	memcpy(&r->source, p + 4, sizeof(r->source));
	*at += HEAD;
	r->key = list_block_take(t, at, (uint8_t)p[7]);
	r->shown = r->key;
	if (r->flags & LIST_SHOWN) {
		n = (uint8_t)*list_block_take(t, at, 1).p;
		r->shown = list_block_take(t, at, n);
	}
	if (r->flags & LIST_EXTRA) {
		memcpy(&r->until_s, list_block_take(t, at, 8).p, 8);
		memcpy(&n, list_block_take(t, at, 2).p, 2);
		r->note = list_block_take(t, at, n);
	}
}

bool
list_table_next(const struct list_table *t, size_t *at, struct list_record *r)
{
	if (*at >= t->n)
		return false;
	list_record_read(t, at, r);
	return true;
}

/* The place + 1 of the next record with that key from slot *at on, or 0. */
static uint32_t
list_table_place(
    const struct list_table *t, uint64_t hash, struct span key, size_t *at)
{
	uint32_t upper = list_hash_end(hash);
	size_t mask = t->slot_count - 1;

	for (;; ++*at) {
		uint64_t slot = t->slots[(upper + *at) & mask];
		const char *p;

		if (slot == 0)
			return 0;
		if (slot >> 32 != upper)
			continue;
		p = t->block + (uint32_t)slot - 1;
		if ((uint8_t)p[7] == key.n &&
		    memcmp(p + HEAD, key.p, key.n) == 0) {
			++*at;
			return (uint32_t)slot;
		}
	}
}

bool
list_table_find(const struct list_table *t, uint64_t hash, struct span key,
    size_t *at, struct list_record *r)
{
	uint32_t place;
	size_t start;

	if (key.n == 0)
		key = SPAN("");
	place = list_table_place(t, hash, key, at);
	if (place == 0)
		return false;
	start = place - 1;
	list_record_read(t, &start, r);
	return true;
}

static char *
list_block_put(char *to, const void *from, size_t n)
{
	if (n > 0)
		memcpy(to, from, n);
	return to + n;
}

static size_t
list_record_size(const struct list_record *r, uint8_t flags)
{
	size_t n = HEAD + r->key.n;

	n += flags & LIST_SHOWN ? 1 + r->shown.n : 0;
	n += flags & LIST_EXTRA ? 10 + r->note.n : 0;
	return n;
}

static void
list_record_write(char *p, const struct list_record *r, uint8_t flags)
{
	uint8_t key_n = (uint8_t)r->key.n, shown_n = (uint8_t)r->shown.n;
	uint16_t note_n = (uint16_t)r->note.n;

	p = list_block_put(p, &r->line, 4);
	p = list_block_put(p, &r->source, 2);
	p = list_block_put(p, &flags, 1);
	p = list_block_put(p, &key_n, 1);
	p = list_block_put(p, r->key.p, r->key.n);
	if (flags & LIST_SHOWN) {
		p = list_block_put(p, &shown_n, 1);
		p = list_block_put(p, r->shown.p, r->shown.n);
	}
	if (flags & LIST_EXTRA) {
		p = list_block_put(p, &r->until_s, 8);
		p = list_block_put(p, &note_n, 2);
		(void)list_block_put(p, r->note.p, r->note.n);
	}
}

static bool
list_block_room(struct list_table *t, size_t n)
{
	if (n > BLOCK_MAX - t->n)
		return false;
	if (t->cap - t->n < n) {
		t->cap = t->cap + t->cap / 2 + n + 256;
		t->block = xrealloc(t->block, t->cap, 1);
	}
	return true;
}

/* True when an old record covers r; it then ends with the later of both. */
static bool
list_record_merge(
    struct list_table *t, uint64_t hash, const struct list_record *r)
{
	struct list_record old;
	uint32_t place;
	size_t at = 0;

	while ((place = list_table_place(t, hash, r->key, &at)) != 0) {
		size_t start = place - 1;
		char *until;

		list_record_read(t, &start, &old);
		if ((r->flags & ~old.flags) != 0)
			continue;
		if (old.until_s == 0 ||
		    (r->until_s != 0 && r->until_s <= old.until_s))
			return true;
		if ((old.flags & (LIST_SELF | LIST_BELOW)) != r->flags)
			continue;
		/* In place, so that repeated lines cannot pile up. */
		until = t->block + (place - 1) + HEAD + old.key.n;
		if (old.flags & LIST_SHOWN)
			until += 1 + old.shown.n;
		memcpy(until, &r->until_s, sizeof(r->until_s));
		return true;
	}
	return false;
}

enum list_added
list_table_add(struct list_table *t, const struct list_record *record)
{
	struct list_record r = *record;
	uint64_t hash = list_hash(r.key);
	uint8_t flags = r.flags;
	size_t n;

	INVARIANT(r.key.n <= LIST_KEY_MAX);
	if (r.key.n == 0)
		r.key = SPAN("");
	if (list_record_merge(t, hash, &r))
		return LIST_DUPLICATE;
	r.shown = span_slice(r.shown, 0, SHOWN_MAX);
	r.note = span_slice(r.note, 0, NOTE_MAX);
	flags |= r.shown.n > 0 ? LIST_SHOWN : 0;
	flags |= r.until_s != 0 || r.note.n > 0 ? LIST_EXTRA : 0;
	n = list_record_size(&r, flags);
	if (!list_block_room(t, n))
		return LIST_FULL;
	list_table_reserve(t, 1);
	list_record_write(t->block + t->n, &r, flags);
	list_slot_put(t->slots, t->slot_count,
	    (uint64_t)list_hash_end(hash) << 32 | (t->n + 1));
	t->n += n;
	t->count++;
	return LIST_ADDED;
}
