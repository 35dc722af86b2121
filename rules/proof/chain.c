/*
 * From rules to what comes of the message: decisive rules in the order of the
 * file, an unknown one that softens what stands below it, then the score; as
 * ruling.c does it for one recipient at the end.
 *
 * That a rule may act at an earlier stage changes nothing: it acts only when
 * all rules above it are known, and what is known does not change.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <math.h>

/* Scores are added up as whole numbers of this many to one. */
#define SCORE_UNIT 1e6

static bool
score_units(double score, int64_t *out)
{
	double units = score * SCORE_UNIT;

	*out = (int64_t)llround(units);
	return fabs(units) < 1e15 && fabs(units - (double)*out) < 1e-3;
}

/* Sums of such numbers are exact in binary, whatever their order. */
static bool
score_is_dyadic(double score)
{
	double scaled = score * 1024;

	return !(scaled < floor(scaled)) && !(scaled > floor(scaled)) &&
	       fabs(scaled) < 1e12;
}

/* The score is at least so many units. */
static bool
score_at_least(struct prover *p, size_t set, int64_t units, lit *out)
{
	const struct ruleset *rs = p->set[set].rs;
	struct weighted *terms =
	    arena_array(p->arena, rs->scoring_count + 1, sizeof(*terms));

	for (size_t i = 0; i < rs->scoring_count; i++) {
		if (!score_units(rs->scoring[i]->score, &terms[i].weight))
			return false;
		terms[i].l = encode_rule(p, set, rs->scoring[i]->number).yes;
	}
	return gate_sum(p->g, terms, rs->scoring_count, units, out);
}

static bool
score_exact(const struct ruleset *rs, double n)
{
	bool exact = score_is_dyadic(n);

	for (size_t i = 0; i < rs->scoring_count; i++)
		exact = exact && score_is_dyadic(rs->scoring[i]->score);
	return exact;
}

/*
 * Where sums of fractions such as 0.1 come out as the number itself, it
 * hangs on their order whether they do quite: left open, unless a grain is
 * allowed for as thresholds do.
 */
lit
score_compare(
    struct prover *p, size_t set, enum token_kind op, double n, bool grain)
{
	lit ge, gt = gate_false(p->g), free;
	bool only_ge =
	    op == TOKEN_GE && (grain || score_exact(p->set[set].rs, n));
	int64_t units;

	if (!score_units(n, &units) || !score_at_least(p, set, units, &ge) ||
	    (!only_ge && !score_at_least(p, set, units + 1, &gt))) {
		p->cut = "the scores have too many sums";
		return sat_var(gates_sat(p->g));
	}
	if (!grain && !score_exact(p->set[set].rs, n)) {
		free = sat_var(gates_sat(p->g));
		/* Equal as a decimal number: less, equal or more. */
		ge = gate_or2(p->g, gt, gate_and2(p->g, ge, free));
		gt = gate_or2(
		    p->g, gt, gate_and2(p->g, ge, sat_var(gates_sat(p->g))));
	}
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

/* Ends with this outcome where l says so; softened below an unknown rule. */
static void
chain_outcome(struct prover *p, struct proved *s, enum outcome outcome, lit l,
    lit unknown)
{
	if ((outcome == OUTCOME_REJECT || outcome == OUTCOME_DISCARD) &&
	    !s->rs->options.keep_refusals) {
		s->outcome[OUTCOME_TEMPFAIL] = gate_or2(p->g,
		    s->outcome[OUTCOME_TEMPFAIL], gate_and2(p->g, l, unknown));
		l = gate_and2(p->g, l, lit_not(unknown));
	}
	s->outcome[outcome] = gate_or2(p->g, s->outcome[outcome], l);
}

/* Of too many it is not asked who the recipient is, but in both sets it is the
 * same. */
static lit
chain_is_for(struct prover *p, struct span rcpt)
{
	struct whose *w = p->whose;

	while (w != NULL && !span_eq(w->rcpt, rcpt))
		w = w->next;
	if (w == NULL) {
		w = arena_alloc(p->arena, sizeof(*w));
		*w = (struct whose){ rcpt, sat_var(gates_sat(p->g)), p->whose };
		sat_prefer(gates_sat(p->g), lit_not(w->is));
		p->whose = w;
	}
	return w->is;
}

/* What is more particular counts first: ann+x@, then ann@, then @domain. */
static unsigned
whose_rank(struct span rcpt)
{
	return rcpt.p[0] == '@' ? 2 : span_find(rcpt, '+') == SIZE_MAX ? 1 : 0;
}

/* Does the score reach the recipient's threshold of this outcome? */
static lit
chain_reaches(struct prover *p, size_t set, enum outcome outcome)
{
	const struct ruleset *rs = p->set[set].rs;
	const struct threshold *t = &rs->threshold[outcome];
	lit out = gate_false(p->g), others = gate_true(p->g), is;

	for (unsigned rank = 0; rank < 3; rank++)
		for (size_t i = 0; i < rs->by_rcpt_count; i++) {
			const struct threshold *own =
			    &rs->by_rcpt[i].threshold[outcome];
			struct span rcpt = rs->by_rcpt[i].rcpt;

			if (!own->set || whose_rank(rcpt) != rank)
				continue;
			if (!threshold_is(p, set, own, &is))
				is = chain_is_for(p, rcpt);
			is = gate_and2(p->g, is, others);
			others = gate_and2(p->g, others, lit_not(is));
			out = gate_or2(p->g, out,
			    gate_and2(p->g, is,
				score_compare(
				    p, set, TOKEN_GE, own->at, true)));
		}
	if (!t->set)
		return out;
	return gate_or2(p->g, out,
	    gate_and2(
		p->g, others, score_compare(p, set, TOKEN_GE, t->at, true)));
}

/* The gravest threshold that the score reaches. */
static void
chain_thresholds(struct prover *p, size_t set, lit at_end, lit unknown)
{
	struct proved *s = &p->set[set];

	for (size_t i = OUTCOME_REJECT; i >= OUTCOME_JUNK; i--) {
		lit reached = chain_reaches(p, set, (enum outcome)i);

		chain_outcome(p, s, (enum outcome)i,
		    gate_and2(p->g, at_end, reached), unknown);
		at_end = gate_and2(p->g, at_end, lit_not(reached));
	}
	chain_outcome(p, s, OUTCOME_ACCEPT, at_end, unknown);
}

/* Whether a store lets the action apply: nobody knows. */
static lit
chain_applies(struct prover *p, size_t set, const struct rule *rule)
{
	const struct rule_action *a = &rule->action[rule->decisive];

	if (a->row->perform == NULL)
		return gate_true(p->g);
	return encode_word(p,
	    arena_printf(p->arena, "%s of %s", a->row->name, rule->name), NULL,
	    set)
	    .yes;
}

void
chain_encode(struct prover *p, size_t set)
{
	struct proved *s = &p->set[set];
	size_t n = s->rs->decisive_count;
	lit reached = gate_true(p->g), unknown = gate_false(p->g);

	s->reached = arena_array(p->arena, n + 1, sizeof(lit));
	s->acts = arena_array(p->arena, n + 1, sizeof(lit));
	s->defers = arena_array(p->arena, n + 1, sizeof(lit));
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		s->outcome[i] = gate_false(p->g);
	for (size_t i = 0; i < n; i++) {
		const struct rule *rule = s->rs->decisive[i];
		struct pair is = encode_rule(p, set, rule->number);
		lit not_known =
		    gate_and2(p->g, lit_not(is.yes), lit_not(is.no));
		lit acts = gate_and2(p->g, is.yes, chain_applies(p, set, rule));
		lit ends = acts;

		s->reached[i] = reached;
		s->acts[i] = gate_and2(p->g, reached, acts);
		chain_outcome(p, s, rule->action[rule->decisive].row->outcome,
		    s->acts[i], unknown);
		not_known = gate_and2(p->g, reached, not_known);
		s->defers[i] = not_known;
		if (rule->unknown_tempfails) {
			chain_outcome(
			    p, s, OUTCOME_TEMPFAIL, not_known, unknown);
			ends = gate_or2(p->g, acts, not_known);
		} else {
			unknown = gate_or2(p->g, unknown, not_known);
		}
		reached = gate_and2(p->g, reached, lit_not(ends));
	}
	s->reached[n] = s->ends = reached;
	chain_thresholds(p, set, reached, unknown);
}
