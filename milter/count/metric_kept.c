/*
 * The numbers of what is kept: the store of what is known of senders, and
 * the journal of decisions.
 */
#include "config.h"

#include <string.h>

#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "policy/copy/copy.h"
#include "policy/journal/journal.h"
#include "policy/store/store.h"

/* Rows of a store or journal that is not there have no value. */
static bool
store_read(struct store_figures *f)
{
	struct store *store = daemon_self()->judge.store;

	if (store == NULL)
		return false;
	store_figures(store, f);
	return true;
}

static void
read_store_works(struct metric_out *out, const struct metric *row)
{
	struct store_figures f;

	(void)row;
	if (store_read(&f))
		metric_value(out, f.engine, f.lost || f.failing ? 0 : 1);
}

static void
read_store(struct metric_out *out, const struct metric *row)
{
	struct store_figures f;
	uint64_t number;

	if (!store_read(&f))
		return;
	memcpy(&number, (const char *)&f + row->argument, sizeof(number));
	metric_value(out, NULL, (double)number);
}

static void
read_journal_works(struct metric_out *out, const struct metric *row)
{
	struct journal_stats s;

	(void)row;
	journal_stats(daemon_self()->journal, &s);
	if (daemon_self()->journal != NULL)
		metric_value(out, NULL, s.works ? 1 : 0);
}

static void
read_journal(struct metric_out *out, const struct metric *row)
{
	struct journal_stats s;
	uint64_t number;

	if (daemon_self()->journal == NULL)
		return;
	journal_stats(daemon_self()->journal, &s);
	memcpy(&number, (const char *)&s + row->argument, sizeof(number));
	metric_value(out, NULL, (double)number);
}

static void
read_copy_works(struct metric_out *out, const struct metric *row)
{
	struct copy_stats s;

	(void)row;
	copy_stats(daemon_self()->copy, &s);
	if (s.on)
		metric_value(out, NULL, s.works ? 1 : 0);
}

static void
read_copy(struct metric_out *out, const struct metric *row)
{
	struct copy_stats s;
	uint64_t number;

	copy_stats(daemon_self()->copy, &s);
	memcpy(&number, (const char *)&s + row->argument, sizeof(number));
	if (s.on)
		metric_value(out, NULL, (double)number);
}

#define STORE(name, type, member, help)                          \
	{                                                        \
		"store_" name, type, NULL, read_store,           \
		    offsetof(struct store_figures, member), help \
	}
#define JOURNAL(name, type, member, help)                        \
	{                                                        \
		"journal_" name, type, NULL, read_journal,       \
		    offsetof(struct journal_stats, member), help \
	}
#define COPY(name, member, help)                                       \
	{                                                              \
		"journal_copy_" name, METRIC_COUNTER, NULL, read_copy, \
		    offsetof(struct copy_stats, member), help          \
	}

static const struct metric kept_rows[] = {
	{ "store_works", METRIC_GAUGE, "engine", read_store_works, 0,
	    "The store can be used." },
	STORE("entries", METRIC_GAUGE, entries, "Entries in memory."),
	STORE("unwritten", METRIC_GAUGE, unwritten,
	    "Entries that are not written yet."),
	STORE("evicted", METRIC_COUNTER, evicted,
	    "Entries forgotten early to stay below the bound."),
	STORE("refused", METRIC_COUNTER, refused,
	    "Calls that found the store lost."),
	{ "journal_works", METRIC_GAUGE, NULL, read_journal_works, 0,
	    "The journal can be written." },
	JOURNAL("added", METRIC_COUNTER, added, "Decisions given to it."),
	JOURNAL("written", METRIC_COUNTER, written, "Decisions written."),
	JOURNAL("dropped", METRIC_COUNTER, dropped,
	    "Decisions for which the queue had no room."),
	JOURNAL("lost", METRIC_COUNTER, lost,
	    "Decisions that could not be written."),
	JOURNAL("queued", METRIC_GAUGE, queued, "Decisions that wait."),
	{ "journal_copy_works", METRIC_GAUGE, NULL, read_copy_works, 0,
	    "Decisions are copied to PostgreSQL." },
	COPY("copied", copied, "Decisions copied."),
	COPY("missed", missed, "Decisions deleted before they were copied."),
	COPY("skipped", skipped, "Decisions that the server does not take."),
};
extern const struct metric_source metrics_kept;
const struct metric_source metrics_kept = { kept_rows, ARRAY_COUNT(kept_rows),
	NULL };
