#ifndef POLICY_RESTORE_RESTORE_SEARCH_H
#define POLICY_RESTORE_RESTORE_SEARCH_H

/*
 * Looks for the body that a signature was made over among many that share
 * most of their text: each piece is hashed once, and where a text may have
 * ended the hash is copied and ended there. Pure; one thread.
 */

#include "policy/dkim/dkim.h"
#include "policy/restore/restore_encode.h"

/* The body is: before, a text, between, another text, after. */
struct restore_plan {
	struct span before;
	struct restore_text first;
	struct span between;
	struct restore_text second;
	struct span after;
};

/* What the search may cost, all plans of one signature together. */
struct restore_budget {
	size_t ends;     /* hashes that are ended and compared */
	uint64_t octets; /* that are hashed */
};

#define RESTORE_UNCUT SIZE_MAX

struct restore_hit {
	size_t first, second; /* numbers of cuts, or RESTORE_UNCUT */
};

/*
 * Is one of the bodies of this plan the one with this hash (bh=)? A text
 * without cuts is hashed as it is, and each is tried uncut, too. False as well
 * when the budget is used up.
 */
bool restore_search(const struct restore_plan *plan, enum dkim_canon canon,
    const uint8_t wanted[HASH_SHA256_OCTETS], struct restore_budget *budget,
    struct restore_hit *hit);

#endif
