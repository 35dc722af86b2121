#ifndef RULES_MATCH_PREFILTER_H
#define RULES_MATCH_PREFILTER_H

/*
 * Looks for very many short texts at once (an Aho-Corasick automaton as one
 * dense table): which of them are in this text? One step for each
 * octet, whatever the text. Immutable once made; any thread.
 */

#include "rules/base/span.h"

/* A folded, not empty text, and the bit that it sets where it is found. */
struct prefilter_needle {
	struct span text;
	uint32_t bit;
};

struct prefilter;

/*
 * v is sorted in place; nothing keeps a pointer to it. Needles longer than 8
 * octets are cut to their rarest piece, and to shorter ones where the table
 * would become too large.
 */
struct prefilter *prefilter_new(struct prefilter_needle *v, size_t count);
void prefilter_free(struct prefilter **f);
/* How many different texts are looked for. */
size_t prefilter_count(const struct prefilter *f);
size_t prefilter_memory(const struct prefilter *f);

/*
 * Sets the bits of all needles in text. ASCII letters fold on the fly. seen:
 * room for prefilter_count bits, all zero.
 */
void prefilter_scan(const struct prefilter *f, struct span text, uint64_t *seen,
    uint64_t *bits);

#endif
