/*
 * Folding of running text. Cheaper than normalising, since it looks at single
 * characters of a few ranges, and the whole text of each message goes through.
 */
#include "config.h"

#include "rules/text/folded.h"

#include <string.h>

#include "rules/base/octets.h"
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

/*
 * How many octets from at on stay as they are: ASCII that is drawn, and single
 * blanks. What comes before them ends in a blank or not.
 */
static size_t
folded_run(struct span s, size_t at, bool blank)
{
	uint64_t before = blank ? 0x80 : 0;
	size_t i = at;

	for (; s.n - i >= OCTETS_WORD; i += OCTETS_WORD) {
		uint64_t word = octets_read(s.p + i);
		uint64_t space = octets_equal(word, ' ');

		if ((word & OCTETS_HIGH) != 0 ||
		    octets_from(word, ' ') != OCTETS_HIGH ||
		    (space & (space << 8 | before)) != 0)
			break;
		before = space >> 56;
	}
	for (blank = before != 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c >= 0x80 || (c == ' ' && blank))
			break;
		blank = c == ' ';
	}
	return i - at;
}

struct folded_writer {
	char *p;
	size_t n;
	bool same; /* nothing is written that was not read */
};

static bool
folded_after_blank(const struct folded_writer *w)
{
	return w->n > 0 && (w->p[w->n - 1] == ' ' || w->p[w->n - 1] == '\n');
}

/* The line end at offset at. */
static void
folded_line_end(struct folded_writer *w, struct span s, size_t at, bool join)
{
	bool paragraph = !join || w->n == 0 || w->p[w->n - 1] == '\n' ||
			 folded_apart(s, at + 1);

	if (w->n > 0 && w->p[w->n - 1] == ' ') {
		w->n--;
		w->same = false;
	}
	w->same = w->same && paragraph;
	w->p[w->n++] = paragraph ? '\n' : ' ';
}

/* The character at offset at; returns its octets. */
static size_t
folded_character(struct folded_writer *w, struct span s, size_t at)
{
	uint32_t rune;
	size_t octets = utf8_next(s, at, &rune);
	char plain = rune >= 0x80 ? folded_rune(rune) : '\0';

	if (plain != '\0') {
		w->p[w->n++] = plain;
		w->same = false;
	} else if (rune_space(rune)) {
		w->same = w->same && rune == ' ';
		if (folded_after_blank(w))
			w->same = false;
		else
			w->p[w->n++] = ' ';
	} else {
		memcpy(w->p + w->n, s.p + at, octets);
		w->n += octets;
	}
	return octets;
}

struct span
folded_text(struct span s, bool join, struct arena *a)
{
	struct folded_writer w = { .p = arena_octets(a, s.n + 1), .same = true };

	for (size_t i = 0; i < s.n;) {
		size_t run = folded_run(s, i, folded_after_blank(&w));

		memcpy(w.p + w.n, s.p + i, run);
		w.n += run;
		i += run;
		if (i == s.n)
			break;
		if (s.p[i] == '\n') {
			folded_line_end(&w, s, i, join);
			i++;
		} else {
			i += folded_character(&w, s, i);
		}
	}
	return w.same ? s : span_make(w.p, w.n);
}
