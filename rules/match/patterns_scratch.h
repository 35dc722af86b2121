#ifndef RULES_MATCH_PATTERNS_SCRATCH_H
#define RULES_MATCH_PATTERNS_SCRATCH_H

/*
 * What one scan of a set of patterns needs, shared by what decides
 * (patterns.c) and what finds candidates (patterns_candidates.c).
 */

#include "rules/match/needle.h"
#include "rules/match/patterns_set.h"

struct scan_place {
	uint32_t from, index;
};

struct scan_scratch {
	struct regex_scratch *regex;
	uint64_t *candidates;
	uint64_t *found; /* NEEDLE_SETS bits for each pattern */
	uint64_t *seen;
	bool ascii; /* the text at hand is */
	/* Where exact's database says that a pattern's first match ends; 0: it
	 * says nothing. */
	uint32_t *end;
	/* What phrases say, and where a first match does not start before. */
	struct phrases_scratch *phrases;
	uint64_t *phrased;
	uint32_t *from;
	struct scan_place *place; /* room for those of all patterns */
};

/*
 * Sets the bits of all patterns that may match in the text, and what is known
 * of where.
 */
void patterns_candidates(
    const struct patterns *p, struct scan_scratch *s, struct span text);

#endif
