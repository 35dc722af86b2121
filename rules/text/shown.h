#ifndef RULES_TEXT_SHOWN_H
#define RULES_TEXT_SHOWN_H

/*
 * A text as it looks to people, in characters that can be compared: one
 * function, so that no look-alike has to be known by those who search a text
 * for an address or a name.
 */

#include <stdbool.h>

#include "rules/base/arena.h"
#include "rules/base/span.h"

/*
 * - What a right-to-left override (U+202E) turns round is turned round.
 * - What is not drawn is left out (rules/text/rune.h).
 * - Compatibility forms become what they stand for (NFKC): full-width and
 *   small forms, letters in circles or of mathematics, ligatures. So U+FF20
 *   and U+FE6B are "@", U+2024 is ".".
 * - What looks like a full stop, or separates labels of a domain name for some
 *   software (U+3002), becomes ".".
 *
 * Returns s itself when it is ASCII or not UTF-8, else a text in the arena. A
 * NUL becomes a space. Takes linear time; what comes out is at most eighteen
 * times as long, for U+FDFA is that many characters.
 */
struct span shown_text(struct span s, struct arena *a);

/* The character that a letter and the mark behind it are together, such as "e"
 * and U+0301. False: there is none. */
bool shown_joined(uint32_t letter, uint32_t mark, uint32_t *both);

/*
 * Does a text hold these words, as people look for them? What they type is
 * found whatever the case of letters, and however they are written, with an
 * accent and without: "istanbul" finds "\u0130stanbul", "strasse" finds
 * "Stra\u00DFe". Points of Hebrew and vowel marks of Arabic do not count
 * either. sought is what shown_sought made of the words, once for all texts.
 * Words of which nothing is left so are sought as they stand.
 */
struct span shown_sought(struct span words, struct arena *a);
bool shown_has(struct span text, struct span sought);

#endif
