/*
 * Names of facts beside records: once in the file, whatever becomes of the
 * transaction, and read back as the numbers say. And records from before
 * there were numbers.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <stdlib.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/journal/journal_file.h"
#include "policy/journal/journal_names.h"
#include "policy/journal/journal_read.h"

#define ONE "client.ip\nurl\nhost\n"
#define TWO "client.ip\nclient.name\nurl\nhost\n"

static struct sqlite *
words_file(void)
{
	char why[SQLITE_WHY_MAX];
	struct sqlite *db = sqlite_open(":memory:", SQLITE_FOR_WRITING, why);

	assert_non_null(db);
	assert_true(sqlite_exec(db, "CREATE TABLE word("
				    "id INTEGER PRIMARY KEY, text TEXT)"));
	return db;
}

static void
test_put(void **state)
{
	struct sqlite *db = words_file();
	struct journal_words *words = journal_words_new(db);
	struct journal_names *n = journal_names_new(words);
	const struct jsonpack_names *names;
	struct arena *a = arena_new();
	struct span one, two;
	bool octets = false;

	(void)state;
	one = arena_dup(a, journal_names_put(n, SPAN(ONE), &octets));
	assert_true(octets);
	two = arena_dup(a, journal_names_put(n, SPAN(TWO), &octets));
	assert_true(octets);
	assert_false(span_eq(one, two));
	assert_true(
	    span_eq(one, journal_names_put(n, SPAN(ONE), &octets)) && octets);
	assert_int_equal(sqlite_number(db, "SELECT count(*) FROM word"), 2);
	names = journal_names_read(n, journal_words_texts(words, two, a));
	assert_int_equal(names->count, 4);
	assert_string_equal(names->name[1], "client.name");
	names = journal_names_read(n, journal_words_texts(words, one, a));
	assert_int_equal(names->count, 3);
	assert_string_equal(names->name[2], "host");
	assert_int_equal(journal_names_read(n, SPAN(""))->count, 0);
	journal_names_free(&n);
	journal_words_free(&words);
	sqlite_close(&db);
	arena_free(&a);
}

static void
test_rolled_back(void **state)
{
	struct sqlite *db = words_file();
	struct journal_words *words = journal_words_new(db);
	struct journal_names *n = journal_names_new(words);
	bool octets;

	(void)state;
	assert_true(sqlite_exec(db, "BEGIN"));
	(void)journal_names_put(n, SPAN(ONE), &octets);
	assert_true(sqlite_exec(db, "ROLLBACK"));
	journal_words_forget(words);
	journal_names_forget(n);
	(void)journal_names_put(n, SPAN(ONE), &octets);
	assert_true(octets);
	assert_int_equal(sqlite_number(db, "SELECT count(*) FROM word"), 1);
	journal_names_free(&n);
	journal_words_free(&words);
	sqlite_close(&db);
}

/* Another daemon writes to the same file, as an old one does while it ends. */
static void
test_two_writers(void **state)
{
	struct sqlite *db = words_file();
	struct journal_words *here = journal_words_new(db);
	struct journal_words *there = journal_words_new(db);
	struct journal_names *n = journal_names_new(here);
	struct buf out;
	bool octets = false;

	(void)state;
	buf_init(&out, 64);
	assert_true(journal_words_put(there, SPAN("accept"), &out));
	assert_true(journal_words_put(there, SPAN(TWO), &out));
	(void)journal_names_put(n, SPAN(ONE), &octets);
	assert_true(octets);
	assert_true(journal_words_put(here, SPAN("accept"), &out));
	assert_true(journal_words_put(there, SPAN(ONE), &out));
	assert_true(span_is(buf_span(&out), "\1\2\1\3"));
	assert_int_equal(sqlite_number(db, "SELECT count(*) FROM word"), 3);
	buf_free(&out);
	journal_names_free(&n);
	journal_words_free(&there);
	journal_words_free(&here);
	sqlite_close(&db);
}

static void
test_no_number_left(void **state)
{
	struct sqlite *db = words_file();
	struct journal_words *words;
	struct journal_names *n;
	bool octets = true;
	char sql[200];

	(void)state;
	(void)snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n"
	    " LIMIT %d) INSERT INTO word SELECT i,'w'||i FROM n",
	    JOURNAL_WORDS_MAX);
	assert_true(sqlite_exec(db, sql));
	words = journal_words_new(db);
	n = journal_names_new(words);
	for (int i = 0; i < 2; i++) {
		assert_true(span_is(
		    journal_names_put(n, SPAN(ONE), &octets), ONE));
		assert_false(octets);
	}
	journal_names_free(&n);
	journal_words_free(&words);
	sqlite_close(&db);
}

/* ---- a file of version 3 ------------------------------------------------- */

/* Packed, with its name written out, and nothing beside it. */
#define BEFORE                                                        \
	"ALTER TABLE record DROP COLUMN names;PRAGMA user_version=3;" \
	"INSERT INTO decision(seq,id,time) VALUES(1,'OLD',7);"        \
	"INSERT INTO record VALUES(1,X'7B6B02696473034F4C447D')"

static void
version_3(const char *path)
{
	char why[SQLITE_WHY_MAX];
	bool renewed;
	struct journal_file *f =
	    journal_file_open(path, 7, false, &renewed, why);
	struct sqlite *db;

	assert_non_null(f);
	journal_file_close(&f);
	db = sqlite_open(path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	assert_true(sqlite_exec(db, BEFORE));
	sqlite_close(&db);
}

static bool
record_is_old(void *ctx, const struct journal_row *row)
{
	assert_true(span_is(row->record, "{\"id\":\"OLD\"}"));
	++*(size_t *)ctx;
	return true;
}

static void
version_3_read(const char *path)
{
	const struct journal_query all = { .records = true };
	char why[SQLITE_WHY_MAX];
	struct journal_reader *r = journal_reader_open(path, why);
	struct arena *a = arena_new();
	size_t rows = 0;

	assert_non_null(r);
	assert_true(journal_each(r, &all, record_is_old, &rows));
	assert_int_equal(rows, 1);
	assert_true(span_is(journal_record(r, 1, a), "{\"id\":\"OLD\"}"));
	journal_reader_close(&r);
	arena_free(&a);
}

static void
test_version_3(void **state)
{
	char directory[] = "journal_names_test.XXXXXX", path[64], why[256];
	struct journal_file *f;
	char command[64];
	bool renewed = true;

	(void)state;
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/journal.db", directory);
	version_3(path);
	/* A command that is newer than the daemon, then the daemon. */
	version_3_read(path);
	f = journal_file_open(path, 7, false, &renewed, why);
	assert_non_null(f);
	assert_false(renewed);
	journal_file_close(&f);
	version_3_read(path);
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);
	assert_int_equal(system(command), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_put),
	cmocka_unit_test(test_rolled_back),
	cmocka_unit_test(test_two_writers),
	cmocka_unit_test(test_no_number_left),
	cmocka_unit_test(test_version_3),
};
TABLE_MAIN(tests)
