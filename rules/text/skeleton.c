/*
 * The table of letters that look alike, for names of domains and of brands.
 */
#include "config.h"

#include "rules/text/skeleton.h"

#include "rules/base/span.h"

/* Letters of other alphabets, and of ours with marks, and what they show. */
char
skeleton_letter(uint32_t c)
{
	static const struct {
		uint32_t from, to;
		char as;
	} range[] = {
		{ 0xe0, 0xe5, 'a' }, { 0xe7, 0xe7, 'c' }, { 0xe8, 0xeb, 'e' },
		{ 0xec, 0xef, 'l' }, { 0xf1, 0xf1, 'n' }, { 0xf2, 0xf6, 'o' },
		{ 0xf8, 0xf8, 'o' }, { 0xf9, 0xfc, 'u' }, { 0xfd, 0xfd, 'y' },
		{ 0xff, 0xff, 'y' }, { 0x101, 0x101, 'a' },
		{ 0x103, 0x103, 'a' }, { 0x105, 0x105, 'a' },
		{ 0x107, 0x107, 'c' }, { 0x109, 0x109, 'c' },
		{ 0x10b, 0x10b, 'c' }, { 0x10d, 0x10d, 'c' },
		{ 0x10f, 0x10f, 'd' }, { 0x111, 0x111, 'd' },
		{ 0x113, 0x11b, 'e' }, { 0x11d, 0x123, 'g' },
		{ 0x129, 0x131, 'l' }, { 0x13a, 0x142, 'l' },
		{ 0x144, 0x14b, 'n' }, { 0x14d, 0x151, 'o' },
		{ 0x155, 0x159, 'r' }, { 0x15b, 0x161, 's' },
		{ 0x163, 0x167, 't' }, { 0x169, 0x173, 'u' },
		{ 0x17a, 0x17e, 'z' }, { 0x251, 0x251, 'a' },
		{ 0x261, 0x261, 'g' }, { 0x269, 0x26a, 'l' },
		{ 0x3b1, 0x3b1, 'a' }, { 0x3b9, 0x3b9, 'l' },
		{ 0x3ba, 0x3ba, 'k' }, { 0x3bd, 0x3bd, 'v' },
		{ 0x3bf, 0x3bf, 'o' }, { 0x3c1, 0x3c1, 'p' },
		{ 0x3c5, 0x3c5, 'u' }, { 0x3c7, 0x3c7, 'x' },
		{ 0x430, 0x430, 'a' }, { 0x432, 0x432, 'b' },
		{ 0x433, 0x433, 'r' }, { 0x435, 0x435, 'e' },
		{ 0x43a, 0x43a, 'k' }, { 0x43c, 0x43c, 'm' },
		{ 0x43d, 0x43d, 'h' }, { 0x43e, 0x43e, 'o' },
		{ 0x43f, 0x43f, 'n' }, { 0x440, 0x440, 'p' },
		{ 0x441, 0x441, 'c' }, { 0x442, 0x442, 't' },
		{ 0x443, 0x443, 'y' }, { 0x445, 0x445, 'x' },
		{ 0x448, 0x448, 'w' }, { 0x44c, 0x44c, 'b' },
		{ 0x450, 0x451, 'e' }, { 0x455, 0x455, 's' },
		{ 0x456, 0x457, 'l' }, { 0x458, 0x458, 'j' },
		{ 0x4bb, 0x4bb, 'h' }, { 0x4cf, 0x4cf, 'l' },
		{ 0x501, 0x501, 'd' }, { 0x51b, 0x51b, 'q' },
		{ 0x51d, 0x51d, 'w' }, { 0x561, 0x561, 'w' },
		{ 0x578, 0x578, 'n' }, { 0x57d, 0x57d, 'u' },
		{ 0x585, 0x585, 'o' },
		{ 0x1e00, 0x1eff, '\0' }, /* marks that this table leaves out */
	};

	for (size_t i = 0; i < ARRAY_COUNT(range); i++)
		if (c >= range[i].from && c <= range[i].to)
			return range[i].as;
	return '\0';
}

/* Digits and letters that are taken for one another. */
char
skeleton_ascii(char c)
{
	switch (c) {
	case '0':
		return 'o';
	case '1':
	case 'i':
		return 'l';
	case '3':
		return 'e';
	case '4':
		return 'a';
	case '5':
		return 's';
	case '7':
		return 't';
	case '8':
		return 'b';
	default:
		return ascii_lower(c);
	}
}

/* Capital letters of the alphabets whose small ones stand in the table. */
static uint32_t
skeleton_small(uint32_t rune)
{
	if (rune >= 0x391 && rune <= 0x3a9)
		return rune + 0x20;
	if (rune >= 0x400 && rune <= 0x40f)
		return rune + 0x50;
	if (rune >= 0x410 && rune <= 0x42f)
		return rune + 0x20;
	return rune >= 0xc0 && rune <= 0xde && rune != 0xd7 ? rune + 0x20
							    : rune;
}

char
skeleton_rune(uint32_t rune)
{
	/* Some capitals look like other letters than their small ones do. */
	static const struct {
		uint32_t rune;
		char as;
	} capital[] = { { 0x392, 'b' }, { 0x395, 'e' }, { 0x396, 'z' },
		{ 0x397, 'h' }, { 0x39c, 'm' }, { 0x39d, 'n' }, { 0x3a4, 't' },
		{ 0x3a5, 'y' }, { 0x412, 'b' }, { 0x41d, 'h' }, { 0x420, 'p' },
		{ 0x423, 'y' } };

	if (rune < 0x80)
		return skeleton_ascii(ascii_lower((char)rune));
	for (size_t i = 0; i < ARRAY_COUNT(capital); i++)
		if (capital[i].rune == rune)
			return capital[i].as;
	return skeleton_letter(skeleton_small(rune));
}
