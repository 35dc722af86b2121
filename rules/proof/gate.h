#ifndef RULES_PROOF_GATE_H
#define RULES_PROOF_GATE_H

/*
 * Formulas over the variables of a solver: each gate is a literal that is
 * true exactly when the formula is (Tseitin 1968). The same gate asked for
 * twice is made once. A gate_new'd object owns its solver. One thread.
 */

#include "rules/proof/sat.h"

struct gates;

struct gates *gates_new(void);
/* NULL inside is fine. */
void gates_free(struct gates **g);
struct sat *gates_sat(const struct gates *g);
/* The literal that is always true. */
lit gate_true(const struct gates *g);
static inline lit
gate_false(const struct gates *g)
{
	return lit_not(gate_true(g));
}

lit gate_and(struct gates *g, const lit *l, size_t n);
lit gate_or(struct gates *g, const lit *l, size_t n);
lit gate_and2(struct gates *g, lit a, lit b);
lit gate_or2(struct gates *g, lit a, lit b);

/* What a literal adds to a sum when it is true. */
struct weighted {
	lit l;
	int64_t weight;
};
/*
 * The sum is at least bound. False when the decision diagram of the sum would
 * have more than GATE_SUM_MAX nodes; *out is then left alone. terms is put in
 * another order. The weights together must fit in 62 bits.
 */
#define GATE_SUM_MAX 100000
bool gate_sum(
    struct gates *g, struct weighted *terms, size_t n, int64_t bound, lit *out);
/* At least k of these. */
bool gate_count(struct gates *g, const lit *l, size_t n, size_t k, lit *out);

/* Exactly one of these is true: clauses, for good. */
void gate_one_of(struct gates *g, const lit *l, size_t n);
/* Clauses, for good. */
void gate_implies(struct gates *g, lit a, lit b);
void gate_implies_or(struct gates *g, lit a, lit b, lit c);

#endif
