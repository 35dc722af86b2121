/*
 * Authentication-Results: what we write for any values, and which of those
 * that come in are taken for forged copies of ours.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/authres.h"

struct property {
	const char *ptype, *name;
	struct span value;
};

static void
test_values(void **state)
{
	static const struct {
		const char *label;
		struct span value;
		const char *want;
	} row[] = {
		{ "domain", SPAN_INIT("example.org"), "example.org" },
		{ "address", SPAN_INIT("joe@example.org"), "joe@example.org" },
		{ "VERP address", SPAN_INIT("a+b=c@example.org"),
		    "a+b=c@example.org" },
		{ "i= without local part", SPAN_INIT("@example.org"),
		    "@example.org" },
		{ "empty", SPAN_INIT(""), "\"\"" },
		{ "not there", { NULL, 0 }, "\"\"" },
		{ "IPv4", SPAN_INIT("192.0.2.1"), "192.0.2.1" },
		{ "IPv6 has colons", SPAN_INIT("2001:db8::1"),
		    "\"2001:db8::1\"" },
		{ "b= with slash", SPAN_INIT("ab/d+fgh"), "\"ab/d+fgh\"" },
		{ "b= plain", SPAN_INIT("abcd+fgh"), "abcd+fgh" },
		{ "space", SPAN_INIT("a b"), "\"a b\"" },
		{ "quote and backslash", SPAN_INIT("a\"b\\c"),
		    "\"a\\\"b\\\\c\"" },
		{ "quoted local part", SPAN_INIT("\"a b\"@example.org"),
		    "\"\\\"a b\\\"@example.org\"" },
		{ "semicolon can't end the result",
		    SPAN_INIT("x; dkim=pass header.d=victim.example"),
		    "\"x; dkim=pass header.d=victim.example\"" },
		{ "comment in a domain", SPAN_INIT("a@x.example(.victim.org"),
		    "\"a@x.example(.victim.org\"" },
		{ "apostrophe in a domain", SPAN_INIT("a@x.example'.org"),
		    "\"a@x.example'.org\"" },
		{ "CR LF", SPAN_INIT("a\r\nX-Spam-Flag: NO"),
		    "\"a?X-Spam-Flag: NO\"" },
		{ "NUL", SPAN_INIT("attack.example\0.victim.org"),
		    "\"attack.example?.victim.org\"" },
		{ "NUL in a local part", SPAN_INIT("a\0b@example.org"),
		    "\"a?b@example.org\"" },
		{ "DEL", SPAN_INIT("a\x7f"), "\"a?\"" },
		{ "Latin-1",
		    SPAN_INIT("b\xFC"
			      "cher"),
		    "\"b?cher\"" },
		{ "local part with two dots", SPAN_INIT("a..b@example.org"),
		    "\"a..b@example.org\"" },
		{ "U-labels",
		    SPAN_INIT("joe@b\xC3\xBC"
			      "cher.example"),
		    "joe@xn--bcher-kva.example" },
		{ "U-labels alone",
		    SPAN_INIT("b\xC3\xBC"
			      "cher.example"),
		    "xn--bcher-kva.example" },
		{ "local part that is not ASCII",
		    SPAN_INIT("j\xC3\xB6rg@example.org"), "example.org" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct authres ar;
		struct span value;
		char want[256];

		if (!table_wants(row[i].label)) {
			arena_free(&a);
			continue;
		}
		authres_init(&ar, a, SPAN("mx.example"));
		authres_method(&ar, "spf", "pass");
		authres_property(&ar, "smtp", "mailfrom", row[i].value);
		value = authres_finish(&ar);
		(void)snprintf(want, sizeof(want),
		    "mx.example;\n\tspf=pass smtp.mailfrom=%s", row[i].want);
		table_text(row[i].label, "value", value.p, want);
		arena_free(&a);
	}
	table_end();
}

static void
test_whole(void **state)
{
	static const char want[] =
	    "mx.example;\n"
	    "\tspf=pass smtp.mailfrom=example.org;\n"
	    "\tdkim=fail reason=\"body hash did not verify\" "
	    "header.d=example.org\n"
	    "\theader.s=a-selector header.a=rsa-sha256 header.b=abcdefgh;\n"
	    "\tiprev=pass policy.iprev=192.0.2.1";
	struct arena *a = arena_new();
	struct authres ar;

	(void)state;
	authres_init(&ar, a, SPAN("mx.example"));
	authres_method(&ar, "spf", "pass");
	authres_property(&ar, "smtp", "mailfrom", SPAN("example.org"));
	authres_method(&ar, "dkim", "fail");
	authres_reason(&ar, SPAN("body hash did not verify"));
	authres_property(&ar, "header", "d", SPAN("example.org"));
	authres_property(&ar, "header", "s", SPAN("a-selector"));
	authres_property(&ar, "header", "a", SPAN("rsa-sha256"));
	authres_property(&ar, "header", "b", SPAN("abcdefgh"));
	authres_method(&ar, "iprev", "pass");
	authres_property(&ar, "policy", "iprev", SPAN("192.0.2.1"));
	assert_string_equal(authres_finish(&ar).p, want);

	authres_init(&ar, a, SPAN("mx.example"));
	assert_string_equal(authres_finish(&ar).p, "mx.example; none");
	authres_init(&ar, a, SPAN("an odd id"));
	assert_string_equal(authres_finish(&ar).p, "\"an odd id\"; none");
	arena_free(&a);
}

/* Whatever is put in: bounded, whole results only, no line over 998. */
static void
test_bounds(void **state)
{
	static char big[100000];
	struct arena *a = arena_new();
	struct authres ar;
	struct span value, line;
	size_t lines = 0;

	(void)state;
	memset(big, '"', sizeof(big));
	authres_init(&ar, a, SPAN("mx.example"));
	for (size_t i = 0; i < 1000; i++) {
		authres_method(&ar, "dkim", "pass");
		authres_reason(&ar, span_make(big, sizeof(big)));
		authres_property(
		    &ar, "header", "d", span_make(big, sizeof(big)));
		authres_property(&ar, "header", "s", SPAN("last"));
	}
	value = authres_finish(&ar);
	assert_true(value.n <= AUTHRES_MAX);
	assert_true(span_ends(value, SPAN("header.s=last")));
	while (span_cut(&value, '\n', &line)) {
		assert_true(line.n <= 998);
		assert_true(lines++ == 0 || line.p[0] == '\t');
	}
	arena_free(&a);
}

static const struct span ours_id[] = { SPAN_INIT("mx.example"),
	SPAN_INIT("xn--bcher-kva.example") };
static const struct authres_ids ours = { ours_id, ARRAY_COUNT(ours_id) };

static void
test_claims(void **state)
{
	static const struct {
		const char *label;
		struct span value;
		bool want;
	} row[] = {
		{ "plain", SPAN_INIT(" mx.example; spf=pass"), true },
		{ "another server", SPAN_INIT(" other.example; spf=pass"),
		    false },
		{ "none", SPAN_INIT("mx.example; none"), true },
		{ "id alone", SPAN_INIT("mx.example"), true },
		{ "upper case", SPAN_INIT("MX.Example; spf=pass"), true },
		{ "trailing dot", SPAN_INIT("mx.example.; spf=pass"), true },
		{ "version 1", SPAN_INIT("mx.example 1; spf=pass"), true },
		{ "version 1, another server",
		    SPAN_INIT("other.example 1; spf=pass"), false },
		{ "unknown version", SPAN_INIT("other.example 2; spf=pass"),
		    true },
		{ "folded", SPAN_INIT("\r\n mx.example;\r\n spf=pass"), true },
		{ "folded with LF", SPAN_INIT("\n\tmx.example\n\t; spf=pass"),
		    true },
		{ "comment before",
		    SPAN_INIT("(a comment) mx.example; spf=pass"), true },
		{ "nested comments",
		    SPAN_INIT("(a (b (c) ; ) d)\r\n mx.example(x) 1 (y);"),
		    true },
		{ "quoted pair in a comment",
		    SPAN_INIT("(\\)) mx.example; spf=pass"), true },
		{ "comment that ends early for a simple reader",
		    SPAN_INIT("(\\) mx.example;) other.example; spf=pass"),
		    true },
		{ "comment of another server",
		    SPAN_INIT("(x) other.example (y); spf=pass"), false },
		{ "unterminated comment", SPAN_INIT("( mx.example; spf=pass"),
		    true },
		{ "unterminated comment, another server",
		    SPAN_INIT("( other.example; spf=pass"), false },
		{ "quoted", SPAN_INIT("\"mx.example\"; spf=pass"), true },
		{ "quoted pairs", SPAN_INIT("\"m\\x.ex\\ample\"; spf=pass"),
		    true },
		{ "quoted with space", SPAN_INIT("\" mx.example \"; spf=pass"),
		    true },
		{ "quoted with fold",
		    SPAN_INIT("\"mx.\r\n example\"; spf=pass"), true },
		{ "unterminated quote", SPAN_INIT("\"mx.example; spf=pass"),
		    true },
		{ "quoted, another server",
		    SPAN_INIT("\"other.example\"; spf=pass"), false },
		{ "NUL before", SPAN_INIT("\0mx.example; spf=pass"), true },
		{ "NUL inside", SPAN_INIT("mx.exa\0mple; spf=pass"), true },
		{ "NUL behind", SPAN_INIT("mx.example\0; spf=pass"), true },
		{ "bare CR inside", SPAN_INIT("mx.exa\rmple; spf=pass"), true },
		{ "fold inside", SPAN_INIT("mx.\r\n example; spf=pass"), true },
		{ "comment inside", SPAN_INIT("mx.(x)example; spf=pass"),
		    true },
		{ "zero-width space inside",
		    SPAN_INIT("mx.ex\xE2\x80\x8B"
			      "ample; spf=pass"),
		    true },
		{ "garbage before", SPAN_INIT("x mx.example; spf=pass"), true },
		{ "semicolon before", SPAN_INIT("; mx.example; spf=pass"),
		    true },
		{ "equals sign before", SPAN_INIT("=mx.example; spf=pass"),
		    true },
		{ "version by slash", SPAN_INIT("mx.example/1; spf=pass"),
		    true },
		{ "encoded word", SPAN_INIT("=?utf-8?q?mx.example?=; spf=pass"),
		    true },
		{ "comma for semicolon", SPAN_INIT("mx.example, spf=pass"),
		    true },
		{ "no id at all", SPAN_INIT("spf=pass smtp.mailfrom=x.org"),
		    true },
		{ "no id, several results",
		    SPAN_INIT(" dkim=pass header.d=x.org;\r\n\tdmarc=pass"),
		    true },
		{ "no id, a comment before",
		    SPAN_INIT("(x) dmarc=pass header.from=x.org"), true },
		{ "no id, white space around =",
		    SPAN_INIT("dmarc (y)\r\n = pass"), true },
		{ "no id, a version of the method", SPAN_INIT("dmarc/1=pass"),
		    true },
		{ "no id, a version with white space",
		    SPAN_INIT("dmarc / 1 (x) =pass"), true },
		{ "no id, a number for a version", SPAN_INIT("dmarc 1=pass"),
		    true },
		{ "an empty id", SPAN_INIT("; dmarc=pass"), true },
		{ "an empty id behind a comment",
		    SPAN_INIT(" (x) ; dmarc=pass"), true },
		{ "an empty quoted id", SPAN_INIT("\"\"; dmarc=pass"), true },
		{ "a quoted blank for an id", SPAN_INIT("\" \"; dmarc=pass"),
		    true },
		{ "a version without an id", SPAN_INIT("1; dmarc=pass"), true },
		{ "nothing before =", SPAN_INIT("=dmarc=pass"), true },
		{ "a result in quotes", SPAN_INIT("\"dmarc\"=pass"), true },
		{ "an id of digits and letters", SPAN_INIT("4u.example; none"),
		    false },
		{ "another server with a path",
		    SPAN_INIT("other.example/1; dmarc=pass"), false },
		{ "no id, but our name", SPAN_INIT("spf=pass (mx.example: ok)"),
		    true },
		{ "our name in another's properties",
		    SPAN_INIT("other.example; spf=pass "
			      "smtp.mailfrom=a@mx.example"),
		    false },
		{ "name that ends like ours", SPAN_INIT("fmx.example; none"),
		    false },
		{ "name that begins like ours",
		    SPAN_INIT("mx.example.org; none"), false },
		{ "sub-domain", SPAN_INIT("a.mx.example; none"), false },
		{ "second id", SPAN_INIT("xn--bcher-kva.example; none"), true },
		{ "second id in U-labels",
		    SPAN_INIT("B\xC3\x9C"
			      "cher.example; none"),
		    true },
		{ "garbage before U-labels",
		    SPAN_INIT("x b\xC3\xBC"
			      "cher.example; none"),
		    true },
		{ "fullwidth letters", SPAN_INIT("\xEF\xBD\x8Dx.example; none"),
		    true },
		{ "other U-labels",
		    SPAN_INIT("k\xC3\xBC"
			      "che.example; none"),
		    false },
		{ "empty", SPAN_INIT(""), false },
		{ "not there", { NULL, 0 }, false },
		{ "white space", SPAN_INIT(" \r\n "), false },
		{ "backslash at the end of a comment",
		    SPAN_INIT("(mx.example\\"), true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_number(row[i].label, "claims",
			    authres_claims(row[i].value, &ours), row[i].want);
	table_end();
}

static void
test_claims_large(void **state)
{
	static const char tail[] = "mx.example; spf=pass";
	static char text[1 << 20];
	struct span s = span_make(text, sizeof(text));

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text + sizeof(text) - strlen(tail), tail, strlen(tail));
	assert_true(authres_claims(s, &ours));
	memset(text, '(', sizeof(text) / 2);
	assert_true(authres_claims(s, &ours));
	assert_false(authres_claims(span_slice(s, 0, s.n / 2), &ours));
	memset(text, 'm', sizeof(text) / 2);
	assert_true(authres_claims(s, &ours));
	memset(text, '\xFF', sizeof(text) / 2);
	assert_true(authres_claims(s, &ours));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_values),
	cmocka_unit_test(test_whole),
	cmocka_unit_test(test_bounds),
	cmocka_unit_test(test_claims),
	cmocka_unit_test(test_claims_large),
};

TABLE_MAIN(tests)
