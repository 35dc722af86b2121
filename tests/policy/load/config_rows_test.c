/*
 * Values of verdict.conf whose form is tried when the file is read.
 */
#include "config.h"

#include "policy/config/conf.h"
#include "policy/load/config_rows.h"
#include "tests/kit/table.h"

static const struct setting_row *
row_of(const char *key)
{
	for (size_t i = 0; i < config_table.count; i++)
		if (strcmp(config_table.row[i].key, key) == 0)
			return &config_table.row[i];
	fail();
	return NULL;
}

static void
alert_smtp_is_an_address(void **state)
{
	static const struct {
		const char *label, *value;
		bool fits;
	} row[] = {
		{ "the default", "127.0.0.1:25", true },
		{ "no port", "127.0.0.1", true },
		{ "IPv6", "::1", true },
		{ "IPv6 with a port", "[::1]:10025", true },
		{ "a name", "localhost:25", false },
		{ "nothing", "", false },
		{ "a word as port", "127.0.0.1:smtp", false },
		{ "port out of range", "127.0.0.1:70000", false },
		{ "a socket", "unix:/run/smtp", false },
		{ "far too long",
		    "1111111111111111111111111111111111111111111111111111111111"
		    "11111111",
		    false },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct config c = { .alert_smtp = row[i].value };
		const char *why = NULL;

		if (!table_wants(row[i].label))
			continue;
		table_number(row[i].label, "fits",
		    row_of("alert.smtp")->fits(&c, arena, &why), row[i].fits);
		if (!row[i].fits && why == NULL)
			table_fail(row[i].label, "no reason is given");
	}
	arena_free(&arena);
	table_end();
}

/* What is shown to people, who may be many. */
static void
passwords_are_hidden(void **state)
{
	static const struct {
		const char *label, *url, *want;
	} row[] = {
		{ "user and password", "redis://ann:secret@cache.example/3",
		    "redis redis://ann:***@cache.example/3" },
		{ "password alone", "rediss://:secret@cache.example",
		    "redis rediss://:***@cache.example" },
		{ "without a colon", "redis://secret@cache.example",
		    "redis redis://***@cache.example" },
		{ "with colon and at", "redis://ann:se:cr@et@cache.example",
		    "redis redis://ann:***@cache.example" },
		{ "no password", "redis://cache.example:6379/0",
		    "redis redis://cache.example:6379/0" },
		{ "no host", "unix:/run/a@b", "redis unix:/run/a@b" },
		{ "among the parameters",
		    "postgresql://db.example/v?user=ann&password=b@c&x=1",
		    "redis \"postgresql://***\"" },
		{ "with its name escaped",
		    "postgresql://ann:a@db.example/v?%70assword=secret",
		    "redis \"postgresql://***\"" },
		{ "parameters without one",
		    "postgresql://ann:a@db.example/v?x=1",
		    "redis \"postgresql://ann:***@db.example/v?x=1\"" },
		{ "a question mark in it", "redis://ann:se?cret@cache.example",
		    "redis redis://ann:***@cache.example" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span item[] = { SPAN("redis"), span_of(row[i].url) };
		struct config c = { .store = { item, 2 } };
		struct buf out;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&out, 1000);
		setting_show(row_of("store"), &c, &out);
		(void)buf_addc(&out, '\0');
		table_text(row[i].label, "shown", out.p, row[i].want);
		buf_free(&out);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(passwords_are_hidden),
	cmocka_unit_test(alert_smtp_is_an_address),
};

TABLE_MAIN(tests)
