/*
 * Files of SQLite and their versions: what is new is made, what is older is
 * upgraded, what is none of ours is set aside and kept, and what is only held
 * by somebody else is left alone.
 */
#include "config.h"

#include "tests/kit/scratch.h"

#include <stdlib.h>
#include <unistd.h>

#include "policy/base/sqlite_schema.h"

#define NOW INT64_C(1767225600)

static const char *const upgrades[] = {
	"ALTER TABLE fruit ADD COLUMN colour TEXT",
	"ALTER TABLE fruit ADD COLUMN taste TEXT",
};
static const struct sqlite_schema schema = {
	.version = 3,
	.create = "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT, "
		  "taste TEXT)",
	.upgrade = upgrades,
	.tune = "PRAGMA cache_size=-100",
	.page_octets = 8192,
};

static const struct {
	const char *label;
	const char *before; /* what is in the file; NULL: it is not there */
	const char *why;    /* of setting it aside; NULL: it is used */
	int64_t rows;       /* of fruit afterwards */
	const char *aside;
} rows[] = {
	{ "no file", NULL, NULL, 0, NULL },
	{ "an empty file", "", NULL, 0, NULL },
	{ "before there were versions",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY);"
	    "INSERT INTO fruit VALUES('plum')",
	    NULL, 1, NULL },
	{ "one version old",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT);"
	    "INSERT INTO fruit VALUES('plum','blue');PRAGMA user_version=2",
	    NULL, 1, NULL },
	{ "today's",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT, taste "
	    "TEXT);INSERT INTO fruit VALUES('plum','blue','sweet');"
	    "PRAGMA user_version=3",
	    NULL, 1, NULL },
	{ "today's, its number set back by the first version",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT, taste "
	    "TEXT);INSERT INTO fruit VALUES('plum','blue','sweet');"
	    "PRAGMA user_version=1",
	    NULL, 1, NULL },
	{ "with a column more that may stay empty",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT, taste "
	    "TEXT, price TEXT);INSERT INTO fruit(name) VALUES('plum');"
	    "PRAGMA user_version=3",
	    NULL, 1, NULL },
	{ "with a table of somebody else's",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT, taste "
	    "TEXT);CREATE TABLE stone(weight INTEGER NOT NULL);"
	    "PRAGMA user_version=3",
	    NULL, 0, NULL },
	{ "with a column more that must be given",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, colour TEXT, taste "
	    "TEXT, price TEXT NOT NULL);PRAGMA user_version=3",
	    "it demands a column price of fruit", 0, "other" },
	{ "without a column",
	    "CREATE TABLE fruit(name TEXT PRIMARY KEY, taste TEXT);"
	    "PRAGMA user_version=3",
	    "it lacks a column colour of fruit", 0, "other" },
	{ "an upgrade that does not fit",
	    "CREATE TABLE vegetable(name TEXT PRIMARY KEY);"
	    "PRAGMA user_version=2",
	    "no such table", 0, "other" },
	{ "of a newer program",
	    "CREATE TABLE fruit(shape TEXT);PRAGMA user_version=4",
	    "it is of version 4, this program knows up to 3", 0, "other" },
};

static void
make(const char *path, const char *sql)
{
	char why[SQLITE_WHY_MAX];
	struct sqlite *db = sqlite_open(path, SQLITE_FOR_WRITING, why);

	assert_non_null(db);
	assert_true(sqlite_exec(db, sql));
	sqlite_close(&db);
}

static void
row_run(size_t i, const char *path)
{
	char why[SQLITE_WHY_MAX] = "", aside[160];
	const char *label = rows[i].label;
	bool renewed;
	struct sqlite *db;

	if (rows[i].before != NULL)
		make(path, rows[i].before);
	db = sqlite_renew(path, &schema, NOW, true, &renewed, why);
	if (db == NULL) {
		table_fail(label, "%s", why);
		return;
	}
	table_number(label, "renewed", renewed, rows[i].why != NULL);
	if (rows[i].why != NULL && strstr(why, rows[i].why) == NULL)
		table_fail(label, "why: %s", why);
	table_number(label, "version", sqlite_version(db), 3);
	table_number(label, "rows",
	    sqlite_number(db, "SELECT count(*) FROM fruit"), rows[i].rows);
	if (!sqlite_exec(db, "INSERT INTO fruit(name,colour,taste) VALUES"
			     "('fig','green','sweet')"))
		table_fail(label, "insert: %s", sqlite_error(db));
	sqlite_close(&db);
	(void)snprintf(aside, sizeof(aside), "%s.%s-%lld", path,
	    rows[i].aside == NULL ? "other" : rows[i].aside, (long long)NOW);
	table_number(label, "set aside", access(aside, F_OK),
	    rows[i].aside == NULL ? -1 : 0);
}

static void
versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "%s/%zu.db", scratch, i);
		if (table_wants(rows[i].label))
			row_run(i, path);
	}
	table_end();
}

/* Somebody else's lock is no reason to set anything aside. */
static void
locked_is_left_alone(void **state)
{
	char path[128], why[SQLITE_WHY_MAX];
	struct sqlite *other, *db;
	bool renewed = true;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/locked.db", scratch);
	make(path, rows[3].before);
	other = sqlite_open(path, SQLITE_FOR_WRITING, why);
	assert_non_null(other);
	assert_true(sqlite_exec(other, "BEGIN IMMEDIATE"));
	assert_null(sqlite_renew(path, &schema, NOW, false, &renewed, why));
	assert_false(renewed);
	assert_non_null(strstr(why, "locked"));
	assert_true(sqlite_exec(other, "COMMIT"));
	sqlite_close(&other);
	db = sqlite_renew(path, &schema, NOW, false, &renewed, why);
	assert_non_null(db);
	assert_false(renewed);
	assert_int_equal(sqlite_version(db), 3);
	sqlite_close(&db);
}

static void
no_directory(void **state)
{
	char why[SQLITE_WHY_MAX];
	bool renewed;

	(void)state;
	assert_null(sqlite_renew(
	    "/nonexistent/a.db", &schema, NOW, true, &renewed, why));
	assert_false(renewed);
	assert_non_null(strstr(why, "/nonexistent/a.db"));
}

/* Space that was freed goes back to the disk when it is asked for. */
static void
shrinks(void **state)
{
	char path[128], why[SQLITE_WHY_MAX];
	struct sqlite *db;
	bool renewed;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/shrinks.db", scratch);
	db = sqlite_renew(path, &schema, NOW, true, &renewed, why);
	assert_non_null(db);
	assert_int_equal(sqlite_number(db, "PRAGMA page_size"), 8192);
	assert_true(sqlite_exec(db,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n "
	    "WHERE i<1000) INSERT INTO fruit SELECT i,'x',zeroblob(4000) "
	    "FROM n"));
	assert_true(sqlite_number(db, "PRAGMA page_count") > 500);
	assert_true(sqlite_exec(db, "DELETE FROM fruit"));
	assert_true(sqlite_exec(db, "PRAGMA incremental_vacuum(10000)"));
	assert_true(sqlite_number(db, "PRAGMA page_count") < 20);
	sqlite_close(&db);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(versions),
	cmocka_unit_test(locked_is_left_alone),
	cmocka_unit_test(no_directory),
	cmocka_unit_test(shrinks),
};

TABLE_MAIN_IN(tests, scratch_make, scratch_remove)
