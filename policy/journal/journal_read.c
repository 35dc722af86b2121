/*
 * Reading the journal's file. What the columns mean is journal_entry.h's.
 */
#include "config.h"

#include "policy/journal/journal_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "policy/base/json.h"
#include "rules/base/panic.h"

struct journal_reader {
	struct sqlite *db;
};

struct journal_reader *
journal_reader_open(const char *path, char why[SQLITE_WHY_MAX])
{
	struct sqlite *db = sqlite_open(path, SQLITE_FOR_READING, why);
	struct sqlite_statement *probe;
	struct journal_reader *r;

	if (db == NULL)
		return NULL;
	probe = sqlite_prepare(db, "SELECT seq FROM decision LIMIT 1");
	if (probe == NULL) {
		(void)snprintf(why, SQLITE_WHY_MAX, "%.150s: %.90s", path,
		    sqlite_error(db));
		sqlite_close(&db);
		return NULL;
	}
	sqlite_statement_free(&probe);
	r = xcalloc(1, sizeof(*r));
	r->db = db;
	return r;
}

void
journal_reader_close(struct journal_reader **rp)
{
	struct journal_reader *r = *rp;

	if (r == NULL)
		return;
	sqlite_close(&r->db);
	free(r);
	*rp = NULL;
}

const char *
journal_reader_error(const struct journal_reader *r)
{
	return sqlite_error(r->db);
}

#define BOUNDS " time>=?1 AND time<=?2 AND (?3='' OR (id>=?3 AND id<?4)) "
#define COLUMNS                                                         \
	"decision.seq,time,id,queue,client,sender,author,rcpt,verdict," \
	"wanted,stage,rule,rules,reply,snapshot,score"

static const char *
each_sql(const struct journal_query *q)
{
	if (q->records)
		return q->newest_first
			   ? "SELECT " COLUMNS ",json FROM decision JOIN record"
			     " USING(seq) WHERE" BOUNDS "ORDER BY seq DESC"
			   : "SELECT " COLUMNS ",json FROM decision JOIN record"
			     " USING(seq) WHERE" BOUNDS "ORDER BY seq";
	return q->newest_first ? "SELECT " COLUMNS " FROM decision WHERE" BOUNDS
				 "ORDER BY seq DESC"
			       : "SELECT " COLUMNS " FROM decision WHERE" BOUNDS
				 "ORDER BY seq";
}

/*
 * Decision ids are of letters and digits, so that "{" stands behind every
 * one that begins alike.
 */
static void
bounds_bind(
    struct sqlite_statement *s, const struct journal_query *q, char end[40])
{
	(void)snprintf(end, 40, "%.*s{", (int)(q->id_prefix.n % 32),
	    q->id_prefix.n == 0 ? "" : q->id_prefix.p);
	sqlite_bind_number(s, 1, q->since_s);
	sqlite_bind_number(s, 2, q->until_s == 0 ? INT64_MAX : q->until_s);
	sqlite_bind_text(s, 3, q->id_prefix);
	sqlite_bind_text(s, 4, span_of(end));
}

static void
row_read(struct sqlite_statement *s, bool record, struct journal_row *row)
{
	struct span *const text[] = { &row->id, &row->queue, &row->client,
		&row->sender, &row->author, &row->rcpt, &row->verdict,
		&row->wanted, &row->stage, &row->rule, &row->rules, &row->reply,
		&row->snapshot };

	*row = (struct journal_row){ .record = SPAN("") };
	row->seq = sqlite_column_number(s, 0);
	row->time_s = sqlite_column_number(s, 1);
	for (size_t i = 0; i < ARRAY_COUNT(text); i++)
		*text[i] = sqlite_column_text(s, (int)i + 2);
	row->score = sqlite_column_double(s, 15);
	if (record)
		row->record = sqlite_column_text(s, 16);
}

bool
journal_each(struct journal_reader *r, const struct journal_query *q,
    journal_visit *visit, void *ctx)
{
	struct sqlite_statement *s = sqlite_prepare(r->db, each_sql(q));
	enum sqlite_stepped stepped;
	struct journal_row row;
	char end[40];

	if (s == NULL)
		return false;
	bounds_bind(s, q, end);
	while ((stepped = sqlite_step(s)) == SQLITE_STEP_ROW) {
		row_read(s, q->records, &row);
		if (!visit(ctx, &row))
			break;
	}
	sqlite_statement_free(&s);
	return stepped != SQLITE_STEP_FAILED;
}

uint64_t
journal_count(struct journal_reader *r, const struct journal_query *q)
{
	struct sqlite_statement *s =
	    sqlite_prepare(r->db, "SELECT count(*) FROM decision WHERE" BOUNDS);
	uint64_t count = 0;
	char end[40];

	if (s == NULL)
		return 0;
	bounds_bind(s, q, end);
	if (sqlite_step(s) == SQLITE_STEP_ROW)
		count = (uint64_t)sqlite_column_number(s, 0);
	sqlite_statement_free(&s);
	return count;
}

/* ---- snapshots ------------------------------------------------------------- */

static void
snapshot_gathered(
    struct jsonr facts, struct arena *a, struct journal_snapshot *out)
{
	struct span *name =
	    arena_array(a, jsonr_count(facts) + 1, sizeof(*name));
	struct span text;

	out->gathered = name;
	for (size_t i = 0; i < jsonr_count(facts); i++)
		if (jsonr_text(jsonr_at(facts, i), &text))
			name[out->gathered_count++] = arena_dup(a, text);
}

static bool
snapshot_read(struct span json, struct arena *a, struct journal_snapshot *out)
{
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(json, a, &why);
	struct jsonr top;
	struct span text;

	if (doc == NULL)
		return false;
	top = jsonr_top(doc);
	if (jsonr_text(jsonr_get(top, "config"), &text))
		out->config = arena_dup(a, text);
	if (jsonr_text(jsonr_get(top, "rules"), &text))
		out->rules = arena_dup(a, text);
	(void)jsonr_bool(jsonr_get(top, "lists_cut"), &out->files_cut);
	out->file_count =
	    snapshot_files_read(jsonr_get(top, "lists"), a, &out->file);
	snapshot_gathered(jsonr_get(top, "facts"), a, out);
	jsonr_free(&doc);
	return out->rules.p != NULL;
}

bool
journal_snapshot(struct journal_reader *r, struct span name, struct arena *a,
    struct journal_snapshot *out)
{
	struct sqlite_statement *s =
	    sqlite_prepare(r->db, "SELECT json FROM snapshot WHERE name=?");
	bool found = false;

	*out = (struct journal_snapshot){ 0 };
	if (s == NULL)
		return false;
	sqlite_bind_text(s, 1, name);
	if (sqlite_step(s) == SQLITE_STEP_ROW)
		found = snapshot_read(sqlite_column_text(s, 0), a, out);
	sqlite_statement_free(&s);
	return found;
}
