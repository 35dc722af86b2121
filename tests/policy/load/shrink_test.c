/* Which lists have lost so much that it may be an accident. */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/load/snapshot_load.h"
#include "policy/load/snapshot_shrink.h"
#include "rules/source/diag.h"

static const struct {
	const char *label;
	size_t was, is;    /* entries of the file */
	const char *rules; /* that are loaded then; NULL: the same */
	size_t want;
} rows[] = {
	{ "as before", 100, 100, NULL, 0 },
	{ "more", 100, 1000, NULL, 0 },
	{ "somewhat less", 100, 51, NULL, 0 },
	{ "half", 100, 50, NULL, 1 },
	{ "nothing is left", 100, 0, NULL, 1 },
	{ "nothing is left of one", 1, 0, NULL, 1 },
	{ "there was nothing", 0, 0, NULL, 0 },
	{ "one of few taken away by hand", 4, 1, NULL, 0 },
	{ "the list is gone from the rules", 100, 100,
	    "rule x when sender.null then tag x\n", 0 },
	{ "it stands in the rules now", 100, 100,
	    "list a domains a.example\n"
	    "rule x when sender in a then tag x\n",
	    1 },
};

static struct snapshot *
load(struct arena *a, size_t entries, const char *rules)
{
	struct buf text;
	struct snapshot_file file = { .name = SPAN("l") };
	struct diags diags;
	struct snapshot *s;

	buf_init(&text, 65536);
	for (size_t i = 0; i < entries; i++)
		(void)buf_printf(&text, "d%zu.example\n", i);
	file.text = arena_dup(a, buf_span(&text));
	buf_free(&text);
	diags_init(&diags, a);
	s = snapshot_load(&(struct snapshot_source){ .config_text = SPAN(""),
			      .rules_text = span_of(rules),
			      .given = &file,
			      .given_count = 1 },
	    &diags);
	assert_non_null(s);
	return s;
}

static void
test_shrinking(void **state)
{
	static const char rules[] = "list a domains \"l\"\n"
				    "list b domains x.example\n"
				    "rule x when sender in a then tag x\n"
				    "rule y when sender in b then tag y\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct snapshot *old = load(a, rows[i].was, rules);
		struct snapshot *fresh = load(a, rows[i].is,
		    rows[i].rules == NULL ? rules : rows[i].rules);
		struct buf out;

		buf_init(&out, 4096);
		table_number(rows[i].label, "lists",
		    (long long)snapshot_shrunken(old, fresh, &out),
		    (long long)rows[i].want);
		if ((out.n > 0) != (rows[i].want > 0))
			table_fail(rows[i].label, "says %.*s",
			    SPAN_FMT(buf_span(&out)));
		buf_free(&out);
		snapshot_unref(&old);
		snapshot_unref(&fresh);
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shrinking),
};

TABLE_MAIN(tests)
