/* Built without libpq: there is no database. */
#include "config.h"

#include "policy/base/postgres.h"

#include <stdio.h>

#include "rules/base/panic.h"

#define WITHOUT "this program was built without libpq"

bool
postgres_uri_fits(const char *uri, const char **why)
{
	(void)uri;
	*why = WITHOUT;
	return false;
}

struct postgres *
postgres_open(const char *uri, int64_t timeout_ms, const atomic_bool *stop,
    char why[POSTGRES_WHY_MAX])
{
	(void)uri;
	(void)timeout_ms;
	(void)stop;
	(void)snprintf(why, POSTGRES_WHY_MAX, "%s", WITHOUT);
	return NULL;
}

void
postgres_close(struct postgres **p)
{
	*p = NULL;
}

/* Nobody has a connection to call these with. */

bool
postgres_ask(
    struct postgres *p, const char *sql, const struct span *value, size_t count)
{
	(void)p;
	(void)sql;
	(void)value;
	(void)count;
	panic(WITHOUT);
}

bool
postgres_exec(struct postgres *p, const char *sql)
{
	(void)p;
	(void)sql;
	panic(WITHOUT);
}

size_t
postgres_rows(const struct postgres *p)
{
	(void)p;
	panic(WITHOUT);
}

struct span
postgres_text(const struct postgres *p, size_t row, size_t column)
{
	(void)p;
	(void)row;
	(void)column;
	panic(WITHOUT);
}

int64_t
postgres_number(const struct postgres *p, size_t row, size_t column)
{
	(void)p;
	(void)row;
	(void)column;
	panic(WITHOUT);
}

double
postgres_double(const struct postgres *p, size_t row, size_t column)
{
	(void)p;
	(void)row;
	(void)column;
	panic(WITHOUT);
}

const char *
postgres_error(const struct postgres *p)
{
	(void)p;
	panic(WITHOUT);
}

enum postgres_trouble
postgres_trouble(const struct postgres *p)
{
	(void)p;
	panic(WITHOUT);
}
