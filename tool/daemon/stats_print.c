/*
 * What `verdict stats` looks like. Knows the answer of the daemon and nothing
 * of where it comes from.
 */
#include "config.h"

#include "tool/daemon/stats_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policy/load/checks.h"
#include "tool/base/counts.h"
#include "tool/base/tool.h"

#define TOP_ROWS    12
#define TOP_BOUNCES 6
#define TOP_SLOW    5
#define NAME_WIDTH  36 /* so that all tables fit into 80 columns */

/* How often a rule was true, decided, and was true in shadow. */
struct rule_counts {
	struct span name;
	double hits, decided, shadow;
};

/* A column of names. Of one that is too long the end is shown, which says
 * most of a domain. */
static void
print_name(struct buf *out, struct span name, int width)
{
	size_t before = out->n, keep = (size_t)width - 4;

	if (name.n > (size_t)width) {
		(void)buf_addz(out, "...");
		name = span_slice(name, name.n - keep, name.n);
	}
	tool_safe(out, name);
	while (out->n < before + (size_t)width)
		(void)buf_addc(out, ' ');
}

/* A column of words of ours, to its right. */
static void
print_word(struct buf *out, struct span word, size_t width)
{
	for (size_t n = word.n; n < width; n++)
		(void)buf_addc(out, ' ');
	tool_safe(out, word);
}

/* ---- what it looks like -------------------------------------------------- */

static void
print_uptime(struct buf *out, int64_t seconds)
{
	long long s = seconds > 0 ? seconds : 0;

	if (s >= 86400)
		(void)buf_printf(out, "%lldd ", s / 86400);
	if (s >= 3600)
		(void)buf_printf(out, "%lldh ", s / 3600 % 24);
	(void)buf_printf(out, "%lldm", s / 60 % 60);
}

static void
print_head(struct buf *out, struct jsonr top, struct jsonr metrics)
{
	struct span version = SPAN("?");
	int64_t open, alerts;

	(void)jsonr_text(jsonr_get(top, "version"), &version);
	open = jsonr_get_whole(metrics, "sessions_open");
	alerts = jsonr_get_whole(metrics, "alerts");
	(void)buf_printf(out, "%sverdict-milter ", tool_bold());
	tool_safe(out, version);
	(void)buf_printf(out, "%s  up ", tool_plain());
	print_uptime(out, jsonr_get_whole(top, "uptime_s"));
	(void)buf_printf(out,
	    "  %lld session%s open, %.0f so far\n"
	    "%.0f MB, %.1f s of CPU, %lld alert%s\n\n",
	    (long long)open, plural((uint64_t)open),
	    jsonr_get_number(metrics, "sessions"),
	    jsonr_get_number(metrics, "resident_memory_bytes") / 1048576,
	    jsonr_get_number(metrics, "cpu_seconds"), (long long)alerts,
	    plural((uint64_t)alerts));
}

static const struct {
	const char *label, *key;
} recent_rows[] = {
	{ "messages", "messages" },
	{ "refused", "refused" },
	{ "deferred", "deferred" },
	{ "temporary errors", "temperror" },
};

static void
print_recent(struct buf *out, struct jsonr recent, double uptime_s)
{
	(void)buf_printf(out, "%s%-18s", tool_dim(), "in the last");
	for (size_t i = 0; i < jsonr_count(recent); i++)
		(void)buf_printf(out, "%6.0f min",
		    jsonr_get_number(jsonr_at(recent, i), "minutes"));
	(void)buf_printf(out, "%s\n", tool_plain());
	for (size_t r = 0; r < ARRAY_COUNT(recent_rows); r++) {
		(void)buf_printf(out, "%-18s", recent_rows[r].label);
		for (size_t i = 0; i < jsonr_count(recent); i++)
			(void)buf_printf(out, "%10.0f",
			    jsonr_get_number(
				jsonr_at(recent, i), recent_rows[r].key));
		(void)buf_addc(out, '\n');
	}
	(void)buf_printf(out, "%-18s", "messages a minute");
	for (size_t i = 0; i < jsonr_count(recent); i++) {
		struct jsonr one = jsonr_at(recent, i);
		double minutes =
		    fmin(jsonr_get_number(one, "minutes"), uptime_s / 60);

		/* Of a daemon that began just now: the minute that runs. */
		(void)buf_printf(out, "%10.1f",
		    jsonr_get_number(one, "messages") / fmax(minutes, 1));
	}
	(void)buf_addz(out, "\n\n");
}

struct breakdown {
	const char *label, *metric;
};
static const struct breakdown breakdown_first[] = {
	{ "verdict", "messages" },
	{ "in enforce", "messages_wanted" },
	{ "at RCPT", "recipients_refused" },
	{ "stage", "messages_by_stage" },
	{ "direction", "messages_by_direction" },
};
static const struct breakdown breakdown_last[] = {
	{ "incomplete", "incomplete" },
	{ "flags", "flags" },
};

/* "accept 1203 (92%)  reject 60 (5%)": one line a kind. */
static void
print_breakdown(struct buf *out, struct jsonr metrics, struct arena *a,
    const struct breakdown *row, size_t rows)
{
	for (size_t r = 0; r < rows; r++) {
		struct count *item;
		size_t count =
		    counts_read(jsonr_get(metrics, row[r].metric), a, &item);
		double total = 0;

		for (size_t i = 0; i < count; i++)
			total += item[i].number;
		if (total == 0)
			continue;
		(void)buf_printf(out, "%-12s", row[r].label);
		for (size_t i = 0; i < count && i < TOP_ROWS; i++) {
			(void)buf_addz(out, "  ");
			tool_safe(out, item[i].name);
			(void)buf_printf(out, " %.0f", item[i].number);
			(void)buf_printf(out, "%s (%.0f%%)%s", tool_dim(),
			    100 * item[i].number / total, tool_plain());
		}
		(void)buf_addc(out, '\n');
	}
}

/* What the checks count, by the rows that they have. */
static void
print_results(struct buf *out, struct jsonr metrics, struct arena *a)
{
	for (size_t i = 0; i < checks_standard.count; i++) {
		const struct check *c = checks_standard.check[i];

		for (size_t k = 0; k < c->result_count; k++) {
			const struct result_row *r = &c->results[k];

			if (r->counts != NULL)
				print_breakdown(out, metrics, a,
				    &(struct breakdown){ r->title, r->key }, 1);
		}
	}
}

static void
print_breakdowns(struct buf *out, struct jsonr metrics, struct arena *a)
{
	print_breakdown(
	    out, metrics, a, breakdown_first, ARRAY_COUNT(breakdown_first));
	print_results(out, metrics, a);
	print_breakdown(
	    out, metrics, a, breakdown_last, ARRAY_COUNT(breakdown_last));
}

static int
rule_order(const void *a, const void *b)
{
	const struct rule_counts *x = a, *y = b;

	if (x->hits + x->shadow != y->hits + y->shadow)
		return x->hits + x->shadow < y->hits + y->shadow ? 1 : -1;
	return span_compare(x->name, y->name);
}

/* A rule in shadow has no other hits. */
static size_t
rules_read(struct jsonr metrics, struct arena *a, struct rule_counts **out)
{
	struct jsonr decided = jsonr_get(metrics, "rule_decided");
	struct count *hit, *shadow;
	size_t hits = counts_read(jsonr_get(metrics, "rule_hits"), a, &hit);
	size_t shadows =
	    counts_read(jsonr_get(metrics, "rule_shadow_hits"), a, &shadow);
	size_t n = 0;

	*out = arena_array(a, hits + shadows + 1, sizeof(**out));
	for (size_t i = 0; i < hits; i++)
		(*out)[n++] = (struct rule_counts){ .name = hit[i].name,
			.hits = hit[i].number,
			.decided = jsonr_get_number(
			    decided, arena_strdup(a, hit[i].name)) };
	for (size_t i = 0; i < shadows; i++)
		(*out)[n++] = (struct rule_counts){ .name = shadow[i].name,
			.shadow = shadow[i].number };
	qsort(*out, n, sizeof(**out), rule_order);
	return n;
}

static void
print_rules(struct buf *out, struct jsonr metrics, struct arena *a)
{
	struct rule_counts *item;
	size_t count = rules_read(metrics, a, &item);

	if (count == 0)
		return;
	(void)buf_printf(out, "\n%s%-*s%10s%10s%10s%s\n", tool_dim(),
	    NAME_WIDTH, "rule", "hits", "decided", "shadow", tool_plain());
	for (size_t i = 0; i < count && i < TOP_ROWS; i++) {
		print_name(out, item[i].name, NAME_WIDTH);
		(void)buf_printf(out, "%10.0f%10.0f%10.0f\n", item[i].hits,
		    item[i].decided, item[i].shadow);
	}
	if (count > TOP_ROWS)
		(void)buf_printf(out, "%sand %zu more%s\n", tool_dim(),
		    count - TOP_ROWS, tool_plain());
}

static void
print_percentiles(struct buf *out, const char *label, struct jsonr histogram,
    double unit, const char *unit_name)
{
	static const double shares[] = { 0.5, 0.95, 0.99 };

	if (jsonr_get_number(histogram, "count") == 0)
		return;
	(void)buf_printf(out, "%-12s", label);
	for (size_t i = 0; i < ARRAY_COUNT(shares); i++) {
		double value = counts_percentile(histogram, shares[i]);

		(void)buf_printf(out, "  %.0f%% ", shares[i] * 100);
		if (isinf(value))
			(void)buf_addz(out, "beyond the scale");
		else
			(void)buf_printf(
			    out, "up to %.0f %s", value / unit, unit_name);
	}
	(void)buf_addc(out, '\n');
}

static void
print_dns(struct buf *out, struct jsonr metrics)
{
	double asked = jsonr_get_number(metrics, "dns_asked");

	(void)buf_printf(out,
	    "\n%-12s  %.0f questions, %.0f%% from the "
	    "cache (%.0f entries)",
	    "DNS", asked,
	    asked > 0
		? 100 * jsonr_get_number(metrics, "dns_cache_hits") / asked
		: 0,
	    jsonr_get_number(metrics, "dns_cache_entries"));
	if (jsonr_get_number(metrics, "dns_timeouts") > 0)
		(void)buf_printf(out, "\n%-12s  %stimeouts: %.0f%s", "",
		    tool_yellow(), jsonr_get_number(metrics, "dns_timeouts"),
		    tool_plain());
	if (jsonr_get_number(metrics, "dns_failures") > 0)
		(void)buf_printf(out, "%sfailures: %.0f",
		    jsonr_get_number(metrics, "dns_timeouts") > 0
			? ", "
			: "\n              ",
		    jsonr_get_number(metrics, "dns_failures"));
	(void)buf_addc(out, '\n');
	print_percentiles(out, "answers",
	    jsonr_get(metrics, "dns_latency_seconds"), 0.001, "ms");
	print_percentiles(
	    out, "judging", jsonr_get(metrics, "judging_seconds"), 0.001, "ms");
	print_percentiles(
	    out, "size", jsonr_get(metrics, "message_size_bytes"), 1024, "KiB");
}

static void
print_bounces(struct buf *out, struct jsonr top, struct jsonr metrics)
{
	struct jsonr domains = jsonr_get(top, "bounce_domains");

	if (jsonr_count(domains) == 0)
		return;
	(void)buf_printf(out, "%-12s  %.0f:", "bounces",
	    jsonr_get_number(metrics, "bounces"));
	for (size_t i = 0; i < jsonr_count(domains) && i < TOP_BOUNCES; i++) {
		struct jsonr domain = jsonr_at(domains, i);
		struct span name = SPAN("?");

		(void)jsonr_text(jsonr_get(domain, "name"), &name);
		(void)buf_addz(out, i > 0 ? ", " : " ");
		tool_safe(out, name);
		(void)buf_printf(
		    out, " %.0f", jsonr_get_number(domain, "count"));
	}
	(void)buf_addc(out, '\n');
}

/* ---- lists --------------------------------------------------------------- */

static void
print_list(struct buf *out, struct jsonr list)
{
	struct span zone = SPAN("?"), state = SPAN("?"), reason = SPAN("");
	bool suspended;

	(void)jsonr_text(jsonr_get(list, "zone"), &zone);
	(void)jsonr_text(jsonr_get(list, "state"), &state);
	(void)jsonr_text(jsonr_get(list, "reason"), &reason);
	suspended = span_is(state, "suspended");
	print_name(out, zone, NAME_WIDTH);
	(void)buf_addz(out, suspended ? tool_red() : "");
	print_word(out, state, 10);
	(void)buf_printf(out, "%s%8.0f%8.0f%10.0f%8.0f\n",
	    suspended ? tool_plain() : "", jsonr_get_number(list, "asked"),
	    jsonr_get_number(list, "hits"), jsonr_get_number(list, "failures"),
	    jsonr_get_number(list, "errors"));
	if (suspended) {
		(void)buf_addz(out, "    not asked: ");
		tool_safe(out, reason);
		(void)buf_addc(out, '\n');
	}
}

static void
print_lists(struct buf *out, struct jsonr lists)
{
	size_t count = jsonr_count(lists);

	if (count == 0)
		return;
	(void)buf_printf(out, "\n%s%-*s%10s%8s%8s%10s%8s%s\n", tool_dim(),
	    NAME_WIDTH, "list", "state", "asked", "hits", "no answer",
	    "refused", tool_plain());
	for (size_t i = 0; i < count; i++)
		print_list(out, jsonr_at(lists, i));
}

/* ---- slow lookups -------------------------------------------------------- */

static void
print_slow(struct buf *out, const char *title, struct jsonr lookups)
{
	size_t count = jsonr_count(lookups);

	if (count == 0)
		return;
	(void)buf_printf(out, "\n%s%-*s%5s%10s%7s%10s%11s%s\n", tool_dim(),
	    NAME_WIDTH, title, "type", "worst", "times", "no answer",
	    "together", tool_plain());
	for (size_t i = 0; i < count && i < TOP_SLOW; i++) {
		struct jsonr one = jsonr_at(lookups, i);
		struct span name = SPAN("?"), type = SPAN("?");
		bool failed = jsonr_get_number(one, "unanswered") > 0;

		(void)jsonr_text(jsonr_get(one, "name"), &name);
		(void)jsonr_text(jsonr_get(one, "type"), &type);
		print_name(out, name, NAME_WIDTH);
		print_word(out, type, 5);
		(void)buf_printf(out, "%7.0f ms%7.0f%s%10.0f%s%8.0f ms\n",
		    jsonr_get_number(one, "worst_ms"),
		    jsonr_get_number(one, "count"), failed ? tool_yellow() : "",
		    jsonr_get_number(one, "unanswered"),
		    failed ? tool_plain() : "",
		    jsonr_get_number(one, "total_ms"));
	}
}

/* ---- what is kept -------------------------------------------------------- */

/* "12 entries", or nothing for none. */
static void
print_count(struct buf *out, struct jsonr metrics, const char *metric,
    const char *words, bool bad)
{
	double value = jsonr_get_number(metrics, metric);

	if (value == 0)
		return;
	(void)buf_printf(out, ", %s%.0f %s%s", bad ? tool_yellow() : "", value,
	    words, bad ? tool_plain() : "");
}

static void
print_works(struct buf *out, bool works)
{
	(void)buf_printf(out, "%s%s%s", works ? "works" : tool_red(),
	    works ? "" : "does not work", works ? "" : tool_plain());
}

static void
print_kept(struct buf *out, struct jsonr metrics, struct arena *a)
{
	struct count *engine;
	double works;

	if (counts_read(jsonr_get(metrics, "store_works"), a, &engine) > 0) {
		(void)buf_printf(out, "%-12s  ", "store");
		print_works(out, engine[0].number != 0);
		(void)buf_addz(out, " (");
		tool_safe(out, engine[0].name);
		(void)buf_addc(out, ')');
		print_count(
		    out, metrics, "store_entries", "entries in memory", false);
		print_count(
		    out, metrics, "store_unwritten", "not written yet", false);
		print_count(out, metrics, "store_evicted",
		    "forgotten early for lack of room", true);
		print_count(
		    out, metrics, "store_refused", "calls found it lost", true);
		(void)buf_addc(out, '\n');
	}
	if (!jsonr_number(jsonr_get(metrics, "journal_works"), &works))
		return;
	(void)buf_printf(out, "%-12s  ", "journal");
	print_works(out, works != 0);
	print_count(
	    out, metrics, "journal_written", "decisions written", false);
	print_count(out, metrics, "journal_queued", "waiting", false);
	print_count(out, metrics, "journal_dropped",
	    "dropped, the queue was full", true);
	print_count(out, metrics, "journal_lost", "lost", true);
	(void)buf_addc(out, '\n');
}

const char *const stats_part_names[STATS_PARTS] = {
	[STATS_NOW] = "now",
	[STATS_RULES] = "rules",
	[STATS_DNS] = "DNS",
	[STATS_LISTS] = "lists",
	[STATS_KEPT] = "kept",
};

void
stats_print_part(
    struct buf *out, enum stats_part part, struct jsonr top, struct arena *a)
{
	struct jsonr metrics = jsonr_get(top, "metrics");
	struct jsonr slow = jsonr_get(top, "slow_lookups");

	switch (part) {
	case STATS_NOW:
		print_head(out, top, metrics);
		print_recent(out, jsonr_get(top, "recent"),
		    jsonr_get_number(top, "uptime_s"));
		print_breakdowns(out, metrics, a);
		print_bounces(out, top, metrics);
		break;
	case STATS_RULES:
		print_rules(out, metrics, a);
		break;
	case STATS_DNS:
		print_dns(out, metrics);
		print_slow(out, "slowest lookups of the last hour",
		    jsonr_get(slow, "worst"));
		print_slow(out, "lookups that took most time together",
		    jsonr_get(slow, "total"));
		break;
	case STATS_LISTS:
		print_lists(out, jsonr_get(top, "lists"));
		break;
	case STATS_KEPT:
		(void)buf_addc(out, '\n');
		print_kept(out, metrics, a);
		break;
	}
}

void
stats_print(struct buf *out, struct jsonr top, struct arena *a)
{
	for (int part = 0; part < STATS_PARTS; part++)
		stats_print_part(out, (enum stats_part)part, top, a);
}
