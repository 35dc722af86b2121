/*
 * What becomes of text, attributes and links on a page.
 */
#include "config.h"

#include "rules/base/utf8.h"
#include "tests/kit/table.h"
#include "tool/web/html.h"

static const struct {
	const char *label, *text, *want;
} texts[] = {
	{ "plain", "hello", "hello" },
	{ "markup", "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;" },
	{ "a script", "<script>alert(1)</script>",
	    "&lt;script&gt;alert(1)&lt;/script&gt;" },
	{ "twice", "&lt;", "&amp;lt;" },
	{ "line ends and tabs stay", "a\n\tb", "a\n\tb" },
	{ "an escape sequence", "\033[31mred", "\\u{1B}[31mred" },
	{ "carriage return", "a\rb", "a\\u{D}b" },
	{ "not UTF-8", "a\xff\xc3(b", "a\\xFF\\xC3(b" },
	{ "overlong", "\xc0\xbcscript", "\\xC0\\xBCscript" },
	{ "C1", "\xc2\x9b", "\\u{9B}" },
	{ "reads backwards",
	    "a\xe2\x80\xae"
	    "b",
	    "a\\u{202E}b" },
	{ "isolates", "\xe2\x81\xa6", "\\u{2066}" },
	{ "no width",
	    "a\xe2\x80\x8b"
	    "b",
	    "a\\u{200B}b" },
	{ "soft hyphen", "pay\xc2\xadpal", "pay\\u{AD}pal" },
	{ "tags", "\xf3\xa0\x81\x81", "\\u{E0041}" },
	{ "letters of others", "\xd0\x96\xe6\x97\xa5\xf0\x9f\x98\x80",
	    "\xd0\x96\xe6\x97\xa5\xf0\x9f\x98\x80" },
};

static void
test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		struct buf out, want;
		struct html h;

		if (!table_wants(texts[i].label))
			continue;
		buf_init(&out, 4096);
		buf_init(&want, 4096);
		html_init(&h, &out);
		html_begin(&h, HTML_P);
		html_setz(&h, ATTR_TITLE, texts[i].text);
		html_textz(&h, texts[i].text);
		html_end(&h);
		html_done(&h);
		(void)buf_printf(&want,
		    "<!doctype html>\n<p title=\"%s\">%s</p>\n", texts[i].want,
		    texts[i].want);
		if (!span_eq(buf_span(&out), buf_span(&want)))
			table_fail(texts[i].label, "got %.*s, want %.*s",
			    SPAN_FMT(buf_span(&out)),
			    SPAN_FMT(buf_span(&want)));
		buf_free(&out);
		buf_free(&want);
	}
	table_end();
}

/* A NUL is a character like others, and ends nothing. */
static void
test_nul(void **state)
{
	struct buf out;
	struct html h;

	(void)state;
	buf_init(&out, 4096);
	html_init(&h, &out);
	html_put(&h, HTML_P, NULL, SPAN("a\0<b"));
	assert_true(
	    span_search(buf_span(&out), SPAN("a\\u{0}&lt;b")) != SIZE_MAX);
	buf_free(&out);
}

static void
test_links(void **state)
{
	const struct html_pair pair[] = {
		{ "q", SPAN_INIT("a&b=\"<c> %") },
		{ "none", SPAN_INIT("") },
		{ "to", SPAN_INIT("javascript:alert(1)") },
	};
	struct buf out;
	struct html h;

	(void)state;
	buf_init(&out, 4096);
	html_init(&h, &out);
	html_begin(&h, HTML_A);
	html_href(&h, PAGE_HISTORY, pair, ARRAY_COUNT(pair));
	html_textz(&h, "x");
	html_end(&h);
	html_begin(&h, HTML_INPUT);
	html_setz(&h, ATTR_NAME, "n");
	html_begin(&h, HTML_BUTTON);
	html_end(&h);
	html_done(&h);
	(void)buf_addc(&out, '\0');
	assert_string_equal(out.p,
	    "<!doctype html>\n<a href=\"./history?q=a%26b%3D%22%3Cc%3E%20%25"
	    "&amp;to=javascript%3Aalert%281%29\">x</a><input name=\"n\">"
	    "<button></button>\n");
	buf_free(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_nul),
	cmocka_unit_test(test_links),
};

TABLE_MAIN(tests)
