/*
 * Reports that are due: made of the rows of a day that is over, and how far
 * each of their mails is. What is in them is report_mail.c's.
 */
#include "config.h"

#include "policy/report/report_file.h"

#include <stdio.h>
#include <string.h>

#include "policy/base/hash.h"
#include "policy/report/report_rua.h"

/* Longer than smtp_send can take with the times of report_send.c. */
#define SENDING_MAX_S 900

const char *const delivery_state_names[] = {
	[DELIVERY_WAITING] = "waiting",
	[DELIVERY_SENDING] = "being sent",
	[DELIVERY_SENT] = "sent",
	[DELIVERY_UNWANTED] = "not wanted",
	[DELIVERY_REFUSED] = "refused",
	[DELIVERY_GIVEN_UP] = "given up",
	[DELIVERY_DOUBTFUL] = "in doubt",
};
_Static_assert(ARRAY_COUNT(delivery_state_names) == DELIVERY_STATE_COUNT,
    "a name per state");

/* ---- making ------------------------------------------------------------------------- */

struct due_policy {
	int64_t id;
	struct span domain, published, rua;
};

/*
 * The same host, day and record give the same name, so that a report that is
 * made again after a loss can be known again. Letters and digits alone, since
 * it is the unique-id of the file's name as well (RFC 9990, 3.1.4).
 */
static void
due_name(const struct report_file *f, const struct due_policy *p, int64_t day,
    char out[33], uint32_t *spread)
{
	const struct span part[] = { report_file_host(f), p->domain,
		p->published, p->rua };
	uint8_t digest[HASH_SHA256_OCTETS];
	struct hash h;

	hash_start(&h);
	for (size_t i = 0; i < ARRAY_COUNT(part); i++) {
		hash_add(&h, part[i]);
		hash_add(&h, span_make("", 1));
	}
	hash_add(&h, span_make((const char *)&day, sizeof(day)));
	hash_end(&h, digest);
	hash_hex(digest, 16, out);
	(void)memcpy(spread, digest + 16, sizeof(*spread));
}

static bool
due_delivery(
    struct report_file *f, int64_t number, struct span to, int64_t next_s)
{
	struct sqlite_statement *s = sqlite_prepare(report_file_db(f),
	    "INSERT INTO delivery SELECT max(id),?1,?2,0,0,?3,?3,'' FROM report");
	bool ok;

	if (s == NULL)
		return false;
	sqlite_bind_number(s, 1, number);
	sqlite_bind_text(s, 2, to);
	sqlite_bind_number(s, 3, next_s);
	ok = sqlite_run(s);
	sqlite_statement_free(&s);
	return ok;
}

static bool
due_deliveries(
    struct report_file *f, struct span rua, int64_t next_s, struct arena *a)
{
	struct span seen[REPORT_ADDRESSES_MAX], to, host;
	size_t count = 0;

	while (count < REPORT_ADDRESSES_MAX &&
	       report_address_next(&rua, a, &to, &host)) {
		bool again = false;

		for (size_t i = 0; i < count; i++)
			again = again || span_eq(seen[i], to);
		if (again)
			continue;
		seen[count++] = to;
		if (!due_delivery(f, (int64_t)count, to, next_s))
			return false;
	}
	return true;
}

static bool
due_report(struct report_file *f, const struct due_policy *p, int64_t day,
    int64_t begin_s, int64_t spread_s, struct arena *a)
{
	struct sqlite_statement *s = sqlite_prepare(
	    report_file_db(f), "INSERT INTO report VALUES(NULL,?1,?2,?3)");
	uint32_t spread;
	char name[33];
	bool ok;

	if (s == NULL)
		return false;
	due_name(f, p, day, name, &spread);
	sqlite_bind_number(s, 1, day);
	sqlite_bind_number(s, 2, p->id);
	sqlite_bind_text(s, 3, span_of(name));
	ok = sqlite_run(s);
	sqlite_statement_free(&s);
	return ok && due_deliveries(f, p->rua,
			 begin_s + (spread_s > 0 ? spread % spread_s : 0), a);
}

/* Policies with rows of that day and without a report, behind the one with
 * this id; at most some. */
static bool
due_policies(struct report_file *f, int64_t day, int64_t after, struct arena *a,
    struct due_policy *out, size_t *count, size_t max)
{
	struct sqlite_statement *s = sqlite_prepare(report_file_db(f),
	    "SELECT id,domain,published,rua FROM policy WHERE"
	    " EXISTS(SELECT 1 FROM row WHERE day=?1 AND row.policy=policy.id)"
	    " AND NOT EXISTS(SELECT 1 FROM report WHERE day=?1"
	    " AND report.policy=policy.id) AND id>?3 ORDER BY id LIMIT ?2");
	enum sqlite_stepped stepped = SQLITE_STEP_FAILED;

	*count = 0;
	if (s == NULL)
		return false;
	sqlite_bind_number(s, 1, day);
	sqlite_bind_number(s, 2, (int64_t)max);
	sqlite_bind_number(s, 3, after);
	while (*count < max && (stepped = sqlite_step(s)) == SQLITE_STEP_ROW)
		out[(*count)++] = (struct due_policy){
			.id = sqlite_column_number(s, 0),
			.domain = arena_dup(a, sqlite_column_text(s, 1)),
			.published = arena_dup(a, sqlite_column_text(s, 2)),
			.rua = arena_dup(a, sqlite_column_text(s, 3)),
		};
	sqlite_statement_free(&s);
	return stepped != SQLITE_STEP_FAILED;
}

/* A slice in one transaction: a crash leaves whole reports. after: the last
 * policy that was looked at. */
static bool
due_slice(struct report_file *f, int64_t day, int64_t begin_s, int64_t spread_s,
    int64_t *after, bool *more)
{
	struct sqlite *db = report_file_db(f);
	struct due_policy policy[64];
	struct arena *a = arena_new();
	size_t count = 0;
	bool ok = sqlite_exec(db, "BEGIN IMMEDIATE") &&
		  due_policies(
		      f, day, *after, a, policy, &count, ARRAY_COUNT(policy));

	for (size_t i = 0; ok && i < count; i++)
		ok = due_report(f, &policy[i], day, begin_s, spread_s, a);
	ok = ok && sqlite_exec(db, "COMMIT");
	if (!ok)
		(void)sqlite_exec(db, "ROLLBACK");
	*more = count == ARRAY_COUNT(policy);
	if (count > 0)
		*after = policy[count - 1].id;
	arena_free(&a);
	return ok;
}

bool
report_file_make(
    struct report_file *f, int64_t day, int64_t begin_s, int64_t spread_s)
{
	bool more = true, ok = true;
	int64_t after = 0;

	while (ok && more)
		ok = due_slice(f, day, begin_s, spread_s, &after, &more);
	return ok;
}

bool
report_file_unmade(struct report_file *f, int64_t today, int64_t *day)
{
	struct sqlite_statement *s = sqlite_prepare(report_file_db(f),
	    "SELECT min(day) FROM tally WHERE day>=?1 AND day<?2 AND rows>0"
	    " AND NOT EXISTS(SELECT 1 FROM report"
	    " WHERE report.day=tally.day AND report.policy=tally.policy)");
	bool found;

	if (s == NULL)
		return false;
	sqlite_bind_number(s, 1, today - REPORT_ROWS_KEPT_DAYS);
	sqlite_bind_number(s, 2, today);
	found = sqlite_step(s) == SQLITE_STEP_ROW && !sqlite_column_null(s, 0);
	*day = found ? sqlite_column_number(s, 0) : 0;
	sqlite_statement_free(&s);
	return found;
}

/* ---- reading ------------------------------------------------------------------------- */

#define DELIVERIES                                                          \
	"SELECT report.id,number,report.day,name,domain,published,problem," \
	"rcpt,state,attempts,next,"                                         \
	"(SELECT count(*) FROM (SELECT DISTINCT ip,rest FROM row"           \
	" WHERE row.day=report.day AND row.policy=report.policy)),"         \
	"(SELECT coalesce(sum(count),0) FROM row WHERE row.day=report.day"  \
	" AND row.policy=report.policy),"                                   \
	"(SELECT coalesce(sum(omitted),0) FROM tally"                       \
	" WHERE tally.day=report.day AND tally.policy=report.policy),why"   \
	" FROM delivery JOIN report ON delivery.report=report.id"           \
	" JOIN policy ON report.policy=policy.id"                           \
	" WHERE (?1<0 OR report.day=?1) AND (?2='' OR domain=?2)"

static struct report_delivery
due_read(struct sqlite_statement *s)
{
	int64_t state = sqlite_column_number(s, 8);

	return (struct report_delivery){
		.report = sqlite_column_number(s, 0),
		.number = sqlite_column_number(s, 1),
		.day = sqlite_column_number(s, 2),
		.id = sqlite_column_text(s, 3),
		.domain = sqlite_column_text(s, 4),
		.published = sqlite_column_text(s, 5),
		.problem = sqlite_column_text(s, 6),
		.to = sqlite_column_text(s, 7),
		.state = state >= 0 && state < DELIVERY_STATE_COUNT
			     ? (enum delivery_state)state
			     : DELIVERY_DOUBTFUL,
		.attempts = sqlite_column_number(s, 9),
		.next_s = sqlite_column_number(s, 10),
		.rows = (uint64_t)sqlite_column_number(s, 11),
		.messages = (uint64_t)sqlite_column_number(s, 12),
		.omitted = (uint64_t)sqlite_column_number(s, 13),
		.why = sqlite_column_text(s, 14),
	};
}

static struct sqlite_statement *
due_deliveries_of(
    struct report_file *f, const char *sql, int64_t day, struct span domain)
{
	struct sqlite_statement *s = sqlite_prepare(report_file_db(f), sql);

	if (s != NULL) {
		sqlite_bind_number(s, 1, day);
		sqlite_bind_text(s, 2, domain);
	}
	return s;
}

bool
report_file_each(struct report_file *f, int64_t day, struct span domain,
    report_visit *visit, void *ctx)
{
	struct sqlite_statement *s = due_deliveries_of(f,
	    DELIVERIES " ORDER BY report.day,domain,report.id,number", day,
	    domain);
	enum sqlite_stepped stepped;
	bool go_on = true;

	if (s == NULL)
		return false;
	while ((stepped = sqlite_step(s)) == SQLITE_STEP_ROW && go_on) {
		struct report_delivery d = due_read(s);

		go_on = visit(ctx, &d);
	}
	sqlite_statement_free(&s);
	return stepped != SQLITE_STEP_FAILED;
}

bool
report_file_next(struct report_file *f, int64_t day, struct span domain,
    int64_t now_s, struct arena *a, struct report_delivery *out)
{
	struct sqlite_statement *s = due_deliveries_of(f,
	    DELIVERIES " AND state=0 AND next<=?3 ORDER BY next LIMIT 1", day,
	    domain);
	bool found;

	if (s == NULL)
		return false;
	sqlite_bind_number(s, 3, now_s);
	found = sqlite_step(s) == SQLITE_STEP_ROW;
	if (found) {
		struct span *const text[] = { &out->id, &out->domain,
			&out->published, &out->problem, &out->to, &out->why };

		*out = due_read(s);
		for (size_t i = 0; i < ARRAY_COUNT(text); i++)
			*text[i] = arena_dup(a, *text[i]);
	}
	sqlite_statement_free(&s);
	return found;
}

bool
report_file_rows(struct report_file *f, const struct report_delivery *d,
    report_row_visit *visit, void *ctx)
{
	struct sqlite_statement *s = sqlite_prepare(report_file_db(f),
	    "SELECT ip,sum(count),rest FROM row JOIN report"
	    " ON row.day=report.day AND row.policy=report.policy"
	    " WHERE report.id=?1 GROUP BY ip,rest ORDER BY ip,rest");
	enum sqlite_stepped stepped;

	if (s == NULL)
		return false;
	sqlite_bind_number(s, 1, d->report);
	while ((stepped = sqlite_step(s)) == SQLITE_STEP_ROW)
		visit(ctx, sqlite_column_text(s, 0),
		    (uint64_t)sqlite_column_number(s, 1),
		    sqlite_column_text(s, 2));
	sqlite_statement_free(&s);
	return stepped == SQLITE_STEP_DONE;
}

/* ---- how far it is ------------------------------------------------------------------- */

bool
report_file_claim(
    struct report_file *f, const struct report_delivery *d, int64_t now_s)
{
	const int64_t number[] = { d->report, d->number, now_s };
	struct sqlite *db = report_file_db(f);
	bool ok;

	/* Not even a power failure may have it sent again. */
	ok = sqlite_exec(db, "PRAGMA synchronous=FULL") &&
	     report_file_run(f,
		 "UPDATE delivery SET state=1,attempts=attempts+1,changed=?3"
		 " WHERE report=?1 AND number=?2 AND state=0",
		 number, ARRAY_COUNT(number)) &&
	     sqlite_changes(db) == 1;
	(void)sqlite_exec(db, "PRAGMA synchronous=NORMAL");
	return ok;
}

bool
report_file_settle(struct report_file *f, const struct report_delivery *d,
    enum delivery_state state, int64_t now_s, int64_t next_s, const char *why)
{
	struct sqlite_statement *s = sqlite_prepare(report_file_db(f),
	    "UPDATE delivery SET attempts=attempts+(state=0),state=?3,"
	    "changed=?4,next=?5,why=?6"
	    " WHERE report=?1 AND number=?2 AND state IN (0,1)");
	bool ok;

	if (s == NULL)
		return false;
	sqlite_bind_number(s, 1, d->report);
	sqlite_bind_number(s, 2, d->number);
	sqlite_bind_number(s, 3, state);
	sqlite_bind_number(s, 4, now_s);
	sqlite_bind_number(s, 5, next_s);
	sqlite_bind_text(s, 6, span_of(why));
	ok = sqlite_run(s);
	sqlite_statement_free(&s);
	return ok;
}

bool
report_file_doubt(struct report_file *f, int64_t now_s, uint64_t *count)
{
	int64_t before = now_s - SENDING_MAX_S;
	bool ok = report_file_run(f,
	    "UPDATE delivery SET state=6,why='the sender ended before the"
	    " server had answered' WHERE state=1 AND changed<?1",
	    &before, 1);

	*count = ok ? sqlite_changes(report_file_db(f)) : 0;
	return ok;
}

bool
report_file_again(
    struct report_file *f, int64_t day, struct span domain, int64_t now_s)
{
	struct sqlite_statement *s = due_deliveries_of(f,
	    "UPDATE delivery SET state=0,attempts=0,next=?3 WHERE state>2"
	    " AND report IN (SELECT report.id FROM report JOIN policy"
	    " ON policy=policy.id WHERE report.day=?1"
	    " AND (?2='' OR domain=?2))",
	    day, domain);
	bool ok;

	if (s == NULL)
		return false;
	sqlite_bind_number(s, 3, now_s);
	ok = sqlite_run(s);
	sqlite_statement_free(&s);
	return ok;
}

/* ---- other hosts ----------------------------------------------------------------------- */

bool
report_file_made(struct report_file *f, int64_t day)
{
	struct sqlite_statement *s = sqlite_prepare(
	    report_file_db(f), "SELECT 1 FROM report WHERE day=?1 LIMIT 1");
	bool found = true;

	if (s != NULL) {
		sqlite_bind_number(s, 1, day);
		found = sqlite_step(s) != SQLITE_STEP_DONE;
	}
	sqlite_statement_free(&s);
	return found;
}

#define OTHER_HOST "(SELECT value FROM other.meta WHERE name='host')"

/* Rows as another host has counted them, into those of ours. */
static bool
due_take(struct report_file *f, int64_t day, bool all)
{
	static const char *const wipe[] = { "DELETE FROM row WHERE day=?1",
		"DELETE FROM tally WHERE day=?1" };
	static const char *const steps[] = {
		"INSERT OR IGNORE INTO policy"
		" SELECT NULL,domain,published,rua,problem FROM other.policy"
		" WHERE ?1>=0",
		"DELETE FROM row WHERE day=?1 AND host=" OTHER_HOST,
		"DELETE FROM tally WHERE day=?1 AND host=" OTHER_HOST,
		"INSERT INTO row SELECT r.day,p.id,r.host,r.ip,r.rest,r.count"
		" FROM other.row r JOIN other.policy o ON r.policy=o.id"
		" JOIN policy p ON p.domain=o.domain"
		" AND p.published=o.published AND p.rua=o.rua"
		" WHERE r.day=?1 AND r.host=" OTHER_HOST,
		"INSERT INTO tally SELECT t.day,p.id,t.host,t.rows,t.octets,"
		"t.omitted FROM other.tally t JOIN other.policy o"
		" ON t.policy=o.id JOIN policy p ON p.domain=o.domain"
		" AND p.published=o.published AND p.rua=o.rua"
		" WHERE t.day=?1 AND t.host=" OTHER_HOST,
	};
	bool ok = sqlite_exec(report_file_db(f), "BEGIN IMMEDIATE");

	for (size_t i = 0; ok && all && i < ARRAY_COUNT(wipe); i++)
		ok = report_file_run(f, wipe[i], &day, 1);
	for (size_t i = 0; ok && i < ARRAY_COUNT(steps); i++)
		ok = report_file_run(f, steps[i], &day, 1);
	return ok && sqlite_exec(report_file_db(f), "COMMIT");
}

/* Is the file that of another host, and of this version? Opened for reading,
 * so that what is no such file stays as it is. */
static bool
due_is_other(struct report_file *f, const char *path, char why[SQLITE_WHY_MAX])
{
	struct sqlite *db = sqlite_open(path, SQLITE_FOR_READING, why);
	struct sqlite_statement *s;
	bool ok;

	if (db == NULL)
		return false;
	s = sqlite_prepare(db, "SELECT value FROM meta,pragma_user_version"
			       " WHERE name='host' AND user_version=1");
	ok = s != NULL && sqlite_step(s) == SQLITE_STEP_ROW;
	if (!ok)
		(void)snprintf(why, SQLITE_WHY_MAX,
		    "%.200s: no report.db of this version", path);
	else if (span_eq(sqlite_column_text(s, 0), report_file_host(f))) {
		(void)snprintf(why, SQLITE_WHY_MAX,
		    "%.200s: a copy of this host's own file", path);
		ok = false;
	}
	sqlite_statement_free(&s);
	sqlite_close(&db);
	return ok;
}

bool
report_file_merge(struct report_file *f, const char *path, int64_t day,
    bool all, char why[SQLITE_WHY_MAX])
{
	struct sqlite *db = report_file_db(f);
	struct sqlite_statement *attach;
	bool ok;

	if (!due_is_other(f, path, why))
		return false;
	if (report_file_made(f, day)) {
		(void)snprintf(why, SQLITE_WHY_MAX,
		    "reports of that day have been made already");
		return false;
	}
	attach = sqlite_prepare(db, "ATTACH ?1 AS other");
	ok = attach != NULL;
	if (ok) {
		sqlite_bind_text(attach, 1, span_of(path));
		ok = sqlite_run(attach);
	}
	sqlite_statement_free(&attach);
	ok = ok && due_take(f, day, all);
	if (!ok) {
		(void)snprintf(why, SQLITE_WHY_MAX, "%.120s: %.120s", path,
		    sqlite_error(db));
		(void)sqlite_exec(db, "ROLLBACK");
	}
	(void)sqlite_exec(db, "DETACH other");
	return ok;
}
