/*
 * JSON as it is written and read, and the UTF-8 below both.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <math.h>

#include "policy/base/json.h"
#include "policy/message/facts_json.h"
#include "rules/base/jsonw.h"
#include "rules/base/utf8.h"

static void
test_text(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *want;
	} row[] = {
		{ "plain", SPAN_INIT("abc"), "\"abc\"" },
		{ "empty", SPAN_INIT(""), "\"\"" },
		{ "not there", { NULL, 0 }, "null" },
		{ "quote and backslash", SPAN_INIT("a\"b\\c"),
		    "\"a\\\"b\\\\c\"" },
		{ "control characters", SPAN_INIT("\r\n\t\x01\x1f\x7f"),
		    "\"\\r\\n\\t\\u0001\\u001f\\u007f\"" },
		{ "NUL", SPAN_INIT("a\0b"), "\"a\\u0000b\"" },
		{ "UTF-8 stays", SPAN_INIT("h\xC3\xA4\xF0\x9F\x98\x80"),
		    "\"h\xC3\xA4\xF0\x9F\x98\x80\"" },
		{ "C1 control", SPAN_INIT("\xC2\x9B"), "\"\\u009b\"" },
		{ "line separator", SPAN_INIT("\xE2\x80\xA8"), "\"\\u2028\"" },
		{ "right-to-left override", SPAN_INIT("a\xE2\x80\xAEz"),
		    "\"a\\u202ez\"" },
		{ "isolate, zero width, soft hyphen",
		    SPAN_INIT("\xE2\x81\xA6\xE2\x80\x8B\xC2\xAD"),
		    "\"\\u2066\\u200b\\u00ad\"" },
		{ "a tag, beyond 16 bits", SPAN_INIT("\xF3\xA0\x81\x81"),
		    "\"\\udb40\\udc41\"" },
		{ "Latin-1 octet", SPAN_INIT("a\xE4z"), "\"a\xEF\xBF\xBDz\"" },
		{ "cut character", SPAN_INIT("a\xE2\x82"),
		    "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "overlong slash", SPAN_INIT("\xC0\xAF"),
		    "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "surrogate", SPAN_INIT("\xED\xA0\x80"),
		    "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "above U+10FFFF", SPAN_INIT("\xF4\x90\x80\x80"),
		    "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf b;
		struct jsonw w;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&b, 1000);
		jsonw_init(&w, &b);
		jsonw_text(&w, NULL, row[i].text);
		(void)buf_addc(&b, '\0');
		table_text(row[i].label, "text", b.p, row[i].want);
		buf_free(&b);
	}
	table_end();
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *label;
		double number;
		const char *want;
	} row[] = {
		{ "zero", 0, "0" },
		{ "negative zero", -0.0, "0" },
		{ "whole", 550, "550" },
		{ "negative", -2, "-2" },
		{ "fraction", 1.5, "1.5" },
		{ "not exact in binary", 0.1, "0.1" },
		{ "sum of tenths", 0.1 + 0.2, "0.30000000000000004" },
		{ "unix time", 1767225600, "1767225600" },
		{ "large", 1e21, "1e+21" },
		{ "infinity", (double)INFINITY, "null" },
		{ "not a number", (double)NAN, "null" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf b;
		struct jsonw w;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&b, 1000);
		jsonw_init(&w, &b);
		jsonw_number(&w, NULL, row[i].number);
		(void)buf_addc(&b, '\0');
		table_text(row[i].label, "number", b.p, row[i].want);
		buf_free(&b);
	}
	table_end();
}

static void
test_nesting(void **state)
{
	static const char want[] = "{\"id\":\"x\",\"list\":[1,[],{\"a\":null},"
				   "true],\"last\":false}";
	struct buf b;
	struct jsonw w;

	(void)state;
	buf_init(&b, 1000);
	jsonw_init(&w, &b);
	jsonw_object(&w, NULL);
	jsonw_textz(&w, "id", "x");
	jsonw_array(&w, "list");
	jsonw_number(&w, NULL, 1);
	jsonw_array(&w, NULL);
	jsonw_end(&w);
	jsonw_object(&w, NULL);
	jsonw_null(&w, "a");
	jsonw_end(&w);
	jsonw_bool(&w, NULL, true);
	jsonw_end(&w);
	jsonw_bool(&w, "last", false);
	jsonw_end(&w);
	(void)buf_addc(&b, '\0');
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void
test_parse_errors(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *want; /* NULL: it is JSON */
	} row[] = {
		{ "object", SPAN_INIT("{\"a\":1}"), NULL },
		{ "space around", SPAN_INIT(" [1] \r\n"), NULL },
		{ "scalar", SPAN_INIT("7"), NULL },
		{ "escaped NUL", SPAN_INIT("\"a\\u0000b\""), NULL },
		{ "integer over 64 bits", SPAN_INIT("99999999999999999999"),
		    NULL },
		{ "nothing", SPAN_INIT(""), "line 1" },
		{ "no span", { NULL, 0 }, "line 1" },
		{ "trailing text", SPAN_INIT("{} x"), "line 1, column 4" },
		{ "trailing comma", SPAN_INIT("[1,]"), "line 1, column 4" },
		{ "second line", SPAN_INIT("{\n\"a\" 1}"), "line 2" },
		{ "not UTF-8", SPAN_INIT("\"\xE4\""), "line 1" },
		{ "raw NUL", SPAN_INIT("\"a\0b\""), "line 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		const char *why = NULL;
		struct jsonr_doc *doc = jsonr_parse(row[i].text, a, &why);

		if ((doc == NULL) != (row[i].want != NULL))
			table_fail(row[i].label, "parsed: %d", doc != NULL);
		else if (doc == NULL && strstr(why, row[i].want) != why)
			table_text(row[i].label, "why", why, row[i].want);
		jsonr_free(&doc);
		arena_free(&a);
	}
	table_end();
}

static void
test_deep(void **state)
{
	static char text[100000];
	struct arena *a = arena_new();
	const char *why = NULL;

	(void)state;
	memset(text, '[', sizeof(text));
	assert_null(jsonr_parse(span_make(text, sizeof(text)), a, &why));
	assert_non_null(why);
	arena_free(&a);
}

static void
test_read(void **state)
{
	static const struct span text =
	    SPAN_INIT("{\"b\":true,\"n\":1.5,\"t\":\"x\\u0000\\u00e4\","
		      "\"l\":[\"p\",null],\"o\":{\"z\":1,\"a\":2}}");
	struct arena *a = arena_new();
	const char *why = NULL;
	struct jsonr_doc *doc = jsonr_parse(text, a, &why);
	struct jsonr top, v;
	struct span s, key;
	const void *cursor = NULL;
	double n = 0;
	bool yes = false;

	(void)state;
	assert_non_null(doc);
	top = jsonr_top(doc);
	assert_int_equal(jsonr_count(top), 5);
	assert_true(jsonr_bool(jsonr_get(top, "b"), &yes) && yes);
	assert_false(jsonr_bool(jsonr_get(top, "n"), &yes));
	assert_true(jsonr_number(jsonr_get(top, "n"), &n) && n == 1.5);
	assert_true(jsonr_text(jsonr_get(top, "t"), &s));
	assert_true(span_eq(s, SPAN("x\0\xC3\xA4")));
	assert_true(jsonr_octets(jsonr_get(top, "t"), a, &s));
	assert_true(span_eq(s, SPAN("x\0\xE4")));
	v = jsonr_get(top, "l");
	assert_int_equal(jsonr_count(v), 2);
	assert_int_equal(jsonr_type(jsonr_at(v, 1)), JSONR_NULL);
	assert_false(jsonr_given(jsonr_at(v, 1)));
	assert_int_equal(jsonr_type(jsonr_at(v, 2)), JSONR_ABSENT);
	assert_int_equal(jsonr_type(jsonr_get(v, "x")), JSONR_ABSENT);
	assert_false(jsonr_text(jsonr_get(top, "missing"), &s));
	assert_true(jsonr_get_bool(top, "b") && !jsonr_get_bool(top, "n"));
	assert_true(jsonr_get_number(top, "n") == 1.5);
	assert_true(jsonr_get_number(top, "t") == 0);
	assert_int_equal(jsonr_get_whole(top, "n"), 1);
	assert_int_equal(jsonr_get_whole(top, "t"), 0);
	assert_true(span_eq(jsonr_get_text(top, "t"), SPAN("x\0\xC3\xA4")));
	assert_true(span_eq(jsonr_get_text(top, "missing"), SPAN("")));
	assert_true(span_eq(jsonr_get_text(v, "x"), SPAN("")));
	assert_true(jsonr_next(jsonr_get(top, "o"), &cursor, &key, &v));
	assert_true(span_is(key, "z"));
	assert_true(jsonr_next(jsonr_get(top, "o"), &cursor, &key, &v));
	assert_true(span_is(key, "a"));
	assert_false(jsonr_next(jsonr_get(top, "o"), &cursor, &key, &v));
	jsonr_free(&doc);
	arena_free(&a);
}

static void
test_whole(void **state)
{
	static const struct {
		const char *label, *text;
		bool ok;
		int64_t want;
	} rows[] = {
		{ "a time", "1767225600", true, INT64_C(1767225600) },
		{ "with a fraction", "1767225600.75", true,
		    INT64_C(1767225600) },
		{ "negative", "-5.5", true, -5 },
		{ "not exact", "9007199254740992", false, 0 },
		{ "beyond all whole numbers", "1e300", false, 0 },
		{ "a text", "\"5\"", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char text[64];
		struct arena *a = arena_new();
		const char *why;
		struct jsonr_doc *doc;
		int64_t got = 0;
		bool ok;

		if (!table_wants(rows[i].label))
			continue;
		(void)snprintf(text, sizeof(text), "[%s]", rows[i].text);
		doc = jsonr_parse(span_of(text), a, &why);
		assert_non_null(doc);
		ok = jsonr_whole(jsonr_at(jsonr_top(doc), 0), &got);
		if (ok != rows[i].ok || got != rows[i].want)
			table_fail(
			    rows[i].label, "got %d %lld", ok, (long long)got);
		jsonr_free(&doc);
		arena_free(&a);
	}
	table_end();
}

/* ---- packed -------------------------------------------------------------- */

static const char *const some_name[] = { "ip", "rcpt", "h\xE4" };
static const struct jsonpack_names some_names = { some_name,
	ARRAY_COUNT(some_name) };

static void
packed_make(struct buf *out)
{
	struct jsonw w;

	jsonw_init_packed(&w, out);
	jsonw_object(&w, NULL);
	jsonw_name(&w, 0, some_name[0]);
	jsonw_textz(&w, NULL, "192.0.2.1");
	jsonw_name(&w, 1, some_name[1]);
	jsonw_array(&w, NULL);
	jsonw_textz(&w, NULL, "a@here.example");
	jsonw_array(&w, NULL);
	jsonw_end(&w);
	jsonw_object(&w, NULL);
	jsonw_end(&w);
	jsonw_null(&w, NULL);
	jsonw_end(&w);
	jsonw_name(&w, 2, some_name[2]);
	jsonw_text(&w, NULL, SPAN("no UTF-8: \xE4\xFF, and NUL: \0."));
	jsonw_number(&w, "score", -2.25);
	jsonw_number(&w, "time", 1767225600);
	jsonw_bool(&w, "apart", true);
	jsonw_bool(&w, "refused", false);
	jsonw_text(&w, "\xC3", SPAN(""));
	jsonw_end(&w);
}

/* By way of the text, and without it: "" when they are no JSON. */
static struct span
packed_as_text(struct span packed, bool direct, struct arena *a)
{
	struct span text = SPAN("");
	struct jsonr v = { NULL };
	struct jsonw w;
	struct buf out;

	buf_init(&out, 100000);
	jsonw_init(&w, &out);
	if (!direct && !jsonpack_write(packed, &some_names, &w))
		buf_clear(&out);
	if (direct && jsonr_unpack(packed, &some_names, a, &v))
		jsonr_write(jsonr_copy(v, a), &w, NULL);
	text = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return text;
}

static void
packed_alike(const char *label, struct span packed)
{
	struct arena *a = arena_new();
	struct span want = packed_as_text(packed, false, a);
	struct span got = packed_as_text(packed, true, a);

	if (!span_eq(got, want))
		table_fail(label, "got %.*s, want %.*s", SPAN_FMT(got),
		    SPAN_FMT(want));
	arena_free(&a);
}

/* What is unpacked is what the text would have been read as, whatever is cut
 * or changed. */
static void
test_packed(void **state)
{
	static const struct {
		const char *label;
		struct span packed;
	} rows[] = {
		{ "nothing", SPAN_INIT("") },
		{ "a name alone", SPAN_INIT("kX") },
		{ "an end alone", SPAN_INIT("}") },
		{ "the wrong end", SPAN_INIT("{]") },
		{ "a name in an array", SPAN_INIT("[k\1at]") },
		{ "a value without a name", SPAN_INIT("{t}") },
		{ "two values", SPAN_INIT("tt") },
		{ "twice the same name", SPAN_INIT("{k\1atk\1af}") },
		{ "a name with NUL", SPAN_INIT("{k\3a\0bt}") },
		{ "no number", SPAN_INIT("d\0\0\0\0\0\0\xF8\x7F") },
		{ "as deep as there is", SPAN_INIT("[[[[[[[[[[[[[[[[t]]]]]]]]"
						   "]]]]]]]]") },
		{ "deeper", SPAN_INIT("[[[[[[[[[[[[[[[[[t]]]]]]]]]]]]]]]]]") },
	};
	struct buf packed;
	char octets[400];
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			packed_alike(rows[i].label, rows[i].packed);
	buf_init(&packed, sizeof(octets));
	packed_make(&packed);
	assert_false(packed.over);
	n = packed.n;
	packed_alike("a record", buf_span(&packed));
	for (size_t i = 0; i < n; i++) {
		packed_alike("cut", span_make(packed.p, i));
		memcpy(octets, packed.p, n);
		for (unsigned c = 0; c < 256; c += 3) {
			octets[i] = (char)c;
			packed_alike("changed", span_make(octets, n));
		}
	}
	buf_free(&packed);
	table_end();
}

/* More items than there is room for at first, on several levels. */
static void
test_packed_many(void **state)
{
	struct arena *a = arena_new();
	struct jsonr v = { NULL };
	struct jsonw w;
	struct buf out;
	double n;

	(void)state;
	buf_init(&out, 1000000);
	jsonw_init_packed(&w, &out);
	jsonw_array(&w, NULL);
	for (unsigned i = 0; i < 300; i++) {
		jsonw_array(&w, NULL);
		for (unsigned k = 0; k < i; k++)
			jsonw_number(&w, NULL, k);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	assert_true(jsonr_unpack(buf_span(&out), NULL, a, &v));
	assert_int_equal(jsonr_count(v), 300);
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(jsonr_count(jsonr_at(v, i)), i);
	assert_true(jsonr_number(jsonr_at(jsonr_at(v, 299), 298), &n));
	assert_true(n == 298);
	buf_free(&out);
	arena_free(&a);
}

/* Deeper than jsonw writes: null stands there. */
static void
test_copy_deep(void **state)
{
	static const char text[] = "[[[[[[[[[[[[[[[[[[[{\"a\":1}]]]]]]]"
				   "]]]]]]]]]]]]";
	struct arena *a = arena_new();
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(span_of(text), a, &why);
	struct jsonw w;
	struct buf out;

	(void)state;
	assert_non_null(doc);
	buf_init(&out, 1000);
	jsonw_init(&w, &out);
	jsonr_write(jsonr_top(doc), &w, NULL);
	assert_true(
	    span_is(buf_span(&out), "[[[[[[[[[[[[[[[[null]]]]]]]]]]]]]]]]"));
	buf_free(&out);
	jsonr_free(&doc);
	arena_free(&a);
}

/* A text that is known and empty is no null, which would say absent. */
static void
test_facts(void **state)
{
	static const struct fact_row row[] = {
		{ "a", FACT_TEXT, STAGE_EOM, 0, NULL, "" },
		{ "b", FACT_TEXT, STAGE_EOM, 0, NULL, "" },
		{ "c", FACT_TEXT, STAGE_EOM, 0, NULL, "" },
	};
	const struct facts_writing how = { .value_max = 0 };
	struct schema *s = schema_new();
	struct arena *a = arena_new();
	struct facts *f;
	struct jsonw w;
	struct buf out;

	(void)state;
	schema_add(s, row, ARRAY_COUNT(row));
	f = facts_new(s, a);
	facts_set(f, 0, value_text(span_of(NULL)));
	facts_set(f, 1, value_absent());
	facts_set(f, 2, value_unknown("late"));
	buf_init(&out, 1000);
	jsonw_init(&w, &out);
	facts_write(f, &how, &w, NULL);
	table_text("facts", "written", arena_strdup(a, buf_span(&out)),
	    "{\"a\":\"\",\"c\":{\"unknown\":\"late\"}}");
	table_end();
	buf_free(&out);
	arena_free(&a);
	schema_free(&s);
}

static void
test_utf16(void **state)
{
	static const struct {
		const char *label;
		struct span wide;
		size_t max;
		const char *want;
	} row[] = {
		{ "letters", SPAN_INIT("a\0\xe4\0"), 20, "a\xC3\xA4" },
		{ "a pair", SPAN_INIT("\x3d\xd8\x00\xde"), 20,
		    "\xF0\x9F\x98\x80" },
		{ "half a pair", SPAN_INIT("\x3d\xd8z\0"), 20,
		    "\xEF\xBF\xBDz" },
		{ "the other half", SPAN_INIT("\x00\xde"), 20, "\xEF\xBF\xBD" },
		{ "half a pair at the end", SPAN_INIT("\x3d\xd8"), 20,
		    "\xEF\xBF\xBD" },
		{ "up to a NUL", SPAN_INIT("a\0\0\0b\0"), 20, "a" },
		{ "half a unit", SPAN_INIT("a\0b"), 20, "a" },
		{ "no room", SPAN_INIT("a\0b\0c\0"), 5, "ab" },
		{ "nothing", SPAN_INIT(""), 20, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		char out[21];

		if (!table_wants(row[i].label))
			continue;
		out[utf8_of_utf16(row[i].wide, out, row[i].max)] = '\0';
		table_text(row[i].label, "UTF-8", out, row[i].want);
	}
	table_end();
}

static void
test_utf8(void **state)
{
	struct arena *a = arena_new();
	char out[4];

	(void)state;
	assert_true(utf8_valid(SPAN("\xF4\x8F\xBF\xBF")));
	assert_false(utf8_valid(SPAN("a\x80")));
	assert_true(
	    span_eq(utf8_clean(SPAN("a\x80z"), a), SPAN("a\xEF\xBF\xBDz")));
	assert_true(span_eq(utf8_cut(SPAN("a\xC3\xA4z"), 2), SPAN("a")));
	assert_true(
	    span_eq(utf8_cut(SPAN("a\xC3\xA4z"), 3), SPAN("a\xC3\xA4")));
	assert_true(span_eq(utf8_cut(SPAN("abc"), 9), SPAN("abc")));
	assert_true(span_eq(utf8_cut(SPAN("\x80\x80\x80\x80\x80\x80"), 5),
	    SPAN("\x80\x80\x80\x80\x80")));
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		uint32_t back;
		size_t n = utf8_put(c, out);

		if (c >= 0xD800 && c < 0xE000)
			continue;
		assert_int_equal(utf8_next(span_make(out, n), 0, &back), n);
		assert_int_equal(back, c);
	}
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_numbers),
	cmocka_unit_test(test_nesting),
	cmocka_unit_test(test_parse_errors),
	cmocka_unit_test(test_deep),
	cmocka_unit_test(test_whole),
	cmocka_unit_test(test_packed),
	cmocka_unit_test(test_packed_many),
	cmocka_unit_test(test_copy_deep),
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_read),
	cmocka_unit_test(test_utf16),
	cmocka_unit_test(test_utf8),
};

TABLE_MAIN(tests)
