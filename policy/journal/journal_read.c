/*
 * Reading the journal's file. What the columns mean is journal_entry.h's.
 */
#include "config.h"

#include "policy/journal/journal_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "policy/journal/journal_file.h"
#include "policy/journal/journal_names.h"
#include "rules/base/jsonpack.h"
#include "rules/base/panic.h"

/* What is read before it is shown: so many rows, or octets of them. */
#define PAGE_ROWS   256
#define PAGE_OCTETS ((size_t)4 << 20)

struct journal_source_file {
	struct sqlite *db;
	struct journal_words *words; /* NULL: the file has none, version 1 */
	struct journal_names *names;
	const struct jsonpack_names *listed; /* the last ones; NULL: none */
	struct buf listed_as;                /* the octets of their number */
	bool has_auth;               /* since version 3 */
	bool has_names;              /* since version 4 */
	struct sqlite_statement *record; /* NULL: not asked for yet */
};

static void
file_close(void *self)
{
	struct journal_source_file *f = self;

	sqlite_statement_free(&f->record);
	journal_names_free(&f->names);
	buf_free(&f->listed_as);
	journal_words_free(&f->words);
	sqlite_close(&f->db);
	free(f);
}

static const char *
file_error(const void *self)
{
	const struct journal_source_file *f = self;

	return sqlite_error(f->db);
}

#define BOUNDS " time>=?1 AND time<=?2 "
/* By its index, or all rows are looked at: an OR would have it so. */
#define BY_ID   "AND id>=?3 AND id<?4 "
#define INDEXED " INDEXED BY decision_id"
#define COLUMNS                                                         \
	"decision.seq,time,id,queue,client,sender,author,rcpt,verdict," \
	"wanted,stage,rule,rules,reply,snapshot,score"
/*
 * The rule as the octets of its number (?7) and, in rows of version 1, as text
 * (?8). More than the right rows may come: those who ask look themselves.
 */
#define BY_RULE                                         \
	"AND (instr(rules,?7) OR rule=?7 OR rule=?8 OR" \
	" (typeof(rules)='text' AND instr(rules,?8))) "
/* Where a page begins, and how long it is. */
#define UP   "AND decision.seq>?5 ORDER BY decision.seq LIMIT ?6"
#define DOWN "AND decision.seq<?5 ORDER BY decision.seq DESC LIMIT ?6"

static struct sqlite_statement *
each_prepare(struct journal_source_file *r, const struct journal_query *q)
{
	bool records = q->records || q->values;
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT " COLUMNS "%s%s%s FROM decision%s%s WHERE" BOUNDS "%s%s%s",
	    r->has_auth ? ",auth" : ",''", records ? ",json" : "",
	    records && r->has_names ? ",names" : "",
	    q->id_prefix.n > 0 ? INDEXED : "",
	    records ? " JOIN record USING(seq)" : "",
	    q->id_prefix.n > 0 ? BY_ID : "", q->rule.n > 0 ? BY_RULE : "",
	    q->newest_first ? DOWN : UP);
	return sqlite_prepare(r->db, sql);
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
	if (q->id_prefix.n == 0)
		return;
	sqlite_bind_text(s, 3, q->id_prefix);
	sqlite_bind_text(s, 4, span_of(end));
}

static struct span
column_read(struct journal_source_file *r, struct sqlite_statement *s, int at,
    struct arena *a)
{
	struct span value = sqlite_column_text(s, at);

	return r->words != NULL && sqlite_column_is_octets(s, at)
		   ? journal_words_texts(r->words, value, a)
		   : arena_dup(a, value);
}

/*
 * Those of the record in the column before. Rows of one program have the same
 * number there, and its text is five kilobytes.
 */
static const struct jsonpack_names *
names_read(struct journal_source_file *r, struct sqlite_statement *s, int at,
    struct arena *a)
{
	struct span kept;

	if (!r->has_names)
		return NULL;
	kept = sqlite_column_text(s, at);
	if (r->listed == NULL || !sqlite_column_is_octets(s, at) ||
	    !span_eq(kept, buf_span(&r->listed_as))) {
		buf_clear(&r->listed_as);
		if (sqlite_column_is_octets(s, at))
			(void)buf_add(&r->listed_as, kept);
		r->listed =
		    journal_names_read(r->names, column_read(r, s, at, a));
	}
	return r->listed;
}

/* As JSON, whatever it is kept as; "" when it is damaged. */
static struct span
record_read(struct journal_source_file *r, struct sqlite_statement *s, int at,
    struct arena *a)
{
	struct span kept = sqlite_column_text(s, at), text = SPAN("");
	struct jsonw w;
	struct buf json;

	if (!sqlite_column_is_octets(s, at))
		return arena_dup(a, kept);
	/* Escapes make it longer, six times at most, and numbers of names
	 * twenty times. */
	buf_init(&json, 32 * kept.n + 64);
	jsonw_init(&w, &json);
	if (jsonpack_write(kept, names_read(r, s, at + 1, a), &w) &&
	    !json.over)
		text = arena_dup(a, buf_span(&json));
	buf_free(&json);
	return text;
}

/* Absent when it is damaged. */
static struct jsonr
value_read(struct journal_source_file *r, struct sqlite_statement *s, int at,
    struct arena *a)
{
	struct span kept = sqlite_column_text(s, at);
	struct jsonr value;
	const char *why;
	bool whole =
	    sqlite_column_is_octets(s, at)
		? jsonr_unpack(kept, names_read(r, s, at + 1, a), a, &value)
		: jsonr_read(kept, a, &value, &why);

	return whole ? value : (struct jsonr){ NULL };
}

static void
row_read(struct journal_source_file *r, struct sqlite_statement *s,
    const struct journal_query *q, struct arena *a, struct journal_row *row)
{
	struct span *const text[] = { &row->id, &row->queue, &row->client,
		&row->sender, &row->author, &row->rcpt, &row->verdict,
		&row->wanted, &row->stage, &row->rule, &row->rules, &row->reply,
		&row->snapshot };

	*row = (struct journal_row){ .host = SPAN(""), .record = SPAN("") };
	row->seq = sqlite_column_number(s, 0);
	row->time_s = sqlite_column_number(s, 1);
	for (size_t i = 0; i < ARRAY_COUNT(text); i++)
		*text[i] = column_read(r, s, (int)i + 2, a);
	row->score = sqlite_column_double(s, 15);
	row->auth = column_read(r, s, 16, a);
	if (q->records)
		row->record = record_read(r, s, 17, a);
	if (q->values)
		row->value = value_read(r, s, 17, a);
}

/*
 * A page of rows in memory. While a statement stands between two rows the
 * writer cannot use its log again; whoever shows rows to a person through a
 * pager would make it grow for as long as he reads.
 */
struct page {
	struct journal_source_file *reader;
	struct sqlite_statement *statement;
	struct span rule; /* its octets */
	const struct journal_query *query;
	struct arena *arena;
	struct journal_row row[PAGE_ROWS];
	size_t count;
	int64_t after; /* seq that the next page begins behind */
};

static bool
page_read(struct page *p)
{
	enum sqlite_stepped stepped = SQLITE_STEP_ROW;
	char end[40];

	arena_reset(p->arena);
	p->count = 0;
	bounds_bind(p->statement, p->query, end);
	sqlite_bind_number(p->statement, 5, p->after);
	sqlite_bind_number(p->statement, 6, PAGE_ROWS);
	if (p->query->rule.n > 0) {
		/* Of a rule that no row has there is no number, and of no
		 * number no row. */
		if (p->rule.n > 0)
			sqlite_bind_octets(p->statement, 7, p->rule);
		sqlite_bind_text(p->statement, 8, p->query->rule);
	}
	while (p->count < PAGE_ROWS && arena_used(p->arena) < PAGE_OCTETS &&
	       (stepped = sqlite_step(p->statement)) == SQLITE_STEP_ROW) {
		row_read(p->reader, p->statement, p->query, p->arena,
		    &p->row[p->count]);
		p->after = p->row[p->count++].seq;
	}
	sqlite_reset(p->statement);
	return stepped != SQLITE_STEP_FAILED;
}

static bool
file_each(
    void *self, const struct journal_query *q, journal_visit *visit, void *ctx)
{
	struct journal_source_file *r = self;
	struct page *p = xcalloc(1, sizeof(*p));
	struct arena *rule = arena_new();
	bool on = true, ok;

	p->reader = r;
	p->statement = each_prepare(r, q);
	if (r->words != NULL && q->rule.n > 0)
		p->rule = journal_words_find(r->words, q->rule, rule);
	p->query = q;
	p->arena = arena_new();
	p->after = q->after_seq != 0 ? q->after_seq
		   : q->newest_first ? INT64_MAX
				     : INT64_MIN;
	ok = p->statement != NULL;
	while (ok && on) {
		ok = page_read(p);
		if (p->count == 0)
			break;
		for (size_t i = 0; i < p->count && on; i++)
			on = visit(ctx, &p->row[i]);
	}
	sqlite_statement_free(&p->statement);
	arena_free(&p->arena);
	arena_free(&rule);
	free(p);
	return ok;
}

static uint64_t
file_count(void *self, const struct journal_query *q)
{
	struct journal_source_file *r = self;
	struct sqlite_statement *s = sqlite_prepare(r->db,
	    q->id_prefix.n > 0 ? "SELECT count(*) FROM decision" INDEXED
				 " WHERE" BOUNDS BY_ID
			       : "SELECT count(*) FROM decision WHERE" BOUNDS);
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

/* The next decision from seq on: its time, and which seq it has; or false. */
static bool
probe_time(struct sqlite_statement *s, int64_t *seq, int64_t *time_s)
{
	bool found;

	sqlite_bind_number(s, 1, *seq);
	found = sqlite_step(s) == SQLITE_STEP_ROW;
	if (found) {
		*seq = sqlite_column_number(s, 0);
		*time_s = sqlite_column_number(s, 1);
	}
	sqlite_reset(s);
	return found;
}

static int64_t
file_seq_at(void *self, int64_t time_s)
{
	struct journal_source_file *r = self;
	struct sqlite_statement *s = sqlite_prepare(r->db,
	    "SELECT seq,time FROM decision WHERE seq>=? ORDER BY seq LIMIT 1");
	int64_t low = sqlite_number(r->db, "SELECT min(seq) FROM decision");
	int64_t high = sqlite_number(r->db, "SELECT max(seq) FROM decision");
	int64_t behind = 0, then;

	if (s == NULL || high == 0)
		low = high + 1;
	/* All below low were made up to then, all above high later. */
	while (low <= high) {
		int64_t middle = low + (high - low) / 2, seq = middle;

		if (probe_time(s, &seq, &then) && then <= time_s) {
			behind = seq + 1;
			low = seq + 1;
		} else {
			high = middle - 1;
		}
	}
	sqlite_statement_free(&s);
	return behind;
}

static struct span
file_record(void *self, int64_t seq, struct arena *a)
{
	struct journal_source_file *r = self;
	struct span text = SPAN("");

	if (r->record == NULL)
		r->record = sqlite_prepare(r->db,
		    r->has_names ? "SELECT json,names FROM record WHERE seq=?"
				 : "SELECT json FROM record WHERE seq=?");
	if (r->record == NULL)
		return text;
	sqlite_bind_number(r->record, 1, seq);
	if (sqlite_step(r->record) == SQLITE_STEP_ROW)
		text = record_read(r, r->record, 0, a);
	sqlite_reset(r->record);
	return text;
}

static struct span
file_snapshot(void *self, struct span name, struct arena *a)
{
	struct journal_source_file *r = self;
	struct sqlite_statement *s =
	    sqlite_prepare(r->db, "SELECT json FROM snapshot WHERE name=?");
	struct span text = SPAN("");

	if (s == NULL)
		return text;
	sqlite_bind_text(s, 1, name);
	if (sqlite_step(s) == SQLITE_STEP_ROW)
		text = arena_dup(a, sqlite_column_text(s, 0));
	sqlite_statement_free(&s);
	return text;
}

static const struct journal_source source_file = {
	.each = file_each,
	.count = file_count,
	.record = file_record,
	.seq_at = file_seq_at,
	.snapshot = file_snapshot,
	.error = file_error,
	.close = file_close,
};

struct journal_reader *
journal_reader_open(const char *path, char why[SQLITE_WHY_MAX])
{
	struct sqlite *db = sqlite_open(path, SQLITE_FOR_READING, why);
	struct sqlite_statement *probe;
	struct journal_source_file *f;

	if (db == NULL)
		return NULL;
	/* It might be read, and read wrongly. */
	if (sqlite_version(db) > JOURNAL_FILE_VERSION) {
		(void)snprintf(why, SQLITE_WHY_MAX,
		    "%.150s: a newer program wrote it (version %d, this one "
		    "knows up to %d)",
		    path, sqlite_version(db), JOURNAL_FILE_VERSION);
		sqlite_close(&db);
		return NULL;
	}
	probe = sqlite_prepare(db, "SELECT seq FROM decision LIMIT 1");
	if (probe == NULL) {
		(void)snprintf(why, SQLITE_WHY_MAX, "%.150s: %.90s", path,
		    sqlite_error(db));
		sqlite_close(&db);
		return NULL;
	}
	sqlite_statement_free(&probe);
	f = xcalloc(1, sizeof(*f));
	f->db = db;
	f->words = journal_words_new(db);
	probe = sqlite_prepare(db, "SELECT auth FROM decision LIMIT 1");
	f->has_auth = probe != NULL;
	sqlite_statement_free(&probe);
	f->names = journal_names_new(NULL);
	buf_init(&f->listed_as, 16);
	probe = sqlite_prepare(db, "SELECT names FROM record LIMIT 1");
	f->has_names = probe != NULL;
	sqlite_statement_free(&probe);
	return journal_reader_of(&source_file, f);
}
