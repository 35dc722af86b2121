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

/*
 * What has been said so far of a message that no rule has decided, and what
 * comes to each outcome. Of two sets, whatever is alike has to be the same
 * literal, or the solver would have to find out that it is: so what holds
 * together is one gate over all of it, which does not know in which order the
 * rules stand, unless they are so many that this would cost too much.
 */
struct chain {
	struct proved *s;
	bool flat;
	lit reached, unknown;
	lit *past, *not_known; /* flat: of what those two are made */
	size_t past_n, not_known_n;
	lit *term[OUTCOME_COUNT];
	size_t term_n[OUTCOME_COUNT], term_cap[OUTCOME_COUNT];
};

#define FLAT_MAX 400 /* rules that decide */

static void
chain_term(struct prover *p, struct chain *c, enum outcome outcome, lit l)
{
	c->term[outcome] = arena_grow(p->arena, c->term[outcome],
	    &c->term_cap[outcome], c->term_n[outcome] + 1, sizeof(lit));
	c->term[outcome][c->term_n[outcome]++] = l;
}

/* Ends with this outcome where l says so; softened below an unknown rule. */
static void
chain_outcome(struct prover *p, struct chain *c, enum outcome outcome, lit l)
{
	if ((outcome == OUTCOME_REJECT || outcome == OUTCOME_DISCARD) &&
	    !c->s->rs->options.keep_refusals) {
		chain_term(
		    p, c, OUTCOME_TEMPFAIL, gate_and2(p->g, l, c->unknown));
		l = gate_and2(p->g, l, lit_not(c->unknown));
	}
	chain_term(p, c, outcome, l);
}

static void
chain_pass(struct prover *p, struct chain *c, lit ends)
{
	c->past[c->past_n++] = lit_not(ends);
	c->reached = c->flat ? gate_and(p->g, c->past, c->past_n)
			     : gate_and2(p->g, c->reached, lit_not(ends));
}

/* Asked only where the message comes further down, and so came by here. */
static void
chain_unknown(struct prover *p, struct chain *c, lit not_known)
{
	c->not_known[c->not_known_n++] = not_known;
	c->unknown = c->flat ? gate_or(p->g, c->not_known, c->not_known_n)
			     : gate_or2(p->g, c->unknown, not_known);
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
				score_compare(p, set, TOKEN_GE, own->at)));
		}
	if (!t->set)
		return out;
	return gate_or2(p->g, out,
	    gate_and2(p->g, others, score_compare(p, set, TOKEN_GE, t->at)));
}

/* The gravest threshold that the score reaches. */
static void
chain_thresholds(struct prover *p, size_t set, struct chain *c)
{
	lit at_end = c->reached;

	for (size_t i = OUTCOME_REJECT; i >= OUTCOME_JUNK; i--) {
		lit reached = chain_reaches(p, set, (enum outcome)i);

		chain_outcome(
		    p, c, (enum outcome)i, gate_and2(p->g, at_end, reached));
		at_end = gate_and2(p->g, at_end, lit_not(reached));
	}
	chain_outcome(p, c, OUTCOME_ACCEPT, at_end);
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

static void
chain_rule(struct prover *p, size_t set, size_t at, struct chain *c)
{
	struct proved *s = c->s;
	const struct rule *rule = s->rs->decisive[at];
	struct pair is = encode_rule(p, set, rule->number);
	lit not_known = gate_and2(p->g, lit_not(is.yes), lit_not(is.no));
	lit acts = gate_and2(p->g, is.yes, chain_applies(p, set, rule));

	s->reached[at] = c->reached;
	s->acts[at] = gate_and2(p->g, c->reached, acts);
	s->defers[at] = gate_and2(p->g, c->reached, not_known);
	chain_outcome(
	    p, c, rule->action[rule->decisive].row->outcome, s->acts[at]);
	if (rule->unknown_tempfails) {
		chain_outcome(p, c, OUTCOME_TEMPFAIL, s->defers[at]);
		acts = gate_or2(p->g, acts, not_known);
	} else {
		chain_unknown(p, c, not_known);
	}
	chain_pass(p, c, acts);
}

void
chain_encode(struct prover *p, size_t set)
{
	struct proved *s = &p->set[set];
	size_t n = s->rs->decisive_count;
	struct chain c = { .s = s,
		.flat = p->set_n > 1 && n <= FLAT_MAX,
		.reached = gate_true(p->g),
		.unknown = gate_false(p->g),
		.past = arena_array(p->arena, n + 1, sizeof(lit)),
		.not_known = arena_array(p->arena, n + 1, sizeof(lit)) };

	s->reached = arena_array(p->arena, n + 1, sizeof(lit));
	s->acts = arena_array(p->arena, n + 1, sizeof(lit));
	s->defers = arena_array(p->arena, n + 1, sizeof(lit));
	for (size_t i = 0; i < n; i++)
		chain_rule(p, set, i, &c);
	s->reached[n] = s->ends = c.reached;
	chain_thresholds(p, set, &c);
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		s->outcome[i] = gate_or(p->g, c.term[i], c.term_n[i]);
	/* So it is; the solver need not find it out. */
	gate_one_of(p->g, s->outcome, OUTCOME_COUNT);
}
