/*
 * The engine with a file behind: the table answers, a thread writes. What a
 * message waits for is a lock on one shard, never the disk. Killing the
 * process loses what the thread had not taken yet, at most a second's.
 *
 * Writing through instead, one transaction an entry, was measured at some
 * 50,000 a second on a fast disk and a hundredth of that where fsync is slow;
 * a batch of a thousand costs little more than one.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/base/sqlite_schema.h"
#include "policy/base/thread.h"
#include "policy/store/store_table.h"
#include "rules/base/panic.h"

#define WRITE_EVERY_MS 500
#define BATCH_MAX      ((size_t)4000)
/* Between tries to open a file that can't be had: one reads all of it. */
#define RETRY_FIRST_MS 500
#define RETRY_MAX_MS   30000
/* Shards of which a slice is swept each time the thread wakes. */
#define SWEEP_SHARDS ((size_t)8)

/*
 * No index on expires: the table in memory holds all that the file does, and
 * finds what has expired. An index would double what a batch writes.
 */
static const struct sqlite_schema schema = {
	.version = 1,
	.create = "CREATE TABLE state (key TEXT PRIMARY KEY, expires INTEGER "
		  "NOT NULL, a INTEGER, b INTEGER, c INTEGER, d INTEGER, e "
		  "INTEGER, f INTEGER) WITHOUT ROWID",
	.tune = "PRAGMA cache_size=-16384",
};
#define SQL_PUT                                                        \
	"INSERT OR REPLACE INTO state(key,expires,a,b,c,d,e,f) VALUES" \
	" (?,?,?,?,?,?,?,?)"
#define SQL_REMOVE "DELETE FROM state WHERE key = ?"
#define SQL_EXPIRE "DELETE FROM state WHERE expires <= ?"
#define SQL_ALL    "SELECT key, expires, a, b, c, d, e, f FROM state"

struct behind {
	struct store_options options;
	char *path;
	struct store_table *table;
	pthread_t thread;
	bool running;

	pthread_mutex_t lock; /* of stop */
	pthread_cond_t wake;
	bool stop;

	pthread_mutex_t file; /* of all below: whoever writes */
	struct sqlite *db;
	struct sqlite_statement *put, *remove;
	struct arena *arena; /* of the batch */
	struct store_changed *batch;
	size_t batch_count; /* taken, not written yet */
	size_t shard;       /* whose notes are taken next */
	size_t sweep;
	bool loaded; /* what the file held stands in the table */
	int64_t retry_at_ms, retry_ms; /* when it can't be opened */
	atomic_bool failing;
	struct clock_trust trust;
};

/* One alert a condition, so that the end of it is told at once. */
#define KEY_FAILS   "store"
#define KEY_WORKS   "store works again"
#define KEY_RENEWED "store begun anew"

static void
behind_alert(
    struct behind *b, const char *key, const char *what, const char *why)
{
	char text[SQLITE_WHY_MAX + 200];

	(void)snprintf(text, sizeof(text), "%s: %s", what, why);
	if (b->options.alert != NULL)
		b->options.alert(b->options.ctx, key, text);
}

static void
behind_fails(struct behind *b, const char *why)
{
	if (!atomic_exchange(&b->failing, true))
		behind_alert(b, KEY_FAILS,
		    "the store can't be written, what it knows stays in memory",
		    why);
}

static int64_t
monotonic_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

static int64_t
behind_now(const struct behind *b)
{
	return b->options.clock.unix_s(b->options.clock.ctx);
}

/* For what deletes: a clock that has jumped does not count. */
static int64_t
behind_trusted(struct behind *b)
{
	if (!b->trust.begun)
		clock_trust_begin(
		    &b->trust, &b->options.clock, b->options.last_s);
	return clock_trusted_s(&b->trust, &b->options.clock);
}

/* ---- the file, behind b->file -------------------------------------------- */

static void
file_close(struct behind *b)
{
	sqlite_statement_free(&b->put);
	sqlite_statement_free(&b->remove);
	sqlite_close(&b->db);
}

static bool
file_open(struct behind *b, char why[SQLITE_WHY_MAX])
{
	bool renewed;

	b->db =
	    sqlite_renew(b->path, &schema, behind_now(b), true, &renewed, why);
	if (renewed) {
		behind_alert(b, KEY_RENEWED,
		    "the store could not be used; it is set aside and a new "
		    "one begun",
		    why);
		store_table_note_all(b->table);
	}
	if (b->db == NULL)
		return false;
	b->put = sqlite_prepare(b->db, SQL_PUT);
	b->remove = sqlite_prepare(b->db, SQL_REMOVE);
	if (b->put != NULL && b->remove != NULL)
		return true;
	sqlite_why(why, b->path, sqlite_error(b->db));
	file_close(b);
	return false;
}

static bool
file_read_all(struct behind *b)
{
	struct sqlite_statement *s = sqlite_prepare(b->db, SQL_ALL);
	int64_t now_s = behind_trusted(b);
	enum sqlite_stepped stepped = SQLITE_STEP_FAILED;

	if (s == NULL)
		return false;
	while ((stepped = sqlite_step(s)) == SQLITE_STEP_ROW) {
		struct store_record r = { 0 };
		struct span key = sqlite_column_text(s, 0);

		r.expires_s = sqlite_column_number(s, 1);
		while (r.count < STORE_NUMBERS_MAX &&
		       !sqlite_column_null(s, (int)r.count + 2)) {
			r.number[r.count] =
			    sqlite_column_number(s, (int)r.count + 2);
			r.count++;
		}
		if (r.count > 0 && key.n <= STORE_KEY_MAX &&
		    r.expires_s > now_s)
			store_table_load(b->table, key, &r);
	}
	sqlite_statement_free(&s);
	return stepped == SQLITE_STEP_DONE;
}

/*
 * Opens the file, and reads it where that was not possible before. What was
 * changed in memory meanwhile is newer and stays. What has expired while nobody
 * looked goes from the file; later the table tells what has.
 */
static bool
file_begin(struct behind *b, char why[SQLITE_WHY_MAX])
{
	struct sqlite_statement *s;

	if (!file_open(b, why))
		return false;
	if (b->loaded)
		return true;
	b->loaded = file_read_all(b);
	if (!b->loaded) {
		sqlite_why(why, b->path, sqlite_error(b->db));
		file_close(b);
		return false;
	}
	s = sqlite_prepare(b->db, SQL_EXPIRE);
	if (s != NULL) {
		sqlite_bind_number(s, 1, behind_trusted(b));
		(void)sqlite_run(s); /* what stays is not read, either */
	}
	sqlite_statement_free(&s);
	return true;
}

static bool
file_write(struct behind *b, const struct store_changed *c)
{
	if (c->record.count == 0) {
		sqlite_bind_text(b->remove, 1, c->key);
		return sqlite_run(b->remove);
	}
	sqlite_bind_text(b->put, 1, c->key);
	sqlite_bind_number(b->put, 2, c->record.expires_s);
	for (unsigned i = 0; i < c->record.count; i++)
		sqlite_bind_number(b->put, (int)i + 3, c->record.number[i]);
	return sqlite_run(b->put);
}

/* Fills the batch from as many shards as it takes. */
static void
batch_fill(struct behind *b)
{
	for (size_t i = 0; i < STORE_SHARDS && b->batch_count < BATCH_MAX;
	     i++) {
		b->batch_count += store_table_changes(b->table, b->shard,
		    BATCH_MAX - b->batch_count, b->arena,
		    b->batch + b->batch_count);
		if (b->batch_count < BATCH_MAX)
			b->shard = (b->shard + 1) % STORE_SHARDS;
	}
}

static bool
batch_put(struct behind *b)
{
	for (size_t i = 0; i < b->batch_count; i++)
		if (!file_write(b, &b->batch[i]))
			return false;
	return true;
}

static void
batch_done(struct behind *b)
{
	b->batch_count = 0;
	arena_reset(b->arena);
}

static bool
batch_write(struct behind *b)
{
	if (!sqlite_exec(b->db, "BEGIN IMMEDIATE") || !batch_put(b) ||
	    !sqlite_exec(b->db, "COMMIT"))
		return false;
	batch_done(b);
	return true;
}

/*
 * The whole table instead of what has changed, which nobody knows any more. In
 * one transaction: whoever kills the process meanwhile finds the old file.
 */
static bool
file_rewrite(struct behind *b)
{
	bool ok = sqlite_exec(b->db, "BEGIN IMMEDIATE") &&
		  sqlite_exec(b->db, "DELETE FROM state");

	batch_done(b);
	if (ok)
		store_table_note_all(b->table);
	while (ok) {
		batch_fill(b);
		if (b->batch_count == 0)
			break;
		ok = batch_put(b);
		batch_done(b);
	}
	if (ok && sqlite_exec(b->db, "COMMIT"))
		return true;
	store_table_forget(b->table);
	return false;
}

/* Says it once, and keeps the batch for the next try. */
static void
file_failed(struct behind *b)
{
	enum sqlite_trouble trouble = sqlite_trouble(b->db);
	char why[SQLITE_WHY_MAX];

	(void)snprintf(why, sizeof(why), "%s", sqlite_error(b->db));
	(void)sqlite_exec(b->db, "ROLLBACK");
	behind_fails(b, why);
	/* Opening it again looks what is the matter with it. */
	if (trouble == SQLITE_TROUBLE_DAMAGED ||
	    trouble == SQLITE_TROUBLE_OTHER)
		file_close(b);
}

/* The file is there, or it is not time to try again. */
static bool
file_ready(struct behind *b, bool now)
{
	char why[SQLITE_WHY_MAX];

	if (b->db != NULL)
		return true;
	if (!now && monotonic_ms() < b->retry_at_ms)
		return false;
	if (file_begin(b, why)) {
		b->retry_ms = RETRY_FIRST_MS;
		return true;
	}
	behind_fails(b, why);
	b->retry_at_ms = monotonic_ms() + b->retry_ms;
	b->retry_ms =
	    b->retry_ms < RETRY_MAX_MS ? b->retry_ms * 2 : RETRY_MAX_MS;
	return false;
}

/* All that is noted; false when some of it is still not in the file. */
static bool
file_catch_up(struct behind *b, bool now)
{
	if (!file_ready(b, now))
		return false;
	for (;;) {
		bool anew = store_table_forgot(b->table);

		if (b->batch_count == 0 && !anew)
			batch_fill(b);
		if (b->batch_count == 0 && !anew)
			break;
		if (!(anew ? file_rewrite(b) : batch_write(b))) {
			file_failed(b);
			return false;
		}
	}
	if (atomic_exchange(&b->failing, false))
		behind_alert(
		    b, KEY_WORKS, "the store is written again", b->path);
	return true;
}

/* A slice of what has expired goes; the next batch removes it in the file. */
static void
table_sweep(struct behind *b)
{
	int64_t now_s = behind_trusted(b);

	for (size_t i = 0; i < SWEEP_SHARDS; i++)
		store_table_expire(b->table, b->sweep++ % STORE_SHARDS, now_s);
}

static bool
behind_flush(void *engine)
{
	struct behind *b = engine;
	bool ok;

	if (b->options.read_only)
		return true;
	(void)pthread_mutex_lock(&b->file);
	ok = file_catch_up(b, true);
	(void)pthread_mutex_unlock(&b->file);
	return ok;
}

/* ---- the thread ---------------------------------------------------------- */

static void
deadline_in(struct timespec *at, long ms)
{
	(void)clock_gettime(CLOCK_MONOTONIC, at);
	at->tv_nsec += ms * 1000000;
	at->tv_sec += at->tv_nsec / 1000000000;
	at->tv_nsec %= 1000000000;
}

/* False: the store is being closed. */
static bool
behind_sleep(struct behind *b)
{
	struct timespec until;
	bool on;

	deadline_in(&until, WRITE_EVERY_MS);
	(void)pthread_mutex_lock(&b->lock);
	while (!b->stop &&
	       pthread_cond_timedwait(&b->wake, &b->lock, &until) != ETIMEDOUT)
		;
	on = !b->stop;
	(void)pthread_mutex_unlock(&b->lock);
	return on;
}

static void *
behind_thread(void *engine)
{
	struct behind *b = engine;

	while (behind_sleep(b)) {
		(void)pthread_mutex_lock(&b->file);
		(void)file_catch_up(b, false);
		table_sweep(b);
		(void)pthread_mutex_unlock(&b->file);
	}
	return NULL;
}

/* ---- the engine ---------------------------------------------------------- */

static bool
behind_update(void *engine, uint16_t group, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	struct behind *b = engine;

	if (b->options.read_only)
		return false;
	store_table_update(b->table, group, key, now_s, change, ctx);
	return true;
}

static bool
behind_get(
    void *engine, struct span key, int64_t now_s, struct store_record *out)
{
	struct behind *b = engine;

	store_table_get(b->table, key, now_s, out);
	return true;
}

static bool
behind_each(void *engine, struct span prefix, int64_t now_s, store_visit *visit,
    void *ctx)
{
	struct behind *b = engine;

	store_table_each(b->table, prefix, now_s, visit, ctx);
	return true;
}

static void
behind_figures(void *engine, struct store_figures *out)
{
	struct behind *b = engine;

	out->entries = store_table_count(b->table);
	out->evicted = store_table_evicted(b->table);
	out->unwritten = store_table_noted(b->table);
	out->failing = atomic_load(&b->failing);
}

static void
behind_free(struct behind *b)
{
	file_close(b);
	store_table_free(&b->table);
	arena_free(&b->arena);
	free(b->batch);
	free(b->path);
	(void)pthread_cond_destroy(&b->wake);
	(void)pthread_mutex_destroy(&b->lock);
	(void)pthread_mutex_destroy(&b->file);
	free(b);
}

static void
behind_close(void *engine)
{
	struct behind *b = engine;

	if (b->running) {
		(void)pthread_mutex_lock(&b->lock);
		b->stop = true;
		(void)pthread_cond_signal(&b->wake);
		(void)pthread_mutex_unlock(&b->lock);
		(void)pthread_join(b->thread, NULL);
	}
	(void)behind_flush(b);
	behind_free(b);
}

static struct behind *
behind_new(const struct store_options *o)
{
	struct behind *b = xcalloc(1, sizeof(*b));
	pthread_condattr_t monotonic;

	b->options = *o;
	b->path = xstrdup(o->where);
	b->table = store_table_new(o->entries_max, true);
	b->arena = arena_new();
	b->batch = xcalloc(BATCH_MAX, sizeof(*b->batch));
	b->retry_ms = RETRY_FIRST_MS;
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_mutex_init(&b->file, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&b->wake, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return b;
}

/* What the file holds now. */
static bool
behind_read(struct behind *b, char why[STORE_WHY_MAX])
{
	b->db = sqlite_open(b->path, SQLITE_FOR_READING, why);
	if (b->db == NULL)
		return false;
	if (file_read_all(b)) {
		file_close(b);
		return true;
	}
	sqlite_why(why, b->path, sqlite_error(b->db));
	return false;
}

/*
 * A file that can't be had now (locked, no directory, a full disk) is no
 * reason to do without for good: the table answers until the thread has it.
 */
void *
store_sqlite_open(const struct store_options *o, char why[STORE_WHY_MAX])
{
	struct behind *b = behind_new(o);

	_Static_assert(STORE_WHY_MAX == SQLITE_WHY_MAX, "one room for both");
	if (o->read_only && behind_read(b, why))
		return b;
	if (!o->read_only) {
		(void)file_ready(b, true);
		(void)snprintf(
		    why, STORE_WHY_MAX, "the store's thread can't start");
		b->running = thread_start(&b->thread, behind_thread, b);
		if (b->running)
			return b;
	}
	behind_free(b);
	return NULL;
}

const struct store_engine store_engine_sqlite = {
	.name = "sqlite",
	.update = behind_update,
	.get = behind_get,
	.each = behind_each,
	.flush = behind_flush,
	.figures = behind_figures,
	.close = behind_close,
};
