/*
 * The overview: what has been going on, and whether all is well.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tool/base/counts.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

#define HOUR_S    3600
#define BARS_MAX  32
#define TOP_RULES 10

/* ---- verdicts over time ----------------------------------------------------------- */

static const struct range {
	const char *key, *text;
	int hours; /* of one bar */
	size_t bars;
	size_t days; /* rounded up, for rules */
} ranges[] = {
	{ "24h", "24 hours", 1, 24, 1 },
	{ "7d", "7 days", 6, 28, 7 },
	{ "30d", "30 days", 24, 30, 30 },
};

static const struct range *
range_chosen(const struct web_view *v)
{
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++)
		if (strcmp(web_query(v, "range"), ranges[i].key) == 0)
			return &ranges[i];
	return &ranges[0];
}

static void
ranges_write(struct html *h, const struct range *chosen)
{
	html_begin_class(h, HTML_UL, "ranges");
	html_setz(h, ATTR_ARIA_LABEL, "Time shown");
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		const struct html_pair pair = { "range",
			span_of(ranges[i].key) };

		html_begin(h, HTML_LI);
		html_begin(h, HTML_A);
		html_href(h, PAGE_OVERVIEW, &pair, 1);
		if (chosen == &ranges[i])
			html_setz(h, ATTR_ARIA_CURRENT, "true");
		html_textz(h, ranges[i].text);
		html_end(h);
		html_end(h);
	}
	html_end(h);
}

/* In local time, as far as whole hours go. */
static void
bar_label(struct web_view *v, struct chart_bar *bar, int64_t time_s,
    const struct range *r, size_t number)
{
	time_t t = (time_t)time_s;
	struct tm tm = { 0 };
	char text[16];

	(void)localtime_r(&t, &tm);
	(void)strftime(bar->label, sizeof(bar->label), "%Y-%m-%d %H:%M", &tm);
	if (number % (r->hours == 24 ? 5 : 4) != 0)
		return;
	(void)strftime(
	    text, sizeof(text), r->hours == 1 ? "%H:%M" : "%b %d", &tm);
	bar->short_label = arena_strdup(v->arena, span_of(text));
}

static void
bars_read(struct web_view *v, const struct range *r, struct chart_bar *bar)
{
	int64_t end = v->now_s / HOUR_S + 1;

	for (size_t i = 0; i < r->bars; i++) {
		int64_t hour = end - (int64_t)(r->bars - i) * r->hours;

		bar_label(v, &bar[i], hour * HOUR_S, r, i);
		for (int k = 0; k < r->hours; k++) {
			const struct tally_hour *sum =
			    web_tally_hour(v->web->tally, hour + k);

			for (size_t n = 0; sum != NULL && n < OUTCOME_COUNT;
			     n++)
				bar[i].verdict[n] += sum->verdict[n];
		}
	}
}

static void
verdicts_write(struct web_view *v, const struct range *r)
{
	struct chart_bar *bar = arena_array(v->arena, BARS_MAX, sizeof(*bar));

	part_section(&v->html, "Verdicts over time");
	ranges_write(&v->html, r);
	bars_read(v, r, bar);
	chart_verdicts(&v->html, "verdicts-title",
	    arena_printf(v->arena, "Verdicts of the last %s", r->text), bar,
	    r->bars);
	html_end(&v->html);
}

/* ---- rules -------------------------------------------------------------------------- */

struct ruled {
	const struct tally_rule *rule;
	uint64_t hits;
};

static int
ruled_order(const void *a, const void *b)
{
	const struct ruled *x = a, *y = b;

	return x->hits == y->hits ? strcmp(x->rule->name, y->rule->name)
				  : (x->hits < y->hits ? 1 : -1);
}

static void
rules_write(struct web_view *v, const struct range *r)
{
	static const char *const head[] = { "rule", "#matched", "share",
		"last" };
	const struct tally_rule *rule = web_tally_rules(v->web->tally);
	struct html *h = &v->html;
	struct tally_sum sum;
	struct ruled *top;
	size_t count = 0;

	web_tally_sum(v->web->tally, &sum);
	top = arena_array(v->arena, sum.rules + 1, sizeof(*top));
	for (size_t i = 0; i < sum.rules; i++) {
		top[count].rule = &rule[i];
		top[count].hits =
		    web_tally_rule_days(v->web->tally, &rule[i], r->days);
		count += top[count].hits > 0;
	}
	qsort(top, count, sizeof(*top), ruled_order);
	part_section(h, "Rules that matched most");
	if (count == 0)
		html_putz(h, HTML_P, "soft", "None in this time.");
	else
		part_table(h,
		    r->days == 1
			? "Of the newest day"
			: arena_printf(v->arena, "Of the last %s", r->text),
		    head, ARRAY_COUNT(head));
	for (size_t i = 0; i < count && i < TOP_RULES; i++) {
		html_begin(h, HTML_TR);
		html_begin(h, HTML_TD);
		html_link(h, PAGE_RULE, "name", span_of(top[i].rule->name),
		    span_of(top[i].rule->name));
		html_end(h);
		part_cell_number(h, (double)top[i].hits);
		html_begin(h, HTML_TD);
		chart_share(h, (double)top[i].hits, (double)top[0].hits);
		html_end(h);
		part_cell_time(h, top[i].rule->last_s);
		html_end(h);
	}
	if (count > 0)
		part_table_end(h);
	html_end(h);
}

/* ---- now ----------------------------------------------------------------------------- */

static const char *
duration_text(struct arena *a, int64_t seconds)
{
	long long s = seconds > 0 ? seconds : 0;

	return s >= 86400
		   ? arena_printf(a, "%lld d %lld h", s / 86400, s / 3600 % 24)
	       : s >= 3600
		   ? arena_printf(a, "%lld h %lld min", s / 3600, s / 60 % 60)
		   : arena_printf(a, "%lld min", s / 60);
}

static const struct {
	const char *key, *label;
} recent_rows[] = {
	{ "messages", "messages" },
	{ "refused", "refused" },
	{ "deferred", "put off" },
	{ "temperror", "temporary errors" },
};

static void
recent_write(struct web_view *v, struct jsonr recent)
{
	const char *head[8] = { "in the last" };
	struct html *h = &v->html;
	size_t count = jsonr_count(recent) < 7 ? jsonr_count(recent) : 7;

	for (size_t i = 0; i < count; i++)
		head[i + 1] = arena_printf(v->arena, "#%.0f min",
		    jsonr_get_number(jsonr_at(recent, i), "minutes"));
	part_table(h, "As the daemon counts", head, count + 1);
	for (size_t r = 0; r < ARRAY_COUNT(recent_rows); r++) {
		html_begin(h, HTML_TR);
		html_putz(h, HTML_TD, NULL, recent_rows[r].label);
		for (size_t i = 0; i < count; i++)
			part_cell_number(
			    h, jsonr_get_number(
				   jsonr_at(recent, i), recent_rows[r].key));
		html_end(h);
	}
	part_table_end(h);
}

static void
now_write(struct web_view *v, struct jsonr stats)
{
	struct jsonr metrics = jsonr_get(stats, "metrics");
	struct html *h = &v->html;

	part_section(h, "Now");
	recent_write(v, jsonr_get(stats, "recent"));
	part_terms(h);
	part_term(h, "running for", "small", "%s",
	    duration_text(v->arena, jsonr_get_whole(stats, "uptime_s")));
	part_term(h, "sessions open", "", "%.0f",
	    jsonr_get_number(metrics, "sessions_open"));
	part_term(h, "alerts since start",
	    jsonr_get_number(metrics, "alerts") > 0 ? "warn" : "good", "%.0f",
	    jsonr_get_number(metrics, "alerts"));
	html_end(h);
	html_end(h);
}

/* ---- whether all is well ----------------------------------------------------------------- */

static void
lists_term(struct web_view *v, struct jsonr lists)
{
	size_t suspended = 0, count = jsonr_count(lists);

	for (size_t i = 0; i < count; i++)
		suspended += span_is(
		    jsonr_get_text(jsonr_at(lists, i), "state"), "suspended");
	if (count == 0)
		part_term(&v->html, "DNS lists", "small", "none in use");
	else if (suspended > 0)
		part_term(&v->html, "DNS lists", "bad", "%zu of %zu suspended",
		    suspended, count);
	else
		part_term(&v->html, "DNS lists", "good", "%zu in use", count);
}

static void
kept_terms(struct web_view *v, struct jsonr metrics)
{
	struct html *h = &v->html;
	struct count *engine;
	double works = 0;

	if (counts_read(jsonr_get(metrics, "store_works"), v->arena, &engine) >
	    0)
		part_term(h, "store", engine[0].number != 0 ? "good" : "bad",
		    "%s (%.*s)",
		    engine[0].number != 0 ? "works" : "does not work",
		    SPAN_FMT(engine[0].name));
	if (!jsonr_number(jsonr_get(metrics, "journal_works"), &works))
		part_term(h, "journal", "warn", "is not written");
	else
		part_term(h, "journal",
		    works == 0 || jsonr_get_number(metrics, "journal_lost") +
					  jsonr_get_number(
					      metrics, "journal_dropped") >
				      0
			? "bad"
			: "good",
		    "%s, %.0f waiting, %.0f lost",
		    works != 0 ? "works" : "does not work",
		    jsonr_get_number(metrics, "journal_queued"),
		    jsonr_get_number(metrics, "journal_lost") +
			jsonr_get_number(metrics, "journal_dropped"));
}

static void
learning_term(struct web_view *v, struct jsonr metrics)
{
	double promised = 0, realised = 0;

	if (!jsonr_number(jsonr_get(metrics, "learn_promised"), &promised))
		return;
	if (jsonr_number(jsonr_get(metrics, "learn_realised"), &realised))
		part_term(&v->html, "good mail marked",
		    realised > 2 * promised ? "bad" : "good",
		    "%.2f %% (promised %.2f %%)", 100 * realised,
		    100 * promised);
}

static void
well_write(struct web_view *v, struct jsonr stats)
{
	struct jsonr metrics = jsonr_get(stats, "metrics");
	double asked = jsonr_get_number(metrics, "dns_asked");
	double slow = jsonr_get_number(metrics, "dns_timeouts");
	struct html *h = &v->html;

	part_section(h, "Health");
	part_terms(h);
	part_term(h, "DNS without answer",
	    slow > 0.05 * asked ? "bad"
	    : slow > 0          ? "warn"
				: "good",
	    "%s of %s", part_number(v->arena, slow),
	    part_number(v->arena, asked));
	lists_term(v, jsonr_get(stats, "lists"));
	kept_terms(v, metrics);
	learning_term(v, metrics);
	html_end(h);
	html_begin(h, HTML_P);
	html_link(h, PAGE_HEALTH, NULL, SPAN(""), SPAN("More about health"));
	html_textz(h, " - ");
	html_link(
	    h, PAGE_LEARNING, NULL, SPAN(""), SPAN("More about learning"));
	html_end(h);
	html_end(h);
}

void
page_overview(struct web_view *v)
{
	const struct range *r = range_chosen(v);
	const char *why;
	struct jsonr stats = web_says(v, SAYING_STATS, &why);
	bool runs = jsonr_type(stats) == JSONR_OBJECT;

	part_begin(v, PAGE_OVERVIEW);
	if (!runs)
		part_note(&v->html, "bad",
		    "The daemon does not answer on %s: %s. What stands below "
		    "is from the journal.",
		    v->web->options->control, why);
	verdicts_write(v, r);
	html_begin_class(&v->html, HTML_DIV, "grid2");
	rules_write(v, r);
	if (runs) {
		html_begin(&v->html, HTML_DIV);
		now_write(v, stats);
		well_write(v, stats);
		html_end(&v->html);
	}
	html_end(&v->html);
	part_end(v);
}
