/*
 * Runs the tests that stand in rule files. A test inside a rule is about that
 * rule alone, one outside is about the whole set; facts that it does not give
 * are absent.
 */
#include "config.h"

#include "rules/ast.h"

#include <string.h>

#include "rules/literal.h"

/* One test while it runs. */
struct trial {
	const struct ruleset *rs;
	const struct rule_test *test;
	const struct ruleset_test_options *options;
	struct diags *diags;
	struct arena *arena;
	struct facts *facts;
	bool failed; /* was reported */
};

static void trial_error(struct trial *t, struct place at, const char *fmt, ...)
    ATTR_PRINTF(3, 4);

static void
trial_error(struct trial *t, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_error(t->diags, at, "%s", arena_vprintf(t->diags->arena, fmt, ap));
	va_end(ap);
	t->failed = true;
}

/* ---- giving facts -------------------------------------------------------------------- */

static void
trial_bad_value(struct trial *t, const struct token *value,
    const struct fact_row *row, const char *want)
{
	trial_error(t, value->place, "%s can't be \"%.*s\"", row->name,
	    SPAN_FMT(value->text));
	if (want != NULL)
		diag_hint(t->diags, "%s", want);
}

/* A text in the form in which the fact has it. */
static bool
trial_text(struct trial *t, const struct fact_row *row,
    const struct token *value, struct value *out)
{
	const char *why = NULL;
	struct span text;

	if (row->type == FACT_WORD && row->words != NULL) {
		struct suggestion near;

		suggestion_begin(&near, value->text);
		for (size_t i = 0; row->words[i] != NULL; i++) {
			suggestion_offer(&near, span_of(row->words[i]));
			if (!span_is(value->text, row->words[i]))
				continue;
			*out = value_text(span_of(row->words[i]));
			return true;
		}
		trial_bad_value(t, value, row, NULL);
		(void)suggestion_hint(&near, t->diags);
		return false;
	}
	/* The null reverse-path is an address, too. */
	if (value->text.n == 0) {
		*out = value_text(SPAN(""));
		return true;
	}
	if (!types_normalise(t->arena, row->type, value->text, &text, &why)) {
		trial_bad_value(t, value, row, why);
		return false;
	}
	*out = value_text(text);
	return true;
}

static bool
trial_value(struct trial *t, const struct fact_row *row,
    const struct token *value, struct value *out)
{
	bool yes;

	if (token_is(value, "unknown") || token_is(value, "absent")) {
		*out = token_is(value, "unknown") ? value_unknown("the test")
						  : value_absent();
		return true;
	}
	*out = value_bool(false);
	switch (row->type) {
	case FACT_BOOL:
		yes = token_is(value, "yes") || token_is(value, "on") ||
		      token_is(value, "true");
		if (!yes && !token_is(value, "no") && !token_is(value, "off") &&
		    !token_is(value, "false")) {
			trial_bad_value(t, value, row, "it is yes or no");
			return false;
		}
		*out = value_bool(yes);
		return true;
	case FACT_NUMBER:
		if (literal_quantity(value->text, &out->number))
			return true;
		trial_bad_value(t, value, row, "it is a number");
		return false;
	case FACT_IP:
		if (ip_parse(value->text, &out->ip))
			return true;
		trial_bad_value(t, value, row, "it is an IP address");
		return false;
	default:
		return trial_text(t, row, value, out);
	}
}

static void
trial_set(struct trial *t, fact_id id, struct value v)
{
	const struct schema *schema = t->rs->options.schema;

	if ((schema_row(schema, id)->flags & FACT_RCPT) != 0)
		facts_rcpt_set(t->facts, id, 0, v);
	else
		facts_set(t->facts, id, v);
}

/* The fact called NAME.PART, if there is one that is no field of a group. */
static fact_id
trial_part(struct trial *t, struct span name, const char *part)
{
	const struct schema *schema = t->rs->options.schema;
	fact_id id = schema_find(schema,
	    span_of(arena_printf(t->arena, "%.*s.%s", SPAN_FMT(name), part)));

	return id != FACT_NONE && schema_group(schema, id) == FACT_NONE
		   ? id
		   : FACT_NONE;
}

/* from "a@b" also sets from.local and from.domain. */
static void
trial_set_address(struct trial *t, struct span name, struct span address)
{
	size_t at = span_find_last(address, '@');
	fact_id local = trial_part(t, name, "local");
	fact_id domain = trial_part(t, name, "domain");
	fact_id null = trial_part(t, name, "null");

	if (null != FACT_NONE)
		trial_set(t, null, value_bool(address.n == 0));
	if (at == SIZE_MAX)
		return;
	if (local != FACT_NONE)
		trial_set(t, local, value_text(span_slice(address, 0, at)));
	if (domain != FACT_NONE)
		trial_set(t, domain,
		    value_text(span_slice(address, at + 1, address.n)));
}

static void
trial_unknown_name(struct trial *t, const struct token *name, fact_id group)
{
	const struct schema *schema = t->rs->options.schema;
	struct suggestion near;

	suggestion_begin(&near, name->text);
	for (size_t i = 0; i < schema_count(schema); i++) {
		struct span known =
		    span_of(schema_row(schema, (fact_id)i)->name);

		suggestion_offer(&near, known);
		if (group != FACT_NONE &&
		    schema_group(schema, (fact_id)i) == group)
			suggestion_offer(&near,
			    span_slice(known, span_find_last(known, '.') + 1,
				known.n));
	}
	trial_error(t, name->place, "no %s is called \"%.*s\"",
	    group == FACT_NONE ? "fact" : "field of this group",
	    SPAN_FMT(name->text));
	(void)suggestion_hint(&near, t->diags);
}

/* A field of a group's element; name is short or whole. */
static void
trial_give_field(struct trial *t, fact_id group, size_t element,
    struct span name, const struct token *at, const struct token *value)
{
	const struct schema *schema = t->rs->options.schema;
	const char *group_name = schema_row(schema, group)->name;
	struct value v;
	fact_id id = schema_find(schema,
	    span_of(
		arena_printf(t->arena, "%s.%.*s", group_name, SPAN_FMT(name))));

	if (id == FACT_NONE)
		id = schema_find(schema, name);
	if (id == FACT_NONE || schema_group(schema, id) != group) {
		trial_unknown_name(t, at, group);
		return;
	}
	if (trial_value(t, schema_row(schema, id), value, &v))
		facts_field(t->facts, id, element, v);
}

static void
trial_give_group(struct trial *t, const struct test_given *g, fact_id group)
{
	size_t element = facts_element(t->facts, group);

	for (const struct test_given *m = g->member; m != NULL; m = m->next)
		trial_give_field(
		    t, group, element, m->name.text, &m->name, &m->value);
}

/* header "X-Foo" "value" or header.x-foo "value" */
static bool
trial_give_header(struct trial *t, const struct test_given *g)
{
	const struct schema *schema = t->rs->options.schema;
	fact_id group = schema_find(schema, SPAN("header"));
	struct span name = g->name.text;
	struct token field = g->name;
	size_t element;

	if (g->field.kind == TOKEN_STRING)
		name = g->field.text;
	else if (span_starts(name, SPAN("header.")) &&
		 schema_find(schema, name) == FACT_NONE)
		name = span_slice(name, 7, name.n);
	else
		return false;
	if (group == FACT_NONE || schema_row(schema, group)->type != FACT_GROUP)
		return false;
	element = facts_element(t->facts, group);
	field.kind = TOKEN_STRING;
	field.text = arena_lower(t->arena, name);
	trial_give_field(t, group, element, SPAN("name"), &g->name, &field);
	trial_give_field(t, group, element, SPAN("value"), &g->name, &g->value);
	return true;
}

/* A group without element: dkim absent, dkim unknown. */
static void
trial_give_group_state(
    struct trial *t, const struct test_given *g, fact_id group)
{
	if (token_is(&g->value, "unknown"))
		facts_group_unknown(t->facts, group, "the test");
	else if (token_is(&g->value, "absent") || token_is(&g->value, "none"))
		facts_group_end(t->facts, group);
	else {
		trial_error(t, g->value.place, "%.*s is a group of values",
		    SPAN_FMT(g->name.text));
		diag_hint(t->diags,
		    "each is given as: %.*s { FIELD VALUE ... }",
		    SPAN_FMT(g->name.text));
	}
}

static void
trial_give_fact(struct trial *t, const struct test_given *g)
{
	const struct schema *schema = t->rs->options.schema;
	struct span name = g->name.text;
	fact_id id = schema_find(schema, name), whole;
	const struct fact_row *row;
	struct value v;

	if (id == FACT_NONE && trial_give_header(t, g))
		return;
	whole = trial_part(t, name, "address");
	if (id == FACT_NONE)
		id = whole;
	if (id == FACT_NONE) {
		trial_unknown_name(t, &g->name, FACT_NONE);
		return;
	}
	row = schema_row(schema, id);
	if (schema_group(schema, id) != FACT_NONE) {
		trial_error(t, g->name.place, "%s has many values",
		    schema_row(schema, schema_group(schema, id))->name);
		diag_hint(t->diags, "each is given as: %s { FIELD VALUE ... }",
		    schema_row(schema, schema_group(schema, id))->name);
		return;
	}
	if (row->type == FACT_GROUP && g->group) {
		trial_give_group(t, g, id);
		return;
	}
	if (g->group) {
		trial_error(t, g->name.place, "%s has one value, not a group",
		    row->name);
		return;
	}
	if (row->type == FACT_GROUP) {
		if (!trial_give_header(t, g))
			trial_give_group_state(t, g, id);
		return;
	}
	if (!trial_value(t, row, &g->value, &v))
		return;
	trial_set(t, id, v);
	if (row->type == FACT_ADDRESS && v.state == FACT_KNOWN)
		trial_set_address(t, name, v.text);
}

/* ---- the stage on which it runs ---------------------------------------------------------- */

/* Everything absent, as on a message that has nothing of what is asked. */
static void
trial_clear(struct trial *t)
{
	const struct schema *schema = t->rs->options.schema;
	fact_id direction = schema_find(schema, SPAN("direction"));

	for (size_t i = 0; i < schema_count(schema); i++) {
		fact_id id = (fact_id)i;

		if (schema_row(schema, id)->type == FACT_GROUP)
			facts_group_end(t->facts, id);
		else if (schema_group(schema, id) == FACT_NONE)
			trial_set(t, id, value_absent());
	}
	/* Most rules are about mail from outside. */
	if (direction != FACT_NONE)
		trial_set(t, direction, value_text(SPAN("inbound")));
}

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

static void
trial_unknown_list(struct trial *t, const struct token *name)
{
	struct suggestion near;

	trial_error(
	    t, name->place, "no list is called \"%.*s\"", SPAN_FMT(name->text));
	suggestion_begin(&near, name->text);
	for (size_t i = 0; i < t->rs->list_count; i++)
		suggestion_offer(&near, t->rs->list[i]->info.name);
	(void)suggestion_hint(&near, t->diags);
}

static void
trial_give(struct trial *t)
{
	for (const struct test_given *g = t->test->given; g != NULL;
	     g = g->next) {
		if (!g->listed) {
			trial_give_fact(t, g);
			continue;
		}
		if (list_number(t->rs, g->name.text) == SIZE_MAX)
			trial_unknown_list(t, &g->name);
	}
}

/* ruling_input.listed: what the test says of its dynamic lists. */
static enum truth
trial_listed(
    void *ctx, size_t list, const struct value *value, struct span *detail)
{
	const struct trial *t = ctx;

	(void)value;
	(void)detail;
	for (const struct test_given *g = t->test->given; g != NULL;
	     g = g->next) {
		if (!g->listed || list_number(t->rs, g->name.text) != list)
			continue;
		return token_is(&g->value, "no")        ? TRUTH_NO
		       : token_is(&g->value, "unknown") ? TRUTH_UNKNOWN
							: TRUTH_YES;
	}
	return TRUTH_NO;
}

/* ---- what happened --------------------------------------------------------------------------- */

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
		if (strcmp(rule->action[i].row->name, "tag") == 0 &&
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
	}
	if (!good)
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
	r->detached = true;
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
