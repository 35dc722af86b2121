#ifndef RULES_MATCH_PATTERN_BOUND_H
#define RULES_MATCH_PATTERN_BOUND_H

/*
 * Patterns whose white space ends somewhere. "\s+" makes a matcher that runs
 * many patterns at once remember for each of them that it may still go on,
 * and costs four times as much as "\s{1,16}"; in texts without a longer run
 * of white space both match the same, from where to where too. Pure.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

/* A longer run of white space is none that ordinary text has. */
#define PATTERN_BLANKS_MAX 16

/*
 * Appends the pattern, which PCRE2 takes, with each repetition of "\s" or of a
 * blank that has no bound ended at PATTERN_BLANKS_MAX. False when there is
 * none: what was appended is then of no use.
 */
bool pattern_bound(struct span regex, unsigned flags, struct buf *out);

/* Whether the text, octets of any kind, has a longer run of ASCII's white
 * space. */
bool pattern_bound_exceeded(struct span text);

#endif
