/*
 * Which needles are in a text? An automaton built
 * breadth first from the sorted needles, so that the states near the root,
 * where a scan spends its time, lie together. Must know nothing of
 * patterns.
 *
 * Rejected: a hash of three octets with buckets behind it. It needs less
 * memory, but a hostile text can send every octet into the fullest bucket.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/panic.h"
#include "rules/match/needle.h"
#include "rules/match/prefilter.h"

#define PIECE_MAX 8
/* Table entries: 64 MiB. Two octets a needle always fit in that. */
#define TABLE_MAX (16U << 20)
#define NONE      UINT32_MAX
/* In a table entry: this state, or one that it falls back to, has a needle. */
#define HIT (UINT32_C(1) << 31)

struct prefilter {
	uint8_t class_of[256]; /* octets that no needle has share class 0 */
	uint32_t classes;
	uint32_t *table; /* state * classes + class: next state * classes */
	uint32_t states;
	uint32_t *needle;  /* of a state that ends one, or NONE */
	uint32_t *shorter; /* the next state to look at after a hit, or NONE */
	uint32_t needles;
	uint32_t *first; /* needle: index into bits; needles + 1 of them */
	uint32_t *bits;  /* sorted by needle */
};

static int
prefilter_order(const void *x, const void *y)
{
	const struct prefilter_needle *a = x, *b = y;
	int order = span_compare(a->text, b->text);

	if (order != 0)
		return order;
	return a->bit < b->bit ? -1 : a->bit > b->bit;
}

/* The rarest max octets in a row. */
static struct span
prefilter_piece(struct span text, size_t max)
{
	struct span best = span_slice(text, 0, max);
	unsigned rarity = needle_rarity(best);

	for (size_t i = 1; i + max <= text.n; i++) {
		struct span piece = span_slice(text, i, i + max);

		if (needle_rarity(piece) > rarity) {
			best = piece;
			rarity = needle_rarity(piece);
		}
	}
	return best;
}

static void
prefilter_classes(
    struct prefilter *f, const struct prefilter_needle *v, size_t count)
{
	f->classes = 1;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < v[i].text.n; k++) {
			unsigned char c = (unsigned char)v[i].text.p[k];

			if (f->class_of[c] == 0 && f->classes < 256)
				f->class_of[c] = (uint8_t)f->classes++;
		}
	for (unsigned c = 'A'; c <= 'Z'; c++)
		f->class_of[c] = f->class_of[c | 0x20];
}

/* States of the trie below v, which is sorted: one for each prefix. */
static size_t
prefilter_states(const struct prefilter_needle *v, size_t count)
{
	size_t states = 1;

	for (size_t i = 0; i < count; i++) {
		size_t common = 0;

		while (i > 0 && common < v[i].text.n &&
		       common < v[i - 1].text.n &&
		       v[i].text.p[common] == v[i - 1].text.p[common])
			common++;
		states += v[i].text.n - common;
	}
	return states;
}

/* Different needles get numbers, each with the bits that it sets. */
static void
prefilter_number(
    struct prefilter *f, const struct prefilter_needle *v, size_t count)
{
	f->first = xcalloc(count + 1, sizeof(*f->first));
	f->bits = xcalloc(count + 1, sizeof(*f->bits));
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !span_eq(v[i].text, v[i - 1].text))
			f->first[f->needles++] = (uint32_t)i;
		f->bits[i] = v[i].bit;
	}
	f->first[f->needles] = (uint32_t)count;
}

/* A state while the automaton is built: its prefix is that of from..end-1. */
struct prefilter_state {
	uint32_t from, end; /* needles, by number */
	uint32_t depth;
	uint32_t back; /* the state of the longest proper suffix */
};

/* The text of needle number n. */
static struct span
prefilter_text(
    const struct prefilter *f, const struct prefilter_needle *v, uint32_t n)
{
	return v[f->first[n]].text;
}

/* One state's row: what its fallback does, but for its own children. */
static void
prefilter_grow(struct prefilter *f, const struct prefilter_needle *v,
    struct prefilter_state *all, uint32_t state)
{
	const struct prefilter_state *s = &all[state];
	const uint32_t *back = &f->table[(size_t)s->back * f->classes];
	uint32_t *row = &f->table[(size_t)state * f->classes];
	uint32_t at = s->from;

	if (state != 0)
		memcpy(row, back, f->classes * sizeof(*row));
	if (prefilter_text(f, v, at).n == s->depth && state != 0)
		f->needle[state] = at++;
	while (at < s->end) {
		char c = prefilter_text(f, v, at).p[s->depth];
		unsigned class = f->class_of[(unsigned char)c];
		uint32_t child = f->states++, end = at;

		while (
		    end < s->end && prefilter_text(f, v, end).p[s->depth] == c)
			end++;
		all[child] = (struct prefilter_state){ at, end, s->depth + 1,
			state == 0 ? 0 : row[class] / f->classes };
		row[class] = child * f->classes;
		at = end;
	}
}

/* Marks the ways into states that report something, their own or shorter. */
static void
prefilter_mark(struct prefilter *f, const struct prefilter_state *all)
{
	size_t entries = (size_t)f->states * f->classes;

	for (uint32_t state = 1; state < f->states; state++) {
		uint32_t back = all[state].back;

		f->shorter[state] =
		    f->needle[back] != NONE ? back : f->shorter[back];
	}
	for (size_t i = 0; i < entries; i++) {
		uint32_t next = f->table[i] / f->classes;

		if (f->needle[next] != NONE || f->shorter[next] != NONE)
			f->table[i] |= HIT;
	}
}

static void
prefilter_build(
    struct prefilter *f, const struct prefilter_needle *v, size_t states)
{
	struct prefilter_state *all = xcalloc(states, sizeof(*all));

	f->table = xcalloc(states * f->classes, sizeof(*f->table));
	f->needle = xmalloc(states * sizeof(*f->needle));
	f->shorter = xmalloc(states * sizeof(*f->shorter));
	memset(f->needle, 0xff, states * sizeof(*f->needle));
	memset(f->shorter, 0xff, states * sizeof(*f->shorter));
	all[0] = (struct prefilter_state){ 0, f->needles, 0, 0 };
	f->states = 1;
	for (uint32_t state = 0; state < f->states && f->needles > 0; state++)
		prefilter_grow(f, v, all, state);
	INVARIANT(f->states <= states);
	prefilter_mark(f, all);
	free(all);
}

struct prefilter *
prefilter_new(struct prefilter_needle *v, size_t count)
{
	struct prefilter *f = xcalloc(1, sizeof(*f));
	size_t states = 0;

	prefilter_classes(f, v, count);
	for (size_t max = PIECE_MAX; max >= 2; max--) {
		for (size_t i = 0; i < count; i++)
			v[i].text = prefilter_piece(v[i].text, max);
		if (count > 0)
			qsort(v, count, sizeof(*v), prefilter_order);
		states = prefilter_states(v, count);
		if (states * f->classes <= TABLE_MAX)
			break;
	}
	prefilter_number(f, v, count);
	prefilter_build(f, v, states);
	return f;
}

void
prefilter_free(struct prefilter **f)
{
	if (*f == NULL)
		return;
	free((*f)->table);
	free((*f)->needle);
	free((*f)->shorter);
	free((*f)->first);
	free((*f)->bits);
	free(*f);
	*f = NULL;
}

size_t
prefilter_count(const struct prefilter *f)
{
	return f->needles;
}

size_t
prefilter_memory(const struct prefilter *f)
{
	return sizeof(*f) + ((size_t)f->states * (f->classes + 2) + f->needles +
				f->first[f->needles] + 1) *
				sizeof(uint32_t);
}

/* All needles that end here; each has its say once in a scan. */
static void
prefilter_hit(
    const struct prefilter *f, uint32_t state, uint64_t *seen, uint64_t *bits)
{
	if (f->needle[state] == NONE)
		state = f->shorter[state];
	for (; state != NONE; state = f->shorter[state]) {
		uint32_t n = f->needle[state];

		if (bit_get(seen, n))
			continue;
		bit_set(seen, n);
		for (uint32_t i = f->first[n]; i < f->first[n + 1]; i++)
			bit_set(bits, f->bits[i]);
	}
}

void
prefilter_scan(
    const struct prefilter *f, struct span text, uint64_t *seen, uint64_t *bits)
{
	const uint32_t *table = f->table;
	uint32_t at = 0;

	for (size_t i = 0; i < text.n; i++) {
		at = table[at + f->class_of[(unsigned char)text.p[i]]];
		if (at & HIT) {
			at &= ~HIT;
			prefilter_hit(f, at / f->classes, seen, bits);
		}
	}
}
