/*
 * What the helper says, whole and hostile.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/document/document_answer.h"

#define END  "f\6\0\0\0\0\0\0\0\0\0z\0\0\0\0"
#define LINK "l\6\0\0\0\5http:"
#define TEXT "t\2\0\0\0hi"

static const char *
told(const struct document_answer *t, struct arena *a)
{
	char *text =
	    arena_printf(a, "%.*s/%x/%x", SPAN_FMT(t->text), t->html, t->marks);

	for (size_t i = 0; i < t->link_count; i++)
		text = arena_printf(a, "%s %s=%.*s", text,
		    document_kind_names[t->link[i].kind],
		    SPAN_FMT(t->link[i].url));
	if (t->acts != 0)
		text = arena_printf(a, "%s acts %x", text, t->acts);
	if (t->names.n > 0)
		text = arena_printf(a, "%s names %.*s harmless %.*s", text,
		    SPAN_FMT(t->names), SPAN_FMT(t->harmless));
	return text;
}

static void
test_read(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		bool whole;
		const char *want; /* text/html/marks, links, acts */
	} row[] = {
		{ "the end alone", SPAN_INIT("z\0\0\0\0"), true, "/0/0" },
		{ "all there is", SPAN_INIT(LINK TEXT END), true,
		    "hi/0/0 qr=http:" },
		{ "flags", SPAN_INIT("f\6\0\0\0\x21\0\0\0\1\5z\0\0\0\0"), true,
		    "/21/1 acts 5" },
		{ "flags that there are not are none",
		    SPAN_INIT("f\6\0\0\0\0\0\0\xff\xff\xffz\0\0\0\0"), true,
		    "/0/f acts 1f" },
		{ "two texts", SPAN_INIT(TEXT TEXT END), true, "hihi/0/0" },
		{ "names",
		    SPAN_INIT("n\2\0\0\0\0an\2\0\0\0\1bn\2\0\0\0\0c" END), true,
		    "/0/0 names a\nb\nc harmless b" },
		{ "a name of two lines", SPAN_INIT("n\4\0\0\0\0a\nb" END),
		    false, "/0/2" },
		{ "a name of nothing", SPAN_INIT("n\1\0\0\0\0" END), false,
		    "/0/2" },
		{ "a name without its octet", SPAN_INIT("n\0\0\0\0" END), false,
		    "/0/2" },
		{ "nothing", SPAN_INIT(""), false, "/0/2" },
		{ "without the end", SPAN_INIT(LINK TEXT), false,
		    "hi/0/2 qr=http:" },
		{ "cut in a head", SPAN_INIT(LINK TEXT "t\2"), false,
		    "hi/0/2 qr=http:" },
		{ "cut in a record", SPAN_INIT(LINK "t\3\0\0\0hi"), false,
		    "/0/2 qr=http:" },
		{ "a length beyond all", SPAN_INIT(TEXT "l\xff\xff\xff\xff"),
		    false, "hi/0/2" },
		{ "something behind the end", SPAN_INIT(END "x"), false,
		    "/0/2" },
		{ "an end with something in it", SPAN_INIT("z\1\0\0\0x"), false,
		    "/0/2" },
		{ "a letter that there is not", SPAN_INIT("x\0\0\0\0" END),
		    false, "/0/2" },
		{ "a kind that there is not", SPAN_INIT("l\2\0\0\0\6h" END),
		    false, "/0/2" },
		{ "a link without its kind", SPAN_INIT("l\0\0\0\0" END), false,
		    "/0/2" },
		{ "flags that are too short",
		    SPAN_INIT("f\5\0\0\0\0\0\0\0\0" END), false, "/0/2" },
		{ "octets that are no characters",
		    SPAN_INIT("t\2\0\0\0a\xffl\2\0\0\0\0\xff" END), true,
		    "a\xef\xbf\xbd/0/0 pdf=\xef\xbf\xbd" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct document_answer t;

		if (!table_wants(row[i].label))
			continue;
		table_number(row[i].label, "whole",
		    answer_read(row[i].octets, a, &t), row[i].whole);
		table_text(row[i].label, "told", told(&t, a), row[i].want);
	}
	arena_free(&a);
	table_end();
}

/* What one says the other reads, up to the bounds and not beyond. */
static void
test_bounds(void **state)
{
	static char long_text[DOCUMENT_TEXT_MAX + 1];
	struct arena *a = arena_new();
	struct document_answer t;
	struct buf out;

	(void)state;
	memset(long_text, 'a', sizeof(long_text));
	buf_init(&out, DOCUMENT_ANSWER_MAX);
	for (size_t i = 0; i < DOCUMENT_LINKS_MAX; i++)
		assert_true(
		    answer_add_link(&out, DOCUMENT_PDF, SPAN("http://a/")));
	assert_true(
	    answer_add_text(&out, span_make(long_text, DOCUMENT_TEXT_MAX)));
	assert_true(answer_add_end(&out, 0, 0, 0));
	assert_true(answer_read(buf_span(&out), a, &t));
	assert_int_equal(t.link_count, DOCUMENT_LINKS_MAX);
	assert_int_equal(t.text.n, DOCUMENT_TEXT_MAX);
	buf_clear(&out);
	assert_false(
	    answer_add_text(&out, span_make(long_text, DOCUMENT_TEXT_MAX + 1)));
	assert_false(answer_add_link(
	    &out, DOCUMENT_PDF, span_make(long_text, DOCUMENT_LINK_MAX + 1)));
	assert_true(answer_add_text(&out, SPAN("x")));
	assert_true(answer_add_end(&out, 0, 0, 0));
	assert_false(answer_read(buf_span(&out), a, &t));
	buf_clear(&out);
	assert_false(answer_add_name(
	    &out, false, span_make(long_text, DOCUMENT_NAME_MAX + 1)));
	for (size_t i = 0; i < 2 * DOCUMENT_NAMES_MAX / DOCUMENT_NAME_MAX; i++)
		assert_true(answer_add_name(
		    &out, false, span_make(long_text, DOCUMENT_NAME_MAX)));
	assert_true(answer_add_end(&out, 0, 0, 0));
	assert_false(answer_read(buf_span(&out), a, &t));
	assert_in_range(t.names.n, 1, DOCUMENT_NAMES_MAX);
	buf_clear(&out);
	for (size_t i = 0; i < DOCUMENT_LINKS_MAX + 1; i++)
		assert_true(
		    answer_add_link(&out, DOCUMENT_PDF, SPAN("http://a/")));
	assert_true(answer_add_end(&out, 0, 0, 0));
	assert_false(answer_read(buf_span(&out), a, &t));
	assert_int_equal(t.link_count, DOCUMENT_LINKS_MAX);
	while (answer_add_text(&out, SPAN("0123456789")))
		continue;
	assert_in_range(out.n, DOCUMENT_ANSWER_MAX - 100, DOCUMENT_ANSWER_MAX);
	buf_free(&out);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_read),
	cmocka_unit_test(test_bounds),
};

TABLE_MAIN(tests)
