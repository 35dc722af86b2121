/*
 * What metrics show of each DNS list, by its zone.
 */
#include "config.h"

#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "policy/lists/dnslist_health.h"

enum lists_number {
	LISTS_ASKED,
	LISTS_HITS,
	LISTS_OTHER,
	LISTS_FAILURES,
	LISTS_ERRORS,
	LISTS_SUSPENDED,
};

struct reading {
	struct metric_out *out;
	enum lists_number which;
};

static double
number_of(const struct dnslist_report *r, enum lists_number which)
{
	switch (which) {
	case LISTS_ASKED:
		return (double)r->asked;
	case LISTS_HITS:
		return (double)r->hits;
	case LISTS_OTHER:
		return (double)r->other;
	case LISTS_FAILURES:
		return (double)r->failures;
	case LISTS_ERRORS:
		return (double)r->errors;
	case LISTS_SUSPENDED:
		return r->suspended;
	}
	return 0;
}

static void
lists_show(void *ctx, const struct dnslist_report *report)
{
	const struct reading *reading = ctx;

	if (report->watched)
		metric_value(reading->out, report->label,
		    number_of(report, reading->which));
}

static void
lists_read(struct metric_out *out, const struct metric *row)
{
	struct reading reading = { out, (enum lists_number)row->argument };

	if (daemon_self()->lists != NULL)
		dnslist_health_each(daemon_self()->lists, lists_show, &reading);
}

static const struct metric lists_rows[] = {
	{ "list_asked", METRIC_COUNTER, "list", lists_read, LISTS_ASKED,
	    "Answers of DNS lists to messages." },
	{ "list_hits", METRIC_COUNTER, "list", lists_read, LISTS_HITS,
	    "Answers that were a listing." },
	{ "list_other_codes", METRIC_COUNTER, "list", lists_read, LISTS_OTHER,
	    "Answers with codes that no rule file declares." },
	{ "list_failures", METRIC_COUNTER, "list", lists_read, LISTS_FAILURES,
	    "Questions that were not answered in time." },
	{ "list_errors", METRIC_COUNTER, "list", lists_read, LISTS_ERRORS,
	    "Answers by which a list refused, or that none may give." },
	{ "list_suspended", METRIC_GAUGE, "list", lists_read, LISTS_SUSPENDED,
	    "1 while a list is not asked because it is not well." },
};

extern const struct metric_source metrics_lists;
const struct metric_source metrics_lists = { lists_rows,
	ARRAY_COUNT(lists_rows), NULL };
