/*
 * How things stand, for `verdict stats`: all that metrics has, and what a
 * person wants besides: rates, and the names of the most frequent.
 */
#include "config.h"

#include "milter/count/stats.h"

#include "milter/count/counters.h"
#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "policy/base/clock.h"
#include "policy/lists/dnslist_health.h"
#include "policy/lists/list_lookup.h"

static const char *const recent_names[] = { "messages", "refused", "deferred",
	"temperror", "judged" };
_Static_assert(
    ARRAY_COUNT(recent_names) == RECENT_COUNT, "a name per enum recent");

/* What came in the last minutes; the one that runs is not over yet and makes
 * each a little short. */
static void
stats_recent(struct jsonw *w, const struct counters *c, int64_t now_s)
{
	static const int minutes[] = { 1, 5, 15, 60 };

	jsonw_array(w, "recent");
	for (size_t i = 0; i < ARRAY_COUNT(minutes); i++) {
		uint64_t n[RECENT_COUNT];

		recent_sum(&c->recent, now_s, 0, minutes[i] - 1, n);
		jsonw_object(w, NULL);
		jsonw_number(w, "minutes", minutes[i]);
		for (size_t k = 0; k < RECENT_COUNT; k++)
			jsonw_number(w, recent_names[k], (double)n[k]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
stats_name(void *ctx, const char *name, uint64_t count)
{
	struct jsonw *w = ctx;

	jsonw_object(w, NULL);
	jsonw_textz(w, "name", name);
	jsonw_number(w, "count", (double)count);
	jsonw_end(w);
}

static const char *const slow_names[] = { "worst", "total" };
_Static_assert(ARRAY_COUNT(slow_names) == DNS_SLOW_ORDERS, "a name per order");

/* Names that peers chose, without the keys of lists. */
static void
stats_slow(struct jsonw *w)
{
	struct snapshot *s = daemon_snapshot();
	struct arena *a = arena_new();

	jsonw_object(w, "slow_lookups");
	for (size_t order = 0; order < DNS_SLOW_ORDERS; order++) {
		struct dns_slow_lookup *l;
		size_t count = resolver_slowest(daemon_self()->judge.resolver,
		    (enum dns_slow_order)order, a, &l);

		jsonw_array(w, slow_names[order]);
		for (size_t i = 0; i < count; i++) {
			jsonw_object(w, NULL);
			jsonw_text(w, "name",
			    dnslist_redact(dnslists_of(s), l[i].name, a));
			jsonw_textz(w, "type", dns_type_name(l[i].type));
			jsonw_number(w, "count", (double)l[i].count);
			jsonw_number(w, "unanswered", (double)l[i].unanswered);
			jsonw_number(w, "worst_ms", (double)l[i].worst_ms);
			jsonw_number(w, "total_ms", (double)l[i].total_ms);
			jsonw_end(w);
		}
		jsonw_end(w);
	}
	jsonw_end(w);
	arena_free(&a);
	snapshot_unref(&s);
}

void
stats_write(const struct metric_sources *sources, struct buf *out)
{
	const struct counters *c = daemon_self()->counters;
	int64_t now_s = clock_system.unix_s(clock_system.ctx);
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_textz(&w, "version", daemon_self()->version);
	jsonw_number(&w, "time", (double)now_s);
	jsonw_number(&w, "uptime_s", (double)(now_s - c->started_s));
	stats_recent(&w, c, now_s);
	jsonw_array(&w, "bounce_domains");
	top_each(c->bounces, stats_name, &w);
	jsonw_end(&w);
	stats_slow(&w);
	if (daemon_self()->lists != NULL)
		dnslist_health_json(daemon_self()->lists, &w);
	jsonw_object(&w, "metrics");
	metric_write_json(sources, &w);
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(out, '\n');
}
