/*
 * Octets that no charset was declared for, and those of windows-1252.
 */
#include "config.h"

#include "rules/text/windows1252.h"

#include "rules/base/utf8.h"

static uint32_t
windows_1252(unsigned char c)
{
	/* 0x80 to 0x9f; the five that are not assigned stay controls. */
	static const uint16_t high[32] = { 0x20ac, 0x81, 0x201a, 0x0192, 0x201e,
		0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152,
		0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d,
		0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153,
		0x9d, 0x017e, 0x0178 };

	return c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;
}

static bool
western_add(struct buf *out, unsigned char c)
{
	char octets[4];

	return buf_add(
	    out, span_make(octets, utf8_put(windows_1252(c), octets)));
}

bool
western_repair(struct buf *out, struct span s)
{
	size_t from = 0, i = 0;
	uint32_t rune;

	while ((i += utf8_ascii_run(s, i)) < s.n) {
		size_t length;

		length = utf8_next(s, i, &rune);
		if (rune != UTF8_BAD) {
			i += length;
			continue;
		}
		if (!buf_add(out, span_slice(s, from, i)) ||
		    !western_add(out, (unsigned char)s.p[i]))
			return false;
		from = ++i;
	}
	return buf_add(out, span_slice(s, from, s.n));
}

bool
western_to_utf8(struct buf *out, struct span s)
{
	size_t from = 0, i = 0;

	while ((i += utf8_ascii_run(s, i)) < s.n) {
		if (!buf_add(out, span_slice(s, from, i)) ||
		    !western_add(out, (unsigned char)s.p[i]))
			return false;
		from = ++i;
	}
	return buf_add(out, span_slice(s, from, s.n));
}
