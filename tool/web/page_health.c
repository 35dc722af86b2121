/*
 * Whether what mail rests on is well: DNS, lists, store and journal, and the
 * domains that used to pass.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "tool/base/counts.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

#define SLOW_SHOWN 8
/* A partner: so many messages, of which so much has passed; and one that has
 * changed: of so many lately less than that. */
#define PARTNER_LEAST  20
#define PARTNER_PASSES 0.9
#define CHANGED_LEAST  3
#define CHANGED_PASSES 0.7
#define RECENT_DAYS    2
#define PARTNERS_SHOWN 25

/* ---- DNS ----------------------------------------------------------------------- */

static void
latency_terms(struct html *h, const char *what, struct jsonr histogram)
{
	double half = 1000 * counts_percentile(histogram, 0.5);
	double most = 1000 * counts_percentile(histogram, 0.99);

	if (jsonr_get_number(histogram, "count") == 0)
		return;
	part_term(h, what, "small",
	    isinf(most) ? "half in %.0f ms, some beyond the scale"
			: "half in %.0f ms, 99 %% in %.0f ms",
	    half, most);
}

static void
slow_write(struct html *h, struct jsonr lookup)
{
	static const char *const head[] = { "name", "type", "#worst, ms",
		"#times", "#no answer" };
	size_t count = jsonr_count(lookup);

	if (count == 0)
		return;
	html_putz(h, HTML_H3, NULL, "Slowest of the last hour");
	part_table(h, "Lookups", head, ARRAY_COUNT(head));
	for (size_t i = 0; i < count && i < SLOW_SHOWN; i++) {
		struct jsonr one = jsonr_at(lookup, i);

		html_begin(h, HTML_TR);
		part_cell_alien(h, jsonr_get_text(one, "name"));
		part_cell(h, jsonr_get_text(one, "type"));
		part_cell_number(h, jsonr_get_number(one, "worst_ms"));
		part_cell_number(h, jsonr_get_number(one, "count"));
		part_cell_number(h, jsonr_get_number(one, "unanswered"));
		html_end(h);
	}
	part_table_end(h);
}

static void
dns_write(struct web_view *v, struct jsonr stats)
{
	struct jsonr metrics = jsonr_get(stats, "metrics");
	double asked = jsonr_get_number(metrics, "dns_asked");
	struct html *h = &v->html;

	part_section(h, "DNS");
	part_terms(h);
	part_term(h, "questions", "", "%s", part_number(v->arena, asked));
	part_term(h, "from the cache", "", "%.0f %%",
	    asked > 0
		? 100 * jsonr_get_number(metrics, "dns_cache_hits") / asked
		: 0.0);
	part_term(h, "without an answer",
	    jsonr_get_number(metrics, "dns_timeouts") > 0 ? "warn" : "good",
	    "%s",
	    part_number(v->arena, jsonr_get_number(metrics, "dns_timeouts")));
	part_term(h, "failed otherwise", "", "%s",
	    part_number(v->arena, jsonr_get_number(metrics, "dns_failures")));
	latency_terms(h, "answers", jsonr_get(metrics, "dns_latency_seconds"));
	latency_terms(
	    h, "judging a message", jsonr_get(metrics, "judging_seconds"));
	html_end(h);
	slow_write(h, jsonr_get(jsonr_get(stats, "slow_lookups"), "worst"));
	html_end(h);
}

/* ---- lists --------------------------------------------------------------------------- */

static void
list_row(struct html *h, struct jsonr list)
{
	struct span state = jsonr_get_text(list, "state");
	bool suspended = span_is(state, "suspended");
	int64_t since = jsonr_get_whole(list, "since");

	html_begin(h, HTML_TR);
	part_cell_alien(h, jsonr_get_text(list, "zone"));
	html_begin_class(h, HTML_TD, "wrap");
	html_put(h, HTML_SPAN,
	    suspended              ? "v v-reject"
	    : span_is(state, "ok") ? "v v-accept"
				   : "v",
	    state);
	if (suspended) {
		html_textf(
		    h, " %.*s", SPAN_FMT(jsonr_get_text(list, "reason")));
		if (since > 0) {
			html_textz(h, ", since ");
			part_time(h, since);
		}
	}
	html_end(h);
	part_cell_number(h, jsonr_get_number(list, "asked"));
	part_cell_number(h, jsonr_get_number(list, "hits"));
	part_cell_share(
	    h, jsonr_get_number(list, "hits"), jsonr_get_number(list, "asked"));
	part_cell_number(h, jsonr_get_number(list, "failures"));
	part_cell_number(h, jsonr_get_number(list, "errors"));
	html_end(h);
}

static void
lists_write(struct web_view *v, struct jsonr lists)
{
	static const char *const head[] = { "list", "state", "#asked", "#hits",
		"#share", "#no answer", "#refused us" };
	struct html *h = &v->html;

	part_section(h, "Lists in DNS");
	if (jsonr_count(lists) == 0) {
		html_putz(h, HTML_P, "soft", "The rules use none.");
		html_end(h);
		return;
	}
	part_table(h, "Since the daemon started", head, ARRAY_COUNT(head));
	for (size_t i = 0; i < jsonr_count(lists); i++)
		list_row(h, jsonr_at(lists, i));
	part_table_end(h);
	html_end(h);
}

/* ---- partners ------------------------------------------------------------------------- */

struct partner {
	const struct tally_sender *sender;
	uint64_t recent[TALLY_CAMES];
	bool changed;
};

static int
partner_order(const void *a, const void *b)
{
	const struct partner *x = a, *y = b;

	if (x->changed != y->changed)
		return x->changed ? -1 : 1;
	return x->sender->count == y->sender->count
		   ? strcmp(x->sender->name, y->sender->name)
		   : (x->sender->count < y->sender->count ? 1 : -1);
}

/* Its DMARC results before the last days were nearly all passes. */
static bool
partner_is(const struct web_tally *t, const struct tally_sender *s,
    struct partner *out)
{
	uint64_t pass, fail, now;

	*out = (struct partner){ .sender = s };
	tally_sender_recent(t, s, RECENT_DAYS, out->recent);
	pass = s->auth[TALLY_DMARC][TALLY_PASS] - out->recent[TALLY_PASS];
	fail = s->auth[TALLY_DMARC][TALLY_FAIL] - out->recent[TALLY_FAIL];
	if (pass + fail < PARTNER_LEAST ||
	    (double)pass < PARTNER_PASSES * (double)(pass + fail))
		return false;
	now = out->recent[TALLY_PASS] + out->recent[TALLY_FAIL];
	out->changed = now >= CHANGED_LEAST && (double)out->recent[TALLY_PASS] <
						   CHANGED_PASSES * (double)now;
	return true;
}

static void
partner_row(struct html *h, const struct partner *p)
{
	const uint64_t *all = p->sender->auth[TALLY_DMARC];

	html_begin(h, HTML_TR);
	html_begin_class(h, HTML_TD, "wrap");
	html_begin(h, HTML_BDI);
	html_link(h, PAGE_SENDER, "domain", span_of(p->sender->name),
	    span_of(p->sender->name));
	html_end(h);
	html_end(h);
	html_begin(h, HTML_TD);
	html_putz(h, HTML_SPAN, p->changed ? "v v-reject" : "v v-accept",
	    p->changed ? "fails lately" : "passes");
	html_end(h);
	part_cell_number(h, (double)p->sender->count);
	part_cell_share(h, (double)all[TALLY_PASS],
	    (double)(all[TALLY_PASS] + all[TALLY_FAIL]));
	part_cell_share(h, (double)p->recent[TALLY_PASS],
	    (double)(p->recent[TALLY_PASS] + p->recent[TALLY_FAIL]));
	part_cell_number(h, (double)p->recent[TALLY_FAIL]);
	part_cell_time(h, p->sender->last_s);
	html_end(h);
}

static void
partners_write(struct web_view *v)
{
	static const char *const head[] = { "domain", "state", "#decisions",
		"#DMARC passes", "#last 2 days", "#fails then", "last" };
	const struct web_tally *t = v->web->tally;
	const struct tally_sender *sender = web_tally_senders(t);
	struct html *h = &v->html;
	struct partner *partner;
	struct tally_sum sum;
	size_t count = 0;

	web_tally_sum(t, &sum);
	partner = arena_array(v->arena, sum.senders + 1, sizeof(*partner));
	for (size_t i = 0; i < sum.senders; i++)
		count += partner_is(t, &sender[i], &partner[count]);
	qsort(partner, count, sizeof(*partner), partner_order);
	part_section(h, "Partners");
	if (count == 0) {
		html_putz(h, HTML_P, "soft",
		    "No domain has sent enough mail that passes DMARC yet.");
		html_end(h);
		return;
	}
	part_table(h,
	    "Domains whose mail nearly always passed DMARC; those that fail "
	    "lately come first: their records broke, or somebody uses their "
	    "name",
	    head, ARRAY_COUNT(head));
	for (size_t i = 0; i < count && i < PARTNERS_SHOWN; i++)
		partner_row(h, &partner[i]);
	part_table_end(h);
	html_end(h);
}

/* ---- what is kept ---------------------------------------------------------------------- */

static const struct {
	const char *metric, *label;
	bool bad; /* when it is not zero */
} kept_rows[] = {
	{ "store_entries", "store: entries in memory", false },
	{ "store_unwritten", "store: not written yet", false },
	{ "store_evicted", "store: forgotten early", true },
	{ "store_refused", "store: calls that found it lost", true },
	{ "journal_written", "journal: written", false },
	{ "journal_queued", "journal: waiting", false },
	{ "journal_dropped", "journal: dropped", true },
	{ "journal_lost", "journal: lost", true },
	{ "log_dropped", "log: lines dropped", true },
};

static void
kept_write(struct web_view *v, struct jsonr metrics)
{
	struct html *h = &v->html;

	part_section(h, "Store, journal, log");
	part_terms(h);
	for (size_t i = 0; i < ARRAY_COUNT(kept_rows); i++) {
		double number = 0;

		if (jsonr_number(
			jsonr_get(metrics, kept_rows[i].metric), &number))
			part_term(h, kept_rows[i].label,
			    !kept_rows[i].bad ? ""
			    : number > 0      ? "bad"
					      : "good",
			    "%s", part_number(v->arena, number));
	}
	html_end(h);
	html_end(h);
}

void
page_health(struct web_view *v)
{
	const char *why;
	struct jsonr stats = web_says(v, SAYING_STATS, &why);
	bool runs = jsonr_type(stats) == JSONR_OBJECT;

	part_begin(v, PAGE_HEALTH);
	if (!runs)
		part_note(&v->html, "bad",
		    "The daemon does not answer on %s: %s.",
		    v->web->options->control, why);
	if (runs)
		lists_write(v, jsonr_get(stats, "lists"));
	partners_write(v);
	if (runs) {
		dns_write(v, stats);
		kept_write(v, jsonr_get(stats, "metrics"));
	}
	part_end(v);
}
