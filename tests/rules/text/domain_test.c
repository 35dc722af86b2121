/*
 * Domain names in their one form, and their labels.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/text/domain.h"

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
	cmocka_unit_test(test_literals),
};

TABLE_MAIN(tests)
