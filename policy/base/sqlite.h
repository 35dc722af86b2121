#ifndef POLICY_BASE_SQLITE_H
#define POLICY_BASE_SQLITE_H

/*
 * The seam to SQLite: a file, statements on it, rows. The store and the
 * journal stand on it and nobody else includes sqlite3.h.
 *
 * The life of a file: sqlite_open (or sqlite_renew of sqlite_schema.h, which
 * knows what the file must look like), statements from sqlite_prepare, which
 * are freed before sqlite_close. The life of a statement: bind its parameters
 * (numbered from 1), sqlite_step until it returns something else than
 * SQLITE_STEP_ROW, sqlite_reset, and again.
 *
 * Files are in WAL mode with synchronous NORMAL: killing the process loses
 * nothing that was committed; a power failure may lose the last commits but
 * damages nothing. Every call waits for the disk, so none of them has a place
 * in the path of a message. One thread at a time for a file; another process
 * may read while one writes.
 */

#include "rules/base/span.h"

struct sqlite;
struct sqlite_statement;

enum sqlite_mode {
	SQLITE_FOR_READING, /* the file must exist */
	SQLITE_FOR_WRITING, /* it is created when it does not, mode 0600 */
};

enum sqlite_stepped { SQLITE_STEP_DONE, SQLITE_STEP_ROW, SQLITE_STEP_FAILED };

#define SQLITE_WHY_MAX 256

/* What is to be done after an error. */
enum sqlite_trouble {
	SQLITE_TROUBLE_NONE,
	SQLITE_TROUBLE_BUSY,  /* somebody else holds the file: try again soon */
	SQLITE_TROUBLE_PLACE, /* disk, directory or rights: try again later */
	SQLITE_TROUBLE_DAMAGED, /* set the file aside */
	SQLITE_TROUBLE_OTHER, /* what was asked: it fails the next time, too */
};

/* NULL: why says why not. */
struct sqlite *sqlite_open(
    const char *path, enum sqlite_mode mode, char why[SQLITE_WHY_MAX]);
/*
 * The same. *trouble says what kind of reason it was. page_octets, a power of
 * two, is the page of a file that is new and gives space back when it is asked
 * to (PRAGMA incremental_vacuum); 0: SQLite's page, and it keeps all space.
 */
struct sqlite *sqlite_open_new(const char *path, enum sqlite_mode mode,
    unsigned page_octets, enum sqlite_trouble *trouble,
    char why[SQLITE_WHY_MAX]);
/* "PATH: WHAT", cut. */
void sqlite_why(char why[SQLITE_WHY_MAX], const char *path, const char *what);
/* NULL inside is fine. */
void sqlite_close(struct sqlite **db);

/* One or more statements without result. */
bool sqlite_exec(struct sqlite *db, const char *sql);
/* What went wrong with the last call, for a person; until the next one. */
const char *sqlite_error(const struct sqlite *db);
enum sqlite_trouble sqlite_trouble(const struct sqlite *db);
/* The last error means that the file itself is damaged. */
bool sqlite_damaged(const struct sqlite *db);
/* The first number that sql answers, 0 for none or after an error. */
int64_t sqlite_number(struct sqlite *db, const char *sql);

/* NULL after an error. sql is copied. */
struct sqlite_statement *sqlite_prepare(struct sqlite *db, const char *sql);
void sqlite_statement_free(struct sqlite_statement **s);
/* Text and blobs are not copied: they must live until sqlite_reset. */
void sqlite_bind_number(struct sqlite_statement *s, int at, int64_t number);
void sqlite_bind_double(struct sqlite_statement *s, int at, double number);
void sqlite_bind_text(struct sqlite_statement *s, int at, struct span text);
void sqlite_bind_octets(struct sqlite_statement *s, int at, struct span octets);
void sqlite_bind_null(struct sqlite_statement *s, int at);
enum sqlite_stepped sqlite_step(struct sqlite_statement *s);
/* Steps a statement without rows to its end and resets it. */
bool sqlite_run(struct sqlite_statement *s);
void sqlite_reset(struct sqlite_statement *s);

/* Columns of the current row, from 0; spans live until the next step. */
int64_t sqlite_column_number(struct sqlite_statement *s, int at);
double sqlite_column_double(struct sqlite_statement *s, int at);
struct span sqlite_column_text(struct sqlite_statement *s, int at);
bool sqlite_column_null(struct sqlite_statement *s, int at);
/* It was bound as octets, not as text. */
bool sqlite_column_is_octets(struct sqlite_statement *s, int at);
/* Rows that the last statement changed. */
uint64_t sqlite_changes(const struct sqlite *db);

/* "SQLite 3.40.1", of the library that is loaded. */
void sqlite_library(char *out, size_t size);

#endif
