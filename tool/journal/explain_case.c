/*
 * A decision of the journal as a case that can be judged anywhere.
 */
#include "config.h"

#include <string.h>

#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"
#include "rules/source/diag.h"
#include "tool/journal/explain.h"

#define CASE_MAX ((size_t)64 * 1024 * 1024)

/* What is said of facts that rules read and the journal does not keep. */
enum missing { MISSING_ABSENT, MISSING_UNKNOWN };

static bool
has_name(struct jsonr names, const char *name)
{
	struct span text;

	for (size_t i = 0; i < jsonr_count(names); i++)
		if (jsonr_text(jsonr_at(names, i), &text) &&
		    span_is(text, name))
			return true;
	return false;
}

static void
missing_write(const struct explained *e, const char *name, enum missing missing,
    struct jsonw *w)
{
	if (missing == MISSING_ABSENT ||
	    !has_name(jsonr_get(e->record, "left_out"), name)) {
		jsonw_null(w, name);
		return;
	}
	jsonw_object(w, name);
	jsonw_textz(w, "unknown", "not in the journal");
	jsonw_end(w);
}

/* Those of the record, and of those that rules read what it is silent of:
 * it was absent, so that nothing need be found out again. */
static void
facts_case(const struct explained *e, enum missing missing, struct jsonw *w)
{
	struct jsonr facts = jsonr_get(e->record, "facts");
	struct jsonr pending = jsonr_get(e->record, "pending");
	bool whole = span_is(jsonr_get_text(e->record, "stage"), "eom");
	const struct schema *s = e->then == NULL ? NULL : e->then->schema;
	const void *cursor = NULL;
	struct jsonr member;
	struct span name;

	jsonw_object(w, "facts");
	while (jsonr_next(facts, &cursor, &name, &member))
		jsonr_write(member, w, name.p);
	for (fact_id id = 0; s != NULL && id < schema_count(s); id++) {
		const struct fact_row *row = schema_row(s, id);

		if (schema_group(s, id) == FACT_NONE &&
		    row->type != FACT_GROUP && (row->flags & FACT_RCPT) == 0 &&
		    ruleset_reads(e->then->ruleset, id) &&
		    (whole || row->stage <= STAGE_RCPT) &&
		    !has_name(pending, row->name) &&
		    jsonr_type(jsonr_get(facts, row->name)) == JSONR_ABSENT)
			missing_write(e, row->name, missing, w);
	}
	jsonw_end(w);
}

static bool
reads_left_out(const struct explained *e, size_t rule)
{
	struct rule_info info = ruleset_rule(e->then->ruleset, rule);
	struct jsonr left_out = jsonr_get(e->record, "left_out");

	for (size_t i = 0; i < info.fact_count; i++)
		if (has_name(left_out,
			schema_row(e->then->schema, info.fact[i])->name))
			return true;
	return false;
}

/* Of rules that matched on what the journal does not keep. */
static void
answers_case(const struct explained *e, struct jsonw *w)
{
	struct jsonr rules = jsonr_get(e->record, "rules");

	jsonw_object(w, "answers");
	for (size_t i = 0; e->then != NULL && i < jsonr_count(rules); i++) {
		struct span name = jsonr_get_text(jsonr_at(rules, i), "name");
		size_t rule = ruleset_find(e->then->ruleset, name);

		if (rule != SIZE_MAX && reads_left_out(e, rule))
			jsonw_bool(
			    w, ruleset_rule(e->then->ruleset, rule).name, true);
	}
	jsonw_end(w);
}

static void
rules_case(const struct explained *e, struct jsonw *w)
{
	const struct journal_snapshot *made = &e->made_with;

	if (made->rules.p == NULL)
		return;
	jsonw_text(w, "rules", made->rules);
	jsonw_text(
	    w, "config", made->config.p == NULL ? SPAN("") : made->config);
	jsonw_object(w, "lists");
	for (size_t i = 0; i < made->file_count; i++)
		jsonw_text(w, made->file[i].name.p, made->file[i].text);
	jsonw_end(w);
}

static void
case_write(const struct explained *e, enum missing missing, struct buf *out)
{
	static const char *const same[] = { "ip", "port", "client_name", "helo",
		"mailfrom", "rcpt", "time", "macros", "dns", "state",
		"snapshot" };
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", e->id);
	for (size_t i = 0; i < ARRAY_COUNT(same); i++) {
		struct jsonr v = jsonr_get(e->record, same[i]);

		if (jsonr_given(v) &&
		    (strcmp(same[i], "ip") != 0 ||
			jsonr_get_text(e->record, "ip").n > 0))
			jsonr_write(v, &w, same[i]);
	}
	facts_case(e, missing, &w);
	answers_case(e, &w);
	rules_case(e, &w);
	jsonw_end(&w);
}

/* What `verdict check --cases` makes of it; OUTCOME_COUNT: it can't. */
static enum outcome
case_verdict(struct span text, struct arena *a)
{
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(text, a, &why);
	struct snapshot_source source = { .want_all = true };
	enum outcome action = OUTCOME_COUNT;
	struct case_result result;
	struct case_input c;
	struct snapshot *s;
	struct diags diags;

	case_init(&c);
	if (doc != NULL && case_read(&c, jsonr_top(doc), ".", a, &why)) {
		source.config_text = c.config;
		source.rules_text = c.rules;
		source.given_count =
		    snapshot_files_read(c.lists, a, &source.given);
		diags_init(&diags, a);
		s = snapshot_load(&source, &diags);
		if (s != NULL) {
			c.reader = tool_reader();
			case_run(&c, s, NULL, &result);
			action = result.verdict.action;
			case_result_free(&result);
			snapshot_unref(&s);
		}
	}
	case_release(&c);
	jsonr_free(&doc);
	return action;
}

int
explain_case(struct explained *e)
{
	struct span wanted = jsonr_get_text(e->record, "verdict");
	struct buf out;
	bool same = false;

	buf_init(&out, CASE_MAX);
	for (int missing = MISSING_ABSENT; missing <= MISSING_UNKNOWN && !same;
	     missing++) {
		enum outcome action;

		buf_clear(&out);
		case_write(e, (enum missing)missing, &out);
		action = case_verdict(buf_span(&out), e->arena);
		same = action < OUTCOME_COUNT &&
		       span_is(wanted, outcome_names[action]);
	}
	if (!same) {
		buf_clear(&out);
		case_write(e, MISSING_ABSENT, &out);
		(void)tool_fail(0,
		    "the case is not judged to %.*s, for the journal lacks "
		    "what the verdict rests on (text of the message, the "
		    "store or a list): add \"eml\" to it",
		    SPAN_FMT(wanted));
	}
	(void)buf_addc(&out, '\n');
	tool_print(&out);
	return same ? EXIT_OK : EXIT_FAILED;
}
