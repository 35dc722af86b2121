#include "config.h"

#include "policy/base/postgres.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/clock.h"
#include "rules/base/panic.h"

/* How often *stop is looked at. */
#define LOOK_MS 100

struct postgres {
	PGconn *conn;
	PGresult *result;
	int64_t timeout_ms, until_ms;
	const atomic_bool *stop;
	enum postgres_trouble trouble;
	char why[POSTGRES_WHY_MAX];
};

bool
postgres_uri_fits(const char *uri, const char **why)
{
	PQconninfoOption *option;

	*why = "it begins with postgresql://, as in "
	       "postgresql://verdict@db.example/verdict";
	if (strncmp(uri, "postgresql://", 13) != 0 &&
	    strncmp(uri, "postgres://", 11) != 0)
		return false;
	option = PQconninfoParse(uri, NULL);
	if (option == NULL)
		return false;
	PQconninfoFree(option);
	return true;
}

static int64_t
now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

/* Notes the first line of text, which ends with a line end or not. */
static bool
failed(struct postgres *p, enum postgres_trouble trouble, const char *text)
{
	size_t n = strcspn(text, "\n");

	p->trouble = trouble;
	(void)snprintf(p->why, sizeof(p->why), "%.*s",
	    (int)(n < POSTGRES_WHY_MAX ? n : POSTGRES_WHY_MAX), text);
	return false;
}

/* False: the time is over, or it is to stop. */
static bool
wait_for(struct postgres *p, short events)
{
	struct pollfd fd = { .fd = PQsocket(p->conn), .events = events };

	for (;;) {
		int64_t left_ms = p->until_ms - now_ms();

		if (p->stop != NULL && atomic_load(p->stop))
			return failed(p, POSTGRES_TROUBLE_AWAY, "it ends");
		if (left_ms <= 0)
			return failed(p, POSTGRES_TROUBLE_AWAY,
			    "the server does not answer");
		if (poll(&fd, 1, left_ms < LOOK_MS ? (int)left_ms : LOOK_MS) >
		    0)
			return true;
	}
}

/* By default the library prints them as they come, on a terminal as well. */
static void
notice_drop(void *ctx, const PGresult *notice)
{
	(void)ctx;
	(void)notice;
}

static bool
connect_end(struct postgres *p)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;
	const char *encoding;

	if (p->conn == NULL)
		return failed(p, POSTGRES_TROUBLE_OTHER, "no memory");
	(void)PQsetNoticeReceiver(p->conn, notice_drop, NULL);
	if (PQstatus(p->conn) == CONNECTION_BAD)
		return failed(
		    p, POSTGRES_TROUBLE_AWAY, PQerrorMessage(p->conn));
	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED)
			return failed(
			    p, POSTGRES_TROUBLE_AWAY, PQerrorMessage(p->conn));
		if (!wait_for(
			p, state == PGRES_POLLING_READING ? POLLIN : POLLOUT))
			return false;
		state = PQconnectPoll(p->conn);
	}
	/* Whatever stands between may not hand it on. */
	encoding = PQparameterStatus(p->conn, "server_encoding");
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
		return failed(p, POSTGRES_TROUBLE_OTHER,
		    "the database is not in UTF-8: create it with "
		    "ENCODING 'UTF8'");
	return PQsetnonblocking(p->conn, 1) == 0 ||
	       failed(p, POSTGRES_TROUBLE_OTHER, PQerrorMessage(p->conn));
}

struct postgres *
postgres_open(const char *uri, int64_t timeout_ms, const atomic_bool *stop,
    char why[POSTGRES_WHY_MAX])
{
	/* The second one may name options of its own and wins. */
	static const char *const names[] = { "client_encoding",
		"application_name", "options", "dbname", NULL };
	const char *const values[] = { "UTF8", "verdict-milter",
		"-c standard_conforming_strings=on", uri, NULL };
	struct postgres *p = xcalloc(1, sizeof(*p));

	p->timeout_ms = timeout_ms;
	p->until_ms = now_ms() + timeout_ms;
	p->stop = stop;
	p->conn = PQconnectStartParams(names, values, 1);
	if (connect_end(p))
		return p;
	(void)snprintf(why, POSTGRES_WHY_MAX, "%s", p->why);
	postgres_close(&p);
	return NULL;
}

void
postgres_close(struct postgres **pp)
{
	struct postgres *p = *pp;

	if (p == NULL)
		return;
	PQclear(p->result);
	PQfinish(p->conn);
	free(p);
	*pp = NULL;
}

/* ---- statements ----------------------------------------------------------------- */

static bool
send_all(struct postgres *p)
{
	int left;

	while ((left = PQflush(p->conn)) > 0) {
		if (!wait_for(p, POLLIN | POLLOUT))
			return false;
		if (PQconsumeInput(p->conn) == 0)
			break;
	}
	return left == 0 ||
	       failed(p, POSTGRES_TROUBLE_AWAY, PQerrorMessage(p->conn));
}

static bool
read_all(struct postgres *p)
{
	while (PQisBusy(p->conn) != 0) {
		if (!wait_for(p, POLLIN))
			return false;
		if (PQconsumeInput(p->conn) == 0)
			return failed(
			    p, POSTGRES_TROUBLE_AWAY, PQerrorMessage(p->conn));
	}
	return true;
}

static bool
result_copies(const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);

	return status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
	       status == PGRES_COPY_BOTH;
}

/*
 * By the class of its SQLSTATE: 21 and 22 are values that cannot be kept, 23
 * those that must not, 54 limits of the server's.
 */
static bool
judge(struct postgres *p, const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return true;
	if (state == NULL && result_copies(r))
		return failed(p, POSTGRES_TROUBLE_AWAY,
		    "the server answers what was not asked");
	if (state == NULL || strncmp(state, "57", 2) == 0 ||
	    strncmp(state, "08", 2) == 0)
		return failed(
		    p, POSTGRES_TROUBLE_AWAY, PQresultErrorMessage(r));
	return failed(p,
	    strncmp(state, "21", 2) == 0 || strncmp(state, "22", 2) == 0 ||
		    strncmp(state, "23", 2) == 0 || strncmp(state, "54", 2) == 0
		? POSTGRES_TROUBLE_DATA
		: POSTGRES_TROUBLE_OTHER,
	    PQresultErrorMessage(r));
}

/* Takes the results of what was sent; the last one stays. */
static bool
take(struct postgres *p, bool sent)
{
	PGresult *r;
	bool ok = true;

	PQclear(p->result);
	p->result = NULL;
	if (!sent)
		return failed(
		    p, POSTGRES_TROUBLE_AWAY, PQerrorMessage(p->conn));
	if (!send_all(p))
		return false;
	for (;;) {
		if (!read_all(p))
			return false;
		r = PQgetResult(p->conn);
		if (r == NULL)
			return ok;
		ok = ok && judge(p, r);
		PQclear(p->result);
		p->result = r;
		/* None of ours copies; it would be said again for ever. */
		if (result_copies(r))
			return false;
	}
}

static void
begin(struct postgres *p)
{
	p->until_ms = now_ms() + p->timeout_ms;
	p->trouble = POSTGRES_TROUBLE_NONE;
	p->why[0] = '\0';
}

bool
postgres_ask(
    struct postgres *p, const char *sql, const struct span *value, size_t count)
{
	char *text[POSTGRES_VALUES_MAX] = { NULL };
	bool ok;

	begin(p);
	for (size_t i = 0; i < count; i++) {
		text[i] = xmalloc(value[i].n + 1);
		if (value[i].n > 0)
			(void)memcpy(text[i], value[i].p, value[i].n);
		text[i][value[i].n] = '\0';
	}
	ok = take(p, PQsendQueryParams(p->conn, sql, (int)count, NULL,
			 (const char *const *)text, NULL, NULL, 0) == 1);
	for (size_t i = 0; i < count; i++)
		free(text[i]);
	return ok;
}

bool
postgres_exec(struct postgres *p, const char *sql)
{
	begin(p);
	return take(p, PQsendQuery(p->conn, sql) == 1);
}

size_t
postgres_rows(const struct postgres *p)
{
	return p->result == NULL ? 0 : (size_t)PQntuples(p->result);
}

/* "" where the server has sent no such row or column. */
static const char *
value_at(const struct postgres *p, size_t row, size_t column)
{
	if (row >= postgres_rows(p) || column >= (size_t)PQnfields(p->result))
		return "";
	return PQgetvalue(p->result, (int)row, (int)column);
}

struct span
postgres_text(const struct postgres *p, size_t row, size_t column)
{
	return span_of(value_at(p, row, column));
}

int64_t
postgres_number(const struct postgres *p, size_t row, size_t column)
{
	return strtoll(value_at(p, row, column), NULL, 10);
}

double
postgres_double(const struct postgres *p, size_t row, size_t column)
{
	return strtod(value_at(p, row, column), NULL);
}

const char *
postgres_error(const struct postgres *p)
{
	return p->why;
}

enum postgres_trouble
postgres_trouble(const struct postgres *p)
{
	return p->trouble;
}
