#ifndef RULES_MATCH_STRAND_H
#define RULES_MATCH_STRAND_H

/*
 * Strands: a pattern without its alternatives and options, each way through it
 * by itself. "(?:your|the) offers?" is four strands. What the strands match is
 * what the pattern does, no more and no less, so a pattern whose syntax is not
 * followed here has none. Pure.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define STRANDS_MAX      64 /* of one pattern */
#define STRAND_ITEMS_MAX 96 /* of one strand */
#define STRAND_ANY       UINT32_MAX

struct octet_set {
	uint64_t bit[4];
};

struct strand_item {
	bool border; /* \b: nothing else below counts */
	char letter; /* a \w that is written as itself, else NUL */
	/* What each octet is one of, in either case where that is the same, and
	 * how many there are: STRAND_ANY: no bound. */
	struct octet_set set;
	uint32_t least, most;
};

struct strand {
	struct strand_item *v;
	size_t n;
	size_t cap;
};

struct strands {
	struct strand *v;
	size_t count;
	size_t cap;
};

/*
 * regex must be one that PCRE2 has compiled with these enum pattern_flags, in
 * byte mode when raw. Unless raw, what may match a character beyond ASCII
 * matches each octet beyond it, as in texts by widen_text. False when it has
 * no strands, or too many. Memory is the arena's.
 */
bool strands_of(struct span regex, unsigned flags, bool raw, struct arena *a,
    struct strands *out);

static inline bool
octet_set_has(const struct octet_set *set, char octet)
{
	unsigned char c = (unsigned char)octet;

	return (set->bit[c / 64] >> c % 64 & 1) != 0;
}
/* What \w is without Unicode. */
bool strand_word_octet(char octet);
/* Whether an octet of the set is a \w without Unicode. */
bool octet_set_has_word(const struct octet_set *set);

#endif
