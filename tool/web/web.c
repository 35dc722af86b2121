/*
 * What the pages stand on: the journal that is open, its sums, and what the
 * daemon says.
 */
#include "config.h"

#include "tool/web/web.h"

#include <stdio.h>
#include <sys/stat.h>

#include "policy/base/clock.h"
#include "policy/copy/copy_read.h"
#include "tool/base/tool.h"
#include "tool/journal/journal.h"

#define RENEW_S     86400 /* sums are begun anew, for what has expired */
#define ANSWER_MAX  ((size_t)65536)
#define PATIENCE_S  3 /* for a lesson */
#define DAEMON_SAID ((size_t)512)
/* For a database, which all that look wait for; after a failure it is left
 * alone for a while. */
#define DATABASE_MS 3000
#define RETRY_MS    30000

void
web_init(struct web *w, const struct web_options *options)
{
	*w = (struct web){ .options = options };
	(void)snprintf(
	    w->why_no_journal, sizeof(w->why_no_journal), "not opened yet");
	w->tally = web_tally_new();
	web_daemon_init(&w->daemon, options->control);
	w->made.arena = arena_new();
	w->made.name = SPAN("");
	tool_control_patience(PATIENCE_S);
}

void
web_release(struct web *w)
{
	journal_reader_close(&w->reader);
	web_tally_free(&w->tally);
	web_tally_free(&w->next);
	web_daemon_release(&w->daemon);
	snapshot_unref(&w->made.then);
	arena_free(&w->made.arena);
}

/* ---- the journal -------------------------------------------------------------- */

static bool
stamp_read(const char *path, struct file_stamp *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*out = (struct file_stamp){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
	return true;
}

/* Is what is open still what is to be looked at? */
static bool
web_is_open(struct web *w, struct file_stamp *now)
{
	bool database = copy_is_address(w->options->journal);
	bool there = stamp_read(w->options->journal, now);

	if (database && w->reader != NULL &&
	    journal_reader_error(w->reader)[0] == '\0')
		return true;
	if (database)
		return clock_system.monotonic_ms(clock_system.ctx) <
		       w->retry_ms;
	return w->reader != NULL && there && now->device == w->file.device &&
	       now->inode == w->file.inode;
}

/* A database that has failed fails all at once for a while. */
static void
web_fail(struct web *w)
{
	if (w->reader == NULL || !copy_is_address(w->options->journal) ||
	    journal_reader_error(w->reader)[0] == '\0')
		return;
	(void)snprintf(w->why_no_journal, sizeof(w->why_no_journal), "%s",
	    journal_reader_error(w->reader));
	journal_reader_close(&w->reader);
	w->retry_ms = clock_system.monotonic_ms(clock_system.ctx) + RETRY_MS;
}

/* A journal that was damaged is set aside and another begun. */
static void
web_open(struct web *w, int64_t now_s)
{
	struct file_stamp now = { 0, 0 };

	web_fail(w);
	if (web_is_open(w, &now))
		return;
	journal_reader_close(&w->reader);
	w->reader = copy_journal_open(
	    w->options->journal, DATABASE_MS, w->why_no_journal);
	/* Said instead of what the library of the file says. */
	if (w->reader == NULL && now.inode == 0 &&
	    !copy_is_address(w->options->journal))
		(void)snprintf(w->why_no_journal, sizeof(w->why_no_journal),
		    "there is none at %.160s, or not for this user; the daemon "
		    "begins it when it first starts",
		    w->options->journal);
	w->retry_ms = clock_system.monotonic_ms(clock_system.ctx) + RETRY_MS;
	w->file = now;
	web_tally_free(&w->next);
	web_tally_free(&w->tally);
	w->tally = web_tally_new();
	w->tally_s = now_s;
	w->behind = w->reader != NULL;
}

/* What was deleted from the journal goes from the sums as well, once a day. */
static bool
web_renew(struct web *w, int64_t ms, int64_t now_s)
{
	bool behind = true;

	if (w->next == NULL && now_s - w->tally_s < RENEW_S &&
	    now_s >= w->tally_s)
		return false;
	if (w->next == NULL)
		w->next = web_tally_new();
	if (!web_tally_read(w->next, w->reader, ms, &behind))
		web_tally_free(&w->next);
	if (behind)
		return w->next != NULL;
	web_tally_free(&w->tally);
	w->tally = w->next;
	w->next = NULL;
	w->tally_s = now_s;
	return false;
}

bool
web_work(struct web *w, int64_t ms)
{
	int64_t now_s = clock_system.unix_s(clock_system.ctx);

	web_daemon_step(&w->daemon);
	web_open(w, now_s);
	if (w->reader == NULL)
		return false;
	if (!web_tally_read(w->tally, w->reader, ms, &w->behind)) {
		w->behind = false;
		return false;
	}
	return w->behind || web_renew(w, ms, now_s);
}

struct newest {
	struct arena *arena;
	struct span name;
};

static bool
newest_row(void *ctx, const struct journal_row *row)
{
	struct newest *n = ctx;

	n->name = arena_dup(n->arena, row->snapshot);
	return false;
}

struct span
web_newest_snapshot(struct web_view *v)
{
	const struct journal_query q = { .newest_first = true };
	struct newest n = { v->arena, SPAN("") };

	if (v->web->reader != NULL)
		(void)journal_each(v->web->reader, &q, newest_row, &n);
	return n.name;
}

/* ---- what was in force ---------------------------------------------------------- */

const struct web_made *
web_made_with(struct web_view *v, struct span name)
{
	struct web_made *m = &v->web->made;

	if (name.n > 0 && span_eq(m->name, name))
		return m;
	snapshot_unref(&m->then);
	arena_reset(m->arena);
	m->name = arena_dup(m->arena, name);
	m->made_with = (struct journal_snapshot){ .file_count = 0 };
	m->why = "the journal does not have the rules of then";
	if (v->web->reader != NULL && name.n > 0 &&
	    journal_snapshot(v->web->reader, name, m->arena, &m->made_with))
		m->then = tool_snapshot_then(&m->made_with, m->arena, &m->why);
	return m;
}

/* ---- the daemon ------------------------------------------------------------------ */

const char *
web_query(const struct web_view *v, const char *key)
{
	return arena_strdup(v->arena, web_param(&v->request.query, key));
}

struct jsonr
web_says(struct web_view *v, enum web_saying what, const char **why)
{
	return web_daemon_says(&v->web->daemon, what, why);
}

bool
web_ask(struct web_view *v, const char *line, struct span payload,
    struct span *answer)
{
	struct buf said;
	const char *why = "";
	bool ok;

	/* That it answers now is seen first: what it was asked to do may take
	 * its time, but one that hangs is waited for by everybody. */
	web_daemon_renew(&v->web->daemon);
	(void)web_says(v, SAYING_STATS, &why);
	if (v->web->daemon.silent) {
		*answer = SPAN("the daemon does not answer");
		return false;
	}
	buf_init(&said, ANSWER_MAX);
	ok = tool_control_with(
	    v->web->options->control, line, payload, &said, &why);
	web_daemon_renew(&v->web->daemon);
	*answer = arena_dup(v->arena,
	    span_slice(tool_control_said(&said, why), 0, DAEMON_SAID));
	buf_free(&said);
	return ok;
}
