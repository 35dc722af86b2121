#ifndef TESTS_KIT_PATTERN_GEN_H
#define TESTS_KIT_PATTERN_GEN_H

/*
 * Patterns and texts by the dozen, the same in each run: for tests that
 * compare the ways to match, and for the benchmark.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gen {
	uint64_t state;
};

enum gen_kind {
	GEN_ORDINARY, /* words, phrases, alternations of them */
	GEN_HEAVY,    /* as a large spam rule set has them: classes for letters,
	                 gaps, optional pieces, few plain words */
	GEN_PHRASES,  /* words that all text has, in rows, many of which share
	                 them */
	GEN_ROWS,     /* odd ones of these, of few short words */
	GEN_WILD,     /* anything the syntax allows, over a small alphabet */
};

/* Below limit. */
unsigned gen_number(struct gen *g, unsigned limit);
/* Both write a C string that fits in size (at least 512). */
void gen_pattern(struct gen *g, enum gen_kind kind, char *out, size_t size);
/* English-like text, length octets; spam has many words of patterns. */
void gen_text(struct gen *g, bool spam, char *out, size_t length);
/* Short, over the alphabet of GEN_WILD, valid UTF-8; returns the length. */
size_t gen_wild_text(struct gen *g, char *out, size_t size);
/* Of the words of GEN_ROWS and what may stand between them, valid UTF-8, all
 * ASCII or not; length as it comes, returned. */
size_t gen_rows_text(struct gen *g, bool ascii, char *out, size_t size);

#endif
