#ifndef RULES_BASE_BITS_H
#define RULES_BASE_BITS_H

/* Sets of small numbers: bit i % 64 of word i / 64 is number i. Pure; any
 * thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline void
bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << i % 64;
}

static inline bool
bit_get(const uint64_t *bits, size_t i)
{
	return (bits[i / 64] >> i % 64 & 1) != 0;
}

/*
 * The lowest number in one word, which has some. C has no word for it: each of
 * the 64 products has other high bits (a de Bruijn sequence).
 */
static inline unsigned
bit_lowest(uint64_t word)
{
	static const uint8_t number[64] = { 0, 1, 48, 2, 57, 49, 28, 3, 61, 58,
		50, 42, 38, 29, 17, 4, 62, 55, 59, 36, 53, 51, 43, 22, 45, 39,
		33, 30, 24, 18, 12, 5, 63, 47, 56, 27, 60, 41, 37, 16, 54, 35,
		52, 21, 44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14,
		19, 9, 13, 8, 7, 6 };

	return number[(word & (~word + 1)) * UINT64_C(0x03f79d71b4cb0a89) >>
		      58];
}

#endif
