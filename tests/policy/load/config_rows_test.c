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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(alert_smtp_is_an_address),
};

TABLE_MAIN(tests)
