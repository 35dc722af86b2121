/*
 * Runs the tests that stand in rule files. A test inside a rule is about that
 * rule alone, one outside is about the whole set; facts that it does not give
 * are absent.
 */
#include "config.h"

#include "rules/eval/trial_inside.h"

#include "rules/eval/eval.h"
#include "rules/lang/list_kind.h"

void
trial_error(struct trial *t, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_error(t->diags, at, "%s", arena_vprintf(t->diags->arena, fmt, ap));
	va_end(ap);
	t->failed = true;
}

/* ---- the stage on which it runs ---------------------------------------------------------- */

static bool
trial_message(struct trial *t)
{
	const struct ruleset_test_options *o = t->options;
	const struct token *file = &t->test->message;
	const char *why = "it can't be judged";

	if (file->kind != TOKEN_STRING)
		return true;
	if (!o->message(o->ctx, file->text, file->place.source, t->facts, &why))
		trial_error(t, file->place, "can't read \"%.*s\": %s",
		    SPAN_FMT(file->text), why);
	return !t->failed;
}

/* What the test says of a list. */
static enum truth
trial_list(const struct trial *t, size_t list, enum truth otherwise)
{
	for (const struct test_given *g = t->test->given; g != NULL;
	     g = g->next) {
		if (!g->listed || list_number(t->rs, g->name.text) != list)
			continue;
		return token_is(&g->value, "no")        ? TRUTH_NO
		       : token_is(&g->value, "unknown") ? TRUTH_UNKNOWN
							: TRUTH_YES;
	}
	return otherwise;
}

/* ruling_input.listed */
static enum truth
trial_listed(
    void *ctx, size_t list, const struct value *value, struct span *detail)
{
	(void)value;
	(void)detail;
	return trial_list(ctx, list, TRUTH_NO);
}

/* Of a list by recipient the entries count where the test says nothing. */
static enum truth
trial_owned(void *ctx, size_t list)
{
	return trial_list(ctx, list, TRUTH_PENDING);
}

/* ---- what happened --------------------------------------------------------------------------- */

/* "limit yes": what the test says of a row from outside. */
static enum truth
trial_said(const struct trial *t, const char *name, enum truth otherwise)
{
	for (const struct test_given *g = t->test->given; g != NULL;
	     g = g->next)
		if (!g->listed && !g->group && token_is(&g->name, name))
			return token_is(&g->value, "unknown")
				   ? TRUTH_UNKNOWN
				   : truth_of(token_is(&g->value, "yes"));
	return otherwise;
}

static enum truth
trial_word(void *ctx, const struct cond *c)
{
	/* A rule that is tried on a part of mail is tested where it acts. */
	return trial_said(
	    ctx, c->row->name, c->row->canary ? TRUTH_YES : TRUTH_NO);
}

/* An action that a store may hold back is done, unless the test says no. */
static enum truth
trial_applies(void *ctx, const struct rule *rule)
{
	return trial_said(
	    ctx, rule->action[rule->decisive].row->name, TRUTH_YES);
}

static const struct stand_in trial_stand_in = { trial_word, trial_applies,
	trial_owned };

/* What the rule alone does: its outcome when it fires, else none. */
static enum outcome
trial_rule_outcome(struct ruling *r, const struct rule *rule)
{
	enum truth answer = eval_rule(r, rule, 0);

	if (answer == TRUTH_UNKNOWN && rule->unknown_tempfails)
		return OUTCOME_TEMPFAIL;
	if (answer != TRUTH_YES || rule->decisive == SIZE_MAX)
		return OUTCOME_NONE;
	return rule->action[rule->decisive].row->outcome;
}

static bool
rule_tags(const struct rule *rule, struct span tag)
{
	for (size_t i = 0; i < rule->action_count; i++)
		if ((rule->action[i].row->effects & ACTION_TAGS) != 0 &&
		    span_eq(rule->action[i].name, tag))
			return true;
	return false;
}

static bool
trial_tagged(struct ruling *r, const struct trial *t)
{
	for (size_t i = 0; i < t->rs->rule_count; i++)
		if ((t->test->rule == SIZE_MAX || t->test->rule == i) &&
		    rule_tags(t->rs->rule[i], t->test->tag) &&
		    eval_rule(r, t->rs->rule[i], 0) == TRUTH_YES)
			return true;
	return false;
}

static bool
trial_same_score(double a, double b)
{
	return a - b < 1e-6 && b - a < 1e-6;
}

static const char *
trial_name(const struct trial *t)
{
	return t->test->name.n == 0 ? ""
				    : arena_printf(t->diags->arena, " \"%.*s\"",
					  SPAN_FMT(t->test->name));
}

/* Says why a test failed: what came instead, and which part was not true. */
static void
trial_failed(struct trial *t, struct ruling *r, const char *got)
{
	const struct rule *rule =
	    t->test->rule == SIZE_MAX ? NULL : t->rs->rule[t->test->rule];
	struct buf trace;

	trial_error(t, t->test->place, "test%s failed: %s", trial_name(t), got);
	if (rule == NULL)
		return;
	buf_init(&trace, 2000);
	(void)ruling_trace(r, rule->number, 0, &trace);
	if (trace.n > 0)
		diag_hint(t->diags, "%.*s", (int)trace.n - 1, trace.p);
	buf_free(&trace);
}

static void
trial_judge_rule(struct trial *t, struct ruling *r, const struct rule *rule)
{
	enum outcome outcome = trial_rule_outcome(r, rule);
	enum truth answer = eval_rule(r, rule, 0);
	bool fires = answer == TRUTH_YES;
	bool good = false;

	switch (t->test->want) {
	case WANT_OUTCOME:
		good = outcome == t->test->outcome;
		break;
	case WANT_LETS_BY:
		good = !fires && outcome == OUTCOME_NONE;
		break;
	case WANT_FIRES:
		good = fires;
		break;
	case WANT_SCORES:
		good =
		    trial_same_score(fires ? rule->score : 0, t->test->score);
		break;
	case WANT_TAGS:
		good = trial_tagged(r, t);
		break;
	case WANT_KEEPS:
		trial_error(t, t->test->place,
		    "a test of a promise stands outside of rules");
		return;
	}
	if (good)
		return;
	trial_failed(t, r,
	    arena_printf(t->diags->arena, "rule %s %s%s", rule->name,
		fires                     ? "fires"
		: answer == TRUTH_UNKNOWN ? "is unknown"
					  : "does not fire",
		outcome == OUTCOME_NONE ? ""
					: arena_printf(t->diags->arena, " (%s)",
					      outcome_names[outcome])));
}

static bool
trial_keeps(struct trial *t, struct ruling *r, const struct decision *d)
{
	struct suggestion near;

	suggestion_begin(&near, t->test->tag);
	for (const struct promise *p = t->rs->promise; p != NULL; p = p->next) {
		if (span_is(t->test->tag, p->name))
			return ruling_keeps(r, p, d);
		suggestion_offer(&near, span_of(p->name));
	}
	trial_error(t, t->test->tag_place, "no promise is called \"%.*s\"",
	    SPAN_FMT(t->test->tag));
	(void)suggestion_hint(&near, t->diags);
	return false;
}

static void
trial_judge_set(struct trial *t, struct ruling *r)
{
	static const size_t rcpt[] = { 0 };
	struct decision d;
	bool good = false;

	ruling_run_all(r, rcpt, 1, true, &d);
	switch (t->test->want) {
	case WANT_OUTCOME:
		good = d.outcome == t->test->outcome;
		break;
	case WANT_LETS_BY:
		good = d.outcome == OUTCOME_ACCEPT;
		break;
	case WANT_FIRES:
		good = d.rule != NULL;
		break;
	case WANT_SCORES:
		good = trial_same_score(d.score, t->test->score);
		break;
	case WANT_TAGS:
		good = trial_tagged(r, t);
		break;
	case WANT_KEEPS:
		good = trial_keeps(t, r, &d);
		break;
	}
	if (!good && !t->failed)
		trial_failed(t, r,
		    arena_printf(t->diags->arena,
			"the answer is %s (%s), "
			"score %g",
			outcome_names[d.outcome],
			d.rule == NULL ? "no rule decides" : d.rule, d.score));
}

static void
trial_run(struct trial *t)
{
	const struct ruling_input input = { .ruleset = t->rs,
		.facts = t->facts,
		.arena = t->arena,
		.now_s = t->options->now_s,
		.ctx = t,
		.listed = trial_listed };
	struct ruling *r;

	trial_clear(t);
	if (!trial_message(t))
		return;
	trial_give(t);
	if (t->failed)
		return;
	r = ruling_new(&input);
	r->final = true;
	/* Rows from outside would ask for their own kind of ctx. */
	r->stand_in = &trial_stand_in;
	if (t->test->rule == SIZE_MAX)
		trial_judge_set(t, r);
	else
		trial_judge_rule(t, r, t->rs->rule[t->test->rule]);
}

bool
ruleset_test(const struct ruleset *rs, const struct ruleset_test_options *o,
    struct diags *diags, size_t *run, size_t *skipped)
{
	size_t errors = diags->errors;
	struct arena *a = arena_new();

	*run = *skipped = 0;
	for (const struct rule_test *test = rs->test; test != NULL;
	     test = test->next) {
		struct trial t = { rs, test, o, diags, a, NULL, false };

		if (test->message.kind == TOKEN_STRING && o->message == NULL) {
			(*skipped)++;
			continue;
		}
		t.facts = facts_new(rs->options.schema, a);
		trial_run(&t);
		(*run)++;
		arena_reset(a);
	}
	arena_free(&a);
	return diags->errors == errors;
}
