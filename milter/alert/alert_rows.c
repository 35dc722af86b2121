/*
 * What the daemon notices by looking at its own numbers.
 */
#include "config.h"

#include "milter/alert/alert_rows.h"

#include <sys/statvfs.h>

#include "milter/alert/alert.h"
#include "milter/daemon/daemon.h"

#define ENOUGH       20 /* messages, below which a share says nothing */
#define LATELY       4  /* minutes besides the one that runs */
#define BEFORE       59
#define DISK_PERCENT 3

bool
alert_temperror(
    const struct counters *c, int64_t now_s, double percent, struct buf *text)
{
	uint64_t n[RECENT_COUNT];
	double share;

	recent_sum(&c->recent, now_s, 0, LATELY, n);
	if (n[RECENT_JUDGED] < ENOUGH || percent <= 0)
		return false;
	share = 100.0 * (double)n[RECENT_TEMPERROR] / (double)n[RECENT_JUDGED];
	if (share < percent)
		return false;
	(void)buf_printf(text,
	    "%.0f%% of the %llu messages of the last %d minutes had a "
	    "temporary error: is the resolver well?",
	    share, (unsigned long long)n[RECENT_JUDGED], LATELY + 1);
	return true;
}

bool
alert_refusals(
    const struct counters *c, int64_t now_s, double times, struct buf *text)
{
	uint64_t now[RECENT_COUNT], before[RECENT_COUNT];
	double share, usual;

	recent_sum(&c->recent, now_s, 0, LATELY, now);
	recent_sum(&c->recent, now_s, LATELY + 1, BEFORE, before);
	if (times <= 0 || now[RECENT_REFUSED] < ENOUGH ||
	    before[RECENT_MESSAGES] < ENOUGH)
		return false;
	share = (double)now[RECENT_REFUSED] / (double)now[RECENT_MESSAGES];
	usual =
	    (double)before[RECENT_REFUSED] / (double)before[RECENT_MESSAGES];
	/* From nothing to a tenth is a jump, from 1 in 1000 to 5 is none. */
	if (share < 0.1 || share < usual * times)
		return false;
	(void)buf_printf(text,
	    "%.0f%% of the mail of the last %d minutes was refused, %.0f%% "
	    "in the hour before: \"verdict stats\" names the rules",
	    share * 100, LATELY + 1, usual * 100);
	return true;
}

/* ---- rows ---------------------------------------------------------------- */

static bool
row_temperror(const struct config *c, int64_t now_s, struct buf *text)
{
	return alert_temperror(
	    daemon_self()->counters, now_s, c->alert_temperror, text);
}

static bool
row_refusals(const struct config *c, int64_t now_s, struct buf *text)
{
	return alert_refusals(
	    daemon_self()->counters, now_s, c->alert_refusals, text);
}

static bool
row_resolver(const struct config *c, int64_t now_s, struct buf *text)
{
	const char *warning = resolver_warning(daemon_self()->judge.resolver);

	(void)c;
	(void)now_s;
	return warning != NULL && buf_addz(text, warning);
}

static bool
row_disk(const struct config *c, int64_t now_s, struct buf *text)
{
	struct statvfs fs;

	(void)now_s;
	if (statvfs(c->state, &fs) != 0 || fs.f_blocks == 0 ||
	    fs.f_bavail * 100 / fs.f_blocks >= DISK_PERCENT)
		return false;
	(void)buf_printf(text,
	    "less than %d%% of the disk of %s is free: what is remembered "
	    "of senders will be lost before mail is",
	    DISK_PERCENT, c->state);
	return true;
}

static const struct alert_row {
	const char *key;
	bool (*holds)(const struct config *c, int64_t now_s, struct buf *text);
	/* Told when it begins and not again while it lasts: what is set up
	 * so need not be told each hour. */
	bool once;
} alert_rows[] = {
	{ "temporary errors", row_temperror, false },
	{ "refusals", row_refusals, false },
	{ "resolver", row_resolver, true },
	{ "disk", row_disk, false },
};

void
alert_rows_look(int64_t now_s)
{
	static bool held[ARRAY_COUNT(alert_rows)]; /* the alert thread's */
	struct snapshot *s = daemon_snapshot();

	for (size_t i = 0; i < ARRAY_COUNT(alert_rows); i++) {
		const struct alert_row *row = &alert_rows[i];
		struct buf text;
		bool holds;

		buf_init(&text, 1024);
		holds = row->holds(&s->config, now_s, &text);
		if (holds && !(row->once && held[i]) && buf_addc(&text, '\0'))
			alert_raise(row->key, text.p);
		held[i] = holds;
		buf_free(&text);
	}
	snapshot_unref(&s);
}
