/*
 * The numbers of the process, of messages, rules and DNS.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "milter/count/counters.h"
#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "policy/base/share.h"

static const struct counters *
counters_self(void)
{
	return daemon_self()->counters;
}

/* ---- the process --------------------------------------------------------- */

static void
read_start(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)counters_self()->started_s);
}

/* statm: pages of the address space, then those that are resident. */
static void
read_memory(struct metric_out *out, const struct metric *row)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long all = 0, resident = 0;

	(void)row;
	if (f == NULL)
		return;
	if (fscanf(f, "%lu %lu", &all, &resident) == 2)
		metric_value(out, NULL,
		    (double)resident * (double)sysconf(_SC_PAGESIZE));
	(void)fclose(f);
}

static void
read_cpu(struct metric_out *out, const struct metric *row)
{
	struct timespec ts;

	(void)row;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == 0)
		metric_value(
		    out, NULL, (double)ts.tv_sec + (double)ts.tv_nsec / 1e9);
}

static void
read_log_dropped(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)log_dropped());
}

static void
read_build(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, daemon_self()->version, 1);
}

static void
read_snapshot(struct metric_out *out, const struct metric *row)
{
	struct snapshot *s = daemon_snapshot();

	(void)row;
	metric_value(out, s->name, 1);
	snapshot_unref(&s);
}

static const struct metric process_rows[] = {
	{ "build_info", METRIC_GAUGE, "version", read_build, 0,
	    "The version that runs." },
	{ "config_info", METRIC_GAUGE, "snapshot", read_snapshot, 0,
	    "The hash of configuration, rules and lists in force." },
	{ "start_time_seconds", METRIC_GAUGE, NULL, read_start, 0,
	    "Unix time at which the process began." },
	{ "cpu_seconds", METRIC_COUNTER, NULL, read_cpu, 0,
	    "Processor time of the process." },
	{ "resident_memory_bytes", METRIC_GAUGE, NULL, read_memory, 0,
	    "Resident memory of the process." },
	{ "log_dropped", METRIC_COUNTER, NULL, read_log_dropped, 0,
	    "Lines that were not logged, for syslog stood still." },
};
extern const struct metric_source metrics_process;
const struct metric_source metrics_process = { process_rows,
	ARRAY_COUNT(process_rows), NULL };

/* ---- messages ------------------------------------------------------------ */

static void
read_family(struct metric_out *out, const struct metric *row)
{
	tally_each(counters_self()->family[row->argument], metric_each, out);
}

static void
histogram_write(struct metric_out *out, const struct histogram *h, double unit)
{
	double bound[HISTOGRAM_MAX];
	uint64_t bucket[HISTOGRAM_MAX + 1];

	for (size_t i = 0; i < h->count; i++)
		bound[i] = h->bound[i] / unit;
	for (size_t i = 0; i <= h->count; i++)
		bucket[i] = atomic_load(&h->bucket[i]);
	metric_histogram(
	    out, bound, h->count, bucket, (double)atomic_load(&h->sum) / unit);
}

static void
read_sizes(struct metric_out *out, const struct metric *row)
{
	(void)row;
	histogram_write(out, &counters_self()->size, 1);
}

static void
read_times(struct metric_out *out, const struct metric *row)
{
	(void)row;
	histogram_write(out, &counters_self()->time_ms, 1000);
}

static void
read_bounces(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(
	    out, NULL, (double)atomic_load(&counters_self()->bounce_count));
}

static void
read_rcpts(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(
	    out, NULL, (double)atomic_load(&counters_self()->rcpt_count));
}

static void
read_held(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)share_held(daemon_self()->room.memory));
}

static void
read_short(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL,
	    (double)atomic_load(&daemon_self()->room.short_messages));
}

#define FAMILY(name, label, family, help)                              \
	{                                                              \
		name, METRIC_COUNTER, label, read_family, family, help \
	}

/* clang-format off */
static const struct metric messages_rows[] = {
	FAMILY("messages", "verdict", COUNT_VERDICT,
	    "Messages by what was done."),
	FAMILY("messages_wanted", "verdict", COUNT_WANTED,
	    "Messages by what would be done in mode enforce."),
	FAMILY("messages_by_stage", "stage", COUNT_STAGE,
	    "Messages by the SMTP stage of the verdict."),
	FAMILY("messages_by_direction", "direction", COUNT_DIRECTION,
	    "Messages by direction."),
	FAMILY("recipients_refused", "verdict", COUNT_RCPT,
	    "Recipients with a verdict of their own at RCPT."),
	{ "recipients", METRIC_COUNTER, NULL, read_rcpts, 0,
	    "Recipients of the messages." },
	FAMILY("incomplete", "check", COUNT_INCOMPLETE,
	    "Messages of which something could not be found out in time."),
	FAMILY("flags", "flag", COUNT_FLAG,
	    "Anomalies and limits that messages met."),
	{ "messages_held_bytes", METRIC_GAUGE, NULL, read_held, 0,
	    "Octets that messages under way take of body.total." },
	{ "messages_short", METRIC_COUNTER, NULL, read_short, 0,
	    "Messages for which body.total had no room." },
	{ "bounces", METRIC_COUNTER, NULL, read_bounces, 0,
	    "Recipients of mail with the null reverse-path." },
	{ "message_size_bytes", METRIC_HISTOGRAM, NULL, read_sizes, 0,
	    "Size of messages." },
	{ "judging_seconds", METRIC_HISTOGRAM, NULL, read_times, 0,
	    "How long the MTA waited at the end of a message." },
};
static const struct metric rules_rows[] = {
	FAMILY("rule_hits", "rule", COUNT_RULE_HIT,
	    "Verdicts for which a rule matched."),
	FAMILY("rule_shadow_hits", "rule", COUNT_RULE_SHADOW,
	    "Verdicts for which a rule in shadow matched."),
	FAMILY("rule_decided", "rule", COUNT_RULE_DECIDED,
	    "Verdicts that a rule made."),
	FAMILY("rule_limited", "rule", COUNT_RULE_LIMITED,
	    "Verdicts for which a rule's pattern ran into its bounds."),
};
/* clang-format on */
static void
results_rows(const struct metric **row, size_t *count)
{
	results_metrics(counters_self()->results, row, count);
}

extern const struct metric_source metrics_messages, metrics_results,
    metrics_rules;
const struct metric_source metrics_messages = { messages_rows,
	ARRAY_COUNT(messages_rows), NULL };
const struct metric_source metrics_results = { NULL, 0, results_rows };
const struct metric_source metrics_rules = { rules_rows,
	ARRAY_COUNT(rules_rows), NULL };

/* ---- DNS ----------------------------------------------------------------- */

static void
read_dns(struct metric_out *out, const struct metric *row)
{
	struct dns_stats stats;
	const char *base = (const char *)&stats;
	uint64_t number;

	resolver_stats(daemon_self()->judge.resolver, &stats);
	memcpy(&number, base + row->argument, sizeof(number));
	metric_value(out, NULL, (double)number);
}

#define DNS_BUCKETS ARRAY_COUNT(((struct dns_stats *)0)->latency_ms)

/*
 * The resolver keeps no sum: each lookup counts with the middle of its
 * bucket.
 */
static void
read_latency(struct metric_out *out, const struct metric *row)
{
	struct dns_stats stats;
	double bound[DNS_BUCKETS - 1], sum = 0;

	(void)row;
	resolver_stats(daemon_self()->judge.resolver, &stats);
	for (size_t i = 0; i + 1 < DNS_BUCKETS; i++) {
		bound[i] = (double)(1U << i) / 1000;
		sum += (double)stats.latency_ms[i] * bound[i] * 0.75;
	}
	sum += (double)stats.latency_ms[DNS_BUCKETS - 1] *
	       bound[DNS_BUCKETS - 2] * 1.5;
	metric_histogram(out, bound, DNS_BUCKETS - 1, stats.latency_ms, sum);
}

#define DNS(name, type, member, help)                        \
	{                                                    \
		name, type, NULL, read_dns,                  \
		    offsetof(struct dns_stats, member), help \
	}

static const struct metric dns_rows[] = {
	DNS("dns_asked", METRIC_COUNTER, asked, "Questions of checks."),
	DNS("dns_cache_hits", METRIC_COUNTER, cache_hits,
	    "Questions that the cache has answered."),
	DNS("dns_joined", METRIC_COUNTER, joined,
	    "Questions that joined a lookup under way."),
	DNS("dns_sent", METRIC_COUNTER, sent, "Packets sent to servers."),
	DNS("dns_timeouts", METRIC_COUNTER, timeouts,
	    "Lookups without an answer in time."),
	DNS("dns_failures", METRIC_COUNTER, failures,
	    "Lookups that failed otherwise."),
	DNS("dns_cache_entries", METRIC_GAUGE, entries, "Cached answers."),
	{ "dns_latency_seconds", METRIC_HISTOGRAM, NULL, read_latency, 0,
	    "How long answered lookups took." },
};
extern const struct metric_source metrics_dns;
const struct metric_source metrics_dns = { dns_rows, ARRAY_COUNT(dns_rows),
	NULL };
