/*
 * The store: what each engine keeps, forgets and survives. Redis is a private
 * server on a unix socket, when redis-server is installed.
 */
#include "config.h"

#include "tests/kit/table.h"

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

#define NOW INT64_C(1767225600)

static char scratch[64] = "/tmp/verdict-store-XXXXXX";

/* ---- alerts and stores --------------------------------------------------- */

struct alerts {
	pthread_mutex_t lock;
	pthread_cond_t told;
	unsigned count;
	char last[512];
	char keys[200];
};
#define ALERTS                                                                 \
	{                                                                      \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, "", "" \
	}

static void
alert_note(void *ctx, const char *key, const char *text)
{
	struct alerts *a = ctx;

	assert_int_equal(strncmp(key, "store", 5), 0);
	(void)pthread_mutex_lock(&a->lock);
	a->count++;
	(void)strncat(a->keys, key, sizeof(a->keys) - strlen(a->keys) - 2);
	(void)strcat(a->keys, "\n");
	(void)snprintf(a->last, sizeof(a->last), "%s", text);
	(void)pthread_cond_broadcast(&a->told);
	(void)pthread_mutex_unlock(&a->lock);
}

/* Waits until the last alert says so; the test runner's patience is the bound.
 */
static void
alert_wait(struct alerts *a, const char *text)
{
	(void)pthread_mutex_lock(&a->lock);
	while (strstr(a->last, text) == NULL)
		(void)pthread_cond_wait(&a->told, &a->lock);
	(void)pthread_mutex_unlock(&a->lock);
}

static bool
alert_has(struct alerts *a, const char *text)
{
	bool has;

	(void)pthread_mutex_lock(&a->lock);
	has = strstr(a->last, text) != NULL;
	(void)pthread_mutex_unlock(&a->lock);
	return has;
}

static struct clock_fixed still = { NOW, 0 };

static struct store *
store_at(enum store_engine_kind engine, const char *where, bool local,
    struct alerts *alerts)
{
	struct store_options o = { .engine = engine,
		.where = where,
		.entries_max = 100000,
		.timeout_ms = 200,
		.local = local,
		.clock = clock_of_fixed(&still),
		.retry_ms = 1,
		.alert = alerts == NULL ? NULL : alert_note,
		.ctx = alerts };
	char why[STORE_WHY_MAX] = "";
	struct store *s = store_open(&o, why);

	if (s == NULL)
		(void)fprintf(stderr, "store_open: %s\n", why);
	return s;
}

static void
path_in(char out[128], const char *name)
{
	(void)snprintf(out, 128, "%s/%s", scratch, name);
}

/* ---- a private Redis ----------------------------------------------------- */

struct server {
	pid_t pid;
	char url[128];
};

/* It says on standard output when it takes connections. */
static bool
server_ready(int fd)
{
	char text[8192] = "", *at = text;
	ssize_t n;

	while ((n = read(fd, at, sizeof(text) - 1 - (size_t)(at - text))) > 0) {
		at += n;
		*at = '\0';
		if (strstr(text, "eady to accept connections") != NULL)
			return true;
	}
	return false;
}

static bool
server_begin(struct server *r)
{
	char path[128];
	int ends[2];
	bool ready;

	path_in(path, "redis.sock");
	(void)snprintf(r->url, sizeof(r->url), "unix:%.100s", path);
	assert_int_equal(pipe(ends), 0);
	r->pid = fork();
	if (r->pid == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execlp("redis-server", "redis-server", "--port", "0",
		    "--unixsocket", path, "--save", "", "--dir", scratch,
		    (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	ready = server_ready(ends[0]);
	/* It writes to a pipe that nobody reads any more, and goes on. */
	(void)close(ends[0]);
	if (!ready)
		(void)waitpid(r->pid, NULL, 0);
	return ready;
}

static void
server_end(struct server *r, int signal_number)
{
	int status;

	(void)kill(r->pid, signal_number);
	(void)waitpid(r->pid, &status, 0);
}

/* ---- what every engine does ---------------------------------------------- */

enum operation { PUT, ADD, GET, REMOVE };

static const struct {
	const char *label;
	enum operation what;
	const char *key;
	int64_t at; /* behind NOW */
	int64_t number, lifetime;
	int64_t want; /* number[0] then; -1: none */
} steps[] = {
	{ "nothing is there at first", GET, "a", 0, 0, 0, -1 },
	{ "what was put is there", PUT, "a", 0, 7, 100, 7 },
	{ "other keys are not", GET, "ab", 0, 0, 0, -1 },
	{ "it is there until it expires", GET, "a", 99, 0, 0, 7 },
	{ "it is gone when it expires", GET, "a", 100, 0, 0, -1 },
	{ "adding makes an entry", ADD, "n", 0, 2, 50, 2 },
	{ "adding adds", ADD, "n", 10, 3, 50, 5 },
	{ "and does not lengthen its life", ADD, "n", 50, 1, 50, 1 },
	{ "removing removes", REMOVE, "n", 51, 0, 0, -1 },
	{ "removing nothing is fine", REMOVE, "n", 51, 0, 0, -1 },
	{ "a key may have blanks and umlauts", PUT, "b l\xc3\xa4nk", 0, 1, 9,
	    1 },
	{ "numbers may be negative", PUT, "minus", 0, -12345678901234, 9,
	    -12345678901234 },
	{ "a long key is kept by its hash", PUT,
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123",
	    0, 4, 9, 4 },
	{ "another one that begins so is another", GET,
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "01234567890123456789012345678901234567890123456789012345678901zz",
	    0, 0, 0, -1 },
};

static int64_t
step_run(struct store *s, size_t i)
{
	struct span key = span_of(steps[i].key);
	int64_t now_s = NOW + steps[i].at;
	struct store_record r = { .count = 3 };

	switch (steps[i].what) {
	case PUT:
		r.number[0] = steps[i].number;
		r.number[2] = 9;
		r.expires_s = now_s + steps[i].lifetime;
		assert_true(store_put(s, key, now_s, &r));
		break;
	case ADD:
		assert_true(store_add(
		    s, key, now_s, steps[i].lifetime, steps[i].number, NULL));
		break;
	case REMOVE:
		assert_true(store_remove(s, key, now_s));
		break;
	case GET:
		break;
	}
	assert_true(store_get(s, key, now_s, &r));
	return r.count == 0 ? -1 : r.number[0];
}

static bool
count_visit(void *ctx, struct span key, const struct store_record *r)
{
	(void)key;
	assert_true(r->count > 0);
	(*(unsigned *)ctx)++;
	return true;
}

static void
engine_steps(struct store *s, const char *engine)
{
	unsigned count = 0;
	char label[128];

	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		(void)snprintf(
		    label, sizeof(label), "%s: %s", engine, steps[i].label);
		table_number(label, "number", step_run(s, i), steps[i].want);
	}
	assert_true(store_each(s, SPAN("minus"), NOW, count_visit, &count));
	table_number(engine, "entries with a prefix", count, 1);
	store_close(&s);
	table_end();
}

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

static void *
add_thousand(void *ctx)
{
	for (int i = 0; i < 1000; i++)
		assert_true(store_add(ctx, SPAN("together"), NOW, 60, 1, NULL));
	return NULL;
}

/* Four threads lose no change; returns the sum. */
static int64_t
add_together(struct store *s)
{
	pthread_t thread[4];
	struct store_record r;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, add_thousand, s), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_true(store_get(s, SPAN("together"), NOW, &r));
	return r.number[0];
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

/* ---- redis --------------------------------------------------------------- */

static const char *
redis_refused(const char *url, char why[STORE_WHY_MAX])
{
	struct store_options o = { .engine = STORE_REDIS,
		.where = url,
		.entries_max = 10,
		.timeout_ms = 100,
		.clock = clock_of_fixed(&still) };
	struct store *s = store_open(&o, why);

	if (s == NULL)
		return why;
	store_close(&s);
	return "opened";
}

static void
redis_urls(void **state)
{
	static const struct {
		const char *label, *url, *want;
	} rows[] = {
		{ "TLS is refused, with a way out", "rediss://cache.example",
		    "tunnel" },
		{ "another scheme", "http://cache.example", "redis://" },
		{ "a port that is none", "redis://127.0.0.1:x", "HOST" },
		{ "a database that is none", "redis://127.0.0.1/x", "HOST" },
		{ "nobody there is no error", "redis://127.0.0.1:1", "opened" },
		{ "IPv6", "redis://u:secret@[::1]:1/3", "opened" },
	};
	char why[STORE_WHY_MAX];

	(void)state;
#ifndef HAVE_HIREDIS
	skip();
#endif
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *got = redis_refused(rows[i].url, why);

		if (strstr(got, rows[i].want) == NULL)
			table_fail(rows[i].label, "got %s", got);
		if (strstr(got, "secret") != NULL)
			table_fail(rows[i].label, "shows the password");
	}
	table_end();
}

static void
redis_steps(void **state)
{
	struct server r;

	(void)state;
	if (!server_begin(&r))
		skip();
	engine_steps(store_at(STORE_REDIS, r.url, false, NULL), "redis");
	server_end(&r, SIGTERM);
}

static void
redis_is_shared(void **state)
{
	struct store *one, *two;
	struct server r;
	int64_t sum;

	(void)state;
	if (!server_begin(&r))
		skip();
	one = store_at(STORE_REDIS, r.url, false, NULL);
	two = store_at(STORE_REDIS, r.url, false, NULL);
	assert_true(store_add(one, SPAN("both"), NOW, 60, 1, NULL));
	assert_true(store_add(two, SPAN("both"), NOW, 60, 1, &sum));
	assert_int_equal(sum, 2);
	assert_int_equal(add_together(one), 4000);
	store_close(&one);
	store_close(&two);
	server_end(&r, SIGTERM);
}

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
redis_frozen(void **state)
{
	struct alerts alerts = ALERTS;
	struct server r;
	struct store *s;
	int64_t begin;

	(void)state;
	if (!server_begin(&r))
		skip();
	s = store_at(STORE_REDIS, r.url, false, &alerts);
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	(void)kill(r.pid, SIGSTOP);
	begin = monotonic_ms();
	assert_false(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(monotonic_ms() - begin < 1500);
	/* From then on nobody waits. */
	begin = monotonic_ms();
	for (int i = 0; i < 1000; i++)
		assert_false(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(monotonic_ms() - begin < 200);
	assert_int_equal(alerts.count, 1);
	assert_true(alert_has(&alerts, "does not answer"));
	(void)kill(r.pid, SIGCONT);
	alert_wait(&alerts, "again");
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_int_equal(alerts.count, 2);
	store_close(&s);
	server_end(&r, SIGTERM);
}

static void
redis_killed(void **state)
{
	struct alerts alerts = ALERTS;
	struct alerts others = ALERTS;
	struct store *s, *local;
	struct server r;
	int64_t sum;

	(void)state;
	if (!server_begin(&r))
		skip();
	s = store_at(STORE_REDIS, r.url, false, &alerts);
	local = store_at(STORE_REDIS, r.url, true, &others);
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	server_end(&r, SIGKILL);
	assert_false(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(store_add(local, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(store_add(local, SPAN("a"), NOW, 600, 1, &sum));
	assert_int_equal(sum, 2);
	assert_true(server_begin(&r));
	alert_wait(&alerts, "again");
	alert_wait(&others, "again");
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_int_equal(alerts.count, 2);
	/* Restarted while nobody asked: connections are dead, Redis is not. */
	server_end(&r, SIGTERM);
	assert_true(server_begin(&r));
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_int_equal(alerts.count, 2);
	store_close(&local);
	store_close(&s);
	server_end(&r, SIGTERM);
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

static int
scratch_make(void **state)
{
	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	return mkdtemp(scratch) == NULL ? -1 : 0;
}

static int
scratch_remove(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof(line), "rm -rf %s", scratch);
	return system(line) == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_steps),
		cmocka_unit_test(memory_is_bounded),
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
		cmocka_unit_test(redis_urls),
		cmocka_unit_test(redis_steps),
		cmocka_unit_test(redis_is_shared),
		cmocka_unit_test(redis_frozen),
		cmocka_unit_test(redis_killed),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove) == 0
		   ? 0
		   : 1;
}
