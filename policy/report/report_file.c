/*
 * The file of report rows: its form, and counting rows within bounds. What is
 * made of them is report_due.c's.
 */
#include "config.h"

#include "policy/report/report_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/sqlite_schema.h"
#include "rules/base/panic.h"

static const struct sqlite_schema report_schema = {
	.version = 1,
	.create =
	    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT);"
	    "CREATE TABLE policy("
	    " id INTEGER PRIMARY KEY, domain TEXT NOT NULL,"
	    " published TEXT NOT NULL, rua TEXT NOT NULL,"
	    " problem TEXT NOT NULL, UNIQUE(domain, published, rua));"
	    "CREATE TABLE row("
	    " day INTEGER, policy INTEGER, host TEXT, ip TEXT, rest TEXT,"
	    " count INTEGER NOT NULL, PRIMARY KEY(day, policy, host, ip, rest)"
	    ") WITHOUT ROWID;"
	    "CREATE TABLE tally("
	    " day INTEGER, policy INTEGER, host TEXT, rows INTEGER NOT NULL,"
	    " octets INTEGER NOT NULL, omitted INTEGER NOT NULL,"
	    " PRIMARY KEY(day, policy, host)) WITHOUT ROWID;"
	    "CREATE TABLE report("
	    " id INTEGER PRIMARY KEY, day INTEGER NOT NULL,"
	    " policy INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,"
	    " UNIQUE(day, policy));"
	    "CREATE TABLE delivery("
	    " report INTEGER, number INTEGER, rcpt TEXT NOT NULL,"
	    " state INTEGER NOT NULL, attempts INTEGER NOT NULL,"
	    " next INTEGER NOT NULL, changed INTEGER NOT NULL,"
	    " why TEXT NOT NULL, PRIMARY KEY(report, number)) WITHOUT ROWID;"
	    "CREATE INDEX delivery_next ON delivery(state, next)",
};

const struct report_bounds report_bounds_standard = {
	.rows = 20000,
	.octets = (uint64_t)16 << 20,
	.rows_of_all = 1000000,
	.octets_of_all = (uint64_t)512 << 20,
};

enum statement {
	ADD_POLICY,
	FIND_POLICY,
	COUNT_ROW,
	ADD_ROW,
	ADD_TALLY,
	GET_TALLY,
	SUM_TALLY,
};
#define STATEMENT_COUNT (SUM_TALLY + 1)

static const char *const report_sql[] = {
	[ADD_POLICY] = "INSERT OR IGNORE INTO policy VALUES(NULL,?1,?2,?3,?4)",
	[FIND_POLICY] = "SELECT id FROM policy"
			" WHERE domain=?1 AND published=?2 AND rua=?3",
	[COUNT_ROW] = "UPDATE row SET count=count+1 WHERE day=?1 AND policy=?2"
		      " AND host=?3 AND ip=?4 AND rest=?5",
	[ADD_ROW] = "INSERT INTO row VALUES(?1,?2,?3,?4,?5,1)",
	[ADD_TALLY] = "INSERT INTO tally VALUES(?1,?2,?3,?4,?5,?6)"
		      " ON CONFLICT DO UPDATE SET rows=rows+?4,"
		      "octets=octets+?5,omitted=omitted+?6",
	[GET_TALLY] = "SELECT rows,octets FROM tally"
		      " WHERE day=?1 AND policy=?2 AND host=?3",
	[SUM_TALLY] = "SELECT sum(rows),sum(octets) FROM tally"
		      " WHERE day=?1 AND host=?2",
};
_Static_assert(
    ARRAY_COUNT(report_sql) == STATEMENT_COUNT, "a text per statement");

struct report_file {
	struct sqlite *db;
	char host[40];
	struct sqlite_statement *statement[STATEMENT_COUNT];
	/* Of all policies of one day, so that they need not be summed for
	 * each row. */
	int64_t day;
	uint64_t rows, octets;
};

/* ---- opening --------------------------------------------------------------------- */

/* Which host counts here: a name made by chance, once. */
static bool
report_host(struct report_file *f)
{
	struct sqlite_statement *s;
	bool ok = sqlite_exec(f->db, "INSERT OR IGNORE INTO meta"
				     " VALUES('host',hex(randomblob(8)))");

	s = ok ? sqlite_prepare(
		     f->db, "SELECT value FROM meta WHERE name='host'")
	       : NULL;
	ok = s != NULL && sqlite_step(s) == SQLITE_STEP_ROW;
	if (ok)
		(void)snprintf(f->host, sizeof(f->host), "%.*s",
		    SPAN_FMT(span_slice(sqlite_column_text(s, 0), 0, 32)));
	sqlite_statement_free(&s);
	return ok;
}

static bool
report_begin(struct report_file *f, char why[SQLITE_WHY_MAX])
{
	bool ok = report_host(f);

	for (size_t i = 0; ok && i < STATEMENT_COUNT; i++) {
		f->statement[i] = sqlite_prepare(f->db, report_sql[i]);
		ok = f->statement[i] != NULL;
	}
	if (!ok)
		(void)snprintf(
		    why, SQLITE_WHY_MAX, "%.200s", sqlite_error(f->db));
	return ok;
}

struct report_file *
report_file_open(const char *path, int64_t now_s, bool check, bool *renewed,
    char why[SQLITE_WHY_MAX])
{
	char wrong[SQLITE_WHY_MAX] = "";
	struct sqlite *db =
	    sqlite_renew(path, &report_schema, now_s, check, renewed, why);
	struct report_file *f;

	if (db == NULL)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->db = db;
	f->day = -1;
	if (report_begin(f, wrong))
		return f;
	(void)snprintf(why, SQLITE_WHY_MAX, "%.120s: %.120s", path, wrong);
	report_file_close(&f);
	return NULL;
}

void
report_file_close(struct report_file **fp)
{
	struct report_file *f = *fp;

	*fp = NULL;
	if (f == NULL)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite_statement_free(&f->statement[i]);
	sqlite_close(&f->db);
	free(f);
}

const char *
report_file_error(const struct report_file *f)
{
	return sqlite_error(f->db);
}

bool
report_file_damaged(const struct report_file *f)
{
	return sqlite_damaged(f->db);
}

struct sqlite *
report_file_db(struct report_file *f)
{
	return f->db;
}

struct span
report_file_host(const struct report_file *f)
{
	return span_of(f->host);
}

/* ---- counting ---------------------------------------------------------------------- */

/* Binds day, policy and host as ?1 to ?3. */
static struct sqlite_statement *
report_bound(
    struct report_file *f, enum statement which, int64_t day, int64_t policy)
{
	struct sqlite_statement *s = f->statement[which];

	sqlite_bind_number(s, 1, day);
	sqlite_bind_number(s, 2, policy);
	sqlite_bind_text(s, 3, span_of(f->host));
	return s;
}

/* Two numbers that a bound statement answers; none: zeroes. */
static bool
report_two(struct sqlite_statement *s, uint64_t out[2])
{
	enum sqlite_stepped stepped = sqlite_step(s);

	out[0] = out[1] = 0;
	for (int i = 0; stepped == SQLITE_STEP_ROW && i < 2; i++)
		out[i] = (uint64_t)sqlite_column_number(s, i);
	sqlite_reset(s);
	return stepped != SQLITE_STEP_FAILED;
}

/* Counts one more in a row that is there; *found says whether it is. */
static bool
report_count(struct report_file *f, const struct report_row *r, int64_t day,
    int64_t policy, bool *found)
{
	struct sqlite_statement *s = report_bound(f, COUNT_ROW, day, policy);

	sqlite_bind_text(s, 4, r->ip);
	sqlite_bind_text(s, 5, r->rest);
	*found = false;
	if (!sqlite_run(s))
		return false;
	*found = sqlite_changes(f->db) > 0;
	return true;
}

static bool
report_tally(struct report_file *f, int64_t day, int64_t policy, int64_t rows,
    int64_t octets, int64_t omitted)
{
	struct sqlite_statement *s = report_bound(f, ADD_TALLY, day, policy);

	sqlite_bind_number(s, 4, rows);
	sqlite_bind_number(s, 5, octets);
	sqlite_bind_number(s, 6, omitted);
	return sqlite_run(s);
}

static bool
report_sum(struct report_file *f, int64_t day)
{
	struct sqlite_statement *s = f->statement[SUM_TALLY];
	uint64_t sum[2];

	if (f->day == day)
		return true;
	sqlite_bind_number(s, 1, day);
	sqlite_bind_text(s, 2, span_of(f->host));
	if (!report_two(s, sum))
		return false;
	f->day = day;
	f->rows = sum[0];
	f->octets = sum[1];
	return true;
}

/* The policy's id, 0: it is not there. */
static bool
report_policy_find(
    struct report_file *f, const struct report_row *r, int64_t *policy)
{
	struct sqlite_statement *find = f->statement[FIND_POLICY];
	enum sqlite_stepped stepped;

	sqlite_bind_text(find, 1, r->domain);
	sqlite_bind_text(find, 2, r->published);
	sqlite_bind_text(find, 3, r->rua);
	stepped = sqlite_step(find);
	*policy =
	    stepped == SQLITE_STEP_ROW ? sqlite_column_number(find, 0) : 0;
	sqlite_reset(find);
	return stepped != SQLITE_STEP_FAILED;
}

/*
 * The policy of a row, which costs *octets when it is new; 0: there is no room
 * for it. Whoever has a domain has any number of them, so that policies must
 * not be more than rows.
 */
static bool
report_policy(struct report_file *f, const struct report_row *r, int64_t day,
    const struct report_bounds *b, int64_t *policy, uint64_t *octets)
{
	const struct span text[] = { r->domain, r->published, r->rua,
		r->problem };
	struct sqlite_statement *add = f->statement[ADD_POLICY];
	uint64_t all = r->ip.n + r->rest.n;

	*octets = 0;
	if (!report_policy_find(f, r, policy) || !report_sum(f, day))
		return false;
	if (*policy != 0)
		return true;
	for (size_t i = 0; i < ARRAY_COUNT(text); i++) {
		sqlite_bind_text(add, (int)i + 1, text[i]);
		*octets += text[i].n;
	}
	all += *octets;
	if (f->rows >= b->rows_of_all || all > b->octets ||
	    f->octets + all > b->octets_of_all)
		return true;
	return sqlite_run(add) && report_policy_find(f, r, policy);
}

/* policy_octets: those of the policy, when it is new. */
static bool
report_insert(struct report_file *f, const struct report_row *r, int64_t day,
    int64_t policy, uint64_t policy_octets, const struct report_bounds *b)
{
	uint64_t octets = r->ip.n + r->rest.n + policy_octets, now[2];
	struct sqlite_statement *s;

	if (!report_two(report_bound(f, GET_TALLY, day, policy), now))
		return false;
	if (now[0] >= b->rows || now[1] + octets > b->octets ||
	    f->rows >= b->rows_of_all || f->octets + octets > b->octets_of_all)
		return report_tally(f, day, policy, 0, 0, 1);
	s = report_bound(f, ADD_ROW, day, policy);
	sqlite_bind_text(s, 4, r->ip);
	sqlite_bind_text(s, 5, r->rest);
	f->rows++;
	f->octets += octets;
	return sqlite_run(s) &&
	       report_tally(f, day, policy, 1, (int64_t)octets, 0);
}

/* A row that has no policy is counted nowhere: nobody gets a report of it. */
static bool
report_add(struct report_file *f, const struct report_row *r, int64_t day,
    const struct report_bounds *b)
{
	int64_t policy;
	uint64_t octets;
	bool found;

	if (!report_policy(f, r, day, b, &policy, &octets))
		return false;
	return policy == 0 ||
	       (report_count(f, r, day, policy, &found) &&
		   (found || report_insert(f, r, day, policy, octets, b)));
}

bool
report_file_add(struct report_file *f, const struct report_row *list,
    int64_t day, const struct report_bounds *bounds)
{
	bool ok = sqlite_exec(f->db, "BEGIN IMMEDIATE");

	for (; ok && list != NULL; list = list->next)
		ok = report_add(f, list, day, bounds);
	if (ok && sqlite_exec(f->db, "COMMIT"))
		return true;
	/* What was added up is not there; sqlite_error speaks of what failed
	 * before as long as nothing else is asked. The file is closed next,
	 * which rolls back. */
	f->day = -1;
	return false;
}

/* ---- forgetting --------------------------------------------------------------------- */

bool
report_file_run(
    struct report_file *f, const char *sql, const int64_t *number, size_t n)
{
	struct sqlite_statement *s = sqlite_prepare(f->db, sql);
	bool ok;

	if (s == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		sqlite_bind_number(s, (int)i + 1, number[i]);
	ok = sqlite_run(s);
	sqlite_statement_free(&s);
	return ok;
}

bool
report_file_expire(struct report_file *f, int64_t today)
{
	static const struct {
		const char *sql;
		int64_t days;
	} steps[] = {
		{ "DELETE FROM row WHERE day<?1", REPORT_ROWS_KEPT_DAYS },
		{ "DELETE FROM tally WHERE day<?1", REPORT_ROWS_KEPT_DAYS },
		{ "DELETE FROM delivery WHERE report IN"
		  " (SELECT id FROM report WHERE day<?1)",
		    REPORT_REPORTS_KEPT_DAYS },
		{ "DELETE FROM report WHERE day<?1", REPORT_REPORTS_KEPT_DAYS },
		{ "DELETE FROM policy WHERE ?1>0 AND"
		  " id NOT IN (SELECT policy FROM row)"
		  " AND id NOT IN (SELECT policy FROM tally)"
		  " AND id NOT IN (SELECT policy FROM report)",
		    0 },
	};
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_COUNT(steps); i++) {
		int64_t before = today - steps[i].days;

		ok = report_file_run(f, steps[i].sql, &before, 1);
	}
	return ok;
}
