#ifndef RULES_PROOF_SUM_H
#define RULES_PROOF_SUM_H

/*
 * Sums of weights with a bound, as gates.
 *
 * The life of a sum: sums_new; sum_new of all its terms; where two sums are
 * asked of the same message, sums_order of both before either is asked for
 * anything; sum_at_least as often as wanted. All of it is in the arena of the
 * sums, and its gates outlive them. One thread.
 */

#include "rules/base/arena.h"
#include "rules/proof/gate.h"

struct sums;
struct sum;

/* What a literal adds to a sum when it is true. */
struct weighted {
	lit l;
	int64_t weight;
};

struct sums *sums_new(struct arena *a, struct gates *g);
/* The weights together must fit in 62 bits. NULL: too many terms. */
struct sum *sum_new(struct sums *s, const struct weighted *terms, size_t n);
/* What both have comes last, and is one from then on: where sums differ in few
 * of many terms, the solver has to find out nothing about the others. */
void sums_order(struct sum *a, struct sum *b);
/* Nodes that a decision diagram may have, instead of 100,000: beyond it terms
 * are sorted. */
void sums_nodes_max(struct sums *s, size_t nodes);
/* The sum is at least bound. False when that would take too many gates; *out is
 * then left alone. */
bool sum_at_least(struct sums *s, struct sum *sum, int64_t bound, lit *out);
/* At least k of these. */
bool sum_count(struct sums *s, const lit *l, size_t n, size_t k, lit *out);

/* ---- sorter.c -------------------------------------------------------------- */

/* The weights, all above 0, add up to at least bound, which is above 0 and not
 * above what all of them add. They are divided by what divides all. left: gates
 * that may be made; false when they do not do. */
bool sorter_at_least(struct arena *a, struct gates *g, struct weighted *term,
    size_t n, int64_t bound, size_t *left, lit *out);

#endif
