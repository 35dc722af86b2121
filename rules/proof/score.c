/*
 * The score of a message, and what it is compared with.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <math.h>

/* Conflicts after which it is not known whether something can be. */
#define PROBE_CONFLICTS_MAX 200

/* ---- the terms of both sets ------------------------------------------------ */

struct score_terms {
	struct weighted *term;
	size_t n;
};

static void
score_add(struct score_terms *t, lit l, const struct rule *rule)
{
	t->term[t->n++] = (struct weighted){ l, rule->units };
}

/* Whether a is never true without b, as far as that is soon found. */
static bool
score_implies(struct prover *p, lit a, lit b)
{
	const lit l[] = { a, lit_not(b) };

	return sat_solve(gates_sat(p->g), l, 2, PROBE_CONFLICTS_MAX) == SAT_NO;
}

/*
 * A rule of both sets that asks one thing here and another there: where it is
 * true in both it adds to both, and only the rest is told apart. Of an entry
 * more in a list, say, comes that rules are only true more often; then all of
 * the one sum is in the other, and which of them is greater is seen at once.
 */
static void
score_add_both(struct prover *p, struct score_terms both[2],
    const struct rule *const rule[2])
{
	lit is[2], common, alone[2];

	for (size_t i = 0; i < 2; i++)
		is[i] = encode_rule(p, i, rule[i]->number).yes;
	common = gate_and2(p->g, is[0], is[1]);
	for (size_t i = 0; i < 2; i++) {
		bool never =
		    is[0] == is[1] || score_implies(p, is[i], is[1 - i]);

		alone[i] = never ? gate_false(p->g)
				 : gate_and2(p->g, is[i], lit_not(is[1 - i]));
		if (never)
			common = is[i];
	}
	for (size_t i = 0; i < 2; i++) {
		score_add(&both[i], common, rule[i]);
		score_add(&both[i], alone[i], rule[i]);
	}
}

static const struct rule *
score_like(const struct ruleset *rs, const struct rule *rule)
{
	size_t like = ruleset_find(rs, span_of(rule->name));

	for (size_t i = 0; like != SIZE_MAX && i < rs->scoring_count; i++)
		if (rs->scoring[i]->number == like)
			return rs->scoring[i];
	return NULL;
}

static void
score_terms(struct prover *p, struct score_terms both[2])
{
	for (size_t set = 0; set < p->set_n; set++) {
		const struct ruleset *rs = p->set[set].rs;

		for (size_t i = 0; i < rs->scoring_count; i++) {
			const struct rule *rule[2] = { rs->scoring[i], NULL };

			if (p->set_n > 1)
				rule[1] =
				    score_like(p->set[1 - set].rs, rule[0]);
			if (rule[1] == NULL)
				score_add(&both[set],
				    encode_rule(p, set, rule[0]->number).yes,
				    rule[0]);
			else if (set == 0)
				score_add_both(p, both, rule);
		}
	}
}

static void
scores_make(struct prover *p)
{
	struct score_terms both[2] = { { NULL, 0 }, { NULL, 0 } };
	size_t most = 0;

	p->scored = true;
	for (size_t i = 0; i < p->set_n; i++)
		most += 2 * p->set[i].rs->scoring_count;
	for (size_t i = 0; i < p->set_n; i++)
		both[i].term =
		    arena_array(p->arena, most + 1, sizeof(*both[i].term));
	score_terms(p, both);
	for (size_t i = 0; i < p->set_n; i++)
		p->set[i].score = sum_new(p->sums, both[i].term, both[i].n);
	if (p->set[0].score != NULL && p->set[1].score != NULL)
		sums_order(p->set[0].score, p->set[1].score);
}

/* ---- comparing ------------------------------------------------------------- */

#define BOUND_MAX 1e16 /* beyond what all scores add up to */

/* The least number of units that is n or more; more than n: above it. */
static int64_t
score_bound(double n, bool more)
{
	double units = fmin(fmax(n * SCORE_UNITS, -BOUND_MAX), BOUND_MAX);
	int64_t bound = (int64_t)floor(units) - 1;

	for (;; bound++) {
		double is = (double)bound / SCORE_UNITS;

		if (fabs(units) >= BOUND_MAX || (more ? is > n : is >= n))
			return bound;
	}
}

static lit
score_at_least(struct prover *p, size_t set, int64_t bound)
{
	lit out;

	if (!p->scored)
		scores_make(p);
	if (p->set[set].score != NULL &&
	    sum_at_least(p->sums, p->set[set].score, bound, &out))
		return out;
	p->cut = "the scores have too many sums";
	return sat_var(gates_sat(p->g));
}

lit
score_compare(struct prover *p, size_t set, enum token_kind op, double n)
{
	lit ge = gate_true(p->g), gt = gate_false(p->g);

	if (op != TOKEN_GT && op != TOKEN_LE)
		ge = score_at_least(p, set, score_bound(n, false));
	if (op != TOKEN_GE && op != TOKEN_LT)
		gt = score_at_least(p, set, score_bound(n, true));
	switch (op) {
	case TOKEN_GT:
		return gt;
	case TOKEN_LT:
		return lit_not(ge);
	case TOKEN_LE:
		return lit_not(gt);
	case TOKEN_EQ:
		return gate_and2(p->g, ge, lit_not(gt));
	case TOKEN_NE:
		return lit_not(gate_and2(p->g, ge, lit_not(gt)));
	default:
		return ge;
	}
}
