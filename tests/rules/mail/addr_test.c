/*
 * Domain names in their one form, and the paths of the envelope.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/addr.h"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_domain_to_ascii(void **state)
{
	/* want NULL: refused. */
	static const struct {
		const char *label;
		struct span in;
		const char *want;
	} row[] = {
		{ "plain", SPAN_INIT("example.com"), "example.com" },
		{ "lower case", SPAN_INIT("ExAmple.COM"), "example.com" },
		{ "trailing dot", SPAN_INIT("example.com."), "example.com" },
		{ "two trailing dots", SPAN_INIT("example.com.."), NULL },
		{ "leading dot", SPAN_INIT(".example.com"), NULL },
		{ "empty label", SPAN_INIT("a..example"), NULL },
		{ "empty", SPAN_INIT(""), NULL },
		{ "root", SPAN_INIT("."), NULL },
		{ "one label", SPAN_INIT("localhost"), "localhost" },
		{ "underscore", SPAN_INIT("_dmarc.a_b.example"),
		    "_dmarc.a_b.example" },
		{ "label of 63", SPAN_INIT(A63 ".example"), A63 ".example" },
		{ "label of 64", SPAN_INIT(A63 "a.example"), NULL },
		{ "255 octets", SPAN_INIT(A63 "." A63 "." A63 "." A63), NULL },
		{ "u-label",
		    SPAN_INIT("b\xc3\xbc"
			      "cher.example"),
		    "xn--bcher-kva.example" },
		{ "upper-case u-label",
		    SPAN_INIT("B\xc3\x9c"
			      "CHER.example"),
		    "xn--bcher-kva.example" },
		{ "sharp s is kept (non-transitional)",
		    SPAN_INIT("fa\xc3\x9f.example"), "xn--fa-hia.example" },
		{ "a-label", SPAN_INIT("XN--bcher-kva.example"),
		    "xn--bcher-kva.example" },
		{ "ideographic full stop",
		    SPAN_INIT("a\xe3\x80\x82"
			      "example"),
		    "a.example" },
		{ "fullwidth full stop",
		    SPAN_INIT("a\xef\xbc\x8e"
			      "example"),
		    "a.example" },
		{ "halfwidth full stop, empty label",
		    SPAN_INIT("a\xef\xbd\xa1.example"), NULL },
		{ "fullwidth letters", SPAN_INIT("\xef\xbd\x85xample.com"),
		    "example.com" },
		{ "zero width space", SPAN_INIT("exam\xe2\x80\x8bple.com"),
		    NULL },
		{ "soft hyphen", SPAN_INIT("exam\xc2\xadple.com"), NULL },
		{ "joiner where none belongs",
		    SPAN_INIT("exam\xe2\x80\x8cple.com"), NULL },
		{ "maps to a slash", SPAN_INIT("\xe2\x84\x80.com"), NULL },
		{ "fullwidth at sign",
		    SPAN_INIT("a\xef\xbc\xa0"
			      "b.com"),
		    NULL },
		{ "not UTF-8",
		    SPAN_INIT("b\xfc"
			      "cher.example"),
		    NULL },
		{ "NUL", SPAN_INIT("example.com\0.attack.example"), NULL },
		{ "tab", SPAN_INIT("example.com\t"), NULL },
		{ "space", SPAN_INIT("example .com"), NULL },
		{ "quote", SPAN_INIT("a\".example"), NULL },
		{ "apostrophe", SPAN_INIT("a'.example"), NULL },
		{ "parenthesis", SPAN_INIT("a(.example"), NULL },
		{ "semicolon", SPAN_INIT("a;b.example"), NULL },
		{ "at sign", SPAN_INIT("a@b.example"), NULL },
		{ "IPv4", SPAN_INIT("192.0.2.1"), NULL },
		{ "literal", SPAN_INIT("[192.0.2.1]"), NULL },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span out;
		const char *why = NULL;
		bool ok;

		if (!table_wants(row[i].label))
			continue;
		ok = domain_to_ascii(row[i].in, a, &out, &why);
		table_text(row[i].label, "name",
		    ok ? arena_strdup(a, out) : NULL, row[i].want);
		if (ok != (why == NULL))
			table_fail(row[i].label, "why: %s", why ? why : "none");
	}
	arena_free(&a);
	table_end();
}

static void
test_long_u_label_is_quick(void **state)
{
	struct arena *a = arena_new();
	char *big = arena_alloc(a, 1 << 20);
	struct span out;
	const char *why;

	(void)state;
	memset(big, 0xc3, 1 << 20);
	assert_false(domain_to_ascii(span_make(big, 1 << 20), a, &out, &why));
	arena_free(&a);
}

static void
test_labels(void **state)
{
	(void)state;
	assert_true(domain_is_sub(SPAN("example.com"), SPAN("example.com")));
	assert_true(domain_is_sub(SPAN("a.Example.com"), SPAN("example.COM")));
	assert_false(domain_is_sub(SPAN("aexample.com"), SPAN("example.com")));
	assert_false(domain_is_sub(SPAN("com"), SPAN("example.com")));
	assert_false(domain_is_sub(SPAN("com"), SPAN("")));
	assert_int_equal(domain_labels(SPAN("")), 0);
	assert_int_equal(domain_labels(SPAN("com")), 1);
	assert_int_equal(domain_labels(SPAN("a.b.com")), 3);
	assert_true(span_is(domain_parent(SPAN("a.b.com")), "b.com"));
	assert_true(span_is(domain_parent(SPAN("com")), ""));
	assert_true(span_is(domain_suffix(SPAN("a.b.c.d"), 2), "c.d"));
	assert_true(span_is(domain_suffix(SPAN("a.b"), 5), "a.b"));
	assert_true(span_is(domain_suffix(SPAN("a.b"), 0), ""));
	assert_true(domain_is_host(SPAN("a-b.example")));
	assert_false(domain_is_host(SPAN("a_b.example")));
	assert_false(domain_is_host(SPAN("-a.example")));
	assert_false(domain_is_host(SPAN("a-.example")));
}

static void
test_envelope(void **state)
{
	static const struct {
		const char *label, *in;
		bool valid;
		const char *raw, *local, *domain;
	} row[] = {
		{ "brackets", "<joe@Example.org>", true, "joe@Example.org",
		    "joe", "example.org" },
		{ "no brackets", "joe@example.org", true, "joe@example.org",
		    "joe", "example.org" },
		{ "null", "<>", true, "", "", "" },
		{ "null without brackets", "", true, "", "", "" },
		{ "spaces around", " <joe@example.org> ", true,
		    "joe@example.org", "joe", "example.org" },
		{ "postmaster alone", "<Postmaster>", true, "Postmaster",
		    "Postmaster", "" },
		{ "source route (A7)",
		    "<@victim.example,@x:any@attack.example>", true,
		    "any@attack.example", "any", "attack.example" },
		{ "route without address", "<@victim.example>", false,
		    "@victim.example", "", "" },
		{ "route, empty rest", "<@victim.example:>", false, "", "",
		    "" },
		{ "malformed (A2)", "<(any@victim.example>", false,
		    "(any@victim.example", "", "" },
		{ "bracket missing", "<joe@example.org", false,
		    "<joe@example.org", "", "" },
		{ "bracket too many", "joe@example.org>", false,
		    "joe@example.org>", "", "" },
		{ "two at signs", "<a@b.example@c.example>", false,
		    "a@b.example@c.example", "", "" },
		{ "empty local part", "<@example.org>", false, "@example.org",
		    "", "" },
		{ "empty domain", "<joe@>", false, "joe@", "", "" },
		{ "quoted", "<\"joe\"@example.org>", true,
		    "\"joe\"@example.org", "joe", "example.org" },
		{ "quoted and escaped", "<\"j\\oe\"@example.org>", true,
		    "\"j\\oe\"@example.org", "joe", "example.org" },
		{ "quotes that are needed", "<\"j o@e\"@example.org>", true,
		    "\"j o@e\"@example.org", "\"j o@e\"", "example.org" },
		{ "quote without end", "<\"joe@example.org>", false,
		    "\"joe@example.org", "", "" },
		{ "escape at the end", "<\"joe\\", false, "<\"joe\\", "", "" },
		{ "dots where none belong", "<.j..o.@example.org>", true,
		    ".j..o.@example.org", ".j..o.", "example.org" },
		{ "BATV", "<prvs=01a2=joe@example.org>", true,
		    "prvs=01a2=joe@example.org", "prvs=01a2=joe",
		    "example.org" },
		{ "SRS", "<SRS0=a+b=Cd=x.example=joe@fwd.example>", true,
		    "SRS0=a+b=Cd=x.example=joe@fwd.example",
		    "SRS0=a+b=Cd=x.example=joe", "fwd.example" },
		{ "literal", "<joe@[192.0.2.1]>", true, "joe@[192.0.2.1]",
		    "joe", "" },
		{ "broken literal", "<joe@[192.0.2]>", false, "joe@[192.0.2]",
		    "", "" },
		{ "u-labels", "<j\xc3\xb6@b\xc3\xbc.example>", true,
		    "j\xc3\xb6@b\xc3\xbc.example", "j\xc3\xb6",
		    "xn--b-eha.example" },
		{ "trailing dot", "<joe@example.org.>", true,
		    "joe@example.org.", "joe", "example.org" },
		{ "injection (A5)", "<joe@a.example\"; x=>", false,
		    "joe@a.example\"; x=", "", "" },
		{ "parenthesis in domain (A6)", "<joe@a.example(.b.example>",
		    false, "joe@a.example(.b.example", "", "" },
		{ "space in local part", "<joe doe@example.org>", false,
		    "joe doe@example.org", "", "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct envelope_path p;

		if (!table_wants(label))
			continue;
		envelope_parse(span_of(row[i].in), a, &p);
		table_number(label, "valid", p.valid, row[i].valid);
		table_text(label, "raw", arena_strdup(a, p.raw), row[i].raw);
		table_text(
		    label, "local", arena_strdup(a, p.local), row[i].local);
		table_text(
		    label, "domain", arena_strdup(a, p.domain), row[i].domain);
	}
	arena_free(&a);
	table_end();
}

static void
test_literals(void **state)
{
	struct ip ip;

	(void)state;
	assert_true(domain_literal(SPAN("[192.0.2.1]"), &ip));
	assert_true(domain_literal(SPAN("[IPv6:2001:db8::1]"), &ip));
	assert_int_equal(ip.family, 6);
	assert_false(domain_literal(SPAN("[2001:db8::1]"), &ip));
	assert_false(domain_literal(SPAN("[]"), &ip));
	assert_false(domain_literal(SPAN("["), &ip));
	assert_false(domain_literal(SPAN("example.org"), &ip));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_domain_to_ascii),
	cmocka_unit_test(test_long_u_label_is_quick),
	cmocka_unit_test(test_labels),
	cmocka_unit_test(test_envelope),
	cmocka_unit_test(test_literals),
};

TABLE_MAIN(tests)
