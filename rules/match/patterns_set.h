#ifndef RULES_MATCH_PATTERNS_SET_H
#define RULES_MATCH_PATTERNS_SET_H

/*
 * The inside of a set of patterns, shared by what makes it
 * (patterns_build.c), what scans with it (patterns.c), what tells about it
 * (patterns_stats.c) and what makes and loads Hyperscan's database for it
 * (patterns_hs.c).
 */

#include "rules/base/arena.h"
#include "rules/base/bits.h"
#include "rules/match/patterns.h"
#include "rules/match/phrases.h"
#include "rules/match/prefilter.h"
#include "rules/match/regex.h"

struct patterns_item {
	struct span text;
	unsigned flags;
	struct regex *regex;
	struct regex *ascii;    /* a faster one for ASCII text, or NULL */
	struct span ascii_text; /* what that is made of (pattern_ascii.h) */
	unsigned sets;          /* of needles, each of which must be found */
	bool always;            /* no needle: runs in each scan */
	bool exotic;            /* syntax that only PCRE2 is trusted with */
	bool beyond;            /* needs characters that ASCII has not */
	bool bounded;   /* has white space without bound (pattern_bound.h) */
	bool stretches; /* may be slow on long texts, and may be interrupted */
};

/* Which patterns a database knows, those among them that match in no text that
 * it is asked about, or that others answer for; covered NULL: there is none. db
 * NULL: it knows none. */
struct patterns_db {
	struct regex_db *db;
	uint64_t *covered;
	bool covers_all;
	struct prefilter *others; /* of those that are not covered, or NULL */
};

/* Databases that together answer for all texts. */
struct patterns_dbs {
	/* The patterns as they are, for octets: all texts of a set for bytes,
	 * and those of other sets that are ASCII. */
	struct patterns_db exact;
	uint64_t *bounded; /* those of which exact's database has a form that is
	                      bounded; NULL: none */
	/* The widened ones (rules/match/pattern_widen.h), for other texts. */
	struct patterns_db wide;
};

struct scan_scratch;

/* Scratch spaces that are kept for the next scan; more threads make more. */
#define PATTERNS_POOL_SIZE 16

struct patterns {
	struct patterns_options options;
	struct patterns_item *items;
	size_t count;
	size_t words; /* of a bit set over items, always at least one */
	bool beyond;  /* all of them are: none matches in ASCII */
	struct arena *arena;
	struct prefilter *prefilter; /* NULL: databases answer for all texts */
	uint64_t *unneeded; /* NEEDLE_SETS bits an item: sets it has not */
	struct patterns_dbs all;
	uint32_t *width; /* of the longest match, for those of exact */
	/* NULL: a database is as good for all. Else the patterns that it
	 * answers for, and databases of the others. Where a text is too much
	 * for it, all is what answers. */
	struct phrases *phrases;
	uint64_t *phrased;
	bool all_phrased;
	struct patterns_dbs rest;
	_Atomic(struct scan_scratch *) *pool;
};

void patterns_items_free(struct patterns_item *items, size_t count);
void patterns_dbs_free(struct patterns_dbs *dbs);
/* Of the needles of all patterns but those whose bit is set. Its texts are in
 * the set's arena, so only before other threads see the set. */
struct prefilter *patterns_prefilter(
    const struct patterns *p, const uint64_t *without);
/* Frees idle scratch, which was made for the databases before. */
void patterns_pool_clear(struct patterns *p);

#endif
