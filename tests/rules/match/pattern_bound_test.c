/*
 * White space in patterns that ends, and texts with more of it.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/arena.h"
#include "rules/match/pattern_bound.h"
#include "rules/match/patterns.h"

static void
test_patterns(void **state)
{
	static const struct {
		const char *label, *pattern;
		unsigned flags;
		const char *want; /* NULL: it stays as it is */
	} row[] = {
		{ "one or more", "a\\s+b", 0, "a\\s{1,16}b" },
		{ "any number", "a\\s*b", 0, "a\\s{0,16}b" },
		{ "some or more", "a\\s{3,}b", 0, "a\\s{3,16}b" },
		{ "more than the bound", "a\\s{17,}b", 0, NULL },
		{ "far more", "a\\s{99999999999999999999,}b", 0, NULL },
		{ "bounded already", "a\\s{1,3}b\\s?c\\s{2}", 0, NULL },
		{ "not greedy", "a\\s+?b", 0, "a\\s{1,16}?b" },
		{ "possessive", "a\\s++b", 0, "a\\s{1,16}+b" },
		{ "a blank", "a +b", 0, "a {1,16}b" },
		{ "a blank that is none", "a +b", PATTERN_EXTENDED, NULL },
		{ "perhaps none", "(?x)a +b", 0, NULL },
		{ "behind a gap", "\\s +b", PATTERN_EXTENDED, NULL },
		{ "several", "\\s+a *b", 0, "\\s{1,16}a {0,16}b" },
		{ "in a class", "[\\s+]b", 0, NULL },
		{ "behind a class", "[^]\\s+]\\s+", 0, "[^]\\s+]\\s{1,16}" },
		{ "behind a named class", "[[:space:]]]\\s+", 0,
		    "[[:space:]]]\\s{1,16}" },
		{ "a class of which the end is not clear", "[\\Q]\\E]\\s+", 0,
		    NULL },
		{ "quoted", "\\Q\\s+\\E", 0, NULL },
		{ "behind what is quoted", "\\Q[\\E\\s+", 0,
		    "\\Q[\\E\\s{1,16}" },
		{ "a backslash", "\\\\s+", 0, NULL },
		{ "other classes", "\\S+\\w*\\W+", 0, NULL },
		{ "a comment", "(?# +)a", 0, NULL },
		{ "a comment to the end of the line", "# \\s+",
		    PATTERN_EXTENDED, NULL },
		{ "a group", "(a|\\s)+", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf out;
		bool bounded;

		buf_init(&out, 1000);
		bounded =
		    pattern_bound(span_of(row[i].pattern), row[i].flags, &out);
		(void)buf_addc(&out, '\0');
		table_text(row[i].label, "bounded", bounded ? out.p : "no",
		    row[i].want == NULL ? "no" : row[i].want);
		buf_free(&out);
	}
	table_end();
}

static void
test_texts(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (int before = 0; before < 18; before++)
		for (int blanks = 0; blanks < 40; blanks++) {
			struct span s =
			    span_of(arena_printf(a, "%.*s%*s%s", before,
				"twenty\xff"
				"characters...",
				blanks, "", "x"));
			struct span end = span_slice(s, 0, s.n - 1);
			const char *label = blanks > PATTERN_BLANKS_MAX
						? "a long run"
						: "a short run";

			table_number(label, "in the text",
			    pattern_bound_exceeded(s),
			    blanks > PATTERN_BLANKS_MAX);
			table_number(label, "at its end",
			    pattern_bound_exceeded(end),
			    blanks > PATTERN_BLANKS_MAX);
		}
	table_number("all kinds", "exceeded",
	    pattern_bound_exceeded(
		SPAN("x\t\n\v\f\r \t\n\v\f\r \t\n\v\f\r \t\n\v\f\r y")),
	    true);
	table_number("what is none", "exceeded",
	    pattern_bound_exceeded(
		SPAN("\x08\x0e\x1f\x85\xa0\x89\x8a\x8d\x20\xa0\xa0\xa0\xa0\xa0"
		     "\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0")),
	    false);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_patterns),
	cmocka_unit_test(test_texts),
};

TABLE_MAIN(tests)
