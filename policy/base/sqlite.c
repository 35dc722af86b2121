/*
 * The only file that knows SQLite. What is kept in its files is the question
 * of those who call.
 */
#include "config.h"

#include "policy/base/sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "rules/base/panic.h"

/* Another process that writes is waited for this long; our writers, which keep
 * what they have and come again, for less. */
#define BUSY_MS        2000
#define BUSY_WRITER_MS 500

struct sqlite {
	sqlite3 *handle;
};

struct sqlite_statement {
	struct sqlite *db;
	sqlite3_stmt *handle;
};

/* ---- files --------------------------------------------------------------- */

void
sqlite_why(char why[SQLITE_WHY_MAX], const char *path, const char *what)
{
	(void)snprintf(why, SQLITE_WHY_MAX, "%.150s: %.90s", path, what);
}

/* Both must be said before the first page is written, and do nothing to a file
 * that has one. */
static bool
sqlite_lay_out(struct sqlite *db, unsigned page_octets)
{
	char sql[80];

	if (page_octets == 0)
		return true;
	(void)snprintf(sql, sizeof(sql),
	    "PRAGMA page_size=%u;PRAGMA auto_vacuum=INCREMENTAL", page_octets);
	return sqlite_exec(db, sql);
}

static bool
sqlite_tune(struct sqlite *db, enum sqlite_mode mode, unsigned page_octets)
{
	(void)sqlite3_busy_timeout(
	    db->handle, mode == SQLITE_FOR_WRITING ? BUSY_WRITER_MS : BUSY_MS);
	(void)sqlite3_extended_result_codes(db->handle, 1);
	if (mode == SQLITE_FOR_READING)
		return sqlite_exec(db, "PRAGMA query_only=1;"
				       "SELECT 1 FROM sqlite_schema LIMIT 1");
	return sqlite_lay_out(db, page_octets) &&
	       sqlite_exec(db, "PRAGMA journal_mode=WAL;"
			       "PRAGMA synchronous=NORMAL;"
			       "PRAGMA journal_size_limit=16777216;"
			       "PRAGMA trusted_schema=0");
}

static struct sqlite *
sqlite_begin(const char *path, enum sqlite_mode mode)
{
	struct sqlite *db = xcalloc(1, sizeof(*db));
	/* One thread at a time is the caller's promise. */
	int flags = SQLITE_OPEN_NOMUTEX;
	mode_t before = umask(0077);

	/* A reader of a WAL file writes its shared memory, so it opens for
	 * writing where it may and says query_only. */
	flags |= mode == SQLITE_FOR_READING
		     ? SQLITE_OPEN_READWRITE
		     : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK &&
	    mode == SQLITE_FOR_READING) {
		(void)sqlite3_close(db->handle);
		(void)sqlite3_open_v2(path, &db->handle,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	}
	(void)umask(before);
	return db;
}

struct sqlite *
sqlite_open_new(const char *path, enum sqlite_mode mode, unsigned page_octets,
    enum sqlite_trouble *trouble, char why[SQLITE_WHY_MAX])
{
	struct sqlite *db = sqlite_begin(path, mode);

	*trouble = SQLITE_TROUBLE_NONE;
	if (sqlite3_errcode(db->handle) == SQLITE_OK &&
	    sqlite_tune(db, mode, page_octets))
		return db;
	*trouble = sqlite_trouble(db);
	sqlite_why(why, path, sqlite_error(db));
	sqlite_close(&db);
	return NULL;
}

struct sqlite *
sqlite_open(const char *path, enum sqlite_mode mode, char why[SQLITE_WHY_MAX])
{
	enum sqlite_trouble trouble;

	return sqlite_open_new(path, mode, 0, &trouble, why);
}

void
sqlite_close(struct sqlite **db)
{
	struct sqlite *old = *db;

	if (old == NULL)
		return;
	(void)sqlite3_close_v2(old->handle);
	free(old);
	*db = NULL;
}

bool
sqlite_exec(struct sqlite *db, const char *sql)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

const char *
sqlite_error(const struct sqlite *db)
{
	return sqlite3_errmsg(db->handle);
}

enum sqlite_trouble
sqlite_trouble(const struct sqlite *db)
{
	switch (sqlite3_errcode(db->handle) & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return SQLITE_TROUBLE_NONE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return SQLITE_TROUBLE_BUSY;
	case SQLITE_PERM:
	case SQLITE_NOMEM:
	case SQLITE_READONLY:
	case SQLITE_INTERRUPT:
	case SQLITE_IOERR:
	case SQLITE_FULL:
	case SQLITE_CANTOPEN:
	case SQLITE_NOLFS:
	case SQLITE_AUTH:
		return SQLITE_TROUBLE_PLACE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return SQLITE_TROUBLE_DAMAGED;
	default:
		return SQLITE_TROUBLE_OTHER;
	}
}

bool
sqlite_damaged(const struct sqlite *db)
{
	return sqlite_trouble(db) == SQLITE_TROUBLE_DAMAGED;
}

int64_t
sqlite_number(struct sqlite *db, const char *sql)
{
	struct sqlite_statement *s = sqlite_prepare(db, sql);
	int64_t number = 0;

	if (s != NULL && sqlite_step(s) == SQLITE_STEP_ROW)
		number = sqlite_column_number(s, 0);
	sqlite_statement_free(&s);
	return number;
}

uint64_t
sqlite_changes(const struct sqlite *db)
{
	return (uint64_t)sqlite3_changes(db->handle);
}

/* ---- statements ---------------------------------------------------------- */

struct sqlite_statement *
sqlite_prepare(struct sqlite *db, const char *sql)
{
	sqlite3_stmt *handle;
	struct sqlite_statement *s;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL) != SQLITE_OK)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->db = db;
	s->handle = handle;
	return s;
}

void
sqlite_statement_free(struct sqlite_statement **s)
{
	if (*s == NULL)
		return;
	(void)sqlite3_finalize((*s)->handle);
	free(*s);
	*s = NULL;
}

/* Binding fails for numbers of parameters that the statement lacks alone. */
static void
bound(const struct sqlite_statement *s, int result)
{
	if (result != SQLITE_OK)
		panic("sqlite: %s", sqlite3_errmsg(s->db->handle));
}

void
sqlite_bind_number(struct sqlite_statement *s, int at, int64_t number)
{
	bound(s, sqlite3_bind_int64(s->handle, at, number));
}

void
sqlite_bind_double(struct sqlite_statement *s, int at, double number)
{
	bound(s, sqlite3_bind_double(s->handle, at, number));
}

void
sqlite_bind_text(struct sqlite_statement *s, int at, struct span text)
{
	bound(s, sqlite3_bind_text64(s->handle, at, text.n == 0 ? "" : text.p,
		     text.n, SQLITE_STATIC, SQLITE_UTF8));
}

void
sqlite_bind_octets(struct sqlite_statement *s, int at, struct span octets)
{
	bound(s, sqlite3_bind_blob64(s->handle, at,
		     octets.n == 0 ? "" : octets.p, octets.n, SQLITE_STATIC));
}

void
sqlite_bind_null(struct sqlite_statement *s, int at)
{
	bound(s, sqlite3_bind_null(s->handle, at));
}

enum sqlite_stepped
sqlite_step(struct sqlite_statement *s)
{
	switch (sqlite3_step(s->handle)) {
	case SQLITE_ROW:
		return SQLITE_STEP_ROW;
	case SQLITE_DONE:
		return SQLITE_STEP_DONE;
	default:
		return SQLITE_STEP_FAILED;
	}
}

bool
sqlite_run(struct sqlite_statement *s)
{
	enum sqlite_stepped stepped = sqlite_step(s);

	sqlite_reset(s);
	return stepped == SQLITE_STEP_DONE;
}

void
sqlite_reset(struct sqlite_statement *s)
{
	/* It repeats the error of the last step, which was told then. */
	(void)sqlite3_reset(s->handle);
	(void)sqlite3_clear_bindings(s->handle);
}

int64_t
sqlite_column_number(struct sqlite_statement *s, int at)
{
	return sqlite3_column_int64(s->handle, at);
}

double
sqlite_column_double(struct sqlite_statement *s, int at)
{
	return sqlite3_column_double(s->handle, at);
}

struct span
sqlite_column_text(struct sqlite_statement *s, int at)
{
	/* sqlite3_column_blob gives the octets of a text unchanged. */
	const char *p = sqlite3_column_blob(s->handle, at);
	int n = sqlite3_column_bytes(s->handle, at);

	return p == NULL ? SPAN("") : span_make(p, (size_t)n);
}

bool
sqlite_column_null(struct sqlite_statement *s, int at)
{
	return sqlite3_column_type(s->handle, at) == SQLITE_NULL;
}

bool
sqlite_column_is_octets(struct sqlite_statement *s, int at)
{
	return sqlite3_column_type(s->handle, at) == SQLITE_BLOB;
}

void
sqlite_library(char *out, size_t size)
{
	(void)snprintf(out, size, "SQLite %s", sqlite3_libversion());
}
