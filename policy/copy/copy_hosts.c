#include "config.h"

#include "policy/copy/copy_hosts.h"

#include <stdio.h>
#include <string.h>

#include "policy/copy/copy_schema.h"

#define TIMEOUT_MS 60000
#define HOSTS_MAX  1000

static const char by_outcome[] =
    "SELECT host,verdict,count(*),count(*) FILTER (WHERE time>$1::bigint-3600),"
    "max(time) FROM decision WHERE time>$1::bigint-86400 AND"
    " time<=$1::bigint+86400 GROUP BY host,verdict ORDER BY host,verdict";
/* Hosts that have said nothing for a day are there as well. */
static const char all_hosts[] =
    "SELECT host,max(seen) FROM journal GROUP BY host ORDER BY host LIMIT 1000";

static struct copy_host *
host_of(struct copy_host *host, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(host[i].name, name))
			return &host[i];
	return NULL;
}

static void
outcomes_add(const struct postgres *db, struct copy_host *host, size_t count)
{
	for (size_t i = 0; i < postgres_rows(db); i++) {
		struct copy_host *h =
		    host_of(host, count, postgres_text(db, i, 0));
		int64_t seen_s = postgres_number(db, i, 4);

		if (h == NULL)
			continue;
		for (size_t o = 0; o < OUTCOME_COUNT; o++)
			if (span_is(postgres_text(db, i, 1), outcome_names[o]))
				h->outcome[o] +=
				    (uint64_t)postgres_number(db, i, 2);
		h->day += (uint64_t)postgres_number(db, i, 2);
		h->hour += (uint64_t)postgres_number(db, i, 3);
		if (seen_s > h->seen_s)
			h->seen_s = seen_s;
	}
}

static bool
hosts_read(struct postgres *db, int64_t now_s, struct arena *a,
    struct copy_host **out, size_t *count)
{
	struct copy_host *host = arena_array(a, HOSTS_MAX, sizeof(*host));
	char text[32];
	struct span now = span_of(text);

	(void)snprintf(text, sizeof(text), "%lld", (long long)now_s);
	now.n = strlen(text);
	if (!postgres_ask(db, all_hosts, NULL, 0))
		return false;
	for (*count = 0; *count < postgres_rows(db) && *count < HOSTS_MAX;
	     ++*count)
		host[*count] = (struct copy_host){
			.name = arena_dup(a, postgres_text(db, *count, 0)),
			.seen_s = postgres_number(db, *count, 1)
		};
	*out = host;
	if (!postgres_ask(db, by_outcome, &now, 1))
		return false;
	outcomes_add(db, host, *count);
	return true;
}

bool
copy_hosts_read(const char *uri, int64_t now_s, struct arena *a,
    struct copy_host **host, size_t *count, char why[256])
{
	struct postgres *db = postgres_open(uri, TIMEOUT_MS, NULL, why);
	bool ok;

	if (db == NULL)
		return false;
	ok = copy_schema_fits(db, why);
	if (ok && !hosts_read(db, now_s, a, host, count)) {
		(void)snprintf(why, 256, "%s", postgres_error(db));
		ok = false;
	}
	postgres_close(&db);
	return ok;
}
