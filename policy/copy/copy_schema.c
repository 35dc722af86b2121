#include "config.h"

#include "policy/copy/copy_schema.h"

#include <stdio.h>

#include "rules/base/panic.h"

#define DAY_S 86400
/* Any number, the same for all hosts: "verdict". */
#define LOCK "SELECT pg_advisory_xact_lock(33352461829268340)"

bool
copy_schema_lock(struct postgres *p)
{
	return postgres_exec(p, LOCK);
}

/* From one version to the next; the first from nothing. Never changed once it
 * was released: what is new is a row of its own. */
static const char *const step[] = {
	"CREATE SEQUENCE decision_serial;"
	"CREATE TABLE decision("
	" time bigint NOT NULL, journal text NOT NULL, seq bigint NOT NULL,"
	" serial bigint NOT NULL DEFAULT nextval('decision_serial'),"
	" host text NOT NULL, id text COLLATE \"C\" NOT NULL, queue text,"
	" client text, sender text, author text, rcpt text, verdict text,"
	" wanted text, stage text, score double precision, rule text,"
	" rules text, reply text, snapshot text, auth text, record text,"
	" PRIMARY KEY(time, journal, seq)) PARTITION BY RANGE(time);"
	"CREATE INDEX decision_id ON decision(id);"
	"CREATE INDEX decision_serial_index ON decision(serial);"
	"CREATE INDEX decision_order ON decision(time, serial);"
	"CREATE TABLE snapshot(name text PRIMARY KEY, last bigint NOT NULL,"
	" json text NOT NULL);"
	"CREATE TABLE journal(name text PRIMARY KEY, host text NOT NULL,"
	" seq bigint NOT NULL, id text NOT NULL, seen bigint NOT NULL)",
};
#define SCHEMA_VERSION ARRAY_COUNT(step)

/* 0: there is nothing yet. */
static bool
version_read(struct postgres *p, size_t *version)
{
	if (!postgres_ask(
		p, "SELECT version FROM verdict_schema LIMIT 1", NULL, 0))
		return false;
	*version = postgres_rows(p) == 0 ? 0 : (size_t)postgres_number(p, 0, 0);
	return true;
}

static bool
version_write(struct postgres *p, size_t version)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
	    "DELETE FROM verdict_schema; INSERT INTO verdict_schema VALUES(%zu)",
	    version);
	return postgres_exec(p, sql);
}

static bool
schema_upgrade(struct postgres *p)
{
	size_t version = 0;

	if (!copy_schema_lock(p) ||
	    !postgres_exec(p, "CREATE TABLE IF NOT EXISTS"
			      " verdict_schema(version integer NOT NULL)") ||
	    !version_read(p, &version))
		return false;
	if (version >= SCHEMA_VERSION)
		return true;
	for (; version < SCHEMA_VERSION; version++)
		if (!postgres_exec(p, step[version]))
			return false;
	return version_write(p, SCHEMA_VERSION);
}

bool
copy_schema_make(struct postgres *p)
{
	/* What exists is said otherwise for each statement. */
	return postgres_exec(p, "SET client_min_messages=warning") &&
	       postgres_exec(p, "BEGIN") && schema_upgrade(p) &&
	       postgres_exec(p, "COMMIT");
}

bool
copy_schema_fits(struct postgres *p, char why[POSTGRES_WHY_MAX])
{
	size_t version = 0;

	if (!version_read(p, &version)) {
		(void)snprintf(why, POSTGRES_WHY_MAX,
		    "nothing was copied there yet (%.150s)", postgres_error(p));
		return false;
	}
	if (version == SCHEMA_VERSION)
		return true;
	(void)snprintf(why, POSTGRES_WHY_MAX,
	    "its tables are of version %zu, and this program knows %zu: use "
	    "the program that the hosts run",
	    version, SCHEMA_VERSION);
	return false;
}

bool
copy_schema_day(struct postgres *p, int64_t time_s)
{
	long long day = (long long)(time_s / DAY_S);
	char sql[256];

	(void)snprintf(sql, sizeof(sql),
	    "CREATE TABLE IF NOT EXISTS decision_day_%lld PARTITION OF decision"
	    " FOR VALUES FROM (%lld) TO (%lld)",
	    day, day * DAY_S, (day + 1) * DAY_S);
	return postgres_exec(p, sql);
}

bool
copy_schema_expire(struct postgres *p, int64_t before_s)
{
	char sql[768];

	(void)snprintf(sql, sizeof(sql),
	    "DO $$ DECLARE t text; BEGIN"
	    " FOR t IN SELECT c.relname FROM pg_inherits i"
	    " JOIN pg_class c ON c.oid=i.inhrelid"
	    " WHERE i.inhparent='decision'::regclass"
	    /* By CASE, for what AND joins is asked in any order. */
	    " AND CASE WHEN c.relname ~ '^decision_day_[0-9]+$'"
	    " THEN substr(c.relname,14)::bigint < %lld ELSE false END"
	    " LOOP EXECUTE format('DROP TABLE IF EXISTS %%I', t); END LOOP;"
	    " DELETE FROM snapshot WHERE last < %lld; END $$",
	    (long long)(before_s / DAY_S), (long long)before_s);
	return postgres_exec(p, "BEGIN") && copy_schema_lock(p) &&
	       postgres_exec(p, sql) && postgres_exec(p, "COMMIT");
}
