/*
 * The store: what the engines of one host keep, forget and survive.
 */
#include "config.h"

#include "tests/kit/moving_clock.h"
#include "tests/policy/store/store_kit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "policy/base/sqlite.h"
#include "policy/store/store.h"

static void
memory_steps(void **state)
{
	(void)state;
	engine_steps(store_memory(), "memory");
}

static void
sqlite_steps(void **state)
{
	char path[128];

	(void)state;
	path_in(path, "steps.db");
	engine_steps(store_at(STORE_SQLITE, path, false, NULL), "sqlite");
}

/* ---- memory -------------------------------------------------------------- */

static void
memory_is_bounded(void **state)
{
	struct store_options o = { .engine = STORE_MEMORY,
		.entries_max = 6400 };
	char why[STORE_WHY_MAX], key[32];
	struct store *s = store_open(&o, why);
	struct store_figures f;
	int64_t sum = 0;

	(void)state;
	assert_true(store_add(s, SPAN("lives long"), NOW, 1000000, 1, NULL));
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(key, sizeof(key), "flood %d", i);
		assert_true(store_add(s, span_of(key), NOW, 60, 1, NULL));
	}
	store_figures(s, &f);
	assert_true(f.entries <= 6464);
	assert_true(f.evicted >= 20001 - 6464);
	/* What expires first makes room. */
	assert_true(store_add(s, SPAN("lives long"), NOW, 60, 1, &sum));
	assert_int_equal(sum, 2);
	store_close(&s);
}

static void
count_up(void *ctx, struct store_record *r)
{
	const int64_t *expires_s = ctx;

	*r = (struct store_record){ .count = 1,
		.number = { r->number[0] + 1 },
		.expires_s = *expires_s };
}

static struct ip
client_of(const char *text)
{
	struct ip ip = { 0 };

	(void)ip_parse(span_of(text), &ip);
	return ip;
}

/* One network makes more entries than there is room for, longer-lived than
 * those of others: they push out one another. */
static const struct {
	const char *label;
	const char *flood; /* who; "": nobody in particular */
	bool stay;         /* what others had */
} flood_rows[] = {
	{ "of one network", "203.0.113.%d", true },
	{ "of one network, IPv6", "2001:db8:7:%x::1", true },
	{ "of nobody in particular: what expires first goes", "", false },
};

static void
memory_of_one_network(void **state)
{
	(void)state;
	for (size_t row = 0; row < ARRAY_COUNT(flood_rows); row++) {
		struct store_options o = { .engine = STORE_MEMORY,
			.entries_max = 6400 };
		char why[STORE_WHY_MAX], key[64], from[64];
		struct store *s = store_open(&o, why);
		int64_t soon = NOW + 60, late = NOW + 86400;
		int stayed = 0;

		for (int i = 0; i < 640; i++) {
			(void)snprintf(key, sizeof(key), "honest %d", i);
			(void)snprintf(from, sizeof(from), "192.0.%d.1", i);
			assert_true(store_update(s, client_of(from),
			    span_of(key), NOW, count_up, &soon));
		}
		for (int i = 0; i < 40000; i++) {
			(void)snprintf(key, sizeof(key), "flood %d", i);
			(void)snprintf(
			    from, sizeof(from), "%s", flood_rows[row].flood);
			if (strchr(from, '%') != NULL)
				(void)sprintf(strchr(from, '%'),
				    row == 0 ? "%d" : "%x::1", i % 200);
			assert_true(store_update(s, client_of(from),
			    span_of(key), NOW, count_up, &late));
		}
		for (int i = 0; i < 640; i++) {
			struct store_record r;

			(void)snprintf(key, sizeof(key), "honest %d", i);
			assert_true(store_get(s, span_of(key), NOW, &r));
			stayed += r.count == 1;
		}
		if ((stayed >= 620) != flood_rows[row].stay)
			fail_msg("%s: %d of 640 stayed", flood_rows[row].label,
			    stayed);
		store_close(&s);
	}
}

/*
 * The wall clock jumps by 40 days for a while: nothing that is kept for a day
 * is gone, neither in memory nor in the file, whoever reads, writes or starts
 * meanwhile.
 */
static void
nothing_expires_by_a_jump(void **state)
{
	const int64_t jump_s = (int64_t)40 * 86400;
	char path[128], why[STORE_WHY_MAX];
	struct moving_clock time = MOVING_CLOCK(NOW, 1000000);

	(void)state;
	path_in(path, "jump.db");
	for (int file = 0; file < 2; file++) {
		struct store_options o = { .engine = file ? STORE_SQLITE
							  : STORE_MEMORY,
			.where = path,
			.entries_max = 100000,
			.clock = clock_of_moving(&time) };
		struct store *s;
		int64_t sum = 0;

		moving_clock_set(
		    &time, (struct clock_fixed){ NOW, 1000000 });
		s = store_open(&o, why);
		assert_non_null(s);
		assert_true(store_add(s, SPAN("day"), NOW, 86400, 5, NULL));
		moving_clock_by(&time, jump_s, 1000);
		/* Sweeps of the memory engine come with changes. */
		for (int i = 0; i < 200000; i++)
			assert_true(store_add(s, SPAN("x"),
			    store_time(s, time.at.unix_s), 60, 1, NULL));
		assert_true(store_add(s, SPAN("day"),
		    store_time(s, time.at.unix_s), 86400, 1, &sum));
		assert_int_equal(sum, 6);
		moving_clock_by(&time, 90 - jump_s, 90000);
		assert_true(store_add(s, SPAN("day"),
		    store_time(s, time.at.unix_s), 86400, 1, &sum));
		assert_int_equal(sum, 7);
		/* It stays there for an hour: then it counts. */
		moving_clock_by(&time, jump_s, 0);
		assert_true(store_add(s, SPAN("day"),
		    store_time(s, time.at.unix_s), 86400, 1, &sum));
		assert_int_equal(sum, 8);
		moving_clock_by(&time, 3601, 3601000);
		assert_true(store_add(s, SPAN("day"),
		    store_time(s, time.at.unix_s), 86400, 1, &sum));
		assert_int_equal(sum, 1);
		store_close(&s);
	}
}

/* And none at a start with a clock that is far ahead of the file. */
static void
nothing_expires_at_the_start(void **state)
{
	struct moving_clock time =
	    MOVING_CLOCK((int64_t)clock_system.unix_s(NULL), 0);
	struct store_options o = { .engine = STORE_SQLITE,
		.entries_max = 1000,
		.clock = clock_of_moving(&time) };
	char path[128], why[STORE_WHY_MAX];
	int64_t sum = 0;
	struct store *s;

	(void)state;
	path_in(path, "start.db");
	o.where = path;
	s = store_open(&o, why);
	assert_non_null(s);
	assert_true(store_add(
	    s, SPAN("day"), store_time(s, time.at.unix_s), 86400, 5, NULL));
	store_close(&s);
	moving_clock_by(&time, (int64_t)40 * 86400, 0);
	s = store_open(&o, why);
	assert_non_null(s);
	assert_true(store_add(
	    s, SPAN("day"), store_time(s, time.at.unix_s), 86400, 1, &sum));
	assert_int_equal(sum, 6);
	store_close(&s);
	/* The file has it still, and loses it once the clock has stayed. */
	s = store_open(&o, why);
	assert_non_null(s);
	moving_clock_by(
	    &time, 3601 + 86400, (int64_t)(3601 + 86400) * 1000);
	assert_true(store_add(
	    s, SPAN("day"), store_time(s, time.at.unix_s), 86400, 1, &sum));
	assert_int_equal(sum, 1);
	store_close(&s);
}

static void
memory_forgets_what_expired(void **state)
{
	struct store *s = store_memory();
	struct store_figures f;
	char key[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(key, sizeof(key), "%d", i);
		assert_true(store_add(s, span_of(key), NOW, 60, 1, NULL));
	}
	for (int i = 0; i < 200000; i++)
		assert_true(store_add(s, SPAN("x"), NOW + 61, 60, 1, NULL));
	store_figures(s, &f);
	assert_true(f.entries < 1000);
	store_close(&s);
}

static void
memory_threads(void **state)
{
	struct store *s = store_memory();

	(void)state;
	assert_int_equal(add_together(s), 4000);
	store_close(&s);
}

/* ---- sqlite -------------------------------------------------------------- */

static void
sqlite_comes_back(void **state)
{
	char path[128];
	struct store_record r;
	struct store *s;

	(void)state;
	path_in(path, "back.db");
	s = store_at(STORE_SQLITE, path, false, NULL);
	assert_true(store_add(s, SPAN("kept"), NOW, 60, 5, NULL));
	assert_true(store_add(s, SPAN("removed"), NOW, 60, 5, NULL));
	assert_true(store_flush(s));
	assert_true(store_remove(s, SPAN("removed"), NOW));
	assert_true(store_add(s, SPAN("old"), NOW - 100, 60, 5, NULL));
	store_close(&s);
	s = store_at(STORE_SQLITE, path, false, NULL);
	assert_true(store_get(s, SPAN("kept"), NOW, &r));
	assert_int_equal(r.number[0], 5);
	assert_int_equal(r.expires_s, NOW + 60);
	assert_true(store_get(s, SPAN("removed"), NOW, &r));
	assert_int_equal(r.count, 0);
	assert_true(store_get(s, SPAN("old"), NOW - 100, &r));
	assert_int_equal(r.count, 0);
	store_close(&s);
}

static void
file_spoil(const char *path, long from)
{
	FILE *f = fopen(path, "r+");

	assert_non_null(f);
	assert_int_equal(fseek(f, from, SEEK_SET), 0);
	for (int i = 0; i < 8192; i++)
		assert_int_not_equal(fputc('#', f), EOF);
	assert_int_equal(fclose(f), 0);
}

static void
sqlite_damaged_is_set_aside(void **state)
{
	static const struct {
		const char *label;
		long from;
	} rows[] = {
		{ "no database at all", 0 },
		{ "pages in the middle", 8192 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct alerts alerts = ALERTS;
		char name[32], path[128], key[64], aside[160];
		struct store_record r;
		struct store *s;

		(void)snprintf(name, sizeof(name), "damaged%zu.db", i);
		path_in(path, name);
		s = store_at(STORE_SQLITE, path, false, NULL);
		for (int k = 0; k < 2000; k++) {
			(void)snprintf(key, sizeof(key), "some key %d", k);
			assert_true(
			    store_add(s, span_of(key), NOW, 60, 5, NULL));
		}
		store_close(&s);
		file_spoil(path, rows[i].from);
		s = store_at(STORE_SQLITE, path, false, &alerts);
		assert_non_null(s);
		assert_true(store_get(s, SPAN("some key 1"), NOW, &r));
		table_number(rows[i].label, "entries", r.count, 0);
		table_number(rows[i].label, "alerts", alerts.count, 1);
		if (!alert_has(&alerts, "set aside"))
			table_fail(rows[i].label, "alert: %s", alerts.last);
		assert_true(store_add(s, SPAN("new"), NOW, 60, 1, NULL));
		assert_true(store_flush(s));
		store_close(&s);
		(void)snprintf(aside, sizeof(aside), "%s.damaged-%lld", path,
		    (long long)NOW);
		table_number(
		    rows[i].label, "set aside", access(aside, F_OK), 0);
	}
	table_end();
}

static void
file_is_held(struct sqlite *db)
{
	if (!sqlite_exec(db,
		"PRAGMA locking_mode=EXCLUSIVE;BEGIN IMMEDIATE;"
		"INSERT OR REPLACE INTO state(key,expires,a) VALUES('x',1,1);"
		"COMMIT"))
		fail_msg("%s", sqlite_error(db));
}

/* Somebody's lock at start: what is in the file is not lost to the process. */
static void
sqlite_locked_at_start(void **state)
{
	struct alerts alerts = ALERTS;
	char path[128], why[SQLITE_WHY_MAX];
	struct store_figures f;
	struct store_record r;
	struct sqlite *db;
	struct store *s;
	int64_t sum;

	(void)state;
	path_in(path, "locked.db");
	s = store_at(STORE_SQLITE, path, false, NULL);
	assert_true(store_add(s, SPAN("old"), NOW, 60, 5, NULL));
	assert_true(store_add(s, SPAN("both"), NOW, 60, 5, NULL));
	store_close(&s);
	db = sqlite_open(path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	file_is_held(db);
	s = store_at(STORE_SQLITE, path, false, &alerts);
	assert_non_null(s);
	assert_true(alert_has(&alerts, "locked"));
	/* It works meanwhile. */
	assert_true(store_add(s, SPAN("new"), NOW, 60, 1, NULL));
	assert_true(store_add(s, SPAN("both"), NOW, 60, 1, &sum));
	assert_int_equal(sum, 1);
	assert_false(store_flush(s));
	store_figures(s, &f);
	assert_true(f.failing);
	sqlite_close(&db);
	assert_true(store_flush(s));
	alert_wait(&alerts, "written again");
	assert_non_null(strstr(alerts.keys, "store works again\n"));
	assert_true(store_get(s, SPAN("old"), NOW, &r));
	assert_int_equal(r.number[0], 5);
	store_close(&s);
	s = store_at(STORE_SQLITE, path, false, NULL);
	assert_true(store_get(s, SPAN("new"), NOW, &r));
	assert_int_equal(r.number[0], 1);
	assert_true(store_get(s, SPAN("both"), NOW, &r));
	assert_int_equal(r.number[0], 1);
	store_close(&s);
}

/* Entries come and go while nothing can be written: notes of that have a
 * bound, and the file is right in the end. */
static void
sqlite_notes_are_bounded(void **state)
{
	struct alerts alerts = ALERTS;
	char path[128], why[SQLITE_WHY_MAX], key[32];
	struct store_options o = { .engine = STORE_SQLITE,
		.where = path,
		.entries_max = 6400,
		.clock = clock_of_fixed(&still),
		.alert = alert_note,
		.ctx = &alerts };
	struct store_figures f;
	struct store_record r;
	struct sqlite *db;
	struct store *s;

	(void)state;
	path_in(path, "notes.db");
	s = store_open(&o, why);
	assert_true(store_add(s, SPAN("removed"), NOW, 60, 5, NULL));
	assert_true(store_flush(s));
	db = sqlite_open(path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	assert_true(sqlite_exec(db, "BEGIN IMMEDIATE"));
	assert_true(store_remove(s, SPAN("removed"), NOW));
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(key, sizeof(key), "%d", i);
		assert_true(store_add(s, span_of(key), NOW, 60, 1, NULL));
		if (i % 10000 != 0)
			continue;
		store_figures(s, &f);
		assert_in_range(f.unwritten, 0, 2 * 6464 + 64 * 64);
	}
	assert_true(sqlite_exec(db, "COMMIT"));
	assert_true(store_flush(s));
	store_figures(s, &f);
	assert_int_equal(
	    sqlite_number(db, "SELECT count(*) FROM state"), f.entries);
	sqlite_close(&db);
	store_close(&s);
	s = store_open(&o, why);
	assert_true(store_get(s, SPAN("removed"), NOW, &r));
	assert_int_equal(r.count, 0);
	store_close(&s);
}

static void
sqlite_without_directory(void **state)
{
	struct alerts alerts = ALERTS;
	char path[128], directory[128];
	struct store_record r;
	struct store *s;

	(void)state;
	path_in(directory, "later");
	path_in(path, "later/state.db");
	s = store_at(STORE_SQLITE, path, false, &alerts);
	assert_non_null(s);
	assert_true(alert_has(&alerts, path));
	assert_true(store_add(s, SPAN("a"), NOW, 60, 5, NULL));
	assert_false(store_flush(s));
	assert_int_equal(mkdir(directory, 0700), 0);
	assert_true(store_flush(s));
	store_close(&s);
	s = store_at(STORE_SQLITE, path, false, NULL);
	assert_true(store_get(s, SPAN("a"), NOW, &r));
	assert_int_equal(r.number[0], 5);
	store_close(&s);
}

/* Of a newer program: kept beside, and a new one begun. */
static void
sqlite_of_another_version(void **state)
{
	struct alerts alerts = ALERTS;
	char path[128], why[SQLITE_WHY_MAX];
	struct sqlite *db;
	struct store *s;

	(void)state;
	path_in(path, "newer.db");
	db = sqlite_open(path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	assert_true(sqlite_exec(
	    db, "CREATE TABLE state(key TEXT);PRAGMA user_version=77"));
	sqlite_close(&db);
	s = store_at(STORE_SQLITE, path, false, &alerts);
	assert_true(alert_has(&alerts, "version 77"));
	assert_true(store_add(s, SPAN("a"), NOW, 60, 5, NULL));
	assert_true(store_flush(s));
	store_close(&s);
}

/* A child that is killed loses nothing of what it had written. */
static void
sqlite_killed(void **state)
{
	char path[128], key[32];
	struct store *s;
	int status;
	pid_t child;

	(void)state;
	path_in(path, "killed.db");
	child = fork();
	if (child == 0) {
		s = store_at(STORE_SQLITE, path, false, NULL);
		for (int i = 0; i < 5000; i++) {
			(void)snprintf(key, sizeof(key), "key %d", i);
			(void)store_add(s, span_of(key), NOW, 60, i, NULL);
		}
		(void)store_flush(s);
		for (int i = 0;; i = (i + 1) % 100000) {
			(void)snprintf(key, sizeof(key), "more %d", i);
			(void)store_add(s, span_of(key), NOW, 60, i, NULL);
			if (i == 50000)
				(void)raise(SIGKILL);
		}
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	s = store_at(STORE_SQLITE, path, false, NULL);
	for (int i = 0; i < 5000; i++) {
		struct store_record r;

		(void)snprintf(key, sizeof(key), "key %d", i);
		assert_true(store_get(s, span_of(key), NOW, &r));
		if (r.count != 1 || r.number[0] != i)
			table_fail(key, "is lost");
	}
	store_close(&s);
	table_end();
}

/* ---- keys ---------------------------------------------------------------- */

static void
keys(void **state)
{
	static const struct {
		const char *label, *text, *want;
	} rows[] = {
		{ "an address stays", "a+b@c.example", "a+b@c.example" },
		{ "what ends a part is escaped", "a|b%c d", "a%7Cb%25c%20d" },
		{ "octets are escaped", "\xc3\xa4\n", "%C3%A4%0A" },
	};
	struct buf key;

	(void)state;
	buf_init(&key, 1000);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		buf_clear(&key);
		store_key_add(&key, span_of(rows[i].text));
		(void)buf_addc(&key, '\0');
		table_text(rows[i].label, "key", key.p, rows[i].want);
	}
	buf_free(&key);
	table_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_steps),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(memory_of_one_network),
		cmocka_unit_test(nothing_expires_by_a_jump),
		cmocka_unit_test(nothing_expires_at_the_start),
		cmocka_unit_test(memory_forgets_what_expired),
		cmocka_unit_test(memory_threads),
		cmocka_unit_test(sqlite_steps),
		cmocka_unit_test(sqlite_comes_back),
		cmocka_unit_test(sqlite_damaged_is_set_aside),
		cmocka_unit_test(sqlite_locked_at_start),
		cmocka_unit_test(sqlite_notes_are_bounded),
		cmocka_unit_test(sqlite_without_directory),
		cmocka_unit_test(sqlite_of_another_version),
		cmocka_unit_test(sqlite_killed),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, store_kit_begin, scratch_remove) == 0
		   ? 0
		   : 1;
}
