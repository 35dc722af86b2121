#ifndef RULES_BASE_BITS_H
#define RULES_BASE_BITS_H

/* Sets of small numbers: bit i % 64 of word i / 64 is number i. */

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

#endif
