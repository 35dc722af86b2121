/*
 * What metrics show of DMARC reports: the messages that are counted for them,
 * and what became of the mails.
 */
#include "config.h"

#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "milter/report/report_post.h"
#include "policy/report/report_book.h"

enum report_number { REPORT_COUNTED, REPORT_WRITTEN, REPORT_LOST };

static void
report_read_rows(struct metric_out *out, const struct metric *row)
{
	struct report_book *book = daemon_self()->reports;
	struct report_book_stats s;

	if (book == NULL)
		return;
	report_book_stats(book, &s);
	switch ((enum report_number)row->argument) {
	case REPORT_COUNTED:
		metric_value(out, NULL, (double)s.added);
		break;
	case REPORT_WRITTEN:
		metric_value(out, NULL, (double)s.written);
		break;
	case REPORT_LOST:
		metric_value(out, NULL, (double)s.dropped);
		break;
	}
}

static void
report_read_mails(struct metric_out *out, const struct metric *row)
{
	(void)row;
	if (daemon_self()->reports == NULL)
		return;
	for (size_t i = DELIVERY_SENT; i < DELIVERY_STATE_COUNT; i++)
		metric_value(out, delivery_state_names[i],
		    (double)report_post_count((enum delivery_state)i));
}

static const struct metric report_rows[] = {
	{ "report_messages", METRIC_COUNTER, NULL, report_read_rows,
	    REPORT_COUNTED, "Messages that DMARC reports are to speak of." },
	{ "report_messages_written", METRIC_COUNTER, NULL, report_read_rows,
	    REPORT_WRITTEN, "Of these, those that lie on the disk." },
	{ "report_messages_lost", METRIC_COUNTER, NULL, report_read_rows,
	    REPORT_LOST, "Of these, those that could not be written." },
	{ "report_mails", METRIC_COUNTER, "state", report_read_mails, 0,
	    "Mails with DMARC reports by what became of them." },
};

extern const struct metric_source metrics_reports;
const struct metric_source metrics_reports = { report_rows,
	ARRAY_COUNT(report_rows), NULL };
