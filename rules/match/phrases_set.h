#ifndef RULES_MATCH_PHRASES_SET_H
#define RULES_MATCH_PHRASES_SET_H

/*
 * The inside of a set of phrases, shared by what makes it (phrases.c) and what
 * scans with it (phrases_scan.c). Numbers of words count from 1.
 */

#include "rules/base/arena.h"
#include "rules/match/phrase.h"
#include "rules/match/phrases.h"

/* A word of up to sixteen octets, without regard to case. */
struct phrases_key {
	uint64_t low, high;
};

struct phrases_slot {
	struct phrases_key key;
	uint32_t word; /* 0: this slot is free */
};

/* What begins with a word. */
struct phrases_word {
	bool next;      /* phrases with nothing but gaps between two words */
	uint32_t reach; /* the most octets of the first gap of other phrases */
	uint32_t alone; /* phrases of this word alone */
};

/* Two words that phrases begin with; between them other words may stand, or
 * may not. */
struct phrases_pair {
	uint32_t first;       /* 0: this slot is free */
	uint32_t second_wide; /* twice its number, and one if they may */
	uint32_t at;
};

struct phrases_item {
	uint32_t set; /* of octets */
	uint32_t least, most;
};

struct phrases_gap {
	uint32_t least, most;
	uint32_t item, items;
	bool wordless;
};

struct phrases_step {
	uint32_t word;
	uint32_t gap;  /* before it */
	uint32_t text; /* as it must be written, into texts; 0: in any case */
};

struct phrases_phrase {
	uint32_t pattern;
	uint32_t step, steps;
	uint32_t trail; /* the gap behind the last word */
	uint32_t lead;  /* the most octets that any phrase of the pattern has
	                   before its first word */
};

/* How many of the words that the set knows a phrase may reach over. */
#define PHRASES_REACH 256

struct phrases {
	struct arena *arena; /* of all tables */
	bool raw;
	struct phrases_slot *slot;
	size_t slots; /* a power of two */
	struct phrases_word *word;
	size_t words, word_cap;
	uint64_t *maybe; /* a bit for each pair, which others may share: most
	                    of those that stand in texts are no pairs */
	struct phrases_pair *pair;
	size_t pairs; /* a power of two */
	/* Lists of phrases, one behind the other, which words and pairs name by
	 * the place of its length, which is before it. The first is empty. */
	uint32_t *list;
	size_t list_n;
	struct phrases_phrase *phrase;
	size_t phrases, phrase_cap;
	struct phrases_step *step;
	size_t steps, step_cap;
	struct phrases_gap *gap;
	size_t gaps, gap_cap;
	struct phrases_item *item;
	size_t items, item_cap;
	struct octet_set *set;
	size_t sets, set_cap;
	char *text; /* with a NUL before each */
	size_t texts, text_cap;
};

/* Where a key is in the table, or the free slot for it. */
static inline size_t
phrases_key_slot(const struct phrases *f, struct phrases_key key)
{
	uint64_t h = (key.low ^ (key.high << 7 | key.high >> 57)) *
		     UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 32) & (f->slots - 1);

	while (f->slot[i].word != 0 && (f->slot[i].key.low != key.low ||
					   f->slot[i].key.high != key.high))
		i = (i + 1) & (f->slots - 1);
	return i;
}

/*
 * Of n octets that all are \w. Bit 0x20 is set in each, so that letters have
 * no case; no digit nor "_" becomes another octet of words by that.
 */
static inline struct phrases_key
phrases_key_of(uint64_t low, uint64_t high, size_t n)
{
	uint64_t low_mask = n >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * n) - 1;
	uint64_t high_mask = n >= 16  ? UINT64_MAX
			     : n <= 8 ? 0
				      : (UINT64_C(1) << 8 * (n - 8)) - 1;

	return (struct phrases_key){ (low | UINT64_C(0x2020202020202020)) &
					 low_mask,
		(high | UINT64_C(0x2020202020202020)) & high_mask };
}

#define PHRASES_MAYBE 65536 /* bits */

static inline size_t
phrases_maybe(uint32_t first, uint32_t second, bool wide)
{
	return (first * 509 + second * 2 + wide) % PHRASES_MAYBE;
}

static inline size_t
phrases_pair_slot(
    const struct phrases *f, uint32_t first, uint32_t second, bool wide)
{
	uint32_t second_wide = second << 1 | wide;
	uint64_t h = ((uint64_t)first << 32 | second_wide) *
		     UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 32) & (f->pairs - 1);

	while (
	    f->pair[i].first != 0 && (f->pair[i].first != first ||
					 f->pair[i].second_wide != second_wide))
		i = (i + 1) & (f->pairs - 1);
	return i;
}

#endif
