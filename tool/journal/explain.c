/*
 * verdict explain: why one message was judged as it was. This file finds the
 * decision and what it was made with; how it is told is explain_tree.c's.
 */
#include "config.h"

#include "tool/journal/explain.h"

#include <getopt.h>

#include "rules/base/jsonw.h"
#include "rules/source/diag.h"
#include "tool/base/screen.h"
#include "tool/journal/journal.h"

#define FOUND_MAX       20
#define NEAR_MAX        3
#define LIST_OCTETS_MAX ((size_t)64 * 1024)

enum form { FORM_TREE, FORM_JSON, FORM_CASE, FORM_SENDER };

/* Decisions that may be meant. */
struct found {
	struct arena *arena;
	struct span wanted;
	struct {
		struct span id, record, snapshot;
	} item[FOUND_MAX];
	size_t count;
};

static void
found_add(struct found *f, const struct journal_row *row)
{
	f->item[f->count].id = arena_dup(f->arena, row->id);
	f->item[f->count].record = arena_dup(f->arena, row->record);
	f->item[f->count].snapshot = arena_dup(f->arena, row->snapshot);
	f->count++;
}

/* By the decision id's beginning. */
static bool
found_row(void *ctx, const struct journal_row *row)
{
	struct found *f = ctx;

	if (span_eq(row->id, f->wanted))
		f->count = 0;
	found_add(f, row);
	return !span_eq(row->id, f->wanted) && f->count < FOUND_MAX;
}

/* By the MTA's queue id, which bounces and its log have. */
static bool
queue_row(void *ctx, const struct journal_row *row)
{
	struct found *f = ctx;

	if (span_case_eq(row->queue, f->wanted))
		found_add(f, row);
	return f->count < FOUND_MAX;
}

/* Ids that look like it, for who has misread one. */
static bool
near_row(void *ctx, const struct journal_row *row)
{
	struct found *f = ctx;
	const char *id = arena_strdup(f->arena, row->id);

	if (diag_suggest(f->wanted, &id, 1) != NULL)
		found_add(f, row);
	return f->count < NEAR_MAX;
}

static void
found_list(const struct found *f)
{
	struct buf out;

	buf_init(&out, LIST_OCTETS_MAX);
	for (size_t i = 0; i < f->count; i++) {
		(void)buf_addz(&out, "  ");
		tool_clean(&out, f->item[i].id);
		(void)buf_addc(&out, '\n');
	}
	(void)fprintf(stderr, "%.*s", SPAN_FMT(buf_span(&out)));
	buf_free(&out);
}

/* The one decision that is meant; false after saying why there is none. */
static bool
explain_find(struct journal_reader *r, struct span id, struct explained *e)
{
	struct found f = { .arena = e->arena, .wanted = id };
	const struct journal_query by_id = {
		.records = true, .id_prefix = id, .newest_first = true
	};
	const struct journal_query records = { .records = true,
		.newest_first = true };
	const struct journal_query all = { .newest_first = true };
	bool ok = journal_each(r, &by_id, found_row, &f) &&
		  (f.count > 0 || journal_each(r, &records, queue_row, &f));

	if (ok && f.count == 1) {
		e->id = f.item[0].id;
		e->record_text = f.item[0].record;
		e->snapshot = f.item[0].snapshot;
		return true;
	}
	if (ok && f.count > 0) {
		(void)tool_fail(0, "several decisions are %.*s:", SPAN_FMT(id));
	} else if (ok && journal_each(r, &all, near_row, &f)) {
		(void)tool_fail(0,
		    "the journal has no decision with the id or queue id "
		    "\"%.*s\"%s",
		    SPAN_FMT(id), f.count > 0 ? "; near it are:" : "");
	} else {
		(void)tool_fail(0, "%s", journal_reader_error(r));
		return false;
	}
	found_list(&f);
	return false;
}

static void
explain_then(struct journal_reader *r, struct explained *e)
{
	e->why = "the journal does not have the rules of then";
	if (!journal_snapshot(r, e->snapshot, e->arena, &e->made_with))
		return;
	e->then = tool_snapshot_then(&e->made_with, e->arena, &e->why);
	if (e->then != NULL)
		e->rejudge = rejudge_new(e->then);
}

static int
explain_show(struct explained *e, enum form form)
{
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(e->record_text, e->arena, &why);
	int status = EXIT_OK;

	if (doc == NULL)
		return tool_fail(
		    EXIT_FAILED, "its record can't be read: %s", why);
	e->record = jsonr_top(doc);
	if (form == FORM_CASE)
		status = explain_case(e);
	else if (form == FORM_JSON)
		explain_json(e);
	else if (form == FORM_SENDER)
		explain_sender(e);
	else {
		screen_pager();
		explain_tree(e);
	}
	jsonr_free(&doc);
	return status;
}

enum { OPT_CASE = 256, OPT_JSON, OPT_SENDER, OPT_JOURNAL, OPT_ALL_HOSTS };

static const struct option long_options[] = {
	{ "case", no_argument, NULL, OPT_CASE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "for-sender", no_argument, NULL, OPT_SENDER },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

/* A decision id may come as it stands in a reply: "[0H3K9ZQ1T]". */
static struct span
id_of(const char *text, struct arena *a)
{
	struct span s = span_trim(span_of(text));

	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = span_slice(s, 1, s.n - 1);
	return arena_lower(a, s);
}

static int
explain_run(int argc, char **argv)
{
	struct explained e = { .arena = NULL };
	struct journal_choice journal = { 0 };
	enum form form = FORM_TREE;
	struct journal_reader *r;
	const char *path;
	int c, status = EXIT_FAILED;

	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1) {
		if (c == OPT_CASE || c == OPT_JSON)
			form = c == OPT_CASE ? FORM_CASE : FORM_JSON;
		else if (c == OPT_SENDER)
			form = FORM_SENDER;
		else if (c == OPT_JOURNAL)
			journal.journal = optarg;
		else if (c == OPT_ALL_HOSTS)
			journal.all_hosts = true;
		else if (c == 'c')
			journal.config = optarg;
		else
			return tool_usage();
	}
	/* An empty one would be the beginning of all. */
	if (argc - optind != 1 || span_trim(span_of(argv[optind])).n == 0)
		return tool_usage();
	e.arena = arena_new();
	r = tool_journal(&journal, &path, e.arena);
	if (r == NULL) {
		arena_free(&e.arena);
		return EXIT_NOINPUT;
	}
	if (explain_find(r, id_of(argv[optind], e.arena), &e)) {
		explain_then(r, &e);
		status = explain_show(&e, form);
	}
	rejudge_free(&e.rejudge);
	snapshot_unref(&e.then);
	journal_reader_close(&r);
	arena_free(&e.arena);
	return status;
}

extern const struct command command_explain;
const struct command command_explain = {
	.name = "explain",
	.usage =
	    "[--json | --case | --for-sender] [--journal FILE | --all-hosts]\n"
	    "    [-c FILE] ID",
	.help = "tell why a message was judged as it was",
	.run = explain_run,
};
