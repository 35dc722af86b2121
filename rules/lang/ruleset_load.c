/*
 * A rule set while it is made: files are added, then names, types and stages
 * are worked out.
 */
#include "config.h"

#include "rules/lang/ruleset.h"

#include <math.h>

#include "rules/base/panic.h"
#include "rules/lang/list_kind.h"
#include "rules/lang/parse.h"
#include "rules/lang/stage.h"
#include "rules/lang/types.h"

struct ruleset *
ruleset_new(const struct ruleset_options *options, struct diags *diags)
{
	struct arena *a = arena_new();
	struct ruleset *rs = arena_alloc(a, sizeof(*rs));

	rs->arena = a;
	rs->options = *options;
	rs->diags = diags;
	rs->rcpt = schema_find(options->schema, SPAN("rcpt"));
	rs->errors_before = diags->errors;
	rs->test_end = &rs->test;
	rs->promise_end = &rs->promise;
	rs->reads = arena_array(
	    a, schema_count(options->schema) + 1, sizeof(*rs->reads));
	rs->compared = arena_array(
	    a, schema_count(options->schema) + 1, sizeof(*rs->compared));
	for (size_t i = 0; i < schema_count(options->schema); i++)
		rs->compared[i] = -INFINITY;
	return rs;
}

bool
ruleset_add(struct ruleset *rs, struct span name, struct span text)
{
	size_t errors = rs->diags->errors;

	INVARIANT(!rs->finished);
	parse_file(rs,
	    diags_source_in(
		rs->diags, rs->arena, name, arena_dup(rs->arena, text), NULL),
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
			if ((rule->action[k].row->effects & ACTION_SCORES) == 0)
				continue;
			scores = true;
			rule->units += rule->action[k].units;
		}
		rule->score = (double)rule->units / SCORE_UNITS;
		if (rule->shadow)
			continue;
		if (rule->decisive != SIZE_MAX)
			rs->decisive[rs->decisive_count++] = rule;
		if (scores)
			rs->scoring[rs->scoring_count++] = rule;
		if (scores || rule->decisive != SIZE_MAX)
			rs->per_rcpt = rs->per_rcpt || rule->per_rcpt;
	}
	/* Other thresholds are another answer. */
	if (rs->by_rcpt_count > 0) {
		rs->per_rcpt = true;
		rs->reads[rs->rcpt] = true;
	}
}

bool
ruleset_finish(struct ruleset *rs)
{
	bool good;

	INVARIANT(!rs->finished);
	rs->finished = true;
	lists_load(rs);
	watches_resolve(rs);
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
