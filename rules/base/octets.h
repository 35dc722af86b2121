#ifndef RULES_BASE_OCTETS_H
#define RULES_BASE_OCTETS_H

/*
 * Questions about eight octets at once, for passes over the whole text of a
 * message. A mask has the high bit of each octet that it is about. The words
 * are those of one machine: the first octet is the lowest. Pure; any thread.
 *
 * Rejected: instructions of a processor. With these words the passes cost less
 * than reading the text from memory does, and every machine has them.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Where FreeBSD and others have it. */
#ifdef HAVE_ENDIAN_H
#include <endian.h>
#else
#include <sys/endian.h>
#endif

#define OCTETS_WORD sizeof(uint64_t)
/* The same octet eight times. */
#define OCTETS_ALL(octet) (UINT64_C(0x0101010101010101) * (octet))
#define OCTETS_HIGH       OCTETS_ALL(0x80)

/* p has at least eight octets. */
static inline uint64_t
octets_read(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

/* Those that are at least `least` (1 to 0x80), when all are ASCII. */
static inline uint64_t
octets_from(uint64_t word, unsigned least)
{
	return (word + OCTETS_ALL(0x80U - least)) & OCTETS_HIGH;
}

/* Those that are this one, when all are ASCII. */
static inline uint64_t
octets_equal(uint64_t word, unsigned octet)
{
	return ~((word ^ OCTETS_ALL(octet)) + OCTETS_ALL(0x7fU)) & OCTETS_HIGH;
}

/* How many octets a mask is about. */
static inline size_t
octets_count(uint64_t mask)
{
	return (size_t)((mask >> 7) * OCTETS_ALL(1U) >> 56);
}

#endif
