/*
 * The rows of reports out of the journals of all hosts (journal.copy): each
 * decision has its own in its record, from hosts that collect them.
 */
#include "config.h"

#include "policy/base/json.h"
#include "policy/report/report_file.h"
#include "tool/journal/journal.h"
#include "tool/report/report.h"

#define ROWS_AT_ONCE 500

struct hosts {
	struct report_file *file;
	int64_t day;
	struct report_row *rows;
	size_t count;
	uint64_t messages;
	bool failed;
};

static void
rows_put(struct hosts *h)
{
	if (h->rows != NULL && !h->failed)
		h->failed = !report_file_add(
		    h->file, h->rows, h->day, &report_bounds_standard);
	while (h->rows != NULL) {
		struct report_row *r = h->rows;

		h->rows = r->next;
		report_row_free(&r);
	}
	h->count = 0;
}

static void
row_take(struct hosts *h, struct jsonr object)
{
	struct span part[REPORT_ROW_PARTS];
	struct report_row *r;

	for (size_t i = 0; i < REPORT_ROW_PARTS; i++) {
		part[i] = SPAN("");
		(void)jsonr_text(
		    jsonr_get(object, report_row_part_names[i]), &part[i]);
	}
	r = report_row_of(part);
	if (r == NULL)
		return;
	r->next = h->rows;
	h->rows = r;
	h->messages++;
	if (++h->count == ROWS_AT_ONCE)
		rows_put(h);
}

static bool
hosts_row(void *ctx, const struct journal_row *row)
{
	struct hosts *h = ctx;
	struct arena *a;
	struct jsonr_doc *doc;
	const char *why;

	/* Most have none, and reading a record costs more than looking. */
	if (span_search(row->record, SPAN("\"report\":{")) == SIZE_MAX)
		return true;
	a = arena_new();
	doc = jsonr_parse(row->record, a, &why);
	if (doc != NULL)
		row_take(h, jsonr_get(jsonr_top(doc), "report"));
	jsonr_free(&doc);
	arena_free(&a);
	return !h->failed;
}

static bool
hosts_walk(struct hosts *h, struct journal_reader *r)
{
	const struct journal_query q = {
		.since_s = h->day * REPORT_DAY_S,
		.until_s = (h->day + 1) * REPORT_DAY_S - 1,
		.records = true,
	};
	bool ok = journal_each(r, &q, hosts_row, h);

	rows_put(h);
	if (!ok)
		(void)tool_fail(0, "the journals can't be read: %s",
		    journal_reader_error(r));
	else if (h->failed)
		(void)tool_fail(0, "reports can't be made: %s",
		    report_file_error(h->file));
	return ok && !h->failed;
}

bool
report_hosts_gather(const char *config, int64_t day, const char *path,
    struct arena *a, uint64_t *messages)
{
	const struct journal_choice choice = { .config = config,
		.all_hosts = true };
	struct hosts h = { .day = day };
	char why[SQLITE_WHY_MAX] = "";
	const char *where;
	struct journal_reader *r = tool_journal(&choice, &where, a);
	bool renewed, ok = false;

	if (r == NULL)
		return false;
	h.file = report_file_open(
	    path, day * REPORT_DAY_S, false, &renewed, why);
	if (h.file == NULL)
		(void)tool_fail(0, "%s", why);
	else
		ok = hosts_walk(&h, r);
	report_file_close(&h.file);
	journal_reader_close(&r);
	*messages = h.messages;
	return ok;
}
