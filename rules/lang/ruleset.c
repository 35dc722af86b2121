/*
 * The life of a rule set, and what there is to ask about it.
 */
#include "config.h"

#include "rules/lang/ast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

struct ruleset *
ruleset_new(const struct ruleset_options *options, struct diags *diags)
{
	struct arena *a = arena_new();
	struct ruleset *rs = arena_alloc(a, sizeof(*rs));

	rs->arena = a;
	rs->options = *options;
	rs->diags = diags;
	rs->errors_before = diags->errors;
	rs->test_end = &rs->test;
	rs->reads = arena_array(
	    a, schema_count(options->schema) + 1, sizeof(*rs->reads));
	return rs;
}

bool
ruleset_add(struct ruleset *rs, struct span name, struct span text)
{
	size_t errors = rs->diags->errors;

	INVARIANT(!rs->finished);
	parse_file(rs,
	    diags_source_in(
		rs->diags, rs->arena, name, arena_dup(rs->arena, text)),
	    0);
	return rs->diags->errors == errors;
}

/* Decisive rules and rules that score, apart, for those who run them. */
static void
ruleset_sort_out(struct ruleset *rs)
{
	rs->decisive =
	    arena_array(rs->arena, rs->rule_count + 1, sizeof(struct rule *));
	rs->scoring =
	    arena_array(rs->arena, rs->rule_count + 1, sizeof(struct rule *));
	for (size_t i = 0; i < rs->rule_count; i++) {
		struct rule *rule = rs->rule[i];
		bool scores = false;

		for (size_t k = 0; k < rule->action_count; k++) {
			if (strcmp(rule->action[k].row->name, "score") != 0)
				continue;
			scores = true;
			rule->score += rule->action[k].score;
		}
		if (rule->shadow)
			continue;
		if (rule->decisive != SIZE_MAX)
			rs->decisive[rs->decisive_count++] = rule;
		if (scores)
			rs->scoring[rs->scoring_count++] = rule;
		if (scores || rule->decisive != SIZE_MAX)
			rs->per_rcpt = rs->per_rcpt || rule->per_rcpt;
	}
}

bool
ruleset_finish(struct ruleset *rs)
{
	bool good;

	INVARIANT(!rs->finished);
	rs->finished = true;
	lists_load(rs);
	types_check(rs);
	if (rs->diags->errors == rs->errors_before) {
		stages_work_out(rs);
		ruleset_sort_out(rs);
	}
	if (rs->diags->errors == rs->errors_before)
		rules_lint(rs);
	good = rs->diags->errors == rs->errors_before;
	rs->diags = NULL;
	return good;
}

void
ruleset_free(struct ruleset **rs)
{
	struct ruleset *old = *rs;
	struct arena *a;

	if (old == NULL)
		return;
	for (size_t i = 0; i < old->list_count; i++)
		list_free(&old->list[i]->info.items);
	for (size_t i = 0; i < old->owned_count; i++)
		list_free(&old->owned[i]);
	for (struct pattern_set *s = old->sets; s != NULL; s = s->next) {
		patterns_builder_free(&s->builder);
		patterns_free(&s->patterns);
	}
	a = old->arena;
	arena_free(&a);
	*rs = NULL;
}

size_t
ruleset_count(const struct ruleset *rs)
{
	return rs->rule_count;
}

size_t
ruleset_find(const struct ruleset *rs, struct span name)
{
	for (size_t i = 0; i < rs->rule_count; i++)
		if (span_is(name, rs->rule[i]->name))
			return i;
	return SIZE_MAX;
}

struct rule_info
ruleset_rule(const struct ruleset *rs, size_t number)
{
	const struct rule *rule = rs->rule[number];
	const struct rule_action *first =
	    &rule->action[rule->decisive == SIZE_MAX ? 0 : rule->decisive];

	return (struct rule_info){
		.name = rule->name,
		.place = rule->place,
		.action = first->row->name,
		.outcome = first->row->outcome,
		.score = rule->score,
		.shadow = rule->shadow,
		.per_rcpt = rule->per_rcpt,
		.stage = rule->stage,
		.acts = rule->acts,
		.delayed_by =
		    rule->delayed_by == NULL ? NULL : rule->delayed_by->name,
		.fact = rule->fact,
		.fact_count = rule->fact_count,
		.list = rule->list,
		.list_count = rule->list_count,
		.patterns = rule->patterns,
		.tests = rule->test_count,
	};
}

size_t
ruleset_list_count(const struct ruleset *rs)
{
	return rs->list_count;
}

struct rule_list_info
ruleset_list(const struct ruleset *rs, size_t list)
{
	return rs->list[list]->info;
}

bool
ruleset_reads(const struct ruleset *rs, fact_id fact)
{
	return rs->reads[fact];
}

enum stage
ruleset_last_stage(const struct ruleset *rs)
{
	return rs->last_stage;
}

size_t
ruleset_lookup_count(const struct ruleset *rs)
{
	return rs->lookup_count;
}

struct rule_lookup
ruleset_lookup(const struct ruleset *rs, size_t i)
{
	return rs->lookup[i];
}

double
ruleset_threshold(const struct ruleset *rs, enum outcome outcome)
{
	return rs->threshold[outcome].set ? rs->threshold[outcome].at
					  : (double)NAN;
}

size_t
ruleset_pattern_set_count(const struct ruleset *rs)
{
	return rs->set_count;
}

struct patterns *
ruleset_pattern_set(const struct ruleset *rs, size_t i, fact_id *fact)
{
	for (struct pattern_set *s = rs->sets; s != NULL; s = s->next)
		if (s->number == i) {
			*fact = s->fact;
			return s->patterns;
		}
	return NULL;
}
