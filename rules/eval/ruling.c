/*
 * From conditions to a decision: decisive rules in the order of the file,
 * then the sum of the scores against the thresholds; for one recipient, or
 * for all who are left.
 */
#include "config.h"

#include "rules/eval/eval.h"

#include <string.h>

struct ruling *
ruling_new(const struct ruling_input *input)
{
	struct arena *a = input->arena;
	struct ruling *r = arena_alloc(a, sizeof(*r));
	const struct ruleset *rs = input->ruleset;
	size_t most = 1;

	r->input = *input;
	r->rs = rs;
	r->truth = arena_array(a, rs->rule_count + 1, sizeof(*r->truth));
	r->truth_rcpt =
	    arena_array(a, rs->rule_count + 1, sizeof(*r->truth_rcpt));
	r->limited = arena_array(a, rs->rule_count + 1, sizeof(*r->limited));
	r->pending = arena_array(a, rs->rule_count + 1, sizeof(*r->pending));
	r->kept_rcpt = RCPT_NONE;
	r->run = 1;
	r->scans = arena_array(a, rs->set_count + 1, sizeof(*r->scans));
	for (const struct pattern_set *s = rs->sets; s != NULL; s = s->next)
		if (patterns_count(s->patterns) > most)
			most = patterns_count(s->patterns);
	r->scratch_count = most;
	return r;
}

/* ---- one recipient ------------------------------------------------------------ */

static void
decision_set(struct decision *out, enum outcome outcome)
{
	out->decided = true;
	out->outcome = outcome;
	out->code = outcome_replies[outcome].code;
	out->enhanced = outcome_replies[outcome].enhanced;
	out->text = SPAN("");
}

/* A refusal for good becomes one for now when a rule above is unknown. */
static void
decision_soften(
    const struct ruling *r, const struct rule *unknown, struct decision *out)
{
	if (unknown == NULL || r->rs->options.keep_refusals ||
	    (out->outcome != OUTCOME_REJECT && out->outcome != OUTCOME_DISCARD))
		return;
	decision_set(out, OUTCOME_TEMPFAIL);
	out->unknown = unknown->name;
	out->text = SPAN("a check could not be completed, try again later");
}

/* The rule's decisive action; false when it lets the message by. */
static bool
ruling_act(struct ruling *r, const struct rule *rule, size_t rcpt,
    struct decision *out)
{
	const struct rule_action *a = &rule->action[rule->decisive];
	struct performed done = { .applies = TRUTH_YES };

	if (a->row->perform != NULL && r->stand_in == NULL)
		done = a->row->perform(r->input.ctx, a, rcpt);
	else if (a->row->perform != NULL)
		done.applies = r->stand_in->applies(r->input.ctx, rule);
	if (done.applies == TRUTH_PENDING && !r->final) {
		out->waits_for = rule->name;
		return true;
	}
	/* A store that is lost lets mail by. */
	if (done.applies != TRUTH_YES)
		return false;
	decision_set(out, a->row->outcome);
	out->rule = rule->name;
	out->rule_number = rule->number;
	out->action_number = rule->decisive;
	if (a->code != 0)
		out->code = a->code;
	if (done.code != 0)
		out->code = done.code;
	if (a->enhanced != NULL)
		out->enhanced = a->enhanced;
	if (done.text.p != NULL)
		out->text = done.text;
	else if (a->text != NULL)
		out->text = template_expand(r, rule, a->text, rcpt);
	return true;
}

static void
ruling_unknown_tempfails(const struct rule *rule, struct decision *out)
{
	decision_set(out, OUTCOME_TEMPFAIL);
	out->rule = out->unknown = rule->name;
	out->rule_number = rule->number;
	out->action_number = rule->decisive;
	out->text = SPAN("a check could not be completed, try again later");
}

/* Whose thresholds hold; where that is not known, those of the set. */
static struct span
ruling_rcpt(struct ruling *r, size_t rcpt)
{
	const struct value *v;

	if (rcpt == RCPT_NONE || r->rs->by_rcpt_count == 0)
		return SPAN("");
	v = eval_value(r, r->rs->rcpt, (struct binding){ rcpt, 0 });
	return v->state == FACT_KNOWN ? v->text : SPAN("");
}

/* The gravest threshold that the score reaches. */
static void
ruling_thresholds(struct ruling *r, size_t rcpt, struct decision *out)
{
	static const char *const name[OUTCOME_COUNT] = {
		[OUTCOME_JUNK] = "junk threshold",
		[OUTCOME_QUARANTINE] = "quarantine threshold",
		[OUTCOME_TEMPFAIL] = "tempfail threshold",
		[OUTCOME_REJECT] = "reject threshold",
	};

	struct span whose = ruling_rcpt(r, rcpt);

	decision_set(out, OUTCOME_ACCEPT);
	for (size_t i = OUTCOME_REJECT; i >= OUTCOME_JUNK; i--) {
		const struct threshold *t =
		    ruleset_threshold_row(r->rs, (enum outcome)i, whose);

		if (!t->set || out->score < t->at)
			continue;
		decision_set(out, (enum outcome)i);
		out->rule = name[i];
		if (out->code != 0)
			out->text = span_of(arena_printf(r->input.arena,
			    "refused as unwanted, score %.1f", out->score));
		break;
	}
}

void
ruling_run(struct ruling *r, size_t rcpt, bool final, struct decision *out)
{
	const struct rule *unknown = NULL;

	*out = (struct decision){ .rule_number = SIZE_MAX, .rcpt = rcpt };
	r->final = final;
	r->scored = false;
	r->run++;
	if (final)
		out->score = eval_score(r, rcpt);
	for (size_t i = r->settled; i < r->rs->decisive_count; i++) {
		const struct rule *rule = r->rs->decisive[i];

		switch (eval_rule(r, rule, rcpt)) {
		case TRUTH_NO:
			if (i == r->settled && !rule->per_rcpt)
				r->settled++;
			continue;
		case TRUTH_PENDING:
			out->waits_for = rule->name;
			return;
		case TRUTH_UNKNOWN:
			if (rule->unknown_tempfails) {
				ruling_unknown_tempfails(rule, out);
				return;
			}
			unknown = unknown == NULL ? rule : unknown;
			continue;
		case TRUTH_YES:
			if (!ruling_act(r, rule, rcpt, out))
				continue;
			decision_soften(r, unknown, out);
			return;
		}
	}
	if (!final)
		return;
	ruling_thresholds(r, rcpt, out);
	decision_soften(r, unknown, out);
}

/* ---- all recipients --------------------------------------------------------------- */

void
ruling_run_each(struct ruling *r, const size_t *rcpt, size_t count, bool final,
    enum outcome *each, struct decision *out)
{
	struct decision one;

	ruling_run(r, count == 0 ? RCPT_NONE : rcpt[0], final, out);
	for (size_t i = 0; i < count; i++)
		each[i] = out->decided && (i == 0 || !r->rs->per_rcpt)
			      ? out->outcome
			      : OUTCOME_NONE;
	if (!r->rs->per_rcpt)
		return;
	for (size_t i = 1; i < count && out->decided; i++) {
		bool disagreed = out->disagreed;

		ruling_run(r, rcpt[i], final, &one);
		if (one.decided) {
			each[i] = one.outcome;
			disagreed = disagreed || one.outcome != out->outcome;
		}
		if (!one.decided || one.outcome < out->outcome)
			*out = one;
		out->disagreed = disagreed;
	}
}

void
ruling_run_all(struct ruling *r, const size_t *rcpt, size_t count, bool final,
    struct decision *out)
{
	ruling_run_each(r, rcpt, count, final,
	    arena_array(r->input.arena, count, sizeof(enum outcome)), out);
}

/* Does the rule tell recipients apart, so that it may matter whom it meets? */
static bool
ruling_tells_apart(const struct rule *rule)
{
	const struct rule_action *a = &rule->action[rule->decisive];

	return rule->per_rcpt && !rule->asks_outside &&
	       a->row->outcome != OUTCOME_JUNK;
}

const char *
ruling_differs(struct ruling *r, size_t one, size_t other)
{
	size_t count = r->rs->decisive_count;

	if (r->compared == NULL)
		r->compared = arena_array(
		    r->input.arena, count + 1, sizeof(*r->compared));
	r->final = false;
	r->scored = false;
	/* One recipient after the other: answers are kept for one at a time. */
	r->run++;
	for (size_t i = r->settled; i < count; i++)
		if (ruling_tells_apart(r->rs->decisive[i]))
			r->compared[i] = (unsigned char)eval_rule(
			    r, r->rs->decisive[i], one);
	r->run++;
	for (size_t i = r->settled; i < count; i++) {
		const struct rule *rule = r->rs->decisive[i];
		enum truth a, b;

		if (rule->asks_outside)
			continue;
		a = b = eval_rule(r, rule, other);
		if (ruling_tells_apart(rule))
			a = (enum truth)r->compared[i];
		if ((a == TRUTH_YES && b == TRUTH_NO) ||
		    (a == TRUTH_NO && b == TRUTH_YES))
			return rule->name;
		/* It decides for both, and what stands below for nobody. */
		if (a == TRUTH_YES && b == TRUTH_YES &&
		    rule->action[rule->decisive].row->perform == NULL)
			return NULL;
	}
	return NULL;
}

void
ruling_given(struct ruling *r, size_t rule, bool yes)
{
	if (r->given == NULL)
		r->given = arena_array(
		    r->input.arena, r->rs->rule_count, sizeof(*r->given));
	r->given[rule] = (unsigned char)((yes ? TRUTH_YES : TRUTH_NO) + 1);
}

enum truth
ruling_truth(struct ruling *r, size_t rule, size_t rcpt)
{
	return eval_rule(r, r->rs->rule[rule], rcpt);
}

bool
ruling_keeps(
    struct ruling *r, const struct promise *promise, const struct decision *d)
{
	bool named = (promise->outcomes >> d->outcome & 1U) != 0;

	if (promise->cond != NULL &&
	    eval_cond(r, promise->cond, (struct binding){ d->rcpt, 0 }) !=
		TRUTH_YES)
		return true;
	return named != promise->never;
}
