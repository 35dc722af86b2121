/*
 * What a page says of its charset, and XML made readable as a page.
 */
#include "config.h"

#include "rules/html/html_charset.h"
#include "tests/kit/table.h"

static void
test_charset(void **state)
{
	static const struct {
		const char *page, *charset;
	} row[] = {
		{ "<meta charset=koi8-r>", "koi8-r" },
		{ "<META CHARSET = 'koi8-r' >", "koi8-r" },
		{ "<html><head><meta charset=\"gbk\"></head>", "gbk" },
		{ "<meta http-equiv=content-type content=\"text/html; "
		  "charset=l2\">",
		    "l2" },
		{ "<meta content='charset=\"l2\"' http-equiv=x>", "l2" },
		{ "<meta/charset=l2/>", "l2/" },
		{ "<metal charset=l2>", "" },
		{ "<!-- <meta charset=l2> --><meta charset=l3>", "l3" },
		{ "<meta name=charset content=x><meta charset=l3>", "l3" },
		{ "<meta charset=utf-16>", "utf-8" },
		{ "<?xml version='1.0' encoding='l2'?><a/>", "l2" },
		{ "<?xml version='1.0'?><meta charset=l4>", "l4" },
		{ "<meta charset", "" },
		{ "<!-- <meta charset=l2>", "" },
		{ "text alone", "" },
		{ "", "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		table_text(row[i].page, "charset",
		    arena_strdup(a, html_charset(span_of(row[i].page))),
		    row[i].charset);
	arena_free(&a);
	table_end();
}

static void
test_xml(void **state)
{
	static const struct {
		const char *xml, *html;
	} row[] = {
		{ "<s:script>x:y</s:script>", "<script>x:y</script>" },
		{ "<s:a x:href='a:b' x:y=\"c\">", "<a href='a:b' y=\"c\">" },
		{ "<svg xmlns:x='u'>", "<svg xmlns:x='u'>" },
		{ "<style><![CDATA[a]]></style>", "<style> a </style>" },
		{ "<a", "<a" },
		{ "<s:", "<s:" },
		{ "a < b", "a < b" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		table_text(row[i].xml, "page",
		    arena_strdup(a, html_of_xml(span_of(row[i].xml), a)),
		    row[i].html);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_charset),
	cmocka_unit_test(test_xml),
};

TABLE_MAIN(tests)
