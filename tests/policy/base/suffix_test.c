/*
 * Registrable domains by the public suffix list.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/suffix.h"
#include "rules/base/arena.h"

static void
test_registrable(void **state)
{
	static const struct {
		const char *label, *domain, *want;
	} row[] = {
		{ "itself", "example.com", "example.com" },
		{ "below", "a.b.example.com", "example.com" },
		{ "two-label suffix", "a.example.co.uk", "example.co.uk" },
		{ "suffix", "co.uk", "" },
		{ "top level", "com", "" },
		{ "empty", "", "" },
		{ "wildcard", "a.b.kawasaki.jp", "a.b.kawasaki.jp" },
		{ "top level that is not listed", "a.b.unlisted",
		    "b.unlisted" },
		{ "A-labels", "www.xn--bcher-kva.de", "xn--bcher-kva.de" },
		{ "longer than what is kept",
		    "a123456789.b123456789.c123456789.d123456789."
		    "e123456789.f123456789.example.com",
		    "example.com" },
	};
	struct arena *a = arena_new();

	(void)state;
	/* Answers that are kept are the same. */
	for (size_t i = 0; i < 2 * ARRAY_COUNT(row); i++) {
		size_t k = i % ARRAY_COUNT(row);

		if (table_wants(row[k].label))
			table_text(row[k].label, "registrable",
			    arena_strdup(
				a, suffix_registrable(span_of(row[k].domain))),
			    row[k].want);
	}
	arena_free(&a);
	table_end();
}

/* More names than are kept, each asked for again later. */
static void
test_many(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		char name[64], want[64];

		(void)snprintf(
		    name, sizeof(name), "w%d.x%d.co.uk", i % 7, i * 31 % 500);
		(void)snprintf(want, sizeof(want), "x%d.co.uk", i * 31 % 500);
		if (!span_is(suffix_registrable(span_of(name)), want))
			table_fail(name, "is not of %s", want);
	}
	table_end();
}

static void
test_tld(void **state)
{
	static const struct {
		const char *label;
		bool want;
	} row[] = { { "com", true }, { "zip", true }, { "museum", true },
		{ "xn--p1ai", true }, { "kawasaki", false }, { "txt", false },
		{ "co.uk", false }, { "", false }, { "12", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (suffix_is_tld(span_of(row[i].label)) != row[i].want)
			table_fail(
			    row[i].label, "is a top-level domain, or not");
	table_end();
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(suffix_same(SPAN("a.example.com"), SPAN("b.example.com")));
	assert_false(suffix_same(SPAN("a.co.uk"), SPAN("b.co.uk")));
	assert_true(suffix_same(SPAN("co.uk"), SPAN("co.uk")));
	assert_false(suffix_same(SPAN("com"), SPAN("co.uk")));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_registrable),
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_tld),
	cmocka_unit_test(test_same),
};

TABLE_MAIN(tests)
