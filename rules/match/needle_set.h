#ifndef RULES_MATCH_NEEDLE_SET_H
#define RULES_MATCH_NEEDLE_SET_H

/*
 * Small sets of short texts: what one piece of a pattern can match, or must
 * contain. Only for rules/match/needle.c. All memory is an arena's. Pure.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"
#include "rules/match/needle.h"

/* Texts in one set: long alternations of words are common, ... */
#define NEEDLE_SET_MAX 256
/* ... but a product of sets soon finds everything. */
#define NEEDLE_PRODUCT_MAX 32

/*
 * A piece is either exact (it matches one of the texts of its only set and
 * nothing else) or not: then a match contains a text of each of its sets, of
 * which there may be none when nothing is known. The best set is the first.
 */
struct needle_piece {
	bool exact;
	size_t count;
	struct needle_set set[NEEDLE_SETS];
};

/* Pieces in a row. */
struct needle_row {
	bool exact;            /* all so far were */
	struct needle_set run; /* the exact pieces at the end, multiplied out */
	struct needle_piece best; /* the most useful sets that were passed */
};

/* Nothing known; no text at all; one text, already folded. */
struct needle_piece needle_piece_any(void);
struct needle_piece needle_piece_empty(struct arena *a);
struct needle_piece needle_piece_text(struct arena *a, struct span folded);
/* What holds for a match of either. */
struct needle_piece needle_piece_either(
    struct arena *a, struct needle_piece x, struct needle_piece y);

/* Adds a text unless it is there. */
void needle_set_add(struct arena *a, struct needle_set *set, struct span text);
/* How much a set keeps out; 0 when it is of no use. */
unsigned needle_set_worth(const struct needle_set *set);

struct needle_row needle_row_new(struct arena *a);
void needle_row_append(
    struct arena *a, struct needle_row *row, const struct needle_piece *piece);
struct needle_piece needle_row_end(struct needle_row *row);

#endif
