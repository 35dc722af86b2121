/*
 * Scripts: where they lead, what they write, and how much of a hostile one is
 * worked out.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/html/html_script.h"

struct seen {
	struct arena *arena;
	const char *text;
};

static void
seen_url(void *ctx, struct span url)
{
	struct seen *s = ctx;

	s->text = arena_printf(s->arena, "%s[%.*s]", s->text, SPAN_FMT(url));
}

static void
seen_page(void *ctx, struct span html)
{
	struct seen *s = ctx;

	s->text = arena_printf(s->arena, "%s{%.*s}", s->text, SPAN_FMT(html));
}

static const char *
read_script(struct span text, size_t *budget, struct arena *a)
{
	struct seen s = { a, "" };
	struct html_script script = { .arena = a,
		.budget = budget,
		.url = seen_url,
		.page = seen_page,
		.ctx = &s };

	html_script_read(&script, text);
	return arena_printf(a, "%s%s", s.text, script.built ? "?" : "");
}

static void
test_texts(void **state)
{
	static const struct {
		const char *label, *script, *want;
	} row[] = {
		{ "as it stands", "location='http://a/'", "[http://a/]" },
		{ "joined", "location.href='ht'+\"tp://\"+`a`", "[http://a]" },
		{ "in brackets", "location=('http:'+('//a'))", "[http://a]" },
		{ "by a name", "var x='http://a';location.replace(x)",
		    "[http://a]" },
		{ "by names that are joined",
		    "let x='http://';const y='a';location=x+y", "[http://a]" },
		{ "added to a name", "s='http:';s+='//a';location=s",
		    "[http://a][http://a]" },
		{ "base64", "location=atob('aHR0cDovL2E=')", "[http://a]" },
		{ "base64 by window", "location=window.atob('aHR0cDovL2E=')",
		    "[http://a]" },
		{ "percent", "location=unescape('http%3A%2f/%61')",
		    "[http://a]" },
		{ "percent and u", "location=unescape('http%u003a//a')",
		    "[http://a]" },
		{ "escapes", "location='\\x68ttp:\\/\\/\\u0061\\u{62}\\143'",
		    "[http://abc]" },
		{ "numbers",
		    "location=String.fromCharCode(104,0x74,116,112,58,47,47,"
		    "97)",
		    "[http://a]" },
		{ "numbers of a list",
		    "location=String.fromCharCode.apply(null,[104,116,116,112,"
		    "58,47,47,97])",
		    "[http://a]" },
		{ "numbers that are worked out are not read",
		    "location=String.fromCharCode(x^1,116)", "?" },
		{ "list", "location=['http:','a'].join('//')", "[http://a]" },
		{ "one of a list", "var x=['b','http://a'];location=x[1]",
		    "[http://a]" },
		{ "from behind",
		    "location='a//:ptth'.split('').reverse().join('')",
		    "[http://a]" },
		{ "replaced", "location='hxxp://a'.replace('xx','tt')",
		    "[http://a]" },
		{ "replaced by a pattern",
		    "location='h--t--tp://a'.replace(/--/g,'')", "[http://a]" },
		{ "template", "var x='a';location=`http://${x}/${'b'}`",
		    "[http://a/b]" },
		{ "the rest is not known", "location='http://a/?e='+mail",
		    "[http://a/?e=]" },
		{ "the host is not known", "location='http://'+host", "?" },
		{ "nothing is known", "location=next", "?" },
		{ "a function of its own", "location=f('http://a')", "?" },
		{ "nobody goes there", "var x='http://a'", "" },
		{ "put together, for whatever", "f('http'+'://a')",
		    "[http://a]" },
		{ "loaded", "fetch('http://a',{method:'POST'})", "[http://a]" },
		{ "second of what is handed over", "x.open('POST','http://a')",
		    "[http://a]" },
		{ "a property", "$.ajax({url:'http://a'})", "[http://a]" },
		{ "a name in brackets", "window['location']='http://a'",
		    "[http://a]" },
		{ "text that is replaced is nowhere to go",
		    "x.replace('http://a','b')", "" },
		{ "comments", "location/*'*/=//\"\n'http://a'", "[http://a]" },
		{ "a pattern is no quote", "if(/'/.test(x))location='http://a'",
		    "[http://a]" },
		{ "compared", "if(location=='http://a')x", "" },
		{ "written", "document.write('<a href=x>')", "{<a href=x>}" },
		{ "written from base64",
		    "document.write(atob('PGEgaHJlZj14Pg=='))",
		    "{<a href=x>}" },
		{ "set as a page", "x.innerHTML='<p>'+'y'", "{<p>y}" },
		{ "run", "eval(\"location='http://a'\")", "[http://a]" },
		{ "run from base64, twice",
		    "eval(atob('ZXZhbCgibG9jYXRpb249J2h0dHA6Ly9hJyIp'))",
		    "[http://a]" },
		{ "data", "location='data:text/html,x'", "[data:text/html,x]" },
		{ "quote that is not closed", "location='http://a",
		    "[http://a]" },
		{ "line that ends a quote", "x='a\nlocation='http://a'",
		    "[http://a]" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		size_t budget = 10000;

		if (table_wants(row[i].label))
			table_text(row[i].label, "found",
			    read_script(span_of(row[i].script), &budget, a),
			    row[i].want);
	}
	arena_free(&a);
	table_end();
}

/* So many times the piece. */
static struct span
many(const char *piece, size_t times, struct arena *a)
{
	struct buf b;
	struct span s;

	buf_init(&b, strlen(piece) * times);
	for (size_t i = 0; i < times; i++)
		(void)buf_addz(&b, piece);
	s = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return s;
}

/* Work that grows faster than the text would not end in time. */
static void
test_hostile(void **state)
{
	static const struct {
		const char *label, *piece;
		size_t times;
	} row[] = {
		{ "brackets", "(", 1000000 },
		{ "lists", "['a',", 200000 },
		{ "calls", "atob(", 200000 },
		{ "sums", "'a'+(", 200000 },
		{ "a text that doubles", "s=s+s;x='aaaaaaaaaaaaaaaa';s=x+s;",
		    30000 },
		{ "texts that are added to", "s='a';s+='b';", 50000 },
		{ "quotes", "'\"`", 300000 },
		{ "backslashes", "'\\'", 300000 },
		{ "templates", "`${", 300000 },
		{ "patterns", "(/", 300000 },
		{ "scripts in scripts", "eval(\"eval('", 100000 },
		{ "methods", "'a'.replace('a','aa').split('').join('b');",
		    20000 },
		{ "comments", "/*", 500000 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		size_t budget = 100000, before = arena_size(a);

		if (!table_wants(row[i].label))
			continue;
		(void)read_script(
		    many(row[i].piece, row[i].times, a), &budget, a);
		table_number(row[i].label, "within memory",
		    arena_size(a) - before <
			strlen(row[i].piece) * row[i].times * 4 + 2000000,
		    true);
	}
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_texts),
	cmocka_unit_test(test_hostile),
};

TABLE_MAIN(tests)
