#include "config.h"

#include "policy/copy/copy_batch.h"

#include <stdio.h>
#include <string.h>

#include "policy/copy/copy_schema.h"
#include "rules/base/jsonw.h"
#include "rules/base/utf8.h"

#define BATCH_ROWS   400
#define BATCH_OCTETS ((size_t)4 << 20)
/* One record escaped, at most. */
#define ROW_OCTETS ((size_t)1 << 20)
/* Days and snapshots of a batch; it ends where there are more. */
#define BATCH_KINDS 16

/* Decisions on their way, as one JSON array. */
struct batch {
	struct buf json;
	struct jsonw w;
	struct arena *arena;
	size_t max, rows;
	struct copy_place *place;
	int64_t first_seq, last_seq;
	struct span last_id;
	int64_t day[BATCH_KINDS];
	struct span snapshot[BATCH_KINDS];
	size_t days, snapshots;
};

/* ---- reading ---------------------------------------------------------------------- */

static bool
note_day(struct batch *b, int64_t time_s)
{
	int64_t day = time_s / 86400;

	for (size_t i = 0; i < b->days; i++)
		if (b->day[i] == day)
			return true;
	if (b->days == BATCH_KINDS)
		return false;
	b->day[b->days++] = day;
	return true;
}

static bool
note_snapshot(struct batch *b, struct span name)
{
	for (size_t i = 0; i < b->snapshots; i++)
		if (span_eq(b->snapshot[i], name))
			return true;
	if (b->snapshots == BATCH_KINDS)
		return false;
	b->snapshot[b->snapshots++] = arena_dup(b->arena, name);
	return true;
}

static void
row_write(struct batch *b, const struct journal_row *r)
{
	const struct {
		const char *key;
		struct span text;
	} column[] = { { "id", r->id }, { "queue", r->queue },
		{ "client", r->client }, { "sender", r->sender },
		{ "author", r->author }, { "rcpt", r->rcpt },
		{ "verdict", r->verdict }, { "wanted", r->wanted },
		{ "stage", r->stage }, { "rule", r->rule },
		{ "rules", r->rules }, { "reply", r->reply },
		{ "snapshot", r->snapshot }, { "auth", r->auth },
		{ "record", r->record } };

	jsonw_object(&b->w, NULL);
	jsonw_number(&b->w, "time", (double)r->time_s);
	jsonw_number(&b->w, "seq", (double)r->seq);
	jsonw_number(&b->w, "score", r->score);
	for (size_t i = 0; i < ARRAY_COUNT(column); i++)
		jsonw_text(&b->w, column[i].key, column[i].text);
	jsonw_end(&b->w);
}

static bool
row_visit(void *ctx, const struct journal_row *r)
{
	struct batch *b = ctx;

	if (b->rows == b->max || b->json.n > BATCH_OCTETS - ROW_OCTETS ||
	    !note_day(b, r->time_s) || !note_snapshot(b, r->snapshot))
		return false;
	if (b->rows == 0)
		b->first_seq = r->seq;
	row_write(b, r);
	b->rows++;
	b->last_seq = r->seq;
	b->last_id = arena_dup(b->arena, r->id);
	return true;
}

static bool
batch_read(struct batch *b, struct journal_reader *r)
{
	struct journal_query q = { .after_seq = b->place->seq,
		.records = true };
	bool ok;

	jsonw_array(&b->w, NULL);
	ok = journal_each(r, &q, row_visit, b);
	jsonw_end(&b->w);
	return ok;
}

/*
 * PostgreSQL's texts have no U+0000. In place: \u0000 becomes \ufffd where it
 * is an escape of the array's own, and not of a record in it.
 */
static struct span
without_zeroes(struct buf *json)
{
	for (size_t i = 0; i + 1 < json->n; i++) {
		if (json->p[i] != '\\')
			continue;
		if (json->n - i >= 6 && memcmp(json->p + i, "\\u0000", 6) == 0)
			(void)memcpy(json->p + i, "\\ufffd", 6);
		i++;
	}
	return buf_span(json);
}

/* ---- writing ----------------------------------------------------------------------- */

static const char add_rows[] =
    "INSERT INTO decision(time,journal,seq,host,id,queue,client,sender,author,"
    "rcpt,verdict,wanted,stage,score,rule,rules,reply,snapshot,auth,record)"
    " SELECT time,$2,seq,$3,id,queue,client,sender,author,rcpt,verdict,wanted,"
    "stage,score,rule,rules,reply,snapshot,auth,record FROM"
    " json_to_recordset($1::json) AS r(time bigint, seq bigint, id text,"
    " queue text, client text, sender text, author text, rcpt text,"
    " verdict text, wanted text, stage text, score double precision,"
    " rule text, rules text, reply text, snapshot text, auth text,"
    " record text) ORDER BY seq ON CONFLICT DO NOTHING";

/* A file may be damaged; the server takes nothing then. */
static bool
text_is_sound(struct span text)
{
	uint32_t rune = 1;

	for (size_t i = 0; i < text.n && rune != UTF8_BAD && rune != 0;)
		i += utf8_next(text, i, &rune);
	return rune != UTF8_BAD && rune != 0;
}

static bool
snapshots_add(struct postgres *p, struct journal_reader *r, struct batch *b,
    struct span now)
{
	for (size_t i = 0; i < b->snapshots; i++) {
		struct span value[] = { b->snapshot[i], now, SPAN("") };

		if (!postgres_ask(p,
			"UPDATE snapshot SET last=greatest(last,$2::bigint)"
			" WHERE name=$1 RETURNING 1",
			value, 2))
			return false;
		if (postgres_rows(p) > 0)
			continue;
		value[2] = journal_snapshot_text(r, value[0], b->arena);
		if (value[2].n > 0 && text_is_sound(value[2]) &&
		    !postgres_ask(p,
			"INSERT INTO snapshot VALUES($1,$2::bigint,$3)", value,
			3))
			return false;
	}
	return true;
}

/*
 * Two that have the same secret, as a machine and its clone, write by turns
 * into one place; each of them finds there what it has not written itself.
 */
static void
place_note(const struct postgres *p, struct copy_place *place)
{
	struct span host = postgres_text(p, 0, 0), id = postgres_text(p, 0, 1);

	if (place->id[0] != '\0' && id.n > 0 && !span_is(id, place->id))
		(void)snprintf(
		    place->other, sizeof(place->other), "%.*s", SPAN_FMT(host));
}

static bool
place_write(struct postgres *p, struct batch *b, struct span now)
{
	const struct span value[] = { span_of(b->place->journal),
		span_of(b->place->host),
		span_of(arena_printf(b->arena, "%lld", (long long)b->last_seq)),
		b->last_id, now };

	if (!postgres_ask(p,
		"INSERT INTO journal VALUES($1,$2,$3::bigint,$4,$5::bigint)"
		" ON CONFLICT(name) DO UPDATE SET host=$2,seq=$3::bigint,id=$4,"
		"seen=$5::bigint"
		" RETURNING (SELECT host FROM journal AS was WHERE name=$1),"
		"(SELECT id FROM journal AS was WHERE name=$1)",
		value, ARRAY_COUNT(value)))
		return false;
	place_note(p, b->place);
	return true;
}

static bool
batch_write(struct postgres *p, struct journal_reader *r, struct batch *b,
    int64_t now_s, bool rows)
{
	const struct span value[] = { without_zeroes(&b->json),
		span_of(b->place->journal), span_of(b->place->host) };
	char now[32];
	bool ok = postgres_exec(p, "BEGIN") && copy_schema_lock(p);

	(void)snprintf(now, sizeof(now), "%lld", (long long)now_s);
	for (size_t i = 0; ok && i < b->days; i++)
		ok = copy_schema_day(p, b->day[i] * 86400);
	return ok && snapshots_add(p, r, b, span_of(now)) &&
	       (!rows || postgres_ask(p, add_rows, value, 3)) &&
	       place_write(p, b, span_of(now)) && postgres_exec(p, "COMMIT");
}

/* ---- where it stands ---------------------------------------------------------------- */

bool
copy_place_read(struct postgres *p, struct copy_place *place)
{
	const struct span name = span_of(place->journal);

	place->seq = 0;
	place->id[0] = '\0';
	if (!postgres_ask(
		p, "SELECT seq,id FROM journal WHERE name=$1", &name, 1))
		return false;
	if (postgres_rows(p) == 0)
		return true;
	place->seq = postgres_number(p, 0, 0);
	(void)snprintf(place->id, sizeof(place->id), "%.*s",
	    SPAN_FMT(postgres_text(p, 0, 1)));
	return true;
}

/* The row at a place: is it the decision that was copied? */
struct found {
	const struct copy_place *place;
	bool any, other;
};

static bool
found_visit(void *ctx, const struct journal_row *r)
{
	struct found *f = ctx;

	f->any = true;
	f->other = r->seq == f->place->seq && !span_is(r->id, f->place->id);
	return false;
}

/*
 * A journal that was begun anew counts from 1 again: then nothing of it is
 * copied, whatever the numbers say.
 */
static bool
place_mend(struct journal_reader *r, struct copy_place *place)
{
	struct journal_query q = { .after_seq = place->seq - 1 };
	struct found f = { .place = place };

	if (place->seq == 0)
		return true;
	/* Behind 0 is from the beginning. */
	if (!journal_each(r, &q, found_visit, &f))
		return false;
	if (!f.any || f.other) {
		place->seq = 0;
		place->id[0] = '\0';
	}
	return true;
}

/* ---- a batch --------------------------------------------------------------------------- */

static enum copy_came
batch_run(struct postgres *p, struct journal_reader *r, int64_t now_s,
    struct batch *b, struct copy_place *place, struct copy_batch_numbers *n)
{
	bool skip = false, ok;

	if (!batch_read(b, r) || b->json.over)
		return COPY_UNREADABLE;
	if (b->rows == 0)
		return COPY_ALL;
	ok = batch_write(p, r, b, now_s, true);
	if (!ok && postgres_trouble(p) == POSTGRES_TROUBLE_DATA) {
		/* One of them is not taken: then one by one. */
		(void)postgres_exec(p, "ROLLBACK");
		if (b->rows > 1)
			return COPY_MORE;
		skip = true;
		ok = batch_write(p, r, b, now_s, false);
	}
	if (!ok)
		return COPY_AWAY;
	n->skipped += skip;
	n->copied += skip ? 0 : b->rows;
	if (place->seq != 0)
		n->missed += (uint64_t)(b->first_seq - place->seq - 1);
	place->seq = b->last_seq;
	(void)snprintf(
	    place->id, sizeof(place->id), "%.*s", SPAN_FMT(b->last_id));
	return COPY_MORE;
}

enum copy_came
copy_batch(struct postgres *p, struct journal_reader *r, int64_t now_s,
    struct copy_place *place, struct copy_batch_numbers *n)
{
	static const size_t sizes[] = { BATCH_ROWS, 1 };
	enum copy_came came = COPY_MORE;

	if (!place_mend(r, place))
		return COPY_UNREADABLE;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		int64_t was = place->seq;
		struct batch b = {
			.max = sizes[i], .arena = arena_new(), .place = place
		};

		buf_init(&b.json, BATCH_OCTETS + ROW_OCTETS);
		jsonw_init(&b.w, &b.json);
		came = batch_run(p, r, now_s, &b, place, n);
		buf_free(&b.json);
		arena_free(&b.arena);
		if (came != COPY_MORE || place->seq != was)
			break;
	}
	return came;
}
