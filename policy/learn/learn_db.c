/*
 * The tables of learned.db and every statement on them. What samples are good
 * for is not known here.
 */
#include "config.h"

#include "policy/learn/learn_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "policy/learn/learn_schema.h"
#include "rules/base/panic.h"

enum learn_sql {
	SQL_SECRET,
	SQL_SECRET_PUT,
	SQL_PUT,
	SQL_GET,
	SQL_BY_ID,
	SQL_GONE,
	SQL_GONE_PUT,
	SQL_GONE_FORGET,
	SQL_GONE_OLD,
	SQL_GONE_MANY,
	SQL_REMOVE,
	SQL_EACH,
	SQL_ROLL,
	SQL_FORGET,
	SQL_COUNT,
	SQL_TAUGHT,
	SQL_TEACHERS,
	SQL_OLD,
	SQL_NEWEST,
	SQL_CUT,
	SQL_KEEP,
	SQL_KEPT,
	SQL_KEPT_COUNT,
	SQL_KEPT_OLD,
	SQL_KEPT_MANY,
	SQL_KEPT_FORGET,
	SQL_GOOD,
	SQL_STATEMENTS
};

static const char *const learn_sql[SQL_STATEMENTS] = {
	[SQL_SECRET] = "SELECT key FROM secret WHERE one = 1",
	[SQL_SECRET_PUT] = "INSERT OR REPLACE INTO secret VALUES (1, ?1)",
	[SQL_PUT] = "INSERT INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
		    " ON CONFLICT (key) DO UPDATE SET spam = ?2, time = ?3,"
		    " who = ?4, id = ?5, sender = ?6",
	[SQL_GET] = "SELECT key, spam, time, who, id, sender, features"
		    " FROM sample WHERE key = ?1",
	[SQL_BY_ID] = "SELECT key, spam, time, who, id, sender, features"
		      " FROM sample WHERE id = ?1 ORDER BY time DESC LIMIT 1",
	[SQL_GONE] = "SELECT key, time FROM gone",
	[SQL_GONE_PUT] = "INSERT OR REPLACE INTO gone VALUES (?1, ?2)",
	[SQL_GONE_FORGET] = "INSERT OR REPLACE INTO gone SELECT key, time"
			    " FROM sample WHERE (?1 IS NULL OR who = ?1)"
			    " AND (?2 = 0 OR sender = ?2) AND time >= ?3"
			    " AND (?4 = 0 OR time < ?4)",
	[SQL_GONE_OLD] = "DELETE FROM gone WHERE time < ?1",
	[SQL_GONE_MANY] = "DELETE FROM gone WHERE key IN (SELECT key FROM gone"
			  " ORDER BY time DESC, key DESC LIMIT -1 OFFSET ?1)",
	[SQL_REMOVE] = "DELETE FROM sample WHERE key = ?1",
	[SQL_EACH] = "SELECT key, spam, time, who, id, sender, features"
		     " FROM sample WHERE (time, key) > (?1, ?2)"
		     " ORDER BY time, key",
	[SQL_ROLL] = "SELECT key, spam, time, who, '', 0, ''"
		     " FROM sample ORDER BY time, key",
	[SQL_FORGET] = "DELETE FROM sample WHERE (?1 IS NULL OR who = ?1)"
		       " AND (?2 = 0 OR sender = ?2) AND time >= ?3"
		       " AND (?4 = 0 OR time < ?4)",
	[SQL_COUNT] = "SELECT coalesce(sum(spam <> 0), 0),"
		      " coalesce(sum(spam = 0), 0) FROM sample",
	[SQL_TAUGHT] = "SELECT count(*) FROM sample"
		       " WHERE who = ?1 AND time > ?2",
	[SQL_TEACHERS] = "SELECT who, sum(spam <> 0), sum(spam = 0)"
			 " FROM sample GROUP BY who ORDER BY who",
	[SQL_OLD] = "DELETE FROM sample WHERE time < ?1",
	[SQL_NEWEST] = "SELECT time, key FROM sample WHERE spam = ?1"
		       " ORDER BY time DESC, key DESC",
	[SQL_CUT] = "DELETE FROM sample WHERE spam = ?1"
		    " AND (time, key) < (?2, ?3)",
	[SQL_KEEP] = "INSERT OR REPLACE INTO kept VALUES (?1, ?2, ?3, ?4, ?5)",
	[SQL_KEPT] = "SELECT id, time, sender, good, features FROM kept"
		     " WHERE id = ?1",
	[SQL_KEPT_COUNT] = "SELECT count(*), coalesce(sum(good), 0) FROM kept",
	[SQL_KEPT_OLD] = "DELETE FROM kept WHERE time < ?1",
	[SQL_KEPT_MANY] = "DELETE FROM kept WHERE id IN (SELECT id FROM kept"
			  " ORDER BY time DESC, id DESC LIMIT -1 OFFSET ?1)",
	[SQL_KEPT_FORGET] = "DELETE FROM kept WHERE ?1 IS NULL AND ?2 <> 0"
			    " AND sender = ?2 AND time >= ?3"
			    " AND (?4 = 0 OR time < ?4)",
	[SQL_GOOD] = "SELECT id, time, sender, good, features FROM kept"
		     " WHERE good = 1"
		     " AND NOT EXISTS (SELECT 1 FROM sample WHERE"
		     " sample.sender = kept.sender AND spam = 1"
		     " AND sample.sender <> 0)"
		     " AND id NOT IN (SELECT id FROM sample)"
		     " ORDER BY time DESC, id DESC LIMIT ?1",
};

struct learn_db {
	struct sqlite *file;
	struct sqlite_statement *sql[SQL_STATEMENTS];
	char why[SQLITE_WHY_MAX]; /* of a transaction that failed; or "" */
	bool scrub; /* something was forgotten: see learn_db_scrub */
};

/* ---- the file ------------------------------------------------------------ */

static struct learn_db *
learn_db_of(struct sqlite *file, char why[SQLITE_WHY_MAX])
{
	struct learn_db *db = xcalloc(1, sizeof(*db));

	db->file = file;
	/* Samples are read one after the other: SQLite's own bound, 2 MB for
	 * each handle, would hold what is not looked at twice. Without it all
	 * is as it was, but larger. */
	(void)sqlite_exec(file, "PRAGMA cache_size=-512");
	for (size_t i = 0; i < SQL_STATEMENTS; i++) {
		db->sql[i] = sqlite_prepare(file, learn_sql[i]);
		if (db->sql[i] != NULL)
			continue;
		why[0] = '\0';
		(void)strncat(why, sqlite_error(file), SQLITE_WHY_MAX - 1);
		learn_db_close(&db);
		return NULL;
	}
	return db;
}

struct learn_db *
learn_db_open(const char *path, int64_t now_s, bool reading, bool *renewed,
    char why[SQLITE_WHY_MAX])
{
	struct sqlite *file;

	*renewed = false;
	file = reading ? sqlite_open(path, SQLITE_FOR_READING, why)
		       : sqlite_renew(path, &learn_schema, now_s,
			     sqlite_left_open(path), renewed, why);
	return file == NULL ? NULL : learn_db_of(file, why);
}

void
learn_db_close(struct learn_db **dbp)
{
	struct learn_db *db = *dbp;

	if (db == NULL)
		return;
	for (size_t i = 0; i < SQL_STATEMENTS; i++)
		sqlite_statement_free(&db->sql[i]);
	sqlite_close(&db->file);
	free(db);
	*dbp = NULL;
}

const char *
learn_db_error(const struct learn_db *db)
{
	return db->why[0] != '\0' ? db->why : sqlite_error(db->file);
}

bool
learn_db_begin(struct learn_db *db)
{
	db->why[0] = '\0';
	return sqlite_exec(db->file, "BEGIN IMMEDIATE");
}

bool
learn_db_look(struct learn_db *db)
{
	db->why[0] = '\0';
	return sqlite_exec(db->file, "BEGIN");
}

bool
learn_db_end(struct learn_db *db, bool ok)
{
	if (ok && sqlite_exec(db->file, "COMMIT"))
		return true;
	/* Rolling back is a call of its own, with an error of its own: SQLite has
	 * done so already where the disk is full. */
	(void)snprintf(db->why, sizeof(db->why), "%s", sqlite_error(db->file));
	(void)sqlite_exec(db->file, "ROLLBACK");
	return false;
}

/* ---- the secret ---------------------------------------------------------- */

bool
learn_db_adopt(struct learn_db *db, uint64_t key)
{
	/* What was kept with another one can't be taught any more. */
	db->scrub = true;
	if (!sqlite_exec(db->file, "DELETE FROM kept"))
		return false;
	sqlite_bind_number(db->sql[SQL_SECRET_PUT], 1, (int64_t)key);
	return sqlite_run(db->sql[SQL_SECRET_PUT]);
}

bool
learn_db_key(struct learn_db *db, uint64_t *key)
{
	struct sqlite_statement *sql = db->sql[SQL_SECRET];
	enum sqlite_stepped stepped = sqlite_step(sql);

	if (stepped == SQLITE_STEP_ROW)
		*key = (uint64_t)sqlite_column_number(sql, 0);
	sqlite_reset(sql);
	if (stepped != SQLITE_STEP_DONE)
		return stepped == SQLITE_STEP_ROW;
	INVARIANT(getrandom(key, sizeof(*key), 0) == (ssize_t)sizeof(*key));
	return learn_db_adopt(db, *key);
}

/* ---- samples ------------------------------------------------------------- */

bool
learn_db_put(struct learn_db *db, const struct learn_sample *s)
{
	struct sqlite_statement *sql = db->sql[SQL_PUT];

	sqlite_bind_text(sql, 1, span_of(s->key));
	sqlite_bind_number(sql, 2, s->spam);
	sqlite_bind_number(sql, 3, s->time_s);
	sqlite_bind_text(sql, 4, s->who);
	sqlite_bind_text(sql, 5, s->id);
	sqlite_bind_number(sql, 6, (int64_t)s->sender);
	sqlite_bind_octets(sql, 7, s->features);
	return sqlite_run(sql);
}

/* Of the row that stands there; texts live until the next step. */
static void
sample_read(struct sqlite_statement *sql, struct learn_sample *out)
{
	struct span key = sqlite_column_text(sql, 0);

	*out = (struct learn_sample){
		.spam = sqlite_column_number(sql, 1) != 0,
		.time_s = sqlite_column_number(sql, 2),
		.who = sqlite_column_text(sql, 3),
		.id = sqlite_column_text(sql, 4),
		.sender = (uint64_t)sqlite_column_number(sql, 5),
		.features = sqlite_column_text(sql, 6),
	};
	if (key.n <= LEARN_KEY_OCTETS)
		(void)memcpy(out->key, key.p, key.n);
}

static enum learn_found
learn_found_of(enum sqlite_stepped stepped)
{
	return stepped == SQLITE_STEP_ROW    ? LEARN_FOUND
	       : stepped == SQLITE_STEP_DONE ? LEARN_NONE
					     : LEARN_ERROR;
}

static enum learn_found
learn_db_sample(struct sqlite_statement *sql, struct span which,
    struct arena *a, struct learn_sample *out)
{
	enum sqlite_stepped stepped;

	sqlite_bind_text(sql, 1, which);
	stepped = sqlite_step(sql);
	if (stepped == SQLITE_STEP_ROW) {
		sample_read(sql, out);
		out->who = arena_dup(a, out->who);
		out->id = arena_dup(a, out->id);
		out->features = arena_dup(a, out->features);
	}
	sqlite_reset(sql);
	return learn_found_of(stepped);
}

enum learn_found
learn_db_get(struct learn_db *db, const char *key, struct arena *a,
    struct learn_sample *out)
{
	return learn_db_sample(db->sql[SQL_GET], span_of(key), a, out);
}

enum learn_found
learn_db_by_id(struct learn_db *db, struct span id, struct arena *a,
    struct learn_sample *out)
{
	return learn_db_sample(db->sql[SQL_BY_ID], id, a, out);
}

bool
learn_db_remove(struct learn_db *db, const char *key, int64_t time_s)
{
	struct sqlite_statement *gone = db->sql[SQL_GONE_PUT];

	sqlite_bind_text(gone, 1, span_of(key));
	sqlite_bind_number(gone, 2, time_s);
	sqlite_bind_text(db->sql[SQL_REMOVE], 1, span_of(key));
	return sqlite_run(gone) && sqlite_run(db->sql[SQL_REMOVE]);
}

bool
learn_db_gone(struct learn_db *db, learn_db_gone_visit *visit, void *ctx)
{
	struct sqlite_statement *sql = db->sql[SQL_GONE];
	enum sqlite_stepped stepped;

	while ((stepped = sqlite_step(sql)) == SQLITE_STEP_ROW) {
		char key[LEARN_KEY_OCTETS + 1] = "";
		struct span text = sqlite_column_text(sql, 0);

		if (text.n > LEARN_KEY_OCTETS)
			continue;
		(void)memcpy(key, text.p, text.n);
		if (!visit(ctx, key, sqlite_column_number(sql, 1)))
			break;
	}
	sqlite_reset(sql);
	return stepped != SQLITE_STEP_FAILED;
}

static bool
learn_db_visit_all(
    struct sqlite_statement *sql, learn_db_visit *visit, void *ctx)
{
	enum sqlite_stepped stepped;

	while ((stepped = sqlite_step(sql)) == SQLITE_STEP_ROW) {
		struct learn_sample s;

		sample_read(sql, &s);
		if (!visit(ctx, &s))
			break;
	}
	sqlite_reset(sql);
	return stepped != SQLITE_STEP_FAILED;
}

bool
learn_db_each(struct learn_db *db, int64_t after_s, const char *after,
    learn_db_visit *visit, void *ctx)
{
	struct sqlite_statement *sql = db->sql[SQL_EACH];

	sqlite_bind_number(sql, 1, after_s);
	sqlite_bind_text(sql, 2, span_of(after));
	return learn_db_visit_all(sql, visit, ctx);
}

bool
learn_db_roll(struct learn_db *db, learn_db_visit *visit, void *ctx)
{
	return learn_db_visit_all(db->sql[SQL_ROLL], visit, ctx);
}

static void
forget_bind(struct sqlite_statement *sql, const struct learn_forget *f)
{
	if (f->who == NULL)
		sqlite_bind_null(sql, 1);
	else
		sqlite_bind_text(sql, 1, span_of(f->who));
	sqlite_bind_number(sql, 2, (int64_t)f->sender);
	sqlite_bind_number(sql, 3, f->since_s);
	sqlite_bind_number(sql, 4, f->before_s);
}

bool
learn_db_forget(
    struct learn_db *db, const struct learn_forget *f, uint64_t *count)
{
	bool ok;

	db->scrub = true;
	forget_bind(db->sql[SQL_KEPT_FORGET], f);
	forget_bind(db->sql[SQL_GONE_FORGET], f);
	forget_bind(db->sql[SQL_FORGET], f);
	ok = sqlite_run(db->sql[SQL_KEPT_FORGET]) &&
	     sqlite_run(db->sql[SQL_GONE_FORGET]) &&
	     sqlite_run(db->sql[SQL_FORGET]);
	*count = ok ? sqlite_changes(db->file) : 0;
	return ok;
}

void
learn_db_scrub(struct learn_db *db)
{
	if (db->scrub)
		db->scrub = sqlite_number(db->file,
				"PRAGMA wal_checkpoint(TRUNCATE)") != 0 ||
			    sqlite_trouble(db->file) != SQLITE_TROUBLE_NONE;
}

/* The one row of a statement, at most two numbers. */
static bool
learn_db_numbers(struct sqlite_statement *sql, uint64_t *one, uint64_t *two)
{
	bool ok = sqlite_step(sql) == SQLITE_STEP_ROW;

	if (ok) {
		*one = (uint64_t)sqlite_column_number(sql, 0);
		if (two != NULL)
			*two = (uint64_t)sqlite_column_number(sql, 1);
	}
	sqlite_reset(sql);
	return ok;
}

bool
learn_db_count(struct learn_db *db, uint64_t *spam, uint64_t *ham)
{
	*spam = *ham = 0;
	return learn_db_numbers(db->sql[SQL_COUNT], spam, ham);
}

bool
learn_db_taught(
    struct learn_db *db, struct span who, int64_t since_s, uint64_t *count)
{
	struct sqlite_statement *sql = db->sql[SQL_TAUGHT];

	*count = 0;
	sqlite_bind_text(sql, 1, who);
	sqlite_bind_number(sql, 2, since_s);
	return learn_db_numbers(sql, count, NULL);
}

bool
learn_db_teachers(struct learn_db *db, learn_db_teacher *visit, void *ctx)
{
	struct sqlite_statement *sql = db->sql[SQL_TEACHERS];
	enum sqlite_stepped stepped;

	while ((stepped = sqlite_step(sql)) == SQLITE_STEP_ROW)
		if (!visit(ctx, sqlite_column_text(sql, 0),
			(uint64_t)sqlite_column_number(sql, 1),
			(uint64_t)sqlite_column_number(sql, 2)))
			break;
	sqlite_reset(sql);
	return stepped != SQLITE_STEP_FAILED;
}

/* ---- what is too much ---------------------------------------------------- */

static bool
learn_db_run(struct learn_db *db, enum learn_sql which, int64_t one)
{
	sqlite_bind_number(db->sql[which], 1, one);
	return sqlite_run(db->sql[which]);
}

static bool
learn_db_thin_kind(
    struct learn_db *db, bool spam, uint64_t max, uint64_t *removed)
{
	struct sqlite_statement *newest = db->sql[SQL_NEWEST];
	struct sqlite_statement *cut = db->sql[SQL_CUT];
	struct learn_cut c = { .max = max };
	enum sqlite_stepped stepped;
	bool ok;

	sqlite_bind_number(newest, 1, spam);
	while ((stepped = sqlite_step(newest)) == SQLITE_STEP_ROW) {
		struct span text = sqlite_column_text(newest, 1);
		char key[LEARN_KEY_OCTETS + 1];

		(void)snprintf(key, sizeof(key), "%.*s", SPAN_FMT(text));
		if (!learn_cut_next(&c, sqlite_column_number(newest, 0), key))
			break;
	}
	sqlite_reset(newest);
	sqlite_bind_number(cut, 1, spam);
	sqlite_bind_number(cut, 2, c.time_s);
	sqlite_bind_text(cut, 3, span_of(c.key));
	ok = stepped != SQLITE_STEP_FAILED && sqlite_run(cut);
	*removed += ok ? sqlite_changes(db->file) : 0;
	return ok;
}

/*
 * Half of each kind, whatever the other has: more of one kind says little more,
 * and what goes must hang on no order in which things came to pass here.
 */
static bool
learn_db_thin(struct learn_db *db, uint64_t samples_max, uint64_t *removed)
{
	uint64_t kind[2], max = samples_max / 2; /* ham, spam */

	if (!learn_db_count(db, &kind[1], &kind[0]))
		return false;
	for (int i = 0; i < 2 && kind[0] + kind[1] > samples_max; i++)
		if (kind[i] > max &&
		    !learn_db_thin_kind(db, i == 1, max, removed))
			return false;
	return true;
}

bool
learn_db_expire(struct learn_db *db, int64_t now_s, uint64_t samples_max,
    int64_t keep_s, uint64_t kept_max, uint64_t *removed)
{
	bool ok;

	*removed = 0;
	ok = learn_db_run(db, SQL_OLD, learn_oldest_s(now_s));
	if (ok)
		*removed = sqlite_changes(db->file);
	return ok && learn_db_thin(db, samples_max, removed) &&
	       learn_db_run(db, SQL_GONE_OLD,
		   now_s - (int64_t)LEARN_SAMPLE_DAYS * LEARN_DAY_S) &&
	       learn_db_run(db, SQL_GONE_MANY,
		   (int64_t)(samples_max * LEARN_GONE_TIMES)) &&
	       learn_db_run(db, SQL_KEPT_OLD, now_s - keep_s) &&
	       learn_db_run(db, SQL_KEPT_MANY, (int64_t)kept_max);
}

/* ---- decisions ----------------------------------------------------------- */

bool
learn_db_keep(struct learn_db *db, const struct learn_kept *k)
{
	struct sqlite_statement *sql = db->sql[SQL_KEEP];

	sqlite_bind_text(sql, 1, k->id);
	sqlite_bind_number(sql, 2, k->time_s);
	sqlite_bind_number(sql, 3, (int64_t)k->sender);
	sqlite_bind_number(sql, 4, k->good);
	sqlite_bind_octets(sql, 5, k->features);
	return sqlite_run(sql);
}

static void
kept_read(struct sqlite_statement *sql, struct learn_kept *out)
{
	out->id = sqlite_column_text(sql, 0);
	out->time_s = sqlite_column_number(sql, 1);
	out->sender = (uint64_t)sqlite_column_number(sql, 2);
	out->good = sqlite_column_number(sql, 3) != 0;
	out->features = sqlite_column_text(sql, 4);
}

enum learn_found
learn_db_kept(struct learn_db *db, struct span id, struct arena *a,
    struct learn_kept *out)
{
	struct sqlite_statement *sql = db->sql[SQL_KEPT];
	enum sqlite_stepped stepped;

	sqlite_bind_text(sql, 1, id);
	stepped = sqlite_step(sql);
	if (stepped == SQLITE_STEP_ROW) {
		kept_read(sql, out);
		out->id = arena_dup(a, out->id);
		out->features = arena_dup(a, out->features);
	}
	sqlite_reset(sql);
	return learn_found_of(stepped);
}

bool
learn_db_kept_count(struct learn_db *db, uint64_t *count, uint64_t *good)
{
	*count = *good = 0;
	return learn_db_numbers(db->sql[SQL_KEPT_COUNT], count, good);
}

bool
learn_db_good(
    struct learn_db *db, uint64_t max, learn_db_kept_visit *visit, void *ctx)
{
	struct sqlite_statement *sql = db->sql[SQL_GOOD];
	enum sqlite_stepped stepped;

	sqlite_bind_number(sql, 1, (int64_t)max);
	while ((stepped = sqlite_step(sql)) == SQLITE_STEP_ROW) {
		struct learn_kept k;

		kept_read(sql, &k);
		if (!visit(ctx, &k))
			break;
	}
	sqlite_reset(sql);
	return stepped != SQLITE_STEP_FAILED;
}
