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
#include "rules/text/shown.h"

#define LETTERS 26U

/* Letters and digits that stand for themselves in other forms, a blank for what
 * is none: super- and subscripts, letter-like symbols (the script and
 * black-letter ones that the mathematical block leaves out), small capitals,
 * modifier letters. */
static const struct folded_row {
	uint32_t first;
	const char *plain;
} folded_row[] = {
	{ 0x262, "g       i         n           r              y  "
		 "       b  h  l" },
	{ 0x1d00, "a   cd e  jk m o        p  tu   vwz" },
	{ 0x1d2c, "A B DE GHIJKLMN O PRTUWa   bde   g km o   ptu  v"
		  "      iruv" },
	{ 0x2070, "0i  456789     n0123456789      aeox hklmnpst" },
	{ 0x2100, "  C       gHHHh IILl N   PQRRR      Z   Z K BC e"
		  "EF Mo    i           Ddeij" },
	{ 0xa730, "fs" },
};

static char
folded_symbol(uint32_t rune)
{
	for (size_t i = 0; i < ARRAY_COUNT(folded_row); i++) {
		const struct folded_row *row = &folded_row[i];

		if (rune >= row->first &&
		    rune - row->first < strlen(row->plain) &&
		    row->plain[rune - row->first] != ' ')
			return row->plain[rune - row->first];
	}
	return '\0';
}

/* "A" to "z" and "0" to "9" in other forms; 0: it is none of those. */
static char
folded_rune(uint32_t rune)
{
	uint32_t n;

	/* The letters of most languages. */
	if (rune < 0x262 || (rune > 0x29f && rune < 0x1d00) ||
	    (rune > 0x1d6a && rune < 0x2070))
		return '\0';
	if (rune < 0x2150 || (rune & ~UINT32_C(1)) == 0xa730)
		return folded_symbol(rune);
	if (rune >= 0x249c && rune <= 0x24b5) /* in parentheses */
		return (char)('a' + rune - 0x249c);
	if (rune >= 0x1f110 && rune <= 0x1f129)
		return (char)('A' + rune - 0x1f110);
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

size_t
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

/* Marks that are written behind a letter, and the later parts of a syllable. */
static bool
folded_is_mark(uint32_t rune)
{
	return (rune >= 0x300 && rune <= 0x36f) ||
	       (rune >= 0x653 && rune <= 0x655) ||
	       (rune >= 0x1161 && rune <= 0x11c2) || rune == 0x3099 ||
	       rune == 0x309a;
}

/* What was written last becomes one with the mark, in no more octets. A mark
 * for which a Latin letter has no form, such as a line through it, is drawn by
 * nobody who means to be found. */
static bool
folded_join(struct folded_writer *w, uint32_t mark, size_t octets)
{
	size_t at = w->n;
	uint32_t before, both;
	char out[4];
	size_t n;

	while (at > 0 && ((unsigned char)w->p[at - 1] & 0xc0) == 0x80)
		at--;
	if (!folded_is_mark(mark) || at == 0)
		return false;
	(void)utf8_next(span_make(w->p, w->n), --at, &before);
	if (!shown_joined(before, mark, &both)) {
		if (mark > 0x36f || before > 0x24f || before <= ' ')
			return false;
		both = before;
	}
	n = utf8_put(both, out);
	if (n > w->n - at + octets)
		return false;
	memcpy(w->p + at, out, n);
	w->n = at + n;
	w->same = false;
	return true;
}

/* The character at offset at; returns its octets. */
static size_t
folded_character(struct folded_writer *w, struct span s, size_t at)
{
	uint32_t rune;
	size_t octets = utf8_next(s, at, &rune);
	char plain = rune >= 0x80 ? folded_rune(rune) : '\0';

	if (folded_join(w, rune, octets))
		return octets;
	if (rune >= 0xfb00 && rune <= 0xfb06) {
		/* Three octets, none of which is longer. */
		static const char *const ligature[] = { "ff", "fi", "fl", "ffi",
			"ffl", "st", "st" };
		size_t n = strlen(ligature[rune - 0xfb00]);

		memcpy(w->p + w->n, ligature[rune - 0xfb00], n);
		w->n += n;
		w->same = false;
	} else if (plain != '\0') {
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
	struct folded_writer w = { .p = arena_octets(a, s.n + 1),
		.same = true };

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
