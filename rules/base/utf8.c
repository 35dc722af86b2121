/*
 * Which octets are UTF-8. It knows nothing of character classes or of
 * charsets other than this one.
 */
#include "config.h"

#include "rules/base/utf8.h"

#include <string.h>

#include "rules/base/octets.h"

/* The least character of each length: anything below is an overlong form. */
static const uint32_t utf8_least[5] = { 0, 0, 0x80, 0x800, 0x10000 };

size_t
utf8_next(struct span s, size_t at, uint32_t *rune)
{
	const unsigned char *p = (const unsigned char *)s.p + at;
	size_t left = s.n - at;
	size_t n = p[0] < 0x80   ? 1
		   : p[0] < 0xC2 ? 0
		   : p[0] < 0xE0 ? 2
		   : p[0] < 0xF0 ? 3
		   : p[0] < 0xF5 ? 4
				 : 0;
	uint32_t c = n < 2 ? p[0] : p[0] & (0x7FU >> n);

	*rune = UTF8_BAD;
	if (n == 0 || n > left)
		return 1;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 1;
		c = c << 6 | (p[i] & 0x3FU);
	}
	if (c < utf8_least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return 1;
	*rune = c;
	return n;
}

size_t
utf8_put(uint32_t rune, char out[4])
{
	uint32_t c = rune > 0x10FFFF ? UTF8_REPLACEMENT : rune;
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		out[0] = (char)c;
		return 1;
	}
	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)((0xF00U >> n & 0xF0) | c);
	return n;
}

size_t
utf8_of_utf16(struct span wide, char *out, size_t max)
{
	size_t n = 0;

	for (size_t at = 0; at + 1 < wide.n && n + 4 <= max; at += 2) {
		uint32_t unit = (uint32_t)span_little(wide, at, 2);
		uint32_t low = (uint32_t)span_little(wide, at + 2, 2);

		if (unit == 0)
			break;
		if (unit >= 0xd800 && unit < 0xdc00 && low >= 0xdc00 &&
		    low < 0xe000) {
			unit = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
			at += 2;
		} else if (unit >= 0xd800 && unit < 0xe000) {
			unit = UTF8_REPLACEMENT;
		}
		n += utf8_put(unit, out + n);
	}
	return n;
}

size_t
utf8_ascii_run(struct span s, size_t at)
{
	size_t i = at;

	for (; s.n - i >= 4 * OCTETS_WORD; i += 4 * OCTETS_WORD) {
		const char *p = s.p + i;

		if (((octets_read(p) | octets_read(p + OCTETS_WORD) |
			 octets_read(p + 2 * OCTETS_WORD) |
			 octets_read(p + 3 * OCTETS_WORD)) &
			OCTETS_HIGH) != 0)
			break;
	}
	for (; s.n - i >= OCTETS_WORD; i += OCTETS_WORD)
		if ((octets_read(s.p + i) & OCTETS_HIGH) != 0)
			break;
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i - at;
}

bool
utf8_ascii(struct span s)
{
	return utf8_ascii_run(s, 0) == s.n;
}

bool
utf8_valid(struct span s)
{
	uint32_t rune;

	for (size_t i = utf8_ascii_run(s, 0); i < s.n;
	     i += utf8_ascii_run(s, i)) {
		i += utf8_next(s, i, &rune);
		if (rune == UTF8_BAD)
			return false;
	}
	return true;
}

struct span
utf8_clean(struct span s, struct arena *a)
{
	size_t bad = 0, n = 0;
	uint32_t rune;
	char *out;

	for (size_t i = utf8_ascii_run(s, 0); i < s.n;) {
		i += utf8_next(s, i, &rune);
		bad += rune == UTF8_BAD;
	}
	if (bad == 0)
		return s;
	out = arena_alloc(a, s.n + 2 * bad + 1);
	for (size_t i = 0; i < s.n;) {
		size_t len = utf8_next(s, i, &rune);

		if (rune == UTF8_BAD) {
			n += utf8_put(rune, out + n);
		} else {
			memcpy(out + n, s.p + i, len);
			n += len;
		}
		i += len;
	}
	return span_make(out, n);
}

struct span
utf8_cut(struct span s, size_t max)
{
	size_t n = s.n;

	if (n <= max)
		return s;
	for (n = max; n > 0 && max - n < 4; n--)
		if (((unsigned char)s.p[n] & 0xC0) != 0x80)
			return span_slice(s, 0, n);
	return span_slice(s, 0, max);
}

bool
utf8_shown(uint32_t rune)
{
	static const struct {
		uint32_t from, to;
	} hidden[] = {
		{ 0, 0x1F },
		{ 0x7F, 0x9F },
		{ 0xAD, 0xAD },
		{ 0x34F, 0x34F },
		{ 0x61C, 0x61C },
		{ 0x115F, 0x1160 },
		{ 0x180E, 0x180E },
		{ 0x200B, 0x200F },
		{ 0x2028, 0x202E },
		{ 0x2060, 0x206F },
		{ 0x3164, 0x3164 },
		{ 0xFEFF, 0xFEFF },
		{ 0xFFA0, 0xFFA0 },
		{ 0xFFF0, 0xFFFB },
		{ 0xE0000, 0xE0FFF },
		{ UTF8_BAD, UTF8_BAD },
	};

	for (size_t i = 0; i < ARRAY_COUNT(hidden) && rune >= hidden[i].from;
	     i++)
		if (rune <= hidden[i].to)
			return false;
	return true;
}

struct span
utf8_to_ascii(struct span s, struct arena *a)
{
	uint32_t rune;
	size_t n = 0;
	char *out;

	if (utf8_ascii(s))
		return s;
	out = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n;) {
		i += utf8_next(s, i, &rune);
		out[n++] = rune < 0x80 ? (char)rune : '?';
	}
	return span_make(out, n);
}

/* ---- columns -------------------------------------------------------------- */

struct rune_range {
	uint32_t from, to;
};

/* East_Asian_Width W and F (UAX 11), whole blocks where most of them are. */
static const struct rune_range utf8_wide[] = { { 0x1100, 0x115F },
	{ 0x231A, 0x231B }, { 0x2329, 0x232A }, { 0x23E9, 0x23F3 },
	{ 0x25FD, 0x25FE }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 },
	{ 0x267F, 0x267F }, { 0x2693, 0x2693 }, { 0x26A1, 0x26FD },
	{ 0x2705, 0x2705 }, { 0x270A, 0x270B }, { 0x2728, 0x2728 },
	{ 0x274C, 0x2757 }, { 0x2795, 0x2797 }, { 0x27B0, 0x27BF },
	{ 0x2B1B, 0x2B55 }, { 0x2E80, 0x303E }, { 0x3041, 0x4DBF },
	{ 0x4E00, 0xA4CF }, { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 },
	{ 0xF900, 0xFAFF }, { 0xFE10, 0xFE19 }, { 0xFE30, 0xFE6F },
	{ 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x16FE0, 0x18DFF },
	{ 0x1AFF0, 0x1B2FF }, { 0x1F004, 0x1F004 }, { 0x1F0CF, 0x1F0CF },
	{ 0x1F18E, 0x1F64F }, { 0x1F680, 0x1F7F0 }, { 0x1F900, 0x1FAFF },
	{ 0x20000, 0x3FFFD } };

static const struct rune_range utf8_above[] = { { 0x0300, 0x036F },
	{ 0x064B, 0x065F }, { 0x200B, 0x200F }, { 0x20D0, 0x20FF },
	{ 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F } };

static bool
rune_in(uint32_t rune, const struct rune_range *range, size_t count)
{
	for (size_t i = 0; i < count && rune >= range[i].from; i++)
		if (rune <= range[i].to)
			return true;
	return false;
}

size_t
utf8_columns(uint32_t rune)
{
	if (rune < 0x0300)
		return 1;
	if (rune_in(rune, utf8_above, ARRAY_COUNT(utf8_above)))
		return 0;
	return rune != UTF8_BAD &&
		       rune_in(rune, utf8_wide, ARRAY_COUNT(utf8_wide))
		   ? 2
		   : 1;
}
