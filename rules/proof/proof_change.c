/*
 * For which mail two sets come to different ends: the solver gives a message
 * for which they should, the evaluator says to which ends it comes, and then
 * no more are looked for that come to the same two by the same two rules.
 */
#include "config.h"

#include "rules/proof/proof.h"

#include <string.h>

#include "rules/proof/witness.h"

/* Messages that are tried for two ends by two rules that the formula says are
 * possible; those that came up by the way and wait to be told. */
#define TRIES_MAX           12
#define QUEUED_MAX          200
#define PLAIN_CONFLICTS_MAX 300

/* Who decides, and what: of each set. */
struct end {
	size_t rule; /* SIZE_MAX: none */
	bool defers; /* `on unknown tempfail` acts without being true */
	enum outcome outcome;
};

struct ends {
	struct end of[2];
	struct decision decision[2];
};

/* Two ends that are done with, or that were tried in vain. */
struct change_pair {
	struct ends ends;
	size_t tries;
	bool done;
	struct change_pair *next;
};

/* A message that came to two ends while another was made smaller. */
struct change_queued {
	struct witness w;
	struct ends ends;
	struct change_queued *next;
};

struct changes {
	lit differ; /* and to none of the ends that are done with */
	lit *wish;  /* rules that answer differently in the two sets */
	size_t wish_n;
	struct change_pair *pair;
	struct change_queued *queue;
	size_t queued, in_vain;
	bool plain_over;
};

/* ---- ends -------------------------------------------------------------------- */

static bool
ends_same(const struct ends *a, const struct ends *b)
{
	for (size_t i = 0; i < 2; i++)
		if (a->of[i].rule != b->of[i].rule ||
		    a->of[i].defers != b->of[i].defers ||
		    a->of[i].outcome != b->of[i].outcome)
			return false;
	return true;
}

/* By the evaluator; false: to the same outcome. */
static bool
ends_judged(struct prover *p, const struct witness *w, struct ends *out)
{
	for (size_t i = 0; i < 2; i++) {
		struct decision *d = &out->decision[i];

		*d = witness_judge(w, p->set[i].rs, NULL, p->now_s, p->arena)
			 .decision;
		out->of[i] = (struct end){ d->rule_number,
			d->unknown != NULL && d->unknown == d->rule,
			d->outcome };
	}
	return out->of[0].outcome != out->of[1].outcome;
}

/* This very end, by this rule. */
static lit
end_literal(struct prover *p, size_t set, const struct end *end)
{
	struct proved *s = &p->set[set];
	lit by = s->ends;

	for (size_t i = 0; i < s->rs->decisive_count; i++)
		if (s->rs->decisive[i]->number == end->rule)
			by = end->defers ? s->defers[i] : s->acts[i];
	return gate_and2(p->g, by, s->outcome[end->outcome]);
}

/* What the solver's assignment claims. */
static struct end
end_claimed(const struct prover *p, size_t set)
{
	const struct proved *s = &p->set[set];
	const struct sat *sat = gates_sat(p->g);
	struct end end = { .rule = SIZE_MAX };

	for (size_t i = 0; i < s->rs->decisive_count; i++) {
		const struct rule *rule = s->rs->decisive[i];
		bool defers =
		    rule->unknown_tempfails && sat_value(sat, s->defers[i]);

		if (!defers && !sat_value(sat, s->acts[i]))
			continue;
		end.rule = rule->number;
		end.defers = defers;
	}
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		if (sat_value(sat, s->outcome[i]))
			end.outcome = (enum outcome)i;
	return end;
}

/* ---- pairs of them ------------------------------------------------------------- */

static struct change_pair *
pair_of_ends(struct prover *p, struct changes *all, const struct ends *ends)
{
	struct change_pair *pair = all->pair;

	while (pair != NULL && !ends_same(&pair->ends, ends))
		pair = pair->next;
	if (pair != NULL)
		return pair;
	pair = arena_alloc(p->arena, sizeof(*pair));
	*pair = (struct change_pair){ .ends = *ends, .next = all->pair };
	all->pair = pair;
	return pair;
}

static void
pair_done(struct prover *p, struct changes *all, struct change_pair *pair)
{
	if (pair->done)
		return;
	pair->done = true;
	all->differ = gate_and2(p->g, all->differ,
	    lit_not(gate_and2(p->g, end_literal(p, 0, &pair->ends.of[0]),
		end_literal(p, 1, &pair->ends.of[1]))));
}

/*
 * The assignment did not come to ends that are new. What it claims to come to
 * is tried some times more; that two ends were given up is told at last.
 */
static void
pair_in_vain(struct prover *p, struct changes *all, const struct ends *claimed)
{
	struct change_pair *pair = pair_of_ends(p, all, claimed);

	witness_block(p);
	if (++pair->tries < TRIES_MAX || pair->done)
		return;
	pair_done(p, all, pair);
	all->in_vain++;
}

/* ---- messages -------------------------------------------------------------------- */

struct shrinking {
	struct prover *p;
	struct changes *all;
	const struct ends *ends;
};

static struct witness
change_copy(const struct witness *w)
{
	struct witness out = *w;
	size_t groups = schema_count(w->schema) + 1;

	out.cap = out.word_cap = 0;
	out.fact =
	    arena_grow(w->arena, NULL, &out.cap, w->n + 1, sizeof(*out.fact));
	if (w->n > 0)
		memcpy(out.fact, w->fact, w->n * sizeof(*out.fact));
	out.word = arena_grow(
	    w->arena, NULL, &out.word_cap, w->word_n + 1, sizeof(*out.word));
	if (w->word_n > 0)
		memcpy(out.word, w->word, w->word_n * sizeof(*out.word));
	out.elements = arena_array(w->arena, groups, sizeof(*out.elements));
	memcpy(out.elements, w->elements, groups * sizeof(*out.elements));
	out.rests = arena_array(w->arena, groups, sizeof(*out.rests));
	memcpy(out.rests, w->rests, groups * sizeof(*out.rests));
	return out;
}

static void
change_queue(
    struct shrinking *s, const struct witness *w, const struct ends *ends)
{
	struct changes *all = s->all;
	struct change_queued *q = all->queue, **last = &all->queue;

	if (all->queued >= QUEUED_MAX || pair_of_ends(s->p, all, ends)->done)
		return;
	for (; q != NULL; last = &q->next, q = q->next)
		if (ends_same(&q->ends, ends))
			return;
	q = arena_alloc(s->p->arena, sizeof(*q));
	*q = (struct change_queued){ change_copy(w), *ends, NULL };
	*last = q;
	all->queued++;
}

/* Of the same two ends; others that come up are kept for later. */
static bool
change_still(void *ctx, const struct witness *w)
{
	struct shrinking *s = ctx;
	struct ends ends;

	if (!ends_judged(s->p, w, &ends))
		return false;
	if (ends_same(&ends, s->ends))
		return true;
	change_queue(s, w, &ends);
	return false;
}

static struct place
end_place(const struct ruleset *rs, const struct end *end)
{
	return end->rule == SIZE_MAX ? (struct place){ 0 }
				     : rs->rule[end->rule]->place;
}

static void
change_told(struct prover *p, struct changes *all, struct witness *w,
    struct ends *ends, struct proof_change *out)
{
	struct shrinking s = { p, all, ends };
	struct buf text;

	pair_done(p, all, pair_of_ends(p, all, ends));
	witness_shrink(w, change_still, &s);
	(void)ends_judged(p, w, ends);
	buf_init(&text, 100000);
	witness_text(w, &text);
	*out = (struct proof_change){
		.here = ends->of[0].outcome,
		.there = ends->of[1].outcome,
		.here_rule = ends->decision[0].rule,
		.there_rule = ends->decision[1].rule,
		.here_place = end_place(p->set[0].rs, &ends->of[0]),
		.there_place = end_place(p->set[1].rs, &ends->of[1]),
		.test = arena_strdup(p->arena, buf_span(&text)),
	};
	buf_free(&text);
}

/* ---- the question -------------------------------------------------------------------- */

/* Two ends come of two answers, of the same rule or of one that is new. */
static void
changes_wish(struct prover *p, struct changes *all)
{
	const struct ruleset *here = p->set[0].rs, *there = p->set[1].rs;
	size_t most = here->rule_count + there->rule_count;

	all->wish = arena_array(p->arena, most + 1, sizeof(lit));
	for (size_t i = 0; i < most; i++) {
		bool second = i >= here->rule_count;
		size_t at = second ? i - here->rule_count : i;
		const struct ruleset *mine = second ? there : here;
		size_t like = ruleset_find(
		    second ? here : there, span_of(mine->rule[at]->name));
		lit is = encode_rule(p, second, at).yes, other;

		other = like == SIZE_MAX ? gate_false(p->g)
					 : encode_rule(p, !second, like).yes;
		if (is != other)
			all->wish[all->wish_n++] =
			    gate_and2(p->g, is, lit_not(other));
	}
}

static struct changes *
changes_of(struct proof *proof)
{
	struct prover *p = &proof->p;
	const lit *here = p->set[0].outcome, *there = p->set[1].outcome;
	struct changes *all = proof->changes;

	if (all != NULL)
		return all;
	all = proof->changes = arena_alloc(p->arena, sizeof(*all));
	all->differ = gate_false(p->g);
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		all->differ = gate_or2(p->g, all->differ,
		    gate_and2(p->g, here[i], lit_not(there[i])));
	changes_wish(p, all);
	return all;
}

static bool
change_queued(
    struct proof *proof, struct changes *all, struct proof_change *out)
{
	while (all->queue != NULL) {
		struct change_queued *q = all->queue;

		all->queue = q->next;
		all->queued--;
		if (pair_of_ends(&proof->p, all, &q->ends)->done)
			continue;
		change_told(&proof->p, all, &q->w, &q->ends, out);
		return true;
	}
	return false;
}

/*
 * Mail of which all is known comes first, as far as it is soon found: of what
 * is unknown comes only what a reader hardly looks for.
 */
static enum sat_answer
change_solve(struct proof *proof, struct changes *all)
{
	struct sat *sat = gates_sat(proof->p.g);
	const lit plain[] = { all->differ, lit_not(proof->p.limit),
		proof->p.search, proof->p.plain };
	enum sat_answer found = SAT_OPEN;

	sat_wish(sat, all->wish, all->wish_n);
	if (!all->plain_over)
		found = sat_solve(
		    sat, plain, ARRAY_COUNT(plain), PLAIN_CONFLICTS_MAX);
	all->plain_over = found != SAT_YES;
	if (found != SAT_YES)
		found = proof_solve(proof, all->differ, false, true);
	sat_wish(sat, NULL, 0);
	return found;
}

enum proof_answer
proof_change(struct proof *proof, struct proof_change *out, const char **why)
{
	struct prover *p = &proof->p;
	struct changes *all = changes_of(proof);
	enum proof_answer answer;
	enum sat_answer found;

	if (change_queued(proof, all, out))
		return PROOF_BROKEN;
	while ((found = change_solve(proof, all)) == SAT_YES) {
		struct ends claimed = { .of = { end_claimed(p, 0),
					    end_claimed(p, 1) } },
			    ends;
		struct witness w;

		witness_take(p, &w);
		if (ends_judged(p, &w, &ends) &&
		    !pair_of_ends(p, all, &ends)->done) {
			change_told(p, all, &w, &ends, out);
			return PROOF_BROKEN;
		}
		pair_in_vain(p, all, &claimed);
	}
	answer = proof_none(proof, all->differ, found, why);
	if (answer == PROOF_OPEN || all->in_vain == 0)
		return answer;
	*why = arena_printf(p->arena,
	    "for %zu more pairs of rules that may decide otherwise no message "
	    "was found",
	    all->in_vain);
	return PROOF_OPEN;
}
