/*
 * Which characters are equal without regard to case? As many as mail is
 * written in: Latin, Greek and Cyrillic letters. For PCRE2 equal characters
 * must fold alike, or needles would be missed; needle_test asks PCRE2 about
 * every character there is. Must know nothing of patterns.
 */
#include "config.h"

#include "rules/base/utf8.h"
#include "rules/match/needle.h"

enum fold_step {
	FOLD_ADD,  /* small = capital + add */
	FOLD_EVEN, /* the even ones are capitals, each before its small one */
	FOLD_ODD,
	FOLD_TO, /* all of them fold to add */
};

/* Sorted; what is in no row folds to itself. */
static const struct fold_row {
	uint32_t first, last;
	enum fold_step step;
	uint32_t add;
} fold_rows[] = {
	{ 0x00b5, 0x00b5, FOLD_TO, 0x3bc }, /* micro sign */
	{ 0x00c0, 0x00d6, FOLD_ADD, 32 }, { 0x00d8, 0x00de, FOLD_ADD, 32 },
	{ 0x0100, 0x012f, FOLD_EVEN, 0 }, { 0x0132, 0x0137, FOLD_EVEN, 0 },
	{ 0x0139, 0x0148, FOLD_ODD, 0 }, { 0x014a, 0x0177, FOLD_EVEN, 0 },
	{ 0x0178, 0x0178, FOLD_TO, 0xff }, { 0x0179, 0x017e, FOLD_ODD, 0 },
	{ 0x017f, 0x017f, FOLD_TO, 's' },   /* long s */
	{ 0x0345, 0x0345, FOLD_TO, 0x3b9 }, /* iota below */
	{ 0x0386, 0x0386, FOLD_TO, 0x3ac }, { 0x0388, 0x038a, FOLD_ADD, 37 },
	{ 0x038c, 0x038c, FOLD_TO, 0x3cc }, { 0x038e, 0x038f, FOLD_ADD, 63 },
	{ 0x0391, 0x03a1, FOLD_ADD, 32 }, { 0x03a3, 0x03ab, FOLD_ADD, 32 },
	{ 0x03c2, 0x03c2, FOLD_TO, 0x3c3 }, /* final sigma */
	{ 0x03d0, 0x03d0, FOLD_TO, 0x3b2 }, /* symbols for letters ... */
	{ 0x03d1, 0x03d1, FOLD_TO, 0x3b8 }, { 0x03d5, 0x03d5, FOLD_TO, 0x3c6 },
	{ 0x03d6, 0x03d6, FOLD_TO, 0x3c0 }, { 0x03f0, 0x03f0, FOLD_TO, 0x3ba },
	{ 0x03f1, 0x03f1, FOLD_TO, 0x3c1 }, { 0x03f4, 0x03f4, FOLD_TO, 0x3b8 },
	{ 0x03f5, 0x03f5, FOLD_TO, 0x3b5 }, { 0x0400, 0x040f, FOLD_ADD, 80 },
	{ 0x0410, 0x042f, FOLD_ADD, 32 }, { 0x0462, 0x0463, FOLD_EVEN, 0 },
	{ 0x048a, 0x04bf, FOLD_EVEN, 0 }, { 0x04d0, 0x052f, FOLD_EVEN, 0 },
	{ 0x1c80, 0x1c80, FOLD_TO, 0x432 }, /* old forms of print */
	{ 0x1c81, 0x1c81, FOLD_TO, 0x434 }, { 0x1c82, 0x1c82, FOLD_TO, 0x43e },
	{ 0x1c83, 0x1c83, FOLD_TO, 0x441 }, { 0x1c84, 0x1c84, FOLD_TO, 0x442 },
	{ 0x1c85, 0x1c85, FOLD_TO, 0x442 }, { 0x1c86, 0x1c86, FOLD_TO, 0x44a },
	{ 0x1c87, 0x1c87, FOLD_TO, 0x463 },
	{ 0x1e9e, 0x1e9e, FOLD_TO, 0xdf },  /* capital sharp s */
	{ 0x1fbe, 0x1fbe, FOLD_TO, 0x3b9 }, /* iota behind */
	{ 0x2126, 0x2126, FOLD_TO, 0x3c9 }, /* ohm */
	{ 0x212a, 0x212a, FOLD_TO, 'k' },   /* kelvin */
	{ 0x212b, 0x212b, FOLD_TO, 0xe5 },  /* angstrom */
};

uint32_t
needle_fold_rune(uint32_t rune)
{
	if (rune < 0x80)
		return (unsigned char)ascii_lower((char)rune);
	for (size_t i = 0; i < ARRAY_COUNT(fold_rows); i++) {
		const struct fold_row *row = &fold_rows[i];

		if (rune < row->first)
			break;
		if (rune > row->last)
			continue;
		if (row->step == FOLD_ADD)
			return rune + row->add;
		if (row->step == FOLD_TO)
			return row->add;
		return rune + (rune % 2 == (row->step == FOLD_ODD));
	}
	return rune;
}

/*
 * Characters of which all equals are in the table: of Latin, Greek and Cyrillic
 * but U+0390 and U+03B0, which have got equals lately; signs of money, and what
 * is written without capitals.
 */
bool
needle_fold_knows(uint32_t rune)
{
	static const uint32_t range[][2] = { { 0x00, 0xb4 }, { 0xb6, 0x12f },
		{ 0x132, 0x17f }, { 0x3ac, 0x3af }, { 0x3b1, 0x3ce },
		{ 0x386, 0x386 }, { 0x388, 0x38f }, { 0x391, 0x3ab },
		{ 0x400, 0x45f }, { 0x48a, 0x4bf }, { 0x4d0, 0x52f },
		{ 0x5d0, 0x5ea },   /* Hebrew */
		{ 0x620, 0x64a },   /* Arabic */
		{ 0xe01, 0xe3a },   /* Thai */
		{ 0x20a0, 0x20bf }, /* signs of currencies */
		{ 0x3041, 0x30ff }, /* kana */
		{ 0x4e00, 0x9fff }, /* Chinese characters */
		{ 0xac00, 0xd7a3 } /* Korean syllables */ };

	for (size_t i = 0; i < ARRAY_COUNT(range); i++)
		if (rune >= range[i][0] && rune <= range[i][1])
			return true;
	return false;
}

size_t
needle_fold(struct span s, bool raw, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		uint32_t rune;

		if (raw || (s.p[i] & 0x80) == 0) {
			out[n++] = ascii_lower(s.p[i++]);
			continue;
		}
		i += utf8_next(s, i, &rune);
		/* Never longer than what it stands for. */
		if (rune == UTF8_BAD)
			out[n++] = s.p[i - 1];
		else
			n += utf8_put(needle_fold_rune(rune), out + n);
	}
	return n;
}
