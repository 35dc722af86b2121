#ifndef RULES_BASE_UTF8_H
#define RULES_BASE_UTF8_H

/*
 * UTF-8 by RFC 3629: no surrogates, nothing above U+10FFFF, no overlong
 * forms. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define UTF8_BAD         UINT32_MAX
#define UTF8_REPLACEMENT 0xFFFDU

/*
 * The character at offset at, which lies within s: returns its length in
 * octets and sets *rune. An octet that begins no valid character has length
 * 1 and is UTF8_BAD.
 */
size_t utf8_next(struct span s, size_t at, uint32_t *rune);
/* Writes a character and returns its length; UTF8_BAD becomes U+FFFD. */
size_t utf8_put(uint32_t rune, char out[4]);
/*
 * Writes what UTF-16 says, the lower octet of a unit first, up to its end, a
 * NUL or half a unit; half a pair of surrogates becomes U+FFFD. Stops
 * where a character has no room in max octets; n / 2 * 3 + 4 are enough for n.
 * Returns the octets that it wrote.
 */
size_t utf8_of_utf16(struct span wide, char *out, size_t max);
/*
 * Whether it shows as what it is: no control character, nothing that can't be
 * seen, none that turns the reading round; false for UTF8_BAD.
 */
bool utf8_shown(uint32_t rune);
/*
 * Columns that it takes on a terminal: 2 for the letters of East Asia and for
 * pictures, 0 for what stands above or below another, else 1. In doubt more.
 */
size_t utf8_columns(uint32_t rune);
/* s in ASCII, a ? for every other character: s itself when it is that. */
struct span utf8_to_ascii(struct span s, struct arena *a);
bool utf8_valid(struct span s);
bool utf8_ascii(struct span s);
/* How many octets from offset at on, which is at most s.n, are ASCII. */
size_t utf8_ascii_run(struct span s, size_t at);
/* s itself when it is valid, else a copy with U+FFFD for each bad octet. */
struct span utf8_clean(struct span s, struct arena *a);
/* At most max octets of s, ending between characters. */
struct span utf8_cut(struct span s, size_t max);

#endif
