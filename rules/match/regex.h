#ifndef RULES_MATCH_REGEX_H
#define RULES_MATCH_REGEX_H

/*
 * The seam to PCRE2 and, where it is present, Hyperscan or Vectorscan. Only
 * for the modules behind rules/match/patterns.h, which say what patterns mean.
 */

#include "rules/base/span.h"
#include "rules/match/patterns.h"

/* One compiled pattern; immutable, any thread. */
struct regex;
/* What one match needs while it runs; one thread at a time. */
struct regex_scratch;
/* A database of many patterns; immutable, any thread. */
struct regex_db;

/*
 * Options must have no zeroes left but for booleans. error may be NULL when
 * nobody asks.
 */
struct regex *regex_new(struct span pattern, unsigned flags,
    const struct patterns_options *options, struct pattern_error *error);
void regex_free(struct regex **r);
bool regex_jit(const struct regex *r);
/* True when a search that failed up to some place may go on there later. */
bool regex_restarts(const struct regex *r);
size_t regex_memory(const struct regex *r);

struct regex_scratch *regex_scratch_new(const struct patterns_options *options);
/* Makes it large enough for the database, too; NULL is fine. Where that fails
 * its scans do. */
void regex_scratch_fit(struct regex_scratch *s, const struct regex_db *db);
void regex_scratch_free(struct regex_scratch **s);

/*
 * Looks for the first match that starts at offset start up to last (SIZE_MAX:
 * anywhere behind start); look-behinds see what is before start. For last
 * and start in the middle of a character there is no answer. Text need not
 * be valid UTF-8 only for byte patterns.
 */
struct pattern_result regex_match(const struct regex *r,
    struct regex_scratch *s, struct span text, size_t start, size_t last);
/* The first place from start on that may begin a match, or SIZE_MAX. */
size_t regex_next_start(const struct regex *r, struct span text, size_t start);

/* "PCRE2 10.42 with JIT", and the other library's "Hyperscan 5.4.0" or "". */
void regex_version(char *out, size_t size);
void regex_db_version(char *out, size_t size);

/* One pattern of a database, of octets; a match of it sets bit id. */
struct regex_db_item {
	struct span pattern;
	unsigned flags;
	unsigned id;
	/* By regex_db_takes: the database only says that it may match. */
	bool loose;
	/* By regex_db_takes: no match is longer; REGEX_WIDTH_ANY: no bound. */
	uint32_t width;
};

#define REGEX_WIDTH_ANY UINT32_MAX

/* False when there is no such library or this processor cannot run it. */
bool regex_db_usable(void);
/* What, beside the patterns, a database depends on. */
void regex_db_platform(char *out, size_t size);
/* Whether the library takes the pattern, exactly or at least loosely. */
bool regex_db_takes(struct regex_db_item *item);
/*
 * Compiles and serializes; *bytes is malloced. On failure *culprit is the
 * number of the item that the library refused, or SIZE_MAX.
 */
bool regex_db_compile(const struct regex_db_item *items, size_t count,
    char **bytes, size_t *size, size_t *culprit);
/* NULL when the bytes are no database for this library. Copies. */
struct regex_db *regex_db_load(struct span bytes);
void regex_db_free(struct regex_db **db);
size_t regex_db_memory(const struct regex_db *db);
/*
 * Sets the bits of all patterns that may match, and in end[id], where end is
 * not NULL, the octet behind the match that ends first. False: it did not
 * work, as with a scratch that was not fitted.
 */
bool regex_db_scan(const struct regex_db *db, struct regex_scratch *s,
    struct span text, uint64_t *bits, uint32_t *end);

#endif
