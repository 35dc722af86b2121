/*
 * The few properties of characters that matter where people are deceived.
 */
#include "config.h"

#include "rules/text/rune.h"

#include <string.h>

#include "rules/base/utf8.h"

#include "rules/base/span.h"

struct range {
	uint32_t first, last;
};

static bool
range_has(const struct range *range, size_t count, uint32_t rune)
{
	for (size_t i = 0; i < count; i++)
		if (rune >= range[i].first && rune <= range[i].last)
			return true;
	return false;
}

bool
rune_invisible(uint32_t rune)
{
	static const struct range row[] = {
		{ 0x00ad, 0x00ad },   /* soft hyphen */
		{ 0x034f, 0x034f },   /* combining grapheme joiner */
		{ 0x061c, 0x061c },   /* Arabic letter mark */
		{ 0x115f, 0x1160 },   /* Hangul fillers */
		{ 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
		{ 0x180b, 0x180f },   /* Mongolian selectors and separator */
		{ 0x200b, 0x200f },   /* zero-width, and direction marks */
		{ 0x2060, 0x2064 },   /* word joiner, invisible operators */
		{ 0x206a, 0x206f },   /* deprecated format characters */
		{ 0x3164, 0x3164 },   /* Hangul filler */
		{ 0xfe00, 0xfe0f },   /* variation selectors */
		{ 0xfeff, 0xfeff },   /* zero-width no-break space */
		{ 0xffa0, 0xffa0 },   /* half-width Hangul filler */
		{ 0xfff9, 0xfffb },   /* interlinear annotation */
		{ 0xe0000, 0xe0fff }, /* tags and more variation selectors */
	};

	return rune >= 0xad && range_has(row, ARRAY_COUNT(row), rune);
}

bool
rune_bidi(uint32_t rune)
{
	return (rune >= 0x202a && rune <= 0x202e) ||
	       (rune >= 0x2066 && rune <= 0x2069);
}

bool
rune_space(uint32_t rune)
{
	static const struct range row[] = {
		{ 0x09, 0x0d },
		{ 0x20, 0x20 },
		{ 0x85, 0x85 },
		{ 0xa0, 0xa0 },
		{ 0x1680, 0x1680 },
		{ 0x2000, 0x200a },
		{ 0x2028, 0x2029 },
		{ 0x202f, 0x202f },
		{ 0x205f, 0x205f },
		{ 0x2800, 0x2800 }, /* Braille blank: drawn as a space */
		{ 0x3000, 0x3000 },
	};

	return range_has(row, ARRAY_COUNT(row), rune);
}

bool
rune_dot(uint32_t rune)
{
	return rune == '.' || rune == 0x2024 || rune == 0x3002 ||
	       rune == 0xfe52 || rune == 0xff0e || rune == 0xff61;
}

struct span
rune_drawn(struct span s, struct arena *a)
{
	char *p = NULL;
	size_t n = 0;
	uint32_t rune;

	if (utf8_ascii(s))
		return s;
	p = arena_octets(a, s.n + 1);
	for (size_t i = 0; i < s.n;) {
		size_t length = utf8_next(s, i, &rune);

		if (!rune_invisible(rune) && !rune_bidi(rune)) {
			memcpy(p + n, s.p + i, length);
			n += length;
		}
		i += length;
	}
	return n < s.n ? span_make(p, n) : s;
}
