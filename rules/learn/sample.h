#ifndef RULES_LEARN_SAMPLE_H
#define RULES_LEARN_SAMPLE_H

/*
 * The features of one message as octets, to be kept and handed on: a version,
 * how many there are and the parameter of their code; then the distances
 * between them as Golomb-Rice codes (numbers spread evenly over 2^18 have
 * nothing else to save); then a bit for each that says whether it is one of
 * the head. A list has one form: the same features give the same octets.
 */

#include "rules/base/buf.h"
#include "rules/learn/features.h"

/* No sample is longer. */
#define LEARN_SAMPLE_MAX ((size_t)32768)

/* Appends it; false when out has no room. */
bool learn_pack(const struct learn_features *f, struct buf *out);
/*
 * Reads it, whoever has written it: what is longer than a message can be, out
 * of order, not whole or followed by anything is refused with *why (static
 * text). The lists lie in the arena.
 */
bool learn_unpack(struct span packed, struct arena *a,
    struct learn_features *out, const char **why);

#endif
