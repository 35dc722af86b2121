/*
 * From a path to a file that is sure to look as its user knows it. What is in
 * the tables is the user's.
 */
#include "config.h"

#include "policy/base/sqlite_schema.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Whether a file can be used, or what else is to be done with it. */
enum fitness {
	FITNESS_GOOD,
	FITNESS_LATER,   /* not now */
	FITNESS_DAMAGED, /* never: what it says cannot be read */
	FITNESS_OTHER,   /* never: it is not ours, or not ours yet */
};

static enum fitness
fitness_of(enum sqlite_trouble trouble)
{
	switch (trouble) {
	case SQLITE_TROUBLE_NONE:
		return FITNESS_GOOD;
	case SQLITE_TROUBLE_DAMAGED:
		return FITNESS_DAMAGED;
	case SQLITE_TROUBLE_OTHER:
		return FITNESS_OTHER;
	case SQLITE_TROUBLE_BUSY:
	case SQLITE_TROUBLE_PLACE:
		break;
	}
	return FITNESS_LATER;
}

/* ---- versions ------------------------------------------------------------ */

int
sqlite_version(struct sqlite *db)
{
	int64_t version = sqlite_number(db, "PRAGMA user_version");

	if (version != 0)
		return (int)version;
	return sqlite_number(db, "SELECT count(*) FROM sqlite_schema WHERE "
				 "type='table'") > 0
		   ? 1
		   : 0;
}

static bool
version_set(struct sqlite *db, int version)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version=%d", version);
	return sqlite_exec(db, sql);
}

/*
 * One step, from nothing or from one version to the next. The version is asked
 * again inside of the transaction: another process may have been quicker.
 */
static bool
version_step(struct sqlite *db, const struct sqlite_schema *schema)
{
	int version;
	const char *sql;

	if (!sqlite_exec(db, "BEGIN IMMEDIATE"))
		return false;
	version = sqlite_version(db);
	if (version >= schema->version)
		return sqlite_exec(db, "COMMIT");
	sql = version == 0 ? schema->create : schema->upgrade[version - 1];
	return sqlite_exec(db, sql) &&
	       version_set(db, version == 0 ? schema->version : version + 1) &&
	       sqlite_exec(db, "COMMIT");
}

/* ---- columns ------------------------------------------------------------- */

/* Every column of our tables, and of those of a file what must be given. */
#define SQL_COLUMNS                                         \
	"SELECT m.name, p.name FROM sqlite_schema m,"       \
	" pragma_table_info(m.name) p WHERE m.type='table'" \
	" AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
#define SQL_NEEDED                                                \
	SQL_COLUMNS " AND p.\"notnull\" AND p.dflt_value IS NULL" \
		    " AND p.pk=0"
#define SQL_HAS_COLUMN "SELECT 1 FROM pragma_table_info(?1) WHERE name=?2"
#define SQL_HAS_TABLE  "SELECT 1 FROM pragma_table_info(?1)"

/* True when b has the column, or (others) has no such table at all. */
static bool
column_is_in(
    struct sqlite *b, struct span table, struct span column, bool others)
{
	struct sqlite_statement *s = sqlite_prepare(b, SQL_HAS_COLUMN);
	struct sqlite_statement *t = sqlite_prepare(b, SQL_HAS_TABLE);
	bool in = false;

	if (s != NULL && t != NULL) {
		sqlite_bind_text(s, 1, table);
		sqlite_bind_text(s, 2, column);
		sqlite_bind_text(t, 1, table);
		in = sqlite_step(s) == SQLITE_STEP_ROW ||
		     (others && sqlite_step(t) == SQLITE_STEP_DONE);
	}
	sqlite_statement_free(&s);
	sqlite_statement_free(&t);
	return in;
}

/* What of a, as sql asks for it, is not in b; true: nothing. */
static bool
columns_are_in(struct sqlite *a, const char *sql, struct sqlite *b, bool others,
    const char *path, char why[SQLITE_WHY_MAX])
{
	struct sqlite_statement *s = sqlite_prepare(a, sql);
	bool all = s != NULL;
	char text[90];

	while (all && sqlite_step(s) == SQLITE_STEP_ROW) {
		struct span table = sqlite_column_text(s, 0);
		struct span column = sqlite_column_text(s, 1);

		all = column_is_in(b, table, column, others);
		if (all)
			continue;
		(void)snprintf(text, sizeof(text),
		    "it %s a column %.30s of %.20s",
		    others ? "demands" : "lacks", column.p, table.p);
		sqlite_why(why, path, text);
	}
	sqlite_statement_free(&s);
	return all;
}

/* The file has all of our columns, and others only if they may stay empty. */
static enum fitness
columns_fit(struct sqlite *db, const struct sqlite_schema *schema,
    const char *path, char why[SQLITE_WHY_MAX])
{
	struct sqlite *ours = sqlite_open(":memory:", SQLITE_FOR_WRITING, why);
	enum fitness fit = FITNESS_LATER;

	if (ours != NULL && sqlite_exec(ours, schema->create))
		fit = columns_are_in(ours, SQL_COLUMNS, db, false, path, why) &&
			      columns_are_in(
				  db, SQL_NEEDED, ours, true, path, why)
			  ? FITNESS_GOOD
			  : FITNESS_OTHER;
	sqlite_close(&ours);
	return fit;
}

/* ---- opening ------------------------------------------------------------- */

/* True when every page reads well. */
static bool
file_is_sound(struct sqlite *db)
{
	struct sqlite_statement *s =
	    sqlite_prepare(db, "PRAGMA quick_check(1)");
	bool sound = s != NULL && sqlite_step(s) == SQLITE_STEP_ROW &&
		     span_is(sqlite_column_text(s, 0), "ok");

	sqlite_statement_free(&s);
	return sound;
}

static enum fitness
file_fit(struct sqlite *db, const struct sqlite_schema *schema, bool check,
    const char *path, char why[SQLITE_WHY_MAX])
{
	char text[90];
	int version;

	if (check && !file_is_sound(db)) {
		sqlite_why(why, path, "the file is damaged");
		return fitness_of(sqlite_trouble(db)) == FITNESS_LATER
			   ? FITNESS_LATER
			   : FITNESS_DAMAGED;
	}
	version = sqlite_version(db);
	if (version > schema->version || version < 0) {
		(void)snprintf(text, sizeof(text),
		    "it is of version %d, this program knows up to %d", version,
		    schema->version);
		sqlite_why(why, path, text);
		return FITNESS_OTHER;
	}
	/* The first version of this program set the number back to its own and
	 * left the rest as it was: such a file is as we know it already. */
	if (version > 0 && version < schema->version &&
	    columns_fit(db, schema, path, why) == FITNESS_GOOD &&
	    !version_set(db, schema->version)) {
		sqlite_why(why, path, sqlite_error(db));
		return fitness_of(sqlite_trouble(db));
	}
	version = sqlite_version(db);
	for (; version < schema->version; version = sqlite_version(db)) {
		if (version_step(db, schema))
			continue;
		sqlite_why(why, path, sqlite_error(db));
		return fitness_of(sqlite_trouble(db));
	}
	if (schema->tune != NULL && !sqlite_exec(db, schema->tune)) {
		sqlite_why(why, path, sqlite_error(db));
		return fitness_of(sqlite_trouble(db));
	}
	return columns_fit(db, schema, path, why);
}

static struct sqlite *
file_try(const char *path, const struct sqlite_schema *schema, bool check,
    enum fitness *fit, char why[SQLITE_WHY_MAX])
{
	enum sqlite_trouble trouble;
	struct sqlite *db = sqlite_open_new(
	    path, SQLITE_FOR_WRITING, schema->page_octets, &trouble, why);

	*fit = fitness_of(trouble);
	if (db == NULL)
		return NULL;
	*fit = file_fit(db, schema, check, path, why);
	if (*fit != FITNESS_GOOD)
		sqlite_close(&db);
	return db;
}

/* Renames the file and what SQLite keeps beside it; false with errno. */
static bool
file_set_aside(const char *path, const char *as, int64_t now_s)
{
	static const char *const beside[] = { "", "-wal", "-shm" };
	char from[PATH_MAX], to[PATH_MAX];
	bool ok = true;

	for (size_t i = 0; i < ARRAY_COUNT(beside); i++) {
		if (snprintf(from, sizeof(from), "%s%s", path, beside[i]) >=
			(int)sizeof(from) ||
		    snprintf(to, sizeof(to), "%s.%s-%lld%s", path, as,
			(long long)now_s, beside[i]) >= (int)sizeof(to))
			return false;
		if (rename(from, to) != 0 && i == 0)
			ok = false;
	}
	return ok;
}

struct sqlite *
sqlite_renew(const char *path, const struct sqlite_schema *schema,
    int64_t now_s, bool check, bool *renewed, char why[SQLITE_WHY_MAX])
{
	enum fitness fit;
	struct sqlite *db = file_try(path, schema, check, &fit, why);
	char again[SQLITE_WHY_MAX];

	*renewed = false;
	if (db != NULL || fit == FITNESS_LATER)
		return db;
	if (!file_set_aside(
		path, fit == FITNESS_DAMAGED ? "damaged" : "other", now_s)) {
		sqlite_why(why, path, strerror(errno));
		return NULL;
	}
	*renewed = true;
	db = file_try(path, schema, check, &fit, again);
	if (db == NULL)
		(void)memcpy(why, again, sizeof(again));
	return db;
}

bool
sqlite_left_open(const char *path)
{
	char wal[PATH_MAX];
	struct stat st;

	return snprintf(wal, sizeof(wal), "%s-wal", path) < (int)sizeof(wal) &&
	       stat(wal, &st) == 0 && st.st_size > 0;
}

int64_t
sqlite_changed_s(const char *path)
{
	static const char *const parts[] = { "", "-wal" };
	char name[PATH_MAX];
	int64_t last_s = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
		if (snprintf(name, sizeof(name), "%s%s", path, parts[i]) <
			(int)sizeof(name) &&
		    stat(name, &st) == 0 && (int64_t)st.st_mtime > last_s)
			last_s = (int64_t)st.st_mtime;
	return last_s;
}
