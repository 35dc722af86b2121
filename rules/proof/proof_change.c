/*
 * For which mail two sets come to different ends: for each two outcomes the
 * solver gives a message that should come to them, the evaluator says to which
 * ends it does, and then no more are looked for that come to the same two by
 * the same two rules.
 *
 * Each two outcomes are a question of their own, for most of them are answered
 * as soon as they are asked, where one about all of them together was not in a
 * thousand times as many steps.
 */
#include "config.h"

#include "rules/proof/proof.h"

#include <string.h>

#include "rules/proof/witness.h"

/* Messages that are tried for two ends by two rules that the formula says are
 * possible; those that came up by the way and wait to be told. */
#define TRIES_MAX  12
#define QUEUED_MAX 200
/* Rules of one set that are told one by one, of mail that a rule of the other
 * set is about. */
#define GROUP_MAX 3

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

/*
 * Mail that comes to one end by a rule of one set that another set asks
 * otherwise, and to an outcome of that: by which of many rules is told some
 * times, then they are told together.
 */
struct change_group {
	struct end end;
	size_t set;
	enum outcome other;
	size_t told;
	struct change_group *next;
};

/* A message that came to two ends while another was made smaller. */
struct change_queued {
	struct witness w;
	struct ends ends;
	struct change_queued *next;
};

/*
 * What is looked for first: mail of which all is known, as far as it is soon
 * found, for of what is unknown comes only what a reader hardly looks for; then
 * all that is soon answered, so that one hard question does not stand before
 * those that are not.
 */
static const struct change_pass {
	bool plain;
	uint64_t conflicts_max; /* 0: as many as any question */
} change_pass[] = { { true, 300 }, { false, 2000 }, { false, 0 } };

/* Two different outcomes; the gravest that mail comes to stand first. */
#define QUESTIONS (OUTCOME_COUNT * OUTCOME_COUNT)

struct changes {
	lit others; /* none of the ends that are done with */
	lit *wish;  /* rules that answer differently in the two sets */
	size_t wish_n;
	bool
	    *edited[2]; /* by rule of each set: what it asks is another thing */
	struct change_pair *pair;
	struct change_group *group;
	struct change_queued *queue;
	size_t queued, in_vain;
	size_t pass, at; /* the question that is asked */
	bool answered[QUESTIONS];
	enum proof_answer answer; /* the worst so far */
	const char *why;
};

/* ---- ends -------------------------------------------------------------------- */

static bool
end_same(const struct end *a, const struct end *b)
{
	return a->rule == b->rule && a->defers == b->defers &&
	       a->outcome == b->outcome;
}

static bool
ends_same(const struct ends *a, const struct ends *b)
{
	return end_same(&a->of[0], &b->of[0]) && end_same(&a->of[1], &b->of[1]);
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
	all->others = gate_and2(p->g, all->others,
	    lit_not(gate_and2(p->g, end_literal(p, 0, &pair->ends.of[0]),
		end_literal(p, 1, &pair->ends.of[1]))));
}

/* NULL: the rule is the same in both sets, or there is none. */
static struct change_group *
group_of_ends(
    struct prover *p, struct changes *all, const struct ends *ends, size_t set)
{
	const struct end *end = &ends->of[set];
	enum outcome other = ends->of[1 - set].outcome;
	struct change_group *g = all->group;

	if (end->rule == SIZE_MAX || !all->edited[set][end->rule])
		return NULL;
	while (g != NULL &&
	       (g->set != set || g->other != other || !end_same(&g->end, end)))
		g = g->next;
	if (g != NULL)
		return g;
	g = arena_alloc(p->arena, sizeof(*g));
	*g = (struct change_group){ *end, set, other, 0, all->group };
	all->group = g;
	return g;
}

/* They were told; *more: and all others of the same rule. */
static void
group_told(struct prover *p, struct changes *all, const struct ends *ends,
    size_t set, bool *more)
{
	struct change_group *g = group_of_ends(p, all, ends, set);

	*more = g != NULL && ++g->told == GROUP_MAX;
	if (*more)
		all->others = gate_and2(p->g, all->others,
		    lit_not(gate_and2(p->g, end_literal(p, set, &g->end),
			p->set[1 - set].outcome[g->other])));
}

/* Told, or given up, or told with others. */
static bool
ends_are_done(struct prover *p, struct changes *all, const struct ends *ends)
{
	for (size_t i = 0; i < 2; i++) {
		const struct change_group *g = group_of_ends(p, all, ends, i);

		if (g != NULL && g->told >= GROUP_MAX)
			return true;
	}
	return pair_of_ends(p, all, ends)->done;
}

/*
 * The assignment did not come to ends that are new. What it claims to come to
 * is tried some times more; that two ends were given up is told at last.
 */
static void
pair_in_vain(struct prover *p, struct changes *all, const struct ends *claimed)
{
	struct change_pair *pair = pair_of_ends(p, all, claimed);

	pair->tries += !witness_block(p);
	if (pair->tries < TRIES_MAX || pair->done)
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

	if (all->queued >= QUEUED_MAX || ends_are_done(s->p, all, ends))
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
	bool more[2];

	pair_done(p, all, pair_of_ends(p, all, ends));
	group_told(p, all, ends, 0, &more[1]);
	group_told(p, all, ends, 1, &more[0]);
	witness_shrink(w, change_still, &s);
	(void)ends_judged(p, w, ends);
	buf_init(&text, 100000);
	witness_text(w, &text);
	*out = (struct proof_change){
		.here = ends->of[0].outcome,
		.there = ends->of[1].outcome,
		.here_rule = ends->decision[0].rule,
		.there_rule = ends->decision[1].rule,
		.here_more = more[0],
		.there_more = more[1],
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
	for (size_t i = 0; i < 2; i++)
		all->edited[i] = arena_array(p->arena, most + 1, sizeof(bool));
	for (size_t i = 0; i < most; i++) {
		bool second = i >= here->rule_count;
		size_t at = second ? i - here->rule_count : i;
		const struct ruleset *mine = second ? there : here;
		size_t like = ruleset_find(
		    second ? here : there, span_of(mine->rule[at]->name));
		struct pair is = encode_rule(p, second, at),
			    other = { gate_false(p->g), gate_false(p->g) };

		if (like != SIZE_MAX)
			other = encode_rule(p, !second, like);
		if (is.yes != other.yes)
			all->wish[all->wish_n++] =
			    gate_and2(p->g, is.yes, lit_not(other.yes));
		all->edited[second][at] =
		    is.yes != other.yes || is.no != other.no;
	}
}

static struct changes *
changes_of(struct proof *proof)
{
	struct prover *p = &proof->p;
	struct changes *all = proof->changes;

	if (all != NULL)
		return all;
	all = proof->changes = arena_alloc(p->arena, sizeof(*all));
	all->others = gate_true(p->g);
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
		if (ends_are_done(&proof->p, all, &q->ends))
			continue;
		change_told(&proof->p, all, &q->w, &q->ends, out);
		return true;
	}
	return false;
}

/* False: all were asked. */
static bool
change_goal(struct proof *proof, struct changes *all, lit *goal)
{
	struct prover *p = &proof->p;

	for (; all->pass < ARRAY_COUNT(change_pass); all->pass++, all->at = 0)
		for (; all->at < QUESTIONS; all->at++) {
			size_t here = all->at % OUTCOME_COUNT,
			       there =
				   OUTCOME_COUNT - 1 - all->at / OUTCOME_COUNT;
			lit l[] = { p->set[0].outcome[here],
				p->set[1].outcome[there], all->others };

			if (here == there || all->answered[all->at])
				continue;
			*goal = gate_and(p->g, l, ARRAY_COUNT(l));
			return true;
		}
	return false;
}

static enum sat_answer
change_solve(struct proof *proof, struct changes *all, lit goal)
{
	struct sat *sat = gates_sat(proof->p.g);
	const struct change_pass *pass = &change_pass[all->pass];
	const lit assume[] = { goal, lit_not(proof->p.limit), proof->p.search,
		proof->p.plain };
	enum sat_answer found;

	sat_wish(sat, all->wish, all->wish_n);
	found = sat_solve(sat, assume, pass->plain ? 4 : 3,
	    pass->conflicts_max == 0 ? proof->conflicts_max
				     : pass->conflicts_max);
	sat_wish(sat, NULL, 0);
	return found;
}

/* No more was found for the question that is asked. */
static void
change_answered(
    struct proof *proof, struct changes *all, lit goal, enum sat_answer found)
{
	bool last = all->pass + 1 == ARRAY_COUNT(change_pass);
	enum proof_answer answer;
	const char *why;

	if (!change_pass[all->pass].plain && (found != SAT_OPEN || last)) {
		answer = proof_none(proof, goal, found, &why);
		all->answered[all->at] = true;
		if (answer == PROOF_OPEN && all->answer != PROOF_OPEN)
			all->why = why;
		if (answer > all->answer)
			all->answer = answer;
	}
	all->at++;
}

/* The assignment as a message. False: it comes to no two ends that are new. */
static bool
change_try(struct proof *proof, struct changes *all, struct proof_change *out)
{
	struct prover *p = &proof->p;
	struct ends claimed = { .of = {
				    end_claimed(p, 0), end_claimed(p, 1) } };
	struct ends ends;
	struct witness w;

	witness_take(p, &w);
	if (ends_judged(p, &w, &ends) && !ends_are_done(p, all, &ends)) {
		change_told(p, all, &w, &ends, out);
		return true;
	}
	pair_in_vain(p, all, &claimed);
	return false;
}

enum proof_answer
proof_change(struct proof *proof, struct proof_change *out, const char **why)
{
	struct prover *p = &proof->p;
	struct changes *all;
	enum sat_answer found;
	lit goal;

	*why = p->refused;
	if (p->refused != NULL)
		return PROOF_OPEN;
	all = changes_of(proof);
	if (change_queued(proof, all, out))
		return PROOF_BROKEN;
	while (change_goal(proof, all, &goal)) {
		found = change_solve(proof, all, goal);
		if (found != SAT_YES)
			change_answered(proof, all, goal, found);
		else if (change_try(proof, all, out))
			return PROOF_BROKEN;
	}
	*why = all->why;
	if (all->answer == PROOF_OPEN || all->in_vain == 0)
		return all->answer;
	*why = arena_printf(p->arena,
	    "for %zu more pairs of rules that may decide otherwise no message "
	    "was found",
	    all->in_vain);
	return PROOF_OPEN;
}
