#ifndef RULES_MATCH_NEEDLE_H
#define RULES_MATCH_NEEDLE_H

/*
 * Needles: short texts that a text must contain if a pattern is to match in
 * it, or one of several such texts. They are read off the pattern's syntax, so that
 * one pass over the text can tell which patterns are worth running. Needles
 * are folded (see needle_fold); a text is folded in the same way before they
 * are looked for. Pure.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define NEEDLE_MAX 32 /* octets of one needle */

/* Texts of which one is needed. */
struct needle_set {
	struct span *v;
	size_t count;
	size_t cap;
};

#define NEEDLE_SETS 4

struct needles {
	/* A match contains a needle of each set; the first set is the best. */
	struct needle_set set[NEEDLE_SETS];
	size_t count; /* 0: none is known, the pattern may match anywhere */
	bool exotic;  /* syntax that is not followed here */
	bool
	    unicode; /* what matches depends on tables of non-ASCII characters */
	bool
	    unbounded; /* repeats something without bound, or hundreds of times */
	bool restarts; /* a search may stop and go on at a later place: no \G,
	                   no (*VERB) */
};

/*
 * regex must be one that PCRE2 has compiled with these enum pattern_flags, in
 * byte mode when raw. The needles are in arena a, without doubles.
 */
void needles_of(struct span regex, unsigned flags, bool raw, struct arena *a,
    struct needles *out);

/*
 * Characters that are equal without regard to case become one: ASCII letters
 * and, unless raw, those of Latin, Greek and Cyrillic (of valid UTF-8). out
 * needs s.n octets; returns how many were written.
 */
size_t needle_fold(struct span s, bool raw, char *out);
uint32_t needle_fold_rune(uint32_t rune);
/* Whether folding makes this character equal to all that PCRE2 takes for it. */
bool needle_fold_knows(uint32_t rune);
/* How seldom mail has these octets in a row; adds up, about 2 to 7 each. */
unsigned needle_rarity(struct span s);

#endif
