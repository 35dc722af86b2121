/*
 * Folding of running text. Cheaper than normalising, since it looks at single
 * characters of a few ranges, and the whole text of each message goes through.
 */
#include "config.h"

#include "rules/text/folded.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/text/rune.h"

#define LETTERS 26U

/* "A" to "z" and "0" to "9" in other forms; 0: it is none of those. */
static char
folded_rune(uint32_t rune)
{
	uint32_t n;

	if (rune >= 0xff01 && rune <= 0xff5e) /* full width */
		return (char)(rune - 0xff01 + '!');
	if (rune >= 0x1d400 && rune <= 0x1d6a3) { /* mathematical */
		n = (rune - 0x1d400) % (2 * LETTERS);
		return (char)(n < LETTERS ? 'A' + n : 'a' + n - LETTERS);
	}
	if (rune >= 0x1d7ce && rune <= 0x1d7ff)
		return (char)('0' + (rune - 0x1d7ce) % 10);
	if (rune >= 0x24b6 && rune <= 0x24e9) { /* in circles */
		n = rune - 0x24b6;
		return (char)(n < LETTERS ? 'A' + n : 'a' + n - LETTERS);
	}
	if ((rune >= 0x1f130 && rune <= 0x1f149) || /* in squares and discs */
	    (rune >= 0x1f150 && rune <= 0x1f169) ||
	    (rune >= 0x1f170 && rune <= 0x1f189))
		return (char)('A' + (rune - 0x1f130) % 0x20);
	return '\0';
}

/* A line that is no continuation of the one before. */
static bool
folded_apart(struct span s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at == s.n || memchr("\n>-*+|#=_", s.p[at], 9) != NULL;
}

struct span
folded_text(struct span s, bool join, struct arena *a)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0, i = 0;
	bool same = true;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t octets = 1;
		uint32_t rune = c;
		char plain;

		if (c > ' ' && c < 0x80) {
			p[n++] = s.p[i++];
			continue;
		}
		if (c >= 0x80)
			octets = utf8_next(s, i, &rune);
		plain = c >= 0x80 ? folded_rune(rune) : '\0';
		if (c == '\n') {
			bool paragraph = !join || n == 0 || p[n - 1] == '\n' ||
					 folded_apart(s, i + 1);

			if (n > 0 && p[n - 1] == ' ') {
				n--;
				same = false;
			}
			same = same && paragraph;
			p[n++] = paragraph ? '\n' : ' ';
		} else if (plain != '\0') {
			p[n++] = plain;
			same = false;
		} else if (c == ' ' || c == '\t' || rune_space(rune)) {
			same = same && c == ' ';
			if (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\n'))
				same = false;
			else
				p[n++] = ' ';
		} else {
			memcpy(p + n, s.p + i, octets);
			n += octets;
		}
		i += octets;
	}
	return same ? s : span_make(p, n);
}
