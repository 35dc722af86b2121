/*
 * What metrics show of documents and of the helper that reads them.
 */
#include "config.h"

#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "policy/reader/reader.h"

enum reader_number {
	READER_READ,
	READER_UNREAD,
	READER_SECONDS,
};

static void
documents_read(struct metric_out *out, const struct metric *row)
{
	struct reader_counts c;

	if (daemon_self()->judge.reader == NULL)
		return;
	reader_count(daemon_self()->judge.reader, &c);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++)
		metric_value(out, document_kind_names[i],
		    row->argument == READER_READ     ? (double)c.read[i]
		    : row->argument == READER_UNREAD ? (double)c.failed[i]
						     : c.seconds[i]);
}

static void
starts_read(struct metric_out *out, const struct metric *row)
{
	struct reader_counts c;

	(void)row;
	if (daemon_self()->judge.reader == NULL)
		return;
	reader_count(daemon_self()->judge.reader, &c);
	metric_value(out, NULL, (double)c.starts);
}

static const struct metric reader_rows[] = {
	{ "documents_read", METRIC_COUNTER, "kind", documents_read, READER_READ,
	    "Documents and pictures that the helper has read." },
	{ "documents_unread", METRIC_COUNTER, "kind", documents_read,
	    READER_UNREAD, "Those that it has not, or not to their end." },
	{ "documents_seconds", METRIC_COUNTER, "kind", documents_read,
	    READER_SECONDS, "Time that reading them took." },
	{ "reader_starts", METRIC_COUNTER, NULL, starts_read, 0,
	    "How often the helper that reads documents was started." },
};

extern const struct metric_source metrics_reader;
const struct metric_source metrics_reader = { reader_rows,
	ARRAY_COUNT(reader_rows), NULL };
