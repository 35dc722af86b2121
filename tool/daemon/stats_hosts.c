/*
 * verdict stats --all-hosts: what each host has done lately, from where they
 * copy their decisions.
 */
#include "config.h"

#include <time.h>

#include "policy/base/clock.h"
#include "policy/copy/copy_hosts.h"
#include "rules/base/jsonw.h"
#include "rules/base/utf8.h"
#include "tool/daemon/stats_hosts.h"

#define NAME_WIDTH 16

static void
host_json(const struct copy_host *h, struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "host", h->name);
	jsonw_number(w, "seen", (double)h->seen_s);
	jsonw_number(w, "hour", (double)h->hour);
	jsonw_number(w, "day", (double)h->day);
	jsonw_object(w, "verdicts");
	for (size_t o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
		jsonw_number(w, outcome_names[o], (double)h->outcome[o]);
	jsonw_end(w);
	jsonw_end(w);
}

static void
hosts_json(const struct copy_host *host, size_t count, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		host_json(&host[i], &w);
	jsonw_end(&w);
	(void)buf_addc(out, '\n');
}

/* "12s", "5m", "3h", "9d" ago. */
static void
ago_print(int64_t seconds, struct buf *out)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	if (seconds < 0)
		seconds = 0;
	while (i + 1 < ARRAY_COUNT(units) && seconds < 2 * units[i].seconds)
		i++;
	(void)buf_printf(out, " %5lld%c",
	    (long long)(seconds / units[i].seconds), units[i].letter);
}

static void
hosts_text(
    const struct copy_host *host, size_t count, int64_t now_s, struct buf *out)
{
	(void)buf_printf(
	    out, "%-*s %6s %6s %7s", NAME_WIDTH, "host", "ago", "hour", "day");
	for (size_t o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
		(void)buf_printf(out, " %6.6s", outcome_names[o]);
	(void)buf_addc(out, '\n');
	for (size_t i = 0; i < count; i++) {
		struct span name = utf8_cut(host[i].name, NAME_WIDTH);

		tool_safe(out, name);
		for (size_t n = name.n; n < NAME_WIDTH; n++)
			(void)buf_addc(out, ' ');
		ago_print(now_s - host[i].seen_s, out);
		(void)buf_printf(out, " %6llu %7llu",
		    (unsigned long long)host[i].hour,
		    (unsigned long long)host[i].day);
		for (size_t o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
			(void)buf_printf(out, " %6llu",
			    (unsigned long long)host[i].outcome[o]);
		(void)buf_addc(out, '\n');
	}
}

int
stats_hosts(const char *uri, bool json)
{
	int64_t now_s = clock_system.unix_s(clock_system.ctx);
	struct arena *a = arena_new();
	struct copy_host *host = NULL;
	char why[256];
	size_t count = 0;
	struct buf out;
	bool ok = false;

	if (uri[0] == '\0')
		(void)snprintf(why, sizeof(why),
		    "--all-hosts reads what the hosts copy to PostgreSQL, and "
		    "journal.copy is not set");
	else
		ok = copy_hosts_read(uri, now_s, a, &host, &count, why);
	if (ok) {
		buf_init(&out, (size_t)4 << 20);
		if (json)
			hosts_json(host, count, &out);
		else
			hosts_text(host, count, now_s, &out);
		tool_print(&out);
		buf_free(&out);
	}
	arena_free(&a);
	return ok ? EXIT_OK : tool_fail(EXIT_UNAVAILABLE, "%s", why);
}
