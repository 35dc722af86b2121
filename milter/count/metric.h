#ifndef MILTER_COUNT_METRIC_H
#define MILTER_COUNT_METRIC_H

/*
 * The numbers that the process shows: one table of rows, written as
 * Prometheus text for a scraper and as JSON for `verdict stats`. A module
 * shows its numbers by a source: an array of rows, named in one line of
 * milter/control/metric_sources.def.
 *
 * A row's read is called for each request, from the control socket's thread
 * or the metrics server's, and gives its values with metric_value or
 * metric_histogram. It must not wait for the network.
 */

#include "milter/count/tally.h"
#include "rules/base/buf.h"
#include "rules/base/jsonw.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_out;

struct metric {
	/* "messages": shown as verdict_messages_total when it is a counter. */
	const char *name;
	enum metric_type type;
	const char *label; /* that tells its values apart; NULL: one value */
	void (*read)(struct metric_out *out, const struct metric *row);
	size_t argument; /* for read, to share it between rows */
	const char *help;
};

struct metric_source {
	const struct metric *row;
	size_t count;
	/* NULL, or gives the rows instead: those that are known only once the
	 * process has begun. They live as long as it. */
	void (*rows)(const struct metric **row, size_t *count);
};

struct metric_sources {
	const struct metric_source *const *source;
	size_t count;
};

/* label is the label's value, NULL for a row without one. */
void metric_value(struct metric_out *out, const char *label, double value);
/* The same, as tally_each calls it. */
void metric_each(void *out, const char *label, uint64_t count);
/*
 * count buckets with upper bounds and the last one without; sum in the unit
 * of the bounds times scale.
 */
void metric_histogram(struct metric_out *out, const double *bound, size_t count,
    const uint64_t *bucket, double sum);

/* All sources, one after the other. */
void metric_write_text(const struct metric_sources *sources, struct buf *out);
/* Which there are, one a line: name, type, label in braces, and what it is. */
void metric_list(const struct metric_sources *sources, struct buf *out);
/* One member a row: a number, an object by label, or a histogram. */
void metric_write_json(const struct metric_sources *sources, struct jsonw *out);

#endif
