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

	for (size_t i = 0; i < ARRAY_COUNT(hidden); i++)
		if (rune >= hidden[i].from && rune <= hidden[i].to)
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
