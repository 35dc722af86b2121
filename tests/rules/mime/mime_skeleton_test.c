/*
 * What is kept of a body behind the part that is kept whole, however it comes
 * in pieces.
 */
#include "config.h"

#include "rules/mime/mime_skeleton.h"
#include "tests/kit/table.h"

static void
test_skeleton(void **state)
{
	static const struct {
		const char *label, *body, *kept;
	} row[] = {
		{ "text alone", "one\r\ntwo\r\n", "" },
		{ "a part behind text", "AAAA\r\n--b\r\nA: b\r\n\r\nTVqQ\r\n",
		    "\n--b\r\nA: b\r\n\r\nTVqQ\r\n" },
		{ "the end", "AAAA\r\n--b--\r\n", "\n--b--\r\n" },
		{ "dashes within a line", "A--b\r\n -- c\r\n- -\r\n", "" },
		{ "two parts", "x\n--b\nA: 1\n\nT\n--b\nA: 2\n\nU\n",
		    "\n--b\nA: 1\n\nT\n--b\nA: 2\n\nU\n" },
		{ "a header of many lines", "--b\nA: 1\n b\nC: d\n\n",
		    "\n--b\nA: 1\n b\nC: d\n\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span body = span_of(row[i].body);

		if (!table_wants(row[i].label))
			continue;
		for (size_t piece = 1; piece <= body.n; piece++) {
			struct mime_skeleton s = { .blank = true };
			struct buf out;

			buf_init(&out, 4096);
			for (size_t at = 0; at < body.n; at += piece)
				mime_skeleton_add(
				    &s, span_slice(body, at, at + piece), &out);
			(void)buf_addc(&out, '\0');
			table_text(row[i].label, "kept", out.p, row[i].kept);
			buf_free(&out);
		}
	}
	table_end();
}

/* Of a large part only the first octets stay. */
static void
test_head(void **state)
{
	struct mime_skeleton s = { 0 };
	struct buf out;

	(void)state;
	buf_init(&out, 65536);
	mime_skeleton_add(&s, SPAN("--b\n\n"), &out);
	for (unsigned i = 0; i < 1000; i++)
		mime_skeleton_add(
		    &s, SPAN("AAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"), &out);
	mime_skeleton_add(&s, SPAN("--b--\n"), &out);
	assert_true(out.n > 1024 && out.n < 1200);
	assert_int_equal(memcmp(out.p + out.n - 7, "\n--b--\n", 7), 0);
	buf_free(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_skeleton),
	cmocka_unit_test(test_head),
};

TABLE_MAIN(tests)
