#ifndef RULES_MATCH_PATTERN_WIDEN_H
#define RULES_MATCH_PATTERN_WIDEN_H

/*
 * Patterns and texts for a matcher that knows octets only. In the text each
 * character beyond ASCII becomes one octet of a kind of its own; in the
 * pattern everything that could match such a character matches that octet.
 * What the pattern matches in the text, the widened one matches in the
 * marked text; the other way round need not hold. Pure.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

/*
 * Appends the widened form of a pattern that PCRE2 takes and of which
 * needles_of says that it is not exotic. False when there is none: what was
 * appended is then of no use.
 */
bool widen_pattern(struct span regex, unsigned flags, struct buf *out);

/*
 * Marks valid UTF-8 into out, which needs s.n octets, and stores how many
 * were written. False for texts with one of the two characters that equal an
 * ASCII letter without regard to case.
 */
bool widen_text(struct span s, char *out, size_t *n);

/*
 * From a place in the marked text to that in s. *at, of s, is where *marked
 * lies; both move on to where the second is `to`, or to the end.
 */
void widen_place(struct span s, size_t *at, size_t *marked, size_t to);

/* Whether the pattern may have blanks that are no characters of it, and
 * whether a "#" may begin a comment in it. */
bool pattern_has_gaps(struct span regex, unsigned flags);
bool pattern_has_comments(struct span regex, unsigned flags);

#endif
