/*
 * Writing the journal's file and keeping it within its bounds. What stands in
 * a record is not known here.
 */
#include "config.h"

#include "policy/journal/journal_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/journal/journal_names.h"
#include "policy/journal/journal_snapshot.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"

/* Rows that are deleted in one transaction: the file is locked meanwhile. */
#define SLICE 500
/* The same when it is too large: few, so that it stays nearly full. */
#define SLICE_OF_SIZE 100
/* Free pages that are given back at once, and from how many on. */
#define SHRINK_PAGES 64
#define SQL_SHRINK   "PRAGMA incremental_vacuum(256)"

/* A record fills one or two of SQLite's usual pages, and each page that is
 * written costs two calls, then one more. */
#define PAGE_OCTETS 16384

#define SNAPSHOT_MAX ((size_t)64 * 1024 * 1024)

/*
 * Version 1 had all texts as texts, and indexes by time and snapshot, which
 * cost more than what they found: the oldest stand first anyhow. Its rows stay
 * as they are; a column with octets is of version 2 (journal_words.h).
 */
#define TABLE_WORD \
	"CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL)"
/* The last decision that a snapshot made. */
#define TABLE_USED                                                       \
	"CREATE TABLE used(snapshot TEXT PRIMARY KEY, last INTEGER NOT " \
	"NULL) WITHOUT ROWID"
/* Version 3: what SPF, DKIM and DMARC came to, for those who sum up. */
#define COLUMN_AUTH "ALTER TABLE decision ADD COLUMN auth TEXT"
/* Version 4: names in records are numbers (journal_names.h). */
#define COLUMN_NAMES "ALTER TABLE record ADD COLUMN names BLOB"
static const char *const upgrades[] = {
	TABLE_WORD ";" TABLE_USED ";"
		   "INSERT INTO used SELECT snapshot,max(seq) FROM decision"
		   " WHERE snapshot NOT NULL GROUP BY snapshot;"
		   "DROP INDEX IF EXISTS decision_time;"
		   "DROP INDEX IF EXISTS decision_snapshot",
	COLUMN_AUTH,
	COLUMN_NAMES,
};
static const struct sqlite_schema schema = {
	.version = JOURNAL_FILE_VERSION,
	.page_octets = PAGE_OCTETS,
	/* Some 4 MB, in whatever pages. */
	.tune = "PRAGMA wal_autocheckpoint=256",
	.upgrade = upgrades,
	.create =
	    "CREATE TABLE decision("
	    " seq INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL,"
	    " queue TEXT, client TEXT, sender TEXT, author TEXT, rcpt TEXT,"
	    " verdict TEXT, wanted TEXT, stage TEXT, score REAL, rule TEXT,"
	    " rules TEXT, reply TEXT, snapshot TEXT, auth TEXT);"
	    "CREATE INDEX decision_id ON decision(id);"
	    "CREATE TABLE record("
	    " seq INTEGER PRIMARY KEY, json TEXT NOT NULL, names BLOB);"
	    "CREATE TABLE snapshot("
	    " name TEXT PRIMARY KEY, time INTEGER NOT NULL, json TEXT NOT "
	    "NULL);" TABLE_WORD ";" TABLE_USED,
};

enum statement {
	ADD_DECISION,
	ADD_RECORD,
	ADD_SNAPSHOT,
	LAST_SEQ,
	OLDEST_BEFORE,
	OLDEST,
	DROP_DECISIONS,
	DROP_RECORDS,
	DROP_SNAPSHOTS,
	DROP_USED,
	USE_SNAPSHOT,
	USED_OCTETS,
	FILE_OCTETS,
	FREE_PAGES,
	GIVES_BACK,
	NEWEST_TIME,
	SET_TIME,
};
#define STATEMENT_COUNT (SET_TIME + 1)

static const char *const statement_sql[] = {
	[ADD_DECISION] = "INSERT INTO decision(id,time,queue,client,sender,"
			 "author,rcpt,verdict,wanted,stage,score,rule,rules,"
			 "reply,snapshot,auth) VALUES(?,?,?,?,?,?,?,?,?,?,?,"
			 "?,?,?,?,?)",
	[ADD_RECORD] =
	    "INSERT INTO record(seq,json,names)"
	    " VALUES(last_insert_rowid(),?,?)",
	[ADD_SNAPSHOT] =
	    "INSERT OR IGNORE INTO snapshot(name,time,json) VALUES(?,?,?)",
	[LAST_SEQ] = "SELECT max(seq) FROM decision",
	/* The last of those that came first and are all that old: seq tells
	 * which came first, for clocks are set, back as well. */
	[OLDEST_BEFORE] =
	    "SELECT max(seq) FROM (SELECT seq FROM decision ORDER BY seq"
	    " LIMIT ?2) WHERE seq<ifnull((SELECT min(seq) FROM (SELECT seq,"
	    " time FROM decision ORDER BY seq LIMIT ?2) WHERE time>=?1),"
	    " 9223372036854775807)",
	[NEWEST_TIME] = "SELECT time FROM decision ORDER BY seq DESC LIMIT 1",
	[SET_TIME] = "UPDATE decision SET time=?1 WHERE time>?2",
	[OLDEST] = "SELECT max(seq) FROM (SELECT seq FROM decision"
		   " ORDER BY seq LIMIT ?1)",
	[DROP_DECISIONS] = "DELETE FROM decision WHERE seq<=?1",
	[DROP_RECORDS] = "DELETE FROM record WHERE seq<=?1",
	[DROP_SNAPSHOTS] = "DELETE FROM snapshot WHERE name IN"
			   " (SELECT snapshot FROM used WHERE last<=?1)",
	[DROP_USED] = "DELETE FROM used WHERE last<=?1",
	[USE_SNAPSHOT] = "INSERT OR REPLACE INTO used"
			 " SELECT ?1,max(seq) FROM decision",
	[USED_OCTETS] = "SELECT (page_count-freelist_count)*page_size FROM"
			" pragma_page_count,pragma_freelist_count,"
			"pragma_page_size",
	[FILE_OCTETS] = "SELECT page_count*page_size FROM pragma_page_count,"
			"pragma_page_size",
	[FREE_PAGES] = "SELECT freelist_count FROM pragma_freelist_count",
	/* Only what was laid out so can: sqlite_open_new. */
	[GIVES_BACK] = "SELECT auto_vacuum=2 FROM pragma_auto_vacuum",
};
_Static_assert(
    ARRAY_COUNT(statement_sql) == STATEMENT_COUNT, "a text per statement");

struct journal_file {
	struct sqlite *db;
	char *path;
	dev_t device; /* which file it was when it was opened */
	ino_t inode;
	struct sqlite_statement *statement[STATEMENT_COUNT];
	char snapshot[sizeof(((struct snapshot *)NULL)->name)]; /* the last
	    one that surely is in the file */
	struct journal_words *words;
	struct journal_names *names;
	struct arena *arena;         /* of one entry's octets */
	enum sqlite_trouble trouble; /* of the last call that failed */
	char why[SQLITE_WHY_MAX];
};

struct journal_file *
journal_file_open(const char *path, int64_t now_s, bool check, bool *renewed,
    char why[SQLITE_WHY_MAX])
{
	struct sqlite *db =
	    sqlite_renew(path, &schema, now_s, check, renewed, why);
	struct journal_file *f;
	struct stat st;

	if (db == NULL)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->db = db;
	f->path = xstrdup(path);
	if (stat(path, &st) == 0) {
		f->device = st.st_dev;
		f->inode = st.st_ino;
	}
	f->arena = arena_new();
	f->words = journal_words_new(db);
	f->names = journal_names_new(f->words);
	for (size_t i = 0; i < STATEMENT_COUNT && f->words != NULL; i++) {
		f->statement[i] = sqlite_prepare(db, statement_sql[i]);
		if (f->statement[i] == NULL)
			journal_words_free(&f->words);
	}
	if (f->words != NULL)
		return f;
	sqlite_why(why, path, sqlite_error(db));
	journal_file_close(&f);
	return NULL;
}

void
journal_file_close(struct journal_file **fp)
{
	struct journal_file *f = *fp;

	if (f == NULL)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite_statement_free(&f->statement[i]);
	journal_names_free(&f->names);
	journal_words_free(&f->words);
	arena_free(&f->arena);
	sqlite_close(&f->db);
	free(f->path);
	free(f);
	*fp = NULL;
}

enum sqlite_trouble
journal_file_trouble(const struct journal_file *f)
{
	return f->trouble;
}

const char *
journal_file_error(const struct journal_file *f)
{
	return f->why;
}

bool
journal_file_gone(const struct journal_file *f)
{
	struct stat st;

	return stat(f->path, &st) != 0 || st.st_dev != f->device ||
	       st.st_ino != f->inode;
}

void
journal_file_limit(struct journal_file *f, uint64_t pages)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count=%llu",
	    (unsigned long long)pages);
	(void)sqlite_exec(f->db, sql);
}

/* ---- snapshots ------------------------------------------------------------ */

static bool
snapshot_add(struct journal_file *f, const struct snapshot *s, int64_t time_s)
{
	struct sqlite_statement *add = f->statement[ADD_SNAPSHOT];
	struct buf json;
	bool ok;

	if (strcmp(f->snapshot, s->name) == 0)
		return true;
	buf_init(&json, SNAPSHOT_MAX);
	journal_snapshot_write(s, &json);
	sqlite_bind_text(add, 1, span_of(s->name));
	sqlite_bind_number(add, 2, time_s);
	sqlite_bind_text(add, 3, json.over ? SPAN("{}") : buf_span(&json));
	ok = sqlite_run(add);
	buf_free(&json);
	if (ok)
		(void)memcpy(f->snapshot, s->name, sizeof(f->snapshot));
	return ok;
}

/* The newest decision is one of this snapshot's. */
static bool
snapshot_use(struct journal_file *f, const struct snapshot *s)
{
	sqlite_bind_text(f->statement[USE_SNAPSHOT], 1, span_of(s->name));
	return sqlite_run(f->statement[USE_SNAPSHOT]);
}

/* ---- writing --------------------------------------------------------------- */

/* Texts that stand in lines, as the octets of their numbers. */
static void
words_bind(struct journal_file *f, int at, struct span lines)
{
	struct sqlite_statement *add = f->statement[ADD_DECISION];
	struct span rest = lines, line;
	struct buf octets;
	bool ok = true;

	buf_init(&octets, 4 * lines.n + 4);
	while (ok && rest.n > 0 && span_cut(&rest, '\n', &line))
		ok = journal_words_put(f->words, line, &octets);
	if (ok)
		sqlite_bind_octets(
		    add, at, arena_dup(f->arena, buf_span(&octets)));
	else
		sqlite_bind_text(add, at, lines);
	buf_free(&octets);
}

/* Of what the entry's numbers are the names. */
static void
names_bind(struct journal_file *f, struct span names)
{
	struct sqlite_statement *add = f->statement[ADD_RECORD];
	bool octets;

	names = journal_names_put(f->names, names, &octets);
	if (octets)
		sqlite_bind_octets(add, 2, names);
	else
		sqlite_bind_text(add, 2, names);
}

static bool
entry_add(struct journal_file *f, const struct journal_entry *e)
{
	struct sqlite_statement *add = f->statement[ADD_DECISION];
	const struct span text[] = { e->queue, e->client, e->sender, e->author,
		e->rcpt };
	const struct span word[] = { span_of(e->verdict), span_of(e->wanted),
		span_of(e->stage) };

	if (!snapshot_add(f, e->snapshot, e->time_s))
		return false;
	arena_reset(f->arena);
	sqlite_bind_text(add, 1, e->id);
	sqlite_bind_number(add, 2, e->time_s);
	for (size_t i = 0; i < ARRAY_COUNT(text); i++)
		sqlite_bind_text(add, (int)i + 3, text[i]);
	for (size_t i = 0; i < ARRAY_COUNT(word); i++)
		words_bind(f, (int)i + 8, word[i]);
	sqlite_bind_double(add, 11, e->score);
	words_bind(f, 12, span_of(e->rule));
	words_bind(f, 13, e->rules);
	sqlite_bind_text(add, 14, e->reply);
	words_bind(f, 15, span_of(e->snapshot->name));
	words_bind(f, 16, span_of(e->auth));
	/* Before the decision is the last row that was added. */
	names_bind(f, schema_names(e->snapshot->schema));
	if (!sqlite_run(add))
		return false;
	sqlite_bind_octets(f->statement[ADD_RECORD], 1, e->record);
	return sqlite_run(f->statement[ADD_RECORD]);
}

/*
 * Ends the transaction. What failed is kept, for rolling back is a call of its
 * own; without it the next transaction could not begin.
 */
static bool
journal_file_end(struct journal_file *f, bool ok)
{
	if (ok && sqlite_exec(f->db, "COMMIT"))
		return true;
	f->trouble = sqlite_trouble(f->db);
	(void)snprintf(f->why, sizeof(f->why), "%s", sqlite_error(f->db));
	(void)sqlite_exec(f->db, "ROLLBACK");
	journal_words_forget(f->words);
	journal_names_forget(f->names);
	f->snapshot[0] = '\0';
	return false;
}

bool
journal_file_write(struct journal_file *f, const struct journal_entry *e)
{
	bool ok = sqlite_exec(f->db, "BEGIN IMMEDIATE");

	for (; ok && e != NULL; e = e->next)
		ok = entry_add(f, e) &&
		     ((e->next != NULL && e->next->snapshot == e->snapshot) ||
			 snapshot_use(f, e->snapshot));
	return journal_file_end(f, ok);
}

/* ---- bounds ----------------------------------------------------------------- */

/* The number that a bound statement answers; 0 for none. */
static int64_t
number_of(struct sqlite_statement *s)
{
	int64_t number =
	    sqlite_step(s) == SQLITE_STEP_ROW ? sqlite_column_number(s, 0) : 0;

	sqlite_reset(s);
	return number;
}

/* Up to which seq the next slice goes; 0: there is nothing to delete. */
static int64_t
slice_end(struct journal_file *f, int64_t before_s, uint64_t size)
{
	struct sqlite_statement *oldest = f->statement[OLDEST_BEFORE];
	int64_t end;

	sqlite_bind_number(oldest, 1, before_s);
	sqlite_bind_number(oldest, 2, SLICE);
	end = number_of(oldest);
	if (end != 0 || (uint64_t)number_of(f->statement[USED_OCTETS]) <= size)
		return end;
	sqlite_bind_number(f->statement[OLDEST], 1, SLICE_OF_SIZE);
	return number_of(f->statement[OLDEST]);
}

static bool
slice_drop(struct journal_file *f, int64_t end)
{
	bool ok = sqlite_exec(f->db, "BEGIN IMMEDIATE");

	for (size_t i = DROP_DECISIONS; ok && i <= DROP_USED; i++) {
		sqlite_bind_number(f->statement[i], 1, end);
		ok = sqlite_run(f->statement[i]);
	}
	f->snapshot[0] = '\0';
	return journal_file_end(f, ok);
}

/*
 * A file that was larger gives back what it does not use, a slice at a time;
 * what is free below its bound is room for the next decisions.
 */
static bool
file_shrink(struct journal_file *f, uint64_t size, bool *more)
{
	*more = false;
	if ((uint64_t)number_of(f->statement[FILE_OCTETS]) <= size ||
	    number_of(f->statement[FREE_PAGES]) < SHRINK_PAGES)
		return true;
	*more = number_of(f->statement[GIVES_BACK]) != 0;
	return !*more ||
	       journal_file_end(f, sqlite_exec(f->db, "BEGIN IMMEDIATE") &&
				       sqlite_exec(f->db, SQL_SHRINK));
}

int64_t
journal_file_newest_s(struct journal_file *f)
{
	return number_of(f->statement[NEWEST_TIME]);
}

/* Clocks of hosts that share a journal differ by less. */
#define FUTURE_S 86400

bool
journal_file_mend_times(struct journal_file *f, int64_t now_s)
{
	sqlite_bind_number(f->statement[SET_TIME], 1, now_s);
	sqlite_bind_number(f->statement[SET_TIME], 2, now_s + FUTURE_S);
	return journal_file_end(f, sqlite_exec(f->db, "BEGIN IMMEDIATE") &&
				       sqlite_run(f->statement[SET_TIME]));
}

bool
journal_file_expire(struct journal_file *f, int64_t before_s, uint64_t size,
    size_t drop, bool *more)
{
	int64_t end = 0;

	for (size_t dropped = 0; dropped < drop; dropped += SLICE_OF_SIZE) {
		end = slice_end(f, before_s, size);
		if (end == 0)
			break;
		if (!slice_drop(f, end))
			return false;
	}
	*more = end != 0;
	return end != 0 || file_shrink(f, size, more);
}
