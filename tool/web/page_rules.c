/*
 * The rules in force, and how often each matched; one of them with its text
 * and the last decisions that it had a part in.
 */
#include "config.h"

#include <stdlib.h>

#include "policy/base/clock.h"
#include "rules/lang/ruleset.h"
#include "tool/web/web_decision.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

#define DAYS_SHOWN   30
#define ROWS_SHOWN   20
#define ROWS_MAX     2000
#define SOURCE_LINES 60

enum { STATUS_NOT_FOUND = 404 };

/* ---- all of them ------------------------------------------------------------------ */

struct ruled {
	const char *name;
	const struct tally_rule *tally; /* NULL: it never matched */
	struct rule_info info;          /* name NULL: it is no rule of now */
	double shadow, decided;         /* as the daemon counts */
};

static size_t
rules_now(struct web_view *v, const struct ruleset *rs, struct ruled **out)
{
	struct tally_sum sum;
	const struct tally_rule *rule = web_tally_rules(v->web->tally);
	size_t count = 0, now = rs == NULL ? 0 : ruleset_count(rs);

	web_tally_sum(v->web->tally, &sum);
	*out = arena_array(v->arena, now + sum.rules + 1, sizeof(**out));
	for (size_t i = 0; i < now && i < ROWS_MAX; i++) {
		struct rule_info info = ruleset_rule(rs, i);

		(*out)[count++] = (struct ruled){ .name = info.name,
			.tally =
			    web_tally_rule(v->web->tally, span_of(info.name)),
			.info = info };
	}
	/* Those that were there before. */
	for (size_t i = 0; i < sum.rules && count < ROWS_MAX; i++)
		if (rs == NULL ||
		    ruleset_find(rs, span_of(rule[i].name)) == SIZE_MAX)
			(*out)[count++] = (struct ruled){ .name = rule[i].name,
				.tally = &rule[i] };
	return count;
}

static void
rule_row(struct web_view *v, const struct ruled *r, struct jsonr metrics)
{
	const struct web_tally *t = v->web->tally;
	struct html *h = &v->html;
	uint32_t day[14];

	html_begin(h, HTML_TR);
	html_begin(h, HTML_TD);
	html_link(h, PAGE_RULE, "name", span_of(r->name), span_of(r->name));
	html_end(h);
	html_begin(h, HTML_TD);
	if (r->info.name == NULL)
		html_putz(h, HTML_SPAN, "soft", "not there now");
	else if (r->info.shadow)
		html_textf(h, "%s, in shadow", r->info.action);
	else if (r->info.score != 0)
		html_textf(h, "%s %+g", r->info.action, r->info.score);
	else
		html_textz(h, r->info.action);
	html_end(h);
	for (size_t i = 0; i < ARRAY_COUNT(day); i++)
		day[i] = r->tally == NULL
			     ? 0
			     : web_tally_rule_day(t, r->tally,
				   web_tally_day(t) - 13 + (int64_t)i);
	html_begin(h, HTML_TD);
	chart_spark(h, day, ARRAY_COUNT(day), "matches of the last 14 days");
	html_end(h);
	part_cell_number(h,
	    r->tally == NULL ? 0 : (double)web_tally_rule_days(t, r->tally, 7));
	part_cell_number(h, r->tally == NULL ? 0 : (double)r->tally->hits);
	part_cell_number(h, r->tally == NULL ? 0 : (double)r->tally->decided);
	part_cell_number(h,
	    jsonr_get_number(jsonr_get(metrics, "rule_shadow_hits"), r->name));
	part_cell_time(h, r->tally == NULL ? 0 : r->tally->last_s);
	html_end(h);
}

void
page_rules(struct web_view *v)
{
	static const char *const head[] = { "rule", "does", "14 days",
		"#7 days", "#in the journal", "#decided", "#in shadow",
		"last" };
	const struct web_made *made = web_made_with(v, web_newest_snapshot(v));
	const char *why;
	struct jsonr metrics =
	    jsonr_get(web_says(v, SAYING_STATS, &why), "metrics");
	struct ruled *rule;
	size_t count = rules_now(
	    v, made->then == NULL ? NULL : made->then->ruleset, &rule);

	part_begin(v, PAGE_RULES);
	if (made->then == NULL && v->web->reader != NULL)
		part_note(&v->html, "warn",
		    "The rules in force are not known (%s): those that "
		    "matched are shown.",
		    made->why);
	part_section(&v->html, "In their order");
	if (count == 0)
		html_putz(&v->html, HTML_P, NULL, "There are none.");
	else
		part_table(&v->html,
		    "Matches are counted in the journal; those in shadow by "
		    "the daemon, since it started",
		    head, ARRAY_COUNT(head));
	for (size_t i = 0; i < count; i++)
		rule_row(v, &rule[i], metrics);
	if (count > 0)
		part_table_end(&v->html);
	html_end(&v->html);
	part_end(v);
}

/* ---- one of them ---------------------------------------------------------------------- */

static void
rule_now(struct web_view *v, const struct ruleset *rs, size_t number)
{
	struct rule_info info = ruleset_rule(rs, number);
	struct html *h = &v->html;

	part_section(h, "As it stands");
	html_putf(h, HTML_P, "soft", "%.*s, acts at stage %s%s",
	    SPAN_FMT(info.place.source->name), stage_names[info.acts],
	    info.shadow ? ", in shadow: it does not act" : "");
	html_begin(h, HTML_PRE);
	html_text(
	    h, part_statement(ruleset_rule(rs, number).place, SOURCE_LINES));
	html_end(h);
	html_end(h);
}

static void
rule_counts(struct web_view *v, const struct tally_rule *rule)
{
	const struct web_tally *t = v->web->tally;
	uint32_t day[DAYS_SHOWN];
	struct html *h = &v->html;

	part_section(h, "How often");
	part_terms(h);
	part_term(h, "newest day", "", "%s",
	    part_number(v->arena, (double)web_tally_rule_days(t, rule, 1)));
	part_term(h, "7 days", "", "%s",
	    part_number(v->arena, (double)web_tally_rule_days(t, rule, 7)));
	part_term(h, "30 days", "", "%s",
	    part_number(
		v->arena, (double)web_tally_rule_days(t, rule, DAYS_SHOWN)));
	part_term(h, "in the journal", "", "%s",
	    part_number(v->arena, (double)rule->hits));
	part_term(h, "decided", "", "%s",
	    part_number(v->arena, (double)rule->decided));
	html_end(h);
	for (size_t i = 0; i < DAYS_SHOWN; i++)
		day[i] = web_tally_rule_day(
		    t, rule, web_tally_day(t) - (DAYS_SHOWN - 1) + (int64_t)i);
	html_begin(h, HTML_P);
	chart_spark(h, day, DAYS_SHOWN, "matches of the last 30 days");
	html_end(h);
	html_end(h);
}

struct lasting {
	struct web_view *view;
	struct span rule;
	struct web_decision row[ROWS_SHOWN];
	size_t count;
	uint64_t looked;
	int64_t until_ms;
};

static bool
last_row(void *ctx, const struct journal_row *row)
{
	struct lasting *l = ctx;
	struct span rest = row->rules, line;
	bool has = span_eq(row->rule, l->rule);

	while (!has && rest.n > 0 && span_cut(&rest, '\n', &line))
		has = span_eq(line, l->rule);
	if (has)
		web_decision_row(l->view->arena, row, &l->row[l->count++]);
	return l->count < ROWS_SHOWN &&
	       (++l->looked % 64 != 0 ||
		   clock_system.monotonic_ms(clock_system.ctx) < l->until_ms);
}

/* No filter of the file's: it would look through all of it for a rule that
 * matches once a year. */
static void
rule_last(struct web_view *v, struct span name)
{
	struct lasting *l = arena_alloc(v->arena, sizeof(*l));
	const struct journal_query q = { .newest_first = true };
	const struct html_pair pair = { "rule", name };

	*l = (struct lasting){ .view = v, .rule = name };
	l->until_ms = clock_system.monotonic_ms(clock_system.ctx) + WEB_LOOK_MS;
	part_section(&v->html, "Last decisions with it");
	if (v->web->reader != NULL)
		(void)journal_each(v->web->reader, &q, last_row, l);
	web_decision_last(v, l->row, l->count, &pair);
}

void
page_rule(struct web_view *v)
{
	struct span name = web_param(&v->request.query, "name");
	const struct web_made *made = web_made_with(v, web_newest_snapshot(v));
	const struct ruleset *rs =
	    made->then == NULL ? NULL : made->then->ruleset;
	size_t number = rs == NULL ? SIZE_MAX : ruleset_find(rs, name);
	const struct tally_rule *rule = web_tally_rule(v->web->tally, name);
	bool threshold = span_ends(name, SPAN(" threshold"));

	if (number == SIZE_MAX && rule == NULL && !threshold) {
		web_refuse(v, STATUS_NOT_FOUND, "No such rule",
		    "It is none of the rules in force, and has matched "
		    "nothing that the journal knows of.");
		return;
	}
	v->title = arena_printf(
	    v->arena, "%s%.*s", threshold ? "" : "Rule ", SPAN_FMT(name));
	part_begin(v, PAGE_RULE);
	if (number != SIZE_MAX)
		rule_now(v, rs, number);
	else if (threshold)
		part_note(&v->html, "",
		    "This is no rule: the scores of those that matched came "
		    "to it together.");
	else
		part_note(&v->html, "", "It is no rule of now.");
	if (rule != NULL)
		rule_counts(v, rule);
	rule_last(v, name);
	part_end(v);
}
