/*
 * Links: where a URL leads however it is written, and which URLs a text holds.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/html/link.h"

static char *
show_flags(unsigned flags, struct arena *a)
{
	char *text = arena_strdup(a, SPAN(""));

	for (size_t i = 0; i < LINK_FLAG_COUNT; i++)
		if ((flags & 1U << i) != 0)
			text = arena_printf(a, "%s%s%s", text,
			    text[0] ? " " : "", link_flag_names[i] + 4);
	return text;
}

static void
test_parse(void **state)
{
	static const struct {
		const char *label, *url, *scheme, *host, *flags;
	} row[] = {
		{ "plain", "http://a.example/b", "http", "a.example", "" },
		{ "capitals", "HTTPS://A.Example", "https", "a.example", "" },
		{ "port", "http://a.example:8080/", "http", "a.example",
		    "port" },
		{ "port of the scheme", "https://a.example:443/", "https",
		    "a.example", "" },
		{ "user information", "http://good.example@evil.example/",
		    "http", "evil.example", "userinfo" },
		{ "two at signs", "http://a@b@evil.example/", "http",
		    "evil.example", "userinfo" },
		{ "at sign in the path", "http://a.example/x@b.example", "http",
		    "a.example", "" },
		{ "user and password", "http://u:p@evil.example:80/", "http",
		    "evil.example", "userinfo" },
		{ "backslashes", "http:\\\\a.example\\b", "http", "a.example",
		    "backslash" },
		{ "backslash ends the host",
		    "http://evil.example\\@good.example/", "http",
		    "evil.example", "backslash" },
		{ "one slash", "http:/a.example/", "http", "a.example", "" },
		{ "no slash", "http:a.example/", "http", "a.example", "" },
		{ "many slashes", "http:////a.example/", "http", "a.example",
		    "" },
		{ "query at once", "http://a.example?x=http://b.example",
		    "http", "a.example", "" },
		{ "relative to the scheme", "//a.example/x", "http",
		    "a.example", "" },
		{ "www", "www.a.example/x", "http", "www.a.example", "" },
		{ "escaped host", "http://%61.ex%61mple/", "http", "a.example",
		    "escaped-host" },
		{ "trailing dot", "http://a.example./", "http", "a.example",
		    "" },
		{ "IPv4", "http://192.0.2.1/", "http", "192.0.2.1", "ip" },
		{ "IPv4 as one number", "http://3221225985/", "http",
		    "192.0.2.1", "ip ip-odd" },
		{ "IPv4 in hexadecimal", "http://0xC0.0x00.0x02.0x01/", "http",
		    "192.0.2.1", "ip ip-odd" },
		{ "IPv4 in octal", "http://0300.0.02.01/", "http", "192.0.2.1",
		    "ip ip-odd" },
		{ "IPv4 of two numbers", "http://192.513/", "http", "192.0.2.1",
		    "ip ip-odd" },
		{ "IPv6", "http://[2001:db8::1]:80/", "http", "2001:db8::1",
		    "ip" },
		{ "no IPv4", "http://1.2.3.4.5/", "http", "1.2.3.4.5", "" },
		{ "U-labels", "http://b\xc3\xbc\x63her.example/", "http",
		    "xn--bcher-kva.example", "idn" },
		{ "A-labels", "http://xn--bcher-kva.example/", "http",
		    "xn--bcher-kva.example", "idn" },
		{ "ideographic full stop",
		    "http://a\xe3\x80\x82"
		    "example/",
		    "http", "a.example", "" },
		{ "zero-width space", "http://a.exa\xe2\x80\x8bmple/", "http",
		    "a.example", "invisible" },
		{ "no host", "http:///", "http", "", "bad-host" },
		{ "mailto", "mailto:a@b.example", "mailto", "", "" },
		{ "relative", "a/b", NULL, NULL, NULL },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct link l;
		bool read;

		if (!table_wants(row[i].label))
			continue;
		read = link_parse(span_of(row[i].url), a, &l);
		table_number(row[i].label, "read", read, row[i].scheme != NULL);
		if (!read || row[i].scheme == NULL)
			continue;
		table_text(row[i].label, "scheme", arena_strdup(a, l.scheme),
		    row[i].scheme);
		table_text(
		    row[i].label, "host", arena_strdup(a, l.host), row[i].host);
		table_text(row[i].label, "flags", show_flags(l.flags, a),
		    row[i].flags);
	}
	arena_free(&a);
	table_end();
}

static char *
show_set(const struct link_set *set)
{
	char *text = arena_strdup(set->arena, SPAN(""));

	for (size_t i = 0; i < set->count; i++)
		text = arena_printf(set->arena, "%s%s%s %.*s", text,
		    i > 0 ? "|" : "", link_kind_names[set->link[i].kind],
		    SPAN_FMT(set->link[i].url));
	return text;
}

/* What a list of all of them would say. */
static bool
is_tld(struct span label)
{
	return span_is(label, "pages") || span_is(label, "zip");
}

static void
test_find(void **state)
{
	static const struct {
		const char *label, *text, *want;
	} row[] = {
		{ "none", "no links here. Nor (here).", "" },
		{ "one", "see http://a.example/x.", "text http://a.example/x" },
		{ "in brackets", "(http://a.example/x) <http://b.example>",
		    "text http://a.example/x|text http://b.example" },
		{ "bracket that belongs to it", "http://a.example/x_(y)",
		    "text http://a.example/x_(y)" },
		{ "www", "at www.a.example, now", "text www.a.example" },
		{ "bare", "visit a.example/x now", "bare a.example/x" },
		{ "mail address is none", "write to joe@a.example", "" },
		{ "file name is none", "see report.pdf and a.b", "" },
		{ "glued to a word", "click:http://a.example",
		    "text http://a.example" },
		{ "twice", "http://a.example http://a.example",
		    "text http://a.example" },
		{ "redirect", "http://r.example/?a=1&u=http%3A%2F%2Fe.example",
		    "text http://r.example/?a=1&u=http%3A%2F%2Fe.example|"
		    "redirect http://e.example" },
		{ "redirect escaped twice",
		    "http://r.example/?u=http%253A%252F%252Fe.example",
		    "text http://r.example/?u=http%253A%252F%252Fe.example|"
		    "redirect http://e.example" },
		{ "redirect in base64",
		    "http://r.example/?u=aHR0cDovL2UuZXhhbXBsZS8=",
		    "text http://r.example/?u=aHR0cDovL2UuZXhhbXBsZS8=|"
		    "redirect http://e.example/" },
		{ "redirect in base64, in capitals",
		    "http://r.example/?u=SFRUUFM6Ly9lLmV4YW1wbGUv",
		    "text http://r.example/?u=SFRUUFM6Ly9lLmV4YW1wbGUv|"
		    "redirect HTTPS://e.example/" },
		{ "redirect in base64 behind one octet",
		    "http://r.example/?u=eGh0dHA6Ly9lLmV4YW1wbGUv",
		    "text http://r.example/?u=eGh0dHA6Ly9lLmV4YW1wbGUv|"
		    "redirect http://e.example/" },
		{ "redirect in base64 behind two",
		    "http://r.example/?u=eyJodHRwczovL2UuZXhhbXBsZS8",
		    "text http://r.example/?u=eyJodHRwczovL2UuZXhhbXBsZS8|"
		    "redirect https://e.example/" },
		{ "redirect in base64 twice",
		    "http://r.example/?u=YUhSMGNEb3ZMMlV1WlhoaGJYQnNaUzg9",
		    "text http://r.example/?u=YUhSMGNEb3ZMMlV1WlhoaGJYQnNaUzg9|"
		    "redirect http://e.example/" },
		{ "redirect in base64 behind a letter and a digit",
		    "http://r.example/?u=a1aHR0cDovL2UuZXhhbXBsZS8",
		    "text http://r.example/?u=a1aHR0cDovL2UuZXhhbXBsZS8|"
		    "redirect http://e.example/" },
		{ "base64 of no URL", "http://r.example/?u=SFRUUhoHRwOx",
		    "text http://r.example/?u=SFRUUhoHRwOx" },
		{ "dash behind the host", "at http://a.example- now",
		    "text http://a.example|text http://a.example-" },
		{ "redirect without a scheme",
		    "http://r.example/?a=x.html/&to=e.example%2Fy",
		    "text http://r.example/?a=x.html/&to=e.example%2Fy|"
		    "redirect https://e.example/y" },
		{ "a file is no redirect", "http://r.example/?u=a.html&url=b",
		    "text http://r.example/?u=a.html&url=b" },
		{ "page through a cache",
		    "http://www.google.com/amp/s/e.example/x",
		    "text http://www.google.com/amp/s/e.example/x|"
		    "redirect https://e.example/x" },
		{ "page through a translator",
		    "http://a--b-example.translate.goog/x",
		    "text http://a--b-example.translate.goog/x|"
		    "redirect https://a-b.example" },
		{ "page of a cache",
		    "http://e-example.cdn.ampproject.org/c/s/e.example/x",
		    "text http://e-example.cdn.ampproject.org/c/s/e.example/x|"
		    "redirect https://e.example/x" },
		{ "a version is no host", "http://a.example/?q=1.2/3",
		    "text http://a.example/?q=1.2/3" },
		{ "redirect to a name alone",
		    "http://a.example/?url=bank.pages&x=1",
		    "text http://a.example/?url=bank.pages&x=1|"
		    "redirect https://bank.pages" },
		{ "a file is no host", "http://a.example/?url=bank.zip",
		    "text http://a.example/?url=bank.zip" },
		{ "redirect in the escapes of scripts",
		    "http://r.example/?u=https%u003a%u002f%u002fe.example",
		    "text http://r.example/?u=https%u003a%u002f%u002fe.example|"
		    "redirect https://e.example" },
		{ "redirect in the path", "http://r.example/http://e.example/",
		    "text http://r.example/http://e.example/|"
		    "redirect http://e.example/" },
		{ "in brackets of a forum",
		    "[url=http://a.example/x]y[/url] [http://b.example/[z]x]",
		    "text http://a.example/x|text http://b.example/[z]x" },
		{ "any top-level domain that there is",
		    "see bank.pages and bank.txt, 12.50, 1.5, a.b, bank.Pages.",
		    "bare bank.pages|bare bank.Pages" },
		{ "Chinese punctuation ends it",
		    "\xe8\xa7\x81http://a.example/\xef\xbc\x8cx",
		    "text http://a.example/" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct link_set set;

		if (!table_wants(row[i].label))
			continue;
		link_set_init(&set, 500, a);
		set.is_tld = is_tld;
		link_set_find(&set, span_of(row[i].text));
		table_text(row[i].label, "links", show_set(&set), row[i].want);
	}
	arena_free(&a);
	table_end();
}

static void
test_html(void **state)
{
	static const struct {
		const char *label, *href, *text, *base, *url, *text_host;
	} row[] = {
		{ "calendar that is subscribed to", "webcal://a.example/", "y",
		    "", "webcal://a.example/", "" },
		{ "a program of a telephone", "intent://a.example/#Intent;end",
		    "y", "", "intent://a.example/#Intent;end", "" },
		{ "a search of a share",
		    "search-ms:query=a&crumb=location:\\\\a.example\\x", "y",
		    "", "\\\\a.example\\x", "" },
		{ "absolute", "http://a.example/", "click", "",
		    "http://a.example/", "" },
		{ "text is another host", "http://a.example/",
		    "www.bank.example", "", "http://a.example/",
		    "www.bank.example" },
		{ "text is a bare host", "http://a.example/", "Bank.Example.",
		    "", "http://a.example/", "bank.example" },
		{ "text is a URL", "http://a.example/",
		    "https://bank.example/login now", "", "http://a.example/",
		    "bank.example" },
		{ "a URL within the text", "http://a.example/",
		    "Visit (www.bank.example) today", "", "http://a.example/",
		    "www.bank.example" },
		{ "a name that ends like a host", "http://a.example/",
		    "ASP.Net in a nutshell", "", "http://a.example/", "" },
		{ "such a name within the text", "http://a.example/",
		    "all about node.js and asp.net", "", "http://a.example/",
		    "" },
		{ "a host at the start of a sentence", "http://a.example/",
		    "bank.example login", "", "http://a.example/",
		    "bank.example" },
		{ "a URL behind many words", "http://a.example/",
		    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 "
		    "http://bank.example",
		    "", "http://a.example/", "bank.example" },
		{ "relative without base", "x", "y", "", NULL, NULL },
		{ "relative with base", "x", "y", "http://b.example/c/d",
		    "http://b.example/c/x", "" },
		{ "absolute path with base", "/x", "y", "http://b.example/c/d",
		    "http://b.example/x", "" },
		{ "base without path", "x", "y", "http://b.example",
		    "http://b.example/x", "" },
		{ "mailto", "mailto:a@b.example", "y", "", NULL, NULL },
		{ "javascript", "javascript:x()", "y", "", "javascript:x()",
		    "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct link_set set;

		if (!table_wants(row[i].label))
			continue;
		link_set_init(&set, 500, a);
		link_set_add(&set, LINK_ANCHOR, span_of(row[i].href),
		    span_of(row[i].text), span_of(row[i].base));
		table_number(row[i].label, "links", (long long)set.count,
		    row[i].url != NULL);
		if (set.count == 0 || row[i].url == NULL)
			continue;
		table_text(row[i].label, "url",
		    arena_strdup(a, set.link[0].url), row[i].url);
		table_text(row[i].label, "text host",
		    arena_strdup(a, set.link[0].text_host), row[i].text_host);
	}
	arena_free(&a);
	table_end();
}

/* What is cut for its length is cut between characters. */
static void
test_long(void **state)
{
	struct arena *a = arena_new();
	struct buf url;

	(void)state;
	for (size_t skew = 0; skew < 4; skew++) {
		struct link_set set;

		buf_init(&url, 20000);
		assert_true(buf_addz(&url, "http://a.example/"));
		for (size_t i = 0; i < skew; i++)
			assert_true(buf_addc(&url, 'x'));
		while (url.n < 10000)
			assert_true(buf_addz(&url, "\xE2\x82\xAC"));
		link_set_init(&set, 10, a);
		link_set_find(&set, buf_span(&url));
		link_set_add(&set, LINK_ANCHOR, buf_span(&url), buf_span(&url),
		    SPAN(""));
		assert_true(set.count > 0);
		for (size_t i = 0; i < set.count; i++)
			if (!utf8_valid(set.link[i].url))
				table_fail(
				    "long", "skew %zu: link %zu", skew, i);
		buf_free(&url);
	}
	arena_free(&a);
	table_end();
}

static void
test_many(void **state)
{
	static const char *const piece[] = { "http://a.example ",
		"http://a.example?x=http://a.example?x=", "a.com ", ".com",
		"http:", "http://", "%", "=", "/http:" };
	struct arena *a = arena_new();
	struct link_set set;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < ARRAY_COUNT(piece); i++) {
		buf_clear(&text);
		while (text.n < 500000)
			(void)buf_addz(&text, piece[i]);
		link_set_init(&set, 500, a);
		link_set_find(&set, buf_span(&text));
		assert_true(set.count <= 500);
		link_set_add(
		    &set, LINK_ANCHOR, buf_span(&text), SPAN(""), SPAN(""));
	}
	buf_clear(&text);
	for (int i = 0; i < 1000; i++)
		(void)buf_printf(&text, "http://a%d.example ", i);
	link_set_init(&set, 500, a);
	link_set_find(&set, buf_span(&text));
	assert_int_equal(set.count, 500);
	assert_true(set.over);
	buf_free(&text);
	assert_true(arena_used(a) < (size_t)64 << 20);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_parse),
	cmocka_unit_test(test_find),
	cmocka_unit_test(test_html),
	cmocka_unit_test(test_long),
	cmocka_unit_test(test_many),
};

TABLE_MAIN(tests)
