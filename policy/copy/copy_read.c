#include "config.h"

#include "policy/copy/copy_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/copy/copy_schema.h"
#include "rules/base/panic.h"

#define PAGE_ROWS 256

_Static_assert(SQLITE_WHY_MAX >= POSTGRES_WHY_MAX, "room for either's words");

struct copy_source {
	struct postgres *db;
};

/* ---- walks ----------------------------------------------------------------------- */

/* $1, $2: the time; $3: id_prefix; $4: rule. */
#define BOUNDS                                                         \
	" time>=$1::bigint AND time<=$2::bigint AND ($3='' OR (id>=$3" \
	" AND id<$3||'{')) AND ($4='' OR rule=$4 OR"                   \
	" strpos(E'\\n'||rules||E'\\n',E'\\n'||$4||E'\\n')>0) "
#define COLUMNS                                                   \
	"serial,time,id,queue,client,sender,author,rcpt,verdict," \
	"wanted,stage,rule,rules,reply,snapshot,score,auth,host"

/* A place in a walk: $5 time, $6 serial; $7 how many. */
struct order {
	const char *behind, *by;
};
static const struct order down = { " AND (time,serial)<($5::bigint,$6::bigint)",
	" ORDER BY time DESC,serial DESC LIMIT $7::bigint" };
static const struct order up_serial = {
	" AND $5::bigint IS NOT NULL AND serial>$6::bigint",
	" ORDER BY serial LIMIT $7::bigint"
};
static const struct order down_serial = {
	" AND $5::bigint IS NOT NULL AND serial<$6::bigint",
	" ORDER BY serial DESC LIMIT $7::bigint"
};

static const struct order *
order_of(const struct journal_query *q)
{
	if (!q->newest_first)
		return &up_serial;
	return q->after_seq != 0 ? &down_serial : &down;
}

struct walk {
	struct copy_source *s;
	const struct journal_query *q;
	int64_t time_s, serial; /* of the last row */
	char number[4][32];
	struct span value[7];
};

static void
walk_number(struct walk *w, size_t which, size_t value, int64_t number)
{
	(void)snprintf(w->number[which], sizeof(w->number[which]), "%lld",
	    (long long)number);
	w->value[value] = span_of(w->number[which]);
}

static void
bounds_values(struct walk *w)
{
	walk_number(w, 0, 0, w->q->since_s);
	walk_number(w, 1, 1, w->q->until_s == 0 ? INT64_MAX : w->q->until_s);
	w->value[2] = w->q->id_prefix;
	w->value[3] = w->q->rule;
}

static bool
walk_ask(struct walk *w)
{
	const struct order *o = order_of(w->q);
	char sql[1024];

	bounds_values(w);
	walk_number(w, 2, 4, w->time_s);
	walk_number(w, 3, 5, w->serial);
	w->value[6] = SPAN("256");
	_Static_assert(PAGE_ROWS == 256, "as it is asked for");
	(void)snprintf(sql, sizeof(sql),
	    "SELECT " COLUMNS "%s FROM decision WHERE" BOUNDS "%s%s",
	    w->q->records || w->q->values ? ",record" : "", o->behind, o->by);
	return postgres_ask(w->s->db, sql, w->value, 7);
}

static void
row_read(const struct postgres *db, size_t at, const struct journal_query *q,
    struct arena *a, struct journal_row *row)
{
	struct span *const text[] = { &row->id, &row->queue, &row->client,
		&row->sender, &row->author, &row->rcpt, &row->verdict,
		&row->wanted, &row->stage, &row->rule, &row->rules, &row->reply,
		&row->snapshot };
	const char *why;

	*row = (struct journal_row){ .record = SPAN("") };
	row->seq = postgres_number(db, at, 0);
	row->time_s = postgres_number(db, at, 1);
	for (size_t i = 0; i < ARRAY_COUNT(text); i++)
		*text[i] = postgres_text(db, at, i + 2);
	row->score = postgres_double(db, at, 15);
	row->auth = postgres_text(db, at, 16);
	row->host = postgres_text(db, at, 17);
	if (q->records)
		row->record = postgres_text(db, at, 18);
	if (q->values &&
	    !jsonr_read(postgres_text(db, at, 18), a, &row->value, &why))
		row->value = (struct jsonr){ NULL };
}

/*
 * The rows of a page, copied: the visitor may ask for records meanwhile, on
 * the same connection.
 */
static struct journal_row *
page_copy(const struct walk *w, struct arena *a, size_t *count)
{
	struct journal_row *row;

	*count = postgres_rows(w->s->db);
	row = arena_array(a, *count + 1, sizeof(*row));
	for (size_t i = 0; i < *count; i++) {
		struct span *const text[] = { &row[i].id, &row[i].queue,
			&row[i].client, &row[i].sender, &row[i].author,
			&row[i].rcpt, &row[i].verdict, &row[i].wanted,
			&row[i].stage, &row[i].rule, &row[i].rules,
			&row[i].reply, &row[i].snapshot, &row[i].auth,
			&row[i].host, &row[i].record };

		row_read(w->s->db, i, w->q, a, &row[i]);
		for (size_t k = 0; k < ARRAY_COUNT(text); k++)
			*text[k] = arena_dup(a, *text[k]);
	}
	return row;
}

static bool
copy_each(
    void *self, const struct journal_query *q, journal_visit *visit, void *ctx)
{
	struct walk w = { .s = self, .q = q, .serial = q->after_seq };
	struct arena *a = arena_new();
	bool on = true, ok = true;
	size_t count = PAGE_ROWS;

	w.time_s = q->newest_first ? INT64_MAX : INT64_MIN;
	while (on && ok && count == PAGE_ROWS) {
		struct journal_row *row;

		arena_reset(a);
		ok = walk_ask(&w);
		if (!ok)
			break;
		row = page_copy(&w, a, &count);
		for (size_t i = 0; i < count && on; i++) {
			w.time_s = row[i].time_s;
			w.serial = row[i].seq;
			on = visit(ctx, &row[i]);
		}
	}
	arena_free(&a);
	return ok;
}

/* ---- the rest ----------------------------------------------------------------------- */

static uint64_t
copy_count(void *self, const struct journal_query *q)
{
	struct walk w = { .s = self, .q = q };

	bounds_values(&w);
	if (!postgres_ask(w.s->db, "SELECT count(*) FROM decision WHERE" BOUNDS,
		w.value, 4))
		return 0;
	return (uint64_t)postgres_number(w.s->db, 0, 0);
}

/* The only text that sql finds for it, in the arena; "" for none. */
static struct span
text_of(
    struct copy_source *s, const char *sql, struct span value, struct arena *a)
{
	if (!postgres_ask(s->db, sql, &value, 1) || postgres_rows(s->db) == 0)
		return SPAN("");
	return arena_dup(a, postgres_text(s->db, 0, 0));
}

static struct span
copy_record(void *self, int64_t seq, struct arena *a)
{
	char number[32];

	(void)snprintf(number, sizeof(number), "%lld", (long long)seq);
	return text_of(self,
	    "SELECT record FROM decision WHERE serial=$1::bigint",
	    span_of(number), a);
}

static struct span
copy_snapshot(void *self, struct span name, struct arena *a)
{
	return text_of(
	    self, "SELECT json FROM snapshot WHERE name=$1", name, a);
}

static const char *
copy_error(const void *self)
{
	const struct copy_source *s = self;

	return postgres_error(s->db);
}

static void
copy_close(void *self)
{
	struct copy_source *s = self;

	postgres_close(&s->db);
	free(s);
}

static const struct journal_source source_copy = {
	.each = copy_each,
	.count = copy_count,
	.record = copy_record,
	.snapshot = copy_snapshot,
	.error = copy_error,
	.close = copy_close,
};

struct journal_reader *
copy_reader_open(const char *uri, int64_t wait_ms, char why[SQLITE_WHY_MAX])
{
	struct postgres *db = postgres_open(uri, wait_ms, NULL, why);
	struct copy_source *s;

	if (db == NULL)
		return NULL;
	if (!copy_schema_fits(db, why)) {
		postgres_close(&db);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->db = db;
	return journal_reader_of(&source_copy, s);
}

bool
copy_is_address(const char *where)
{
	const char *why;

	return postgres_uri_fits(where, &why);
}

struct journal_reader *
copy_journal_open(
    const char *where, int64_t wait_ms, char why[SQLITE_WHY_MAX])
{
	return copy_is_address(where) ? copy_reader_open(where, wait_ms, why)
				      : journal_reader_open(where, why);
}
