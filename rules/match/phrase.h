#ifndef RULES_MATCH_PHRASE_H
#define RULES_MATCH_PHRASE_H

/*
 * Phrases: strands as whole words and the gaps between them. A text has the
 * strand where it has these words, not as pieces of longer ones, in this order,
 * with what the gaps say between them, and only there. Pure.
 */

#include "rules/match/strand.h"

#define PHRASE_WORDS_MAX 8
#define PHRASE_WORD_MAX  16 /* octets */
/* Octets of a gap that words may stand in. */
#define PHRASE_REACH_MAX 64

/* What stands between two words, or before the first, or behind the last: so
 * many octets of each item, of which at most one says no number. */
struct phrase_gap {
	const struct strand_item *v;
	size_t n;
	uint32_t least, most; /* of all items */
	bool wordless;        /* no octet of it is a \w */
};

struct phrase {
	size_t count;
	struct span word[PHRASE_WORDS_MAX]; /* as the pattern has them */
	/* gap[i] stands before word i, the last one behind all words. The two at
	 * the ends have a number of octets that is certain. */
	struct phrase_gap gap[PHRASE_WORDS_MAX + 1];
};

/*
 * False where the strand is no phrase: none of its words is whole for certain,
 * or there is one and something else, or a gap is too complicated or large.
 * Memory is the arena's, items the strand's.
 */
bool phrase_of(
    const struct strand *strand, struct arena *a, struct phrase *out);

#endif
