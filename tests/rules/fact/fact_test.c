/*
 * Rows of facts: which of them tell of a person, how a schema numbers them,
 * and what becomes of those that nobody states.
 */
#include "config.h"

#include "rules/fact/fact.h"
#include "tests/kit/table.h"

static void
test_personal(void **state)
{
	static const struct {
		const char *label;
		struct fact_row row;
		bool want;
	} row[] = {
		{ "a text of which nothing is said",
		    { "x", FACT_TEXT, STAGE_EOH, 0, NULL, "" }, true },
		{ "octets of which nothing is said",
		    { "x", FACT_BYTES, STAGE_EOH, FACT_CHEAP, NULL, "" }, true },
		{ "a text that its row calls impersonal",
		    { "x", FACT_TEXT, STAGE_EOH, FACT_IMPERSONAL, NULL, "" },
		    false },
		{ "an address whatever its row says",
		    { "x", FACT_ADDRESS, STAGE_EOH, FACT_IMPERSONAL, NULL, "" },
		    true },
		{ "a domain", { "x", FACT_DOMAIN, STAGE_EOH, 0, NULL, "" },
		    false },
		{ "a word", { "x", FACT_WORD, STAGE_EOH, 0, NULL, "" }, false },
		{ "a number", { "x", FACT_NUMBER, STAGE_EOH, 0, NULL, "" },
		    false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_text(row[i].label, "personal",
			    fact_is_personal(&row[i].row) ? "yes" : "no",
			    row[i].want ? "yes" : "no");
	table_end();
}

static const struct fact_row first[] = {
	{ "alone", FACT_NUMBER, STAGE_HELO, 0, NULL, "a number" },
	{ "many", FACT_GROUP, STAGE_EOM, 0, NULL, "some" },
	{ "many.text", FACT_TEXT, STAGE_EOM, 0, NULL, "of each" },
};
static const struct fact_row second[] = {
	{ "rcpt.yes", FACT_BOOL, STAGE_RCPT, FACT_RCPT, NULL, "of each rcpt" },
};

static void
test_schema(void **state)
{
	struct schema *s = schema_new();

	(void)state;
	assert_int_equal(schema_add(s, first, ARRAY_COUNT(first)), 0);
	assert_int_equal(schema_add(s, second, ARRAY_COUNT(second)), 3);
	assert_int_equal(schema_count(s), 4);
	assert_int_equal(schema_find(s, SPAN("many.text")), 2);
	assert_int_equal(schema_find(s, SPAN("many.tex")), FACT_NONE);
	assert_int_equal(schema_group(s, 2), 1);
	assert_int_equal(schema_group(s, 0), FACT_NONE);
	/* A dot alone makes no field: there is no group of that name. */
	assert_int_equal(schema_group(s, 3), FACT_NONE);
	assert_ptr_equal(schema_row(s, 3), &second[0]);
	assert_true(
	    span_is(schema_names(s), "alone\nmany\ntext\nrcpt.yes\n"));
	schema_free(&s);
	assert_null(s);
}

static void
test_values(void **state)
{
	struct arena *a = arena_new();
	struct schema *s = schema_new();
	struct facts *f;

	(void)state;
	(void)schema_add(s, first, ARRAY_COUNT(first));
	(void)schema_add(s, second, ARRAY_COUNT(second));
	f = facts_new(s, a);
	assert_int_equal(facts_get(f, 0)->state, FACT_PENDING);
	facts_number(f, 0, 7);
	/* What is stated stays. */
	facts_settle(f, 0, 1, FACT_UNKNOWN, "late");
	assert_true(facts_named(f, "alone")->number == 7);
	assert_int_equal(facts_named(f, "nothing")->state, FACT_ABSENT);
	assert_int_equal(facts_named_text(f, "alone").n, 0);

	assert_int_equal(facts_element(f, 1), 0);
	facts_field(f, 2, 0, value_text(SPAN("one")));
	assert_int_equal(facts_element(f, 1), 1);
	facts_group_unknown(f, 1, "too many");
	assert_int_equal(facts_count(f, 1), 2);
	assert_true(span_is(facts_field_get(f, 2, 0)->text, "one"));
	assert_int_equal(facts_field_get(f, 2, 1)->state, FACT_ABSENT);
	assert_int_equal(facts_get(f, 1)->state, FACT_UNKNOWN);
	facts_clear_group(f, 1);
	assert_int_equal(facts_count(f, 1), 0);

	/* Pending, known, absent, unknown; one per recipient is always. */
	assert_int_equal(facts_next(f, 0), 0);
	facts_absent(f, 0);
	assert_int_equal(facts_next(f, 0), 3);
	facts_group_end(f, 1);
	assert_int_equal(facts_next(f, 0), 1);
	assert_int_equal(facts_next(f, 2), 3);
	assert_int_equal(facts_next(f, 4), FACT_NONE);
	facts_unknown(f, 0, "late");
	assert_int_equal(facts_next(f, 0), 0);

	facts_rcpt_set(f, 3, 1, value_bool(true));
	assert_int_equal(facts_rcpt(f, 3, 0)->state, FACT_PENDING);
	assert_true(facts_rcpt(f, 3, 1)->yes);
	facts_settle(f, 3, 1, FACT_ABSENT, NULL);
	assert_true(facts_rcpt(f, 3, 1)->yes);
	schema_free(&s);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_personal),
	cmocka_unit_test(test_schema),
	cmocka_unit_test(test_values),
};

TABLE_MAIN(tests)
