/*
 * Every example in verdict-rules(5) loads without a complaint, and the tests
 * in it pass. An example is a literal block behind a line .\" example.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "tests/kit/rules_kit.h"

#define MANUAL_MAX (1 << 18)

/* The next example of *rest, without mdoc's escapes; false when none is. */
static bool
next_example(struct span *rest, struct buf *out)
{
	struct span line;

	buf_clear(out);
	while (span_cut(rest, '\n', &line))
		if (span_is(line, ".\\\" example"))
			break;
	while (span_cut(rest, '\n', &line) && !span_is(line, ".Ed")) {
		for (size_t i = 0; i < line.n; i++) {
			/* \e is a backslash, \& nothing. */
			(void)buf_addc(out, line.p[i]);
			if (line.p[i] == '\\')
				i++;
		}
		(void)buf_addc(out, '\n');
	}
	return out->n > 0;
}

static void
test_examples(void **state)
{
	char *manual = malloc(MANUAL_MAX);
	FILE *f = fopen(SRCDIR "/rules/verdict-rules.5", "rb");
	struct span rest;
	struct buf text, said;
	size_t count = 0;

	(void)state;
	assert_non_null(manual);
	assert_non_null(f);
	rest = span_make(manual, fread(manual, 1, MANUAL_MAX, f));
	(void)fclose(f);
	buf_init(&text, MANUAL_MAX);
	buf_init(&said, MANUAL_MAX);
	while (next_example(&rest, &text)) {
		struct kit k = { 0 };

		if (kit_load(&k, "manual", buf_span(&text)))
			(void)kit_run_tests(&k);
		diags_print(&k.diags, &said, false);
		kit_free(&k);
		count++;
	}
	if (said.n > 0)
		table_fail("manual", "%.*s", SPAN_FMT(buf_span(&said)));
	assert_true(count >= 5);
	buf_free(&text);
	buf_free(&said);
	free(manual);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_examples),
};

TABLE_MAIN(tests)
