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
/* with where l is true, else without, which is only true where with is. */
lit gate_step(struct gates *g, lit l, lit with, lit without);

/* Exactly one of these is true: clauses, for good. */
void gate_one_of(struct gates *g, const lit *l, size_t n);
/* Clauses, for good. */
void gate_implies(struct gates *g, lit a, lit b);
void gate_implies_or(struct gates *g, lit a, lit b, lit c);

#endif
