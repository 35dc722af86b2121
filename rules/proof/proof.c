/*
 * Questions about all mail, put to the solver and confirmed by the evaluator.
 */
#include "config.h"

#include "rules/proof/proof.h"

#include <string.h>

#include "rules/proof/witness.h"

#define CONFLICTS_MAX 200000
#define ROUNDS_MAX    40 /* messages that are tried for one question */

/* Facts for asking of one value each (reply.c): one element a group. */
static void
proof_ask_facts(struct prover *p, struct proved *s)
{
	const struct ruling_input input = { .ruleset = s->rs,
		.facts = s->facts = facts_new(p->schema, p->arena),
		.arena = p->arena,
		.now_s = p->now_s };

	for (size_t i = 0; i < schema_count(p->schema); i++)
		if (schema_row(p->schema, (fact_id)i)->type == FACT_GROUP)
			(void)facts_element(s->facts, (fact_id)i);
	s->ruling = ruling_new(&input);
	s->ruling->final = true;
}

static void
proof_add_set(struct prover *p, const struct ruleset *rs)
{
	size_t set = p->set_n++;
	struct proved *s = &p->set[set];

	s->rs = rs;
	s->rule = arena_array(p->arena, rs->rule_count + 1, sizeof(*s->rule));
	s->made = arena_array(p->arena, rs->rule_count + 1, sizeof(*s->made));
	proof_ask_facts(p, s);
	for (size_t i = 0; i < rs->rule_count; i++)
		pool_ask(p, set, rs->rule[i]->cond);
	for (const struct promise *o = rs->promise; o != NULL; o = o->next)
		pool_ask(p, set, o->cond);
	thresholds_ask(p, set);
}

struct proof *
proof_new(const struct ruleset *rs, const struct ruleset *other,
    const struct proof_options *options)
{
	struct arena *a = arena_new();
	struct proof *proof = arena_alloc(a, sizeof(*proof));
	struct prover *p = &proof->p;
	size_t count = schema_count(rs->options.schema) + 1;

	proof->conflicts_max = options->conflicts_max == 0
				   ? CONFLICTS_MAX
				   : options->conflicts_max;
	p->arena = a;
	p->schema = rs->options.schema;
	p->now_s = options->now_s;
	p->g = gates_new();
	p->sums = sums_new(a, p->g);
	sat_work_max(gates_sat(p->g), options->work_max);
	p->limit = sat_var(gates_sat(p->g));
	p->search = sat_var(gates_sat(p->g));
	p->plain = sat_var(gates_sat(p->g));
	p->sames = sames_new(a);
	p->in_slot = arena_array(a, count, sizeof(struct instance **));
	p->pool = arena_array(a, count, sizeof(struct pool *));
	p->instance = arena_array(a, count, sizeof(struct instance *));
	p->group = arena_array(a, count, sizeof(struct group *));
	p->slots = arena_array(a, count, sizeof(*p->slots));
	proof_add_set(p, rs);
	if (other != NULL)
		proof_add_set(p, other);
	pools_fill(p);
	for (size_t i = 0; i < p->set_n && p->refused == NULL; i++)
		chain_encode(p, i);
	return proof;
}

const char *
proof_refused(const struct proof *proof, struct place *place)
{
	*place = proof->p.refused_at;
	return proof->p.refused;
}

void
proof_free(struct proof **proof)
{
	struct arena *a;

	if (*proof == NULL)
		return;
	gates_free(&(*proof)->p.g);
	a = (*proof)->p.arena;
	arena_free(&a);
	*proof = NULL;
}

/* ---- asking ------------------------------------------------------------------ */

enum sat_answer
proof_solve(struct proof *proof, lit goal, bool limit, bool search)
{
	struct prover *p = &proof->p;
	const lit assume[] = { goal, limit ? p->limit : lit_not(p->limit),
		search ? p->search : lit_not(p->search) };

	return sat_solve(gates_sat(p->g), assume, 3, proof->conflicts_max);
}

/* What a message has to do to be believed. */
struct wanted {
	struct proof *proof;
	bool (*does)(struct wanted *want, const struct witness *w);
	const struct promise *promise;
	struct witness_end here;
};

static bool
wanted_still(void *ctx, const struct witness *w)
{
	struct wanted *want = ctx;

	return want->does(want, w);
}

enum proof_answer
proof_none(
    struct proof *proof, lit goal, enum sat_answer answer, const char **why)
{
	struct prover *p = &proof->p;

	*why = "it would take too many steps";
	if (answer == SAT_NO)
		answer = proof_solve(proof, goal, false, false);
	if (answer == SAT_YES)
		*why = "no text was found that matches, and does not match, "
		       "the patterns that it hangs on";
	if (answer != SAT_OPEN && p->cut != NULL)
		*why = p->cut;
	if (answer != SAT_NO || p->cut != NULL)
		return PROOF_OPEN;
	answer = proof_solve(proof, goal, true, false);
	return answer == SAT_NO    ? PROOF_HOLDS
	       : answer == SAT_YES ? PROOF_BOUNDED
				   : PROOF_OPEN;
}

/*
 * A message for which goal is true and that does what is wanted. HOLDS: there
 * is none; OPEN: *why.
 */
static enum proof_answer
proof_find(struct proof *proof, lit goal, struct wanted *want,
    struct witness *out, const char **why)
{
	struct prover *p = &proof->p;
	enum sat_answer answer = SAT_OPEN;
	unsigned round = 0;

	while (round < ROUNDS_MAX) {
		answer = proof_solve(proof, goal, false, true);
		if (answer != SAT_YES)
			break;
		witness_take(p, out);
		if (want->does(want, out)) {
			witness_shrink(out, wanted_still, want);
			return want->does(want, out) ? PROOF_BROKEN
						     : PROOF_OPEN;
		}
		round += !witness_block(p);
	}
	return proof_none(proof, goal, answer, why);
}

uint64_t
proof_work(const struct proof *p)
{
	return sat_work(gates_sat(p->p.g));
}

/* ---- promises ------------------------------------------------------------------ */

size_t
proof_promise_count(const struct proof *p)
{
	return p->p.set[0].rs->promise_count;
}

static bool
breaks_promise(struct wanted *want, const struct witness *w)
{
	struct prover *p = &want->proof->p;

	want->here =
	    witness_judge(w, p->set[0].rs, want->promise, p->now_s, p->arena);
	return !want->here.kept;
}

static void
promise_told(struct proof *proof, const struct wanted *want,
    const struct witness *w, struct proof_promise *out)
{
	struct arena *a = proof->p.arena;
	struct buf text;

	out->outcome = want->here.decision.outcome;
	out->rule = want->here.decision.rule;
	buf_init(&text, 100000);
	witness_text(w, &text);
	out->test = arena_printf(
	    a, "test keeps %s { %.*s }", out->name, SPAN_FMT(buf_span(&text)));
	buf_clear(&text);
	if (witness_case(w, out->name, proof->p.set[0].rs, &text) && !text.over)
		out->case_line = arena_strdup(a, buf_span(&text));
	buf_free(&text);
}

void
proof_promise(struct proof *proof, size_t number, struct proof_promise *out)
{
	struct prover *p = &proof->p;
	const struct promise *o = p->set[0].rs->promise;
	struct wanted want = { .proof = proof, .does = breaks_promise };
	lit named = gate_false(p->g), goal = gate_true(p->g);
	struct witness w;

	while (number-- > 0)
		o = o->next;
	*out = (struct proof_promise){ .answer = PROOF_OPEN,
		.name = o->name,
		.place = o->place,
		.why = p->refused };
	if (p->refused != NULL)
		return;
	want.promise = o;
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if ((o->outcomes >> i & 1U) != 0)
			named = gate_or2(p->g, named, p->set[0].outcome[i]);
	if (o->cond != NULL)
		goal = encode_cond(p, 0, o->cond, 0).yes;
	goal = gate_and2(p->g, goal, o->never ? named : lit_not(named));
	out->answer = proof_find(proof, goal, &want, &w, &out->why);
	if (out->answer == PROOF_BROKEN)
		promise_told(proof, &want, &w, out);
}

static void
promise_report(const struct proof_promise *o, struct diags *diags)
{
	if (o->answer == PROOF_OPEN)
		diag_warn(diags, o->place, "promise %s was not decided: %s",
		    o->name, o->why);
	if (o->answer != PROOF_BROKEN)
		return;
	if (o->rule == NULL)
		diag_error(diags, o->place,
		    "promise %s is broken: no rule decides about such mail "
		    "(%s)",
		    o->name, outcome_names[o->outcome]);
	else
		diag_error(diags, o->place,
		    "promise %s is broken: %s comes to %s", o->name, o->rule,
		    outcome_names[o->outcome]);
	diag_hint(diags, "for example:\n%s%s%s", o->test,
	    o->case_line == NULL ? "" : "\nas a case:\n",
	    o->case_line == NULL ? "" : o->case_line);
}

/*
 * Each value that a rule names is tried on all others that ask the same fact,
 * and those on one another.
 */
#define RULES_MAX 2000

bool
proof_can(const struct ruleset *rs)
{
	return rs->rule_count <= RULES_MAX;
}

void
proof_promises(const struct ruleset *rs, const struct proof_options *options,
    struct diags *diags, struct proof_tally *tally)
{
	struct proof *proof;

	*tally = (struct proof_tally){ { 0 } };
	if (rs->promise_count == 0)
		return;
	if (!proof_can(rs)) {
		tally->count[PROOF_OPEN] = rs->promise_count;
		diag_warn(diags, rs->promise->place,
		    "promises are not proved: rules are more than %d",
		    RULES_MAX);
		return;
	}
	proof = proof_new(rs, NULL, options);
	if (proof->p.refused != NULL)
		diag_warn(diags, proof->p.refused_at,
		    "promises are not proved: %s", proof->p.refused);
	if (proof->p.refused != NULL)
		tally->count[PROOF_OPEN] = rs->promise_count;
	for (size_t i = 0; i < rs->promise_count && proof->p.refused == NULL;
	     i++) {
		struct proof_promise o;

		proof_promise(proof, i, &o);
		tally->count[o.answer]++;
		promise_report(&o, diags);
	}
	proof_free(&proof);
}
