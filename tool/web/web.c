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

#define STATS_MS    1500  /* for which the daemon's numbers are shown again */
#define RENEW_S     86400 /* sums are begun anew, for what has expired */
#define ANSWER_MAX  ((size_t)8 << 20)
#define PATIENCE_S  3 /* for the daemon */
#define DAEMON_SAID ((size_t)512)

void
web_init(struct web *w, const struct web_options *options)
{
	*w = (struct web){ .options = options, .stats_why = "" };
	(void)snprintf(
	    w->why_no_journal, sizeof(w->why_no_journal), "not opened yet");
	w->tally = web_tally_new();
	w->stats_arena = arena_new();
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
	jsonr_free(&w->stats);
	arena_free(&w->stats_arena);
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

/* A journal that was damaged is set aside and another begun. */
static void
web_open(struct web *w, int64_t now_s)
{
	struct file_stamp now = { 0, 0 };
	bool there = stamp_read(w->options->journal, &now);

	/* A database is tried again when it has failed. */
	if (w->reader != NULL && copy_is_address(w->options->journal) &&
	    journal_reader_error(w->reader)[0] == '\0')
		return;
	if (w->reader != NULL && there && now.device == w->file.device &&
	    now.inode == w->file.inode)
		return;
	journal_reader_close(&w->reader);
	w->reader = copy_journal_open(w->options->journal, w->why_no_journal);
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

static struct jsonr
ask_json(const char *socket, const char *command, struct arena *a,
    struct jsonr_doc **doc, const char **why)
{
	struct buf answer;

	buf_init(&answer, ANSWER_MAX);
	*doc = NULL;
	if (tool_control(socket, command, &answer, why))
		*doc = jsonr_parse(buf_span(&answer), a, why);
	buf_free(&answer);
	return *doc == NULL ? (struct jsonr){ NULL } : jsonr_top(*doc);
}

struct jsonr
web_stats(struct web_view *v)
{
	struct web *w = v->web;
	int64_t now_ms = clock_system.monotonic_ms(clock_system.ctx);

	if (w->stats_ms == 0 || now_ms - w->stats_ms > STATS_MS) {
		jsonr_free(&w->stats);
		arena_reset(w->stats_arena);
		w->stats_why = "";
		(void)ask_json(w->options->control, "stats", w->stats_arena,
		    &w->stats, &w->stats_why);
		w->stats_ms = clock_system.monotonic_ms(clock_system.ctx);
	}
	return w->stats == NULL ? (struct jsonr){ NULL } : jsonr_top(w->stats);
}

struct jsonr
web_ask_json(struct web_view *v, const char *command, const char **why)
{
	/* The view's: freed with it. */
	return ask_json(
	    v->web->options->control, command, v->arena, &v->asked, why);
}

bool
web_ask(struct web_view *v, const char *line, struct span payload,
    struct span *answer)
{
	struct buf said;
	const char *why = "";
	bool ok;

	buf_init(&said, ANSWER_MAX);
	ok = tool_control_with(
	    v->web->options->control, line, payload, &said, &why);
	*answer = arena_dup(v->arena,
	    span_slice(tool_control_said(&said, why), 0, DAEMON_SAID));
	buf_free(&said);
	return ok;
}
