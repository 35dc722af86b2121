/*
 * verdict stats: how things stand, from the running daemon's own numbers.
 */
#include "config.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/json.h"
#include "tool/tool.h"

#define ANSWER_MAX  ((size_t)64 << 20)
#define TOP_ROWS    12
#define TOP_BOUNCES 6
#define WATCH_S     2

struct counted {
	struct span name;
	double count, shadow, decided;
};

static double
number(struct jsonr object, const char *key)
{
	double value = 0;

	(void)jsonr_number(jsonr_get(object, key), &value);
	return value;
}

static int
counted_order(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->count + x->shadow != y->count + y->shadow)
		return x->count + x->shadow < y->count + y->shadow ? 1 : -1;
	return span_compare(x->name, y->name);
}

/* The members of an object, most frequent first. */
static size_t
counted_read(struct jsonr object, struct arena *a, struct counted **out)
{
	size_t count = 0;
	struct jsonr member;
	void *cursor = NULL;
	struct span key;

	*out = arena_array(a, jsonr_count(object) + 1, sizeof(**out));
	while (jsonr_next(object, &cursor, &key, &member)) {
		(*out)[count].name = key;
		(void)jsonr_number(member, &(*out)[count].count);
		count++;
	}
	qsort(*out, count, sizeof(**out), counted_order);
	return count;
}

/* Names come from the daemon, but bounce domains from the world. */
static void
name_print(struct buf *out, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		(void)buf_addc(
		    out, (unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f
			     ? '?'
			     : name.p[i]);
}

/* ---- what it looks like -------------------------------------------------- */

static void
print_uptime(struct buf *out, double seconds)
{
	long long s = (long long)seconds;

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

	(void)jsonr_text(jsonr_get(top, "version"), &version);
	(void)buf_printf(out, "%sverdict-milter %.*s%s  up ", tool_bold(),
	    SPAN_FMT(version), tool_plain());
	print_uptime(out, number(top, "uptime_s"));
	(void)buf_printf(out,
	    "  %.0f sessions open, %.0f so far  %.0f MB  %.1f s of CPU  "
	    "%.0f alerts\n\n",
	    number(metrics, "sessions_open"), number(metrics, "sessions"),
	    number(metrics, "resident_memory_bytes") / 1048576,
	    number(metrics, "cpu_seconds"), number(metrics, "alerts"));
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
print_recent(struct buf *out, struct jsonr recent)
{
	(void)buf_printf(out, "%s%-18s", tool_dim(), "in the last");
	for (size_t i = 0; i < jsonr_count(recent); i++)
		(void)buf_printf(
		    out, "%6.0f min", number(jsonr_at(recent, i), "minutes"));
	(void)buf_printf(out, "%s\n", tool_plain());
	for (size_t r = 0; r < ARRAY_COUNT(recent_rows); r++) {
		(void)buf_printf(out, "%-18s", recent_rows[r].label);
		for (size_t i = 0; i < jsonr_count(recent); i++)
			(void)buf_printf(out, "%10.0f",
			    number(jsonr_at(recent, i), recent_rows[r].key));
		(void)buf_addc(out, '\n');
	}
	(void)buf_addc(out, '\n');
}

static const struct {
	const char *label, *metric;
} breakdown_rows[] = {
	{ "verdict", "messages" },
	{ "at RCPT", "recipients_refused" },
	{ "stage", "messages_by_stage" },
	{ "direction", "messages_by_direction" },
	{ "SPF", "spf" },
	{ "DKIM", "dkim" },
	{ "DMARC", "dmarc" },
	{ "reverse DNS", "iprev" },
	{ "incomplete", "incomplete" },
	{ "flags", "flags" },
};

/* "accept 1203 (92%)  reject 60 (5%)": one line a kind. */
static void
print_breakdown(struct buf *out, struct jsonr metrics, struct arena *a)
{
	for (size_t r = 0; r < ARRAY_COUNT(breakdown_rows); r++) {
		struct counted *item;
		size_t count = counted_read(
		    jsonr_get(metrics, breakdown_rows[r].metric), a, &item);
		double total = 0;

		for (size_t i = 0; i < count; i++)
			total += item[i].count;
		if (total == 0)
			continue;
		(void)buf_printf(out, "%-12s", breakdown_rows[r].label);
		for (size_t i = 0; i < count && i < TOP_ROWS; i++) {
			(void)buf_addz(out, "  ");
			name_print(out, item[i].name);
			(void)buf_printf(out, " %.0f", item[i].count);
			(void)buf_printf(out, "%s (%.0f%%)%s", tool_dim(),
			    100 * item[i].count / total, tool_plain());
		}
		(void)buf_addc(out, '\n');
	}
}

static void
print_rules(struct buf *out, struct jsonr metrics, struct arena *a)
{
	struct jsonr shadow = jsonr_get(metrics, "rule_shadow_hits");
	struct jsonr decided = jsonr_get(metrics, "rule_decided");
	struct counted *item, *other;
	size_t count = counted_read(jsonr_get(metrics, "rule_hits"), a, &item);
	size_t others = counted_read(shadow, a, &other);

	/* A rule in shadow has no other hits. */
	item = arena_grow(
	    a, item, &(size_t){ count }, count + others + 1, sizeof(*item));
	for (size_t i = 0; i < others; i++)
		item[count++] = (struct counted){ .name = other[i].name,
			.shadow = other[i].count };
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		item[i].decided =
		    number(decided, arena_strdup(a, item[i].name));
	qsort(item, count, sizeof(*item), counted_order);
	(void)buf_printf(out, "\n%s%-32s%10s%10s%10s%s\n", tool_dim(), "rule",
	    "hits", "decided", "shadow", tool_plain());
	for (size_t i = 0; i < count && i < TOP_ROWS; i++) {
		size_t before = out->n;

		name_print(out, item[i].name);
		(void)buf_printf(out, "%*s%10.0f%10.0f%10.0f\n",
		    out->n - before < 32 ? (int)(32 - (out->n - before)) : 1,
		    "", item[i].count, item[i].decided, item[i].shadow);
	}
	if (count > TOP_ROWS)
		(void)buf_printf(out, "%sand %zu more%s\n", tool_dim(),
		    count - TOP_ROWS, tool_plain());
}

/* The upper end of the bucket in which the share lies; INFINITY: the last. */
static double
percentile(struct jsonr histogram, double share)
{
	struct jsonr bounds = jsonr_get(histogram, "bounds");
	struct jsonr buckets = jsonr_get(histogram, "buckets");
	double want = number(histogram, "count") * share, seen = 0;

	for (size_t i = 0; i < jsonr_count(bounds); i++) {
		double n = 0, bound = 0;

		(void)jsonr_number(jsonr_at(buckets, i), &n);
		(void)jsonr_number(jsonr_at(bounds, i), &bound);
		seen += n;
		if (seen >= want)
			return bound;
	}
	return INFINITY;
}

static void
print_percentiles(struct buf *out, const char *label, struct jsonr histogram,
    double unit, const char *unit_name)
{
	static const double shares[] = { 0.5, 0.95, 0.99 };

	if (number(histogram, "count") == 0)
		return;
	(void)buf_printf(out, "%-12s", label);
	for (size_t i = 0; i < ARRAY_COUNT(shares); i++) {
		double value = percentile(histogram, shares[i]);

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
	double asked = number(metrics, "dns_asked");

	(void)buf_printf(out,
	    "\n%-12s  %.0f questions, %.0f%% from the "
	    "cache (%.0f entries)",
	    "DNS", asked,
	    asked > 0 ? 100 * number(metrics, "dns_cache_hits") / asked : 0,
	    number(metrics, "dns_cache_entries"));
	if (number(metrics, "dns_timeouts") > 0)
		(void)buf_printf(out, ", %s%.0f timeouts%s", tool_yellow(),
		    number(metrics, "dns_timeouts"), tool_plain());
	if (number(metrics, "dns_failures") > 0)
		(void)buf_printf(
		    out, ", %.0f failures", number(metrics, "dns_failures"));
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
	(void)buf_printf(
	    out, "%-12s  %.0f:", "bounces", number(metrics, "bounces"));
	for (size_t i = 0; i < jsonr_count(domains) && i < TOP_BOUNCES; i++) {
		struct jsonr domain = jsonr_at(domains, i);
		struct span name = SPAN("?");

		(void)jsonr_text(jsonr_get(domain, "name"), &name);
		(void)buf_addz(out, i > 0 ? ", " : " ");
		name_print(out, name);
		(void)buf_printf(out, " %.0f", number(domain, "count"));
	}
	(void)buf_addc(out, '\n');
}

/*
 * What other modules show: every metric that no line above has, by its name.
 */
static void
print_others(struct buf *out, struct jsonr metrics, struct arena *a)
{
	static const char *const prefixes[] = { "store_", "journal_", "list_",
		"greylist_", "limit_" };
	struct jsonr member;
	void *cursor = NULL;
	struct span key;

	while (jsonr_next(metrics, &cursor, &key, &member)) {
		struct counted *item;
		size_t count;
		double value;
		bool shown = false;

		for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++)
			shown = shown || span_starts(key, span_of(prefixes[i]));
		if (!shown || jsonr_given(jsonr_get(member, "buckets")))
			continue;
		if (jsonr_number(member, &value)) {
			(void)buf_printf(
			    out, "%-24.*s%12.0f\n", SPAN_FMT(key), value);
			continue;
		}
		count = counted_read(member, a, &item);
		if (count == 0)
			continue;
		(void)buf_printf(out, "%-24.*s", SPAN_FMT(key));
		for (size_t i = 0; i < count && i < TOP_ROWS; i++) {
			(void)buf_addz(out, "  ");
			name_print(out, item[i].name);
			(void)buf_printf(out, " %.6g", item[i].count);
		}
		(void)buf_addc(out, '\n');
	}
}

static void
stats_print(struct buf *out, struct jsonr top, struct arena *a)
{
	struct jsonr metrics = jsonr_get(top, "metrics");

	print_head(out, top, metrics);
	print_recent(out, jsonr_get(top, "recent"));
	print_breakdown(out, metrics, a);
	print_rules(out, metrics, a);
	print_dns(out, metrics);
	print_bounces(out, top, metrics);
	print_others(out, metrics, a);
}

/* ---- asking -------------------------------------------------------------- */

static int
stats_show(const char *socket, bool json, const char *before)
{
	struct arena *a = arena_new();
	struct jsonr_doc *doc = NULL;
	struct buf answer, out;
	const char *why = NULL;
	int status = EXIT_OK;

	buf_init(&answer, ANSWER_MAX);
	buf_init(&out, ANSWER_MAX);
	if (!tool_control(socket, "stats", &answer, &why))
		status = tool_fail(EXIT_UNAVAILABLE, "%s: %s", socket, why);
	else if (json)
		(void)buf_add(&out, buf_span(&answer));
	else if ((doc = jsonr_parse(buf_span(&answer), a, &why)) == NULL)
		status = tool_fail(EXIT_UNAVAILABLE, "%s: %s", socket, why);
	else {
		(void)buf_addz(&out, before);
		stats_print(&out, jsonr_top(doc), a);
	}
	tool_print(&out);
	(void)fflush(stdout);
	buf_free(&answer);
	jsonr_free(&doc);
	arena_free(&a);
	return status;
}

/* Redraws until the daemon is gone or somebody interrupts. */
static int
stats_watch(const char *socket, bool json, long seconds)
{
	const struct timespec gap = { seconds, 0 };
	bool terminal = isatty(STDOUT_FILENO) == 1 && !json;
	int status;

	do
		status = stats_show(
		    socket, json, terminal ? "\033[H\033[2J\033[3J" : "");
	while (status == EXIT_OK && nanosleep(&gap, NULL) == 0);
	return status;
}

static int
stats_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "watch", optional_argument, NULL, 'w' },
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL;
	bool json = false;
	uint64_t seconds = 0;
	struct snapshot *s;
	int c, status;

	while ((c = getopt_long(argc, argv, "c:jw", options, NULL)) != -1) {
		if (c == 'c')
			file = optarg;
		else if (c == 'j')
			json = true;
		else if (c == 'w' && optarg == NULL)
			seconds = WATCH_S;
		else if (c != 'w' || !span_number(span_of(optarg), &seconds))
			return tool_usage("stats");
	}
	/* "--watch 5" as well as "--watch=5". */
	if (seconds > 0 && optind + 1 == argc &&
	    span_number(span_of(argv[optind]), &seconds))
		optind++;
	if (optind < argc || seconds > 86400)
		return tool_usage("stats");
	s = tool_load(file, NULL);
	if (s == NULL)
		return EXIT_CONFIG;
	status = seconds > 0
		     ? stats_watch(s->config.control, json, (long)seconds)
		     : stats_show(s->config.control, json, "");
	snapshot_unref(&s);
	return status;
}

extern const struct command command_stats;
const struct command command_stats = {
	.name = "stats",
	.usage = "[--json] [--watch [SECONDS]] [-c FILE]",
	.help = "how things stand: rates, verdicts, rules, DNS, bounces",
	.run = stats_run,
};
