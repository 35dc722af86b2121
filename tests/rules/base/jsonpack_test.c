/*
 * Packed JSON comes back as the text that would have been written, and what
 * is damaged is refused.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <math.h>

#include "rules/base/arena.h"
#include "rules/base/jsonpack.h"

static const char *const names[] = { "first", "second" };
static const struct jsonpack_names some_names = { names, ARRAY_COUNT(names) };

static void
some_write(struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_textz(w, "plain", "text");
	jsonw_text(w, "empty", SPAN(""));
	jsonw_text(w, "none", (struct span){ NULL, 0 });
	jsonw_text(w, "octets", SPAN("\"\\\n\x01\xff \xc3\xa4\xe2\x80\xa8"));
	jsonw_text(w, "nul", SPAN("a\0b"));
	jsonw_number(w, "zero", 0);
	jsonw_number(w, "small", -1);
	jsonw_number(w, "time", 1767225600);
	jsonw_number(w, "large", -999999999999999);
	jsonw_number(w, "fraction", 0.1);
	jsonw_number(w, "huge", 1e300);
	jsonw_number(w, "no", (double)NAN);
	jsonw_bool(w, "yes", true);
	jsonw_bool(w, "not", false);
	jsonw_name(w, 1, "second");
	jsonw_object(w, NULL);
	jsonw_name(w, 0, "first");
	jsonw_null(w, NULL);
	jsonw_name(w, JSONPACK_NAME_MAX + 1, "written out");
	jsonw_null(w, NULL);
	jsonw_end(w);
	jsonw_array(w, "list");
	for (int i = 0; i < 300; i += 100)
		jsonw_number(w, NULL, i);
	jsonw_array(w, NULL);
	jsonw_end(w);
	jsonw_object(w, NULL);
	jsonw_null(w, "");
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

static void
round_trip(void **state)
{
	struct buf text, packed, back;
	struct jsonw w;

	(void)state;
	buf_init(&text, 10000);
	buf_init(&packed, 10000);
	buf_init(&back, 10000);
	jsonw_init(&w, &text);
	some_write(&w);
	jsonw_init_packed(&w, &packed);
	some_write(&w);
	assert_true(packed.n < text.n);
	jsonw_init(&w, &back);
	assert_true(jsonpack_write(buf_span(&packed), &some_names, &w));
	assert_int_equal(back.n, text.n);
	assert_memory_equal(back.p, text.p, text.n);
	/* Every beginning is too short. */
	for (size_t n = 0; n < packed.n; n++) {
		buf_clear(&back);
		jsonw_init(&w, &back);
		assert_false(jsonpack_write(
		    span_make(packed.p, n), &some_names, &w));
	}
	/* Whatever one octet becomes, nothing happens but a refusal. */
	for (size_t i = 0; i < packed.n; i++)
		for (int octet = 0; octet < 256; octet += 5) {
			char before = packed.p[i];

			packed.p[i] = (char)octet;
			buf_clear(&back);
			jsonw_init(&w, &back);
			(void)jsonpack_write(buf_span(&packed), &some_names, &w);
			packed.p[i] = before;
		}
	buf_free(&text);
	buf_free(&packed);
	buf_free(&back);
}

static void
damaged(void **state)
{
	static const struct {
		const char *label;
		struct span in;
	} rows[] = {
		{ "nothing", SPAN_INIT("") },
		{ "two values", SPAN_INIT("tt") },
		{ "a name outside of an object", SPAN_INIT("k\1at") },
		{ "a name in a list", SPAN_INIT("[k\1at]") },
		{ "a value without a name", SPAN_INIT("{t}") },
		{ "a name without a value", SPAN_INIT("{k\1a}") },
		{ "two names", SPAN_INIT("{k\1ak\1bt}") },
		{ "the other end", SPAN_INIT("[}") },
		{ "an end too much", SPAN_INIT("]") },
		{ "an unknown tag", SPAN_INIT("?") },
		{ "a length beyond the end", SPAN_INIT("s\5abc") },
		{ "a length without end",
		    SPAN_INIT(
			"s\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") },
		{ "a double that is cut", SPAN_INIT("d\1\2\3") },
		{ "a number beyond the list", SPAN_INIT("{\x80\2t}") },
		{ "a number that is cut", SPAN_INIT("{\x80") },
		{ "a number outside of an object", SPAN_INIT("\x80\1t") },
		{ "a number behind a name", SPAN_INIT("{k\1a\x80\1t}") },
		{ "a name behind a number", SPAN_INIT("{\x80\1k\1at}") },
		{ "a number without a value", SPAN_INIT("{\x80\1}") },
		{ "too deep", SPAN_INIT("[[[[[[[[[[[[[[[[[[[[") },
	};
	struct jsonw w;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		buf_clear(&out);
		jsonw_init(&w, &out);
		if (table_wants(rows[i].label) &&
		    jsonpack_write(rows[i].in, &some_names, &w))
			table_fail(rows[i].label, "was taken");
	}
	buf_clear(&out);
	jsonw_init(&w, &out);
	if (table_wants("a number and no list") &&
	    jsonpack_write(SPAN("{\x80\1t}"), NULL, &w))
		table_fail("a number and no list", "was taken");
	buf_free(&out);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(round_trip),
	cmocka_unit_test(damaged),
};

TABLE_MAIN(tests)
