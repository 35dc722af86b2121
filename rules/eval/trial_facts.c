/*
 * The facts that a test in a rule file gives, stated as the checks would
 * state them on a message.
 */
#include "config.h"

#include "rules/eval/trial_inside.h"

#include "rules/lang/list_kind.h"
#include "rules/lang/types.h"
#include "rules/source/literal.h"

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
	const struct fact_row *row = schema_row(t->rs->options.schema, group);
	size_t element;

	if (g->rest && (row->flags & FACT_RESTS) == 0) {
		trial_error(t, g->name.place,
		    "a test can't say \"%s unknown { ... }\": only of links is "
		    "something known that were not all found",
		    row->name);
		return;
	}
	element = g->rest ? facts_rest(t->facts, group, "the test")
			  : facts_element(t->facts, group);
	if (g->rest)
		facts_group_unknown(t->facts, group, "the test");
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

/* "limit yes" is no fact: trial.c reads it when the row is asked. */
static bool
trial_give_word(struct trial *t, const struct test_given *g)
{
	const struct ruleset_options *o = &t->rs->options;

	const char *name = NULL;

	for (size_t i = 0; i < o->condition_count; i++)
		if (token_is(&g->name, o->conditions[i].name))
			name = o->conditions[i].name;
	for (size_t i = 0; i < t->rs->word_count; i++)
		if (token_is(&g->name, t->rs->word[i].name))
			name = t->rs->word[i].name;
	for (size_t i = 0; i < o->action_count; i++)
		if (o->actions[i].perform != NULL &&
		    token_is(&g->name, o->actions[i].name))
			name = o->actions[i].name;
	if (name == NULL)
		return false;
	if (g->group ||
	    (!token_is(&g->value, "yes") && !token_is(&g->value, "no") &&
		!token_is(&g->value, "unknown")))
		trial_error(t, g->name.place,
		    "%s is given as yes, no or unknown", name);
	return true;
}

static void
trial_give_fact(struct trial *t, const struct test_given *g)
{
	const struct schema *schema = t->rs->options.schema;
	struct span name = g->name.text;
	fact_id id = schema_find(schema, name), whole;
	const struct fact_row *row;
	struct value v;

	if (id == FACT_NONE &&
	    (trial_give_header(t, g) || trial_give_word(t, g)))
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

void
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

/* What is in other lists everybody can read: nothing is to be said of it. */
static void
trial_give_list(struct trial *t, const struct token *name)
{
	size_t list = list_number(t->rs, name->text);
	const struct rule_list_info *info;

	if (list == SIZE_MAX) {
		trial_unknown_list(t, name);
		return;
	}
	info = &t->rs->list[list]->info;
	if (info->kind->dynamic || info->by_rcpt)
		return;
	trial_error(t, name->place,
	    "list %.*s has entries of its own, which a test does not change",
	    SPAN_FMT(info->name));
	diag_hint(t->diags, "give the fact that is looked up a value that is, "
			    "or is not, in it");
}

void
trial_give(struct trial *t)
{
	for (const struct test_given *g = t->test->given; g != NULL;
	     g = g->next) {
		if (!g->listed && !g->rest)
			trial_give_fact(t, g);
		else if (g->listed)
			trial_give_list(t, &g->name);
	}
	/* What was not found out stands behind what was. */
	for (const struct test_given *g = t->test->given; g != NULL;
	     g = g->next)
		if (g->rest)
			trial_give_fact(t, g);
}
