/*
 * Entries of a shared store as text, and the address at which it is.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/store/store_text.h"
#include "policy/store/store_url.h"

static void
test_entry(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *want; /* as written again; "": no entry */
	} rows[] = {
		{ "one number", SPAN_INIT("1767225600 1"), "1767225600 1" },
		{ "six", SPAN_INIT("5 1 2 3 4 5 -6"), "5 1 2 3 4 5 -6" },
		{ "seven", SPAN_INIT("5 1 2 3 4 5 6 7"), "" },
		{ "none", SPAN_INIT("5"), "" },
		{ "nothing", SPAN_INIT(""), "" },
		{ "words", SPAN_INIT("5 a"), "" },
		{ "more behind", SPAN_INIT("5 1\n"), "" },
		{ "more behind a NUL", SPAN_INIT("5 1\0x"), "" },
		{ "the largest", SPAN_INIT("5 576460752303423488"),
		    "5 576460752303423488" },
		{ "one more", SPAN_INIT("5 576460752303423489"), "" },
		{ "too large", SPAN_INIT("5 99999999999999999999"), "" },
		{ "too far below nothing", SPAN_INIT("5 -9223372036854775808"),
		    "" },
		{ "it never expires", SPAN_INIT("9223372036854775807 1"), "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char text[STORE_TEXT_MAX] = "";
		struct store_record r;
		bool ok;

		if (!table_wants(rows[i].label))
			continue;
		ok = store_text_read(rows[i].text, &r);
		(void)store_text_write(&r, text);
		if (ok != (rows[i].want[0] != '\0') ||
		    strcmp(text, rows[i].want) != 0)
			table_fail(rows[i].label, "got %d \"%s\"", ok, text);
	}
	table_end();
}

static void
url_show(const struct store_url *u, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < u->server_count; i++)
		n += (size_t)snprintf(out + n, size - n, "%s:%d ",
		    u->server[i].host, u->server[i].port);
	(void)snprintf(out + n, size - n, "%s%s%d %s %s%s",
	    u->path != NULL      ? u->path
	    : u->service != NULL ? u->service
				 : "",
	    u->path != NULL || u->service != NULL ? " " : "", u->db,
	    u->user == NULL ? "-" : u->user,
	    u->password == NULL ? "-" : u->password, u->tls ? " TLS" : "");
}

static void
test_url(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *url;
		/* path, or host:port and more, db user password; "": bad */
		const char *want;
	} rows[] = {
		{ "all of it", "redis://u:p@h.example:6380/2", "h.example:6380 2 u p" },
		{ "nothing", "redis://", "127.0.0.1:6379 0 - -" },
		{ "a password alone", "redis://p@h", "h:6379 0 - p" },
		{ "IPv6", "redis://[::1]:6380", "::1:6380 0 - -" },
		{ "a socket", "unix:/run/redis.sock", "/run/redis.sock 0 - -" },
		{ "its path", "/run/redis.sock", "/run/redis.sock 0 - -" },
		{ "no such port", "redis://h:65536", "" },
		{ "no such database", "redis://h/x", "" },
		{ "an open bracket", "redis://[::1", "" },
		{ "TLS", "rediss://h", "h:6379 0 - - TLS" },
		{ "several", "redis://a,b:6380,[::1]/3", "a:6379 b:6380 ::1:6379 3 - -" },
		{ "eight", "redis://a,a,a,a,a,a,a,a", "a:6379 a:6379 a:6379 a:6379 a:6379 a:6379"
		    " a:6379 a:6379 0 - -" },
		{ "nine", "redis://a,a,a,a,a,a,a,a,a", "" },
		{ "sentinels", "redis+sentinel://u:p@a,b:1/mymaster/2",
		    "a:26379 b:1 mymaster 2 u p" },
		{ "sentinels by TLS", "rediss+sentinel://a/m", "a:26379 m 0 - - TLS" },
		{ "sentinels of nothing", "redis+sentinel://a", "" },
		{ "more behind", "redis://a/1/2", "" },
		{ "another scheme", "http://h", "" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char shown[STORE_WHY_MAX], why[STORE_WHY_MAX] = "";
		char got[200] = "";
		struct store_url u;
		bool ok;

		if (!table_wants(rows[i].label))
			continue;
		/* What stood there before must not matter. */
		(void)memset(&u, 0x5a, sizeof(u));
		ok = store_url_read(rows[i].url, &u, shown, why);
		if (ok)
			url_show(&u, got, sizeof(got));
		if (strcmp(got, rows[i].want) != 0 || ok == (why[0] != '\0'))
			table_fail(rows[i].label, "got \"%s\", %s", got, why);
		store_url_free(&u);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_entry),
	cmocka_unit_test(test_url),
};

TABLE_MAIN(tests)
