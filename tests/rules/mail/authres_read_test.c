/*
 * What an Authentication-Results says, by the grammar of RFC 8601, as large
 * senders write it, and as somebody would who wants to be misread.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/mail/authres_read.h"

/* clang-format off */
static const struct {
	const char *label;
	struct span text;
	/* "SERVER method=result ptype.property=value ...", NULL: not read. */
	const char *want;
} row[] = {
	{ "nothing", SPAN_INIT(" mx.example; none"), "mx.example" },
	{ "no result at all", SPAN_INIT("mx.example"), "mx.example" },
	{ "one", SPAN_INIT("mx.example; dmarc=pass header.from=a.example"),
	    "mx.example dmarc=pass header.from=a.example" },
	{ "as Google writes it", SPAN_INIT(" mx.google.com;\r\n       dkim=pass header.i=@a.example"
	    " header.s=s1 header.b=\"aB/c+d\";\r\n       spf=pass (google.com: domain of b@a.example"
	    " designates 192.0.2.1 as permitted sender) smtp.mailfrom=b@a.example;\r\n"
	    "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=a.example"),
	    "mx.google.com dkim=pass header.i=@a.example header.s=s1 header.b=aB/c+d"
	    " spf=pass smtp.mailfrom=b@a.example dmarc=pass header.from=a.example" },
	{ "as Microsoft writes it", SPAN_INIT(" mx.microsoft.com 1; spf=pass (sender ip is 192.0.2.1)"
	    " smtp.rcpttodomain=b.example smtp.mailfrom=a.example; dmarc=pass (p=none sp=none pct=100)"
	    " action=none header.from=a.example; dkim=none (message not signed) header.d=none; arc=none"),
	    "mx.microsoft.com spf=pass smtp.rcpttodomain=b.example smtp.mailfrom=a.example"
	    " dmarc=pass header.from=a.example dkim=none header.d=none arc=none" },
	{ "version 1", SPAN_INIT("mx.example 1; spf=fail"), "mx.example spf=fail" },
	{ "another version", SPAN_INIT("mx.example 2; spf=fail"), NULL },
	{ "version of the method", SPAN_INIT("mx.example; dkim/1=pass"), "mx.example dkim=pass" },
	{ "reason", SPAN_INIT("mx.example; spf=fail reason=\"no; dmarc=pass\" smtp.helo=h"),
	    "mx.example spf=fail smtp.helo=h" },
	{ "in capitals", SPAN_INIT("MX.Example; DMARC=Pass Header.From=A.example"),
	    "mx.example dmarc=pass header.from=A.example" },
	{ "space and comments everywhere", SPAN_INIT("\r\n\t(a)mx.example(b) ; (c) dmarc (d) / (e) 1"
	    " (f) =\n (g) pass (h) header (i) . (j) from (k) = (l) a.example (m)"),
	    "mx.example dmarc=pass header.from=a.example" },
	{ "a comment inside of one, and quoted", SPAN_INIT("mx.example; spf=pass (a (b; dmarc=pass) \\) c) smtp.helo=h"),
	    "mx.example spf=pass smtp.helo=h" },
	{ "quoted server", SPAN_INIT("\"mx.example\"; spf=pass"), "mx.example spf=pass" },
	{ "U-labels", SPAN_INIT("b\303\274cher.example; spf=pass"), "xn--bcher-kva.example spf=pass" },
	{ "quoted value", SPAN_INIT("mx.example; spf=pass smtp.mailfrom=\"a\\\" b; dmarc=pass\"@x.example"),
	    "mx.example spf=pass smtp.mailfrom=a\" b; dmarc=pass@x.example" },
	{ "no value", SPAN_INIT("mx.example; spf=pass smtp.mailfrom=; dkim=none"),
	    "mx.example spf=pass smtp.mailfrom= dkim=none" },
	{ "semicolon at the end", SPAN_INIT("mx.example; spf=pass;"), "mx.example spf=pass" },
	{ "an empty result", SPAN_INIT("mx.example;; spf=pass"), "mx.example spf=pass" },
	{ "a method called none", SPAN_INIT("mx.example; none=pass"), "mx.example none=pass" },
	{ "several of one", SPAN_INIT("mx.example; dmarc=fail; dmarc=pass"),
	    "mx.example dmarc=fail dmarc=pass" },

	{ "empty", SPAN_INIT(""), NULL },
	{ "no server", SPAN_INIT("; spf=pass"), NULL },
	{ "a result for a server", SPAN_INIT("spf=pass"), NULL },
	{ "two servers", SPAN_INIT("mx.example evil.example; dmarc=pass"), NULL },
	{ "one more server behind", SPAN_INIT("mx.example; evil.example; dmarc=pass"), NULL },
	{ "none and something", SPAN_INIT("mx.example; none; dmarc=pass"), NULL },
	{ "something and none", SPAN_INIT("mx.example; dmarc=pass; none"), NULL },
	{ "open comment", SPAN_INIT("mx.example; spf=pass (; dmarc=pass"), NULL },
	{ "closed, not opened", SPAN_INIT("mx.example; spf=pass ); dmarc=pass"), NULL },
	{ "open string", SPAN_INIT("mx.example; spf=pass smtp.helo=\"h; dmarc=pass"), NULL },
	{ "a word that is no pair", SPAN_INIT("mx.example; spf=pass really"), NULL },
	{ "two results in one", SPAN_INIT("mx.example; spf=pass=fail"), NULL },
	{ "bare CR", SPAN_INIT("mx.example; spf=fail\r dmarc=pass"), NULL },
	{ "bare CR in a string", SPAN_INIT("mx.example; spf=fail smtp.helo=\"a\rb\""), NULL },
	{ "NUL", SPAN_INIT("mx.example; dmarc=pass\0; dmarc=fail"), NULL },
	{ "DEL", SPAN_INIT("mx.example; dmarc=pass header.from=a\x7f"), NULL },
	{ "escape", SPAN_INIT("mx.example; dmarc=pass header.from=a\x1b[1m"), NULL },
	{ "backslash outside of a string", SPAN_INIT("mx.example; dmarc=pass header.from=a\\;b"), NULL },
	{ "cut behind the method", SPAN_INIT("mx.example; dmarc"), NULL },
	{ "cut behind the sign", SPAN_INIT("mx.example; dmarc="), NULL },
};
/* clang-format on */

static void
show(const struct authres_said *said, struct buf *out)
{
	(void)buf_add(out, said->server);
	for (size_t i = 0; i < said->count; i++) {
		const struct authres_result *r = &said->result[i];

		(void)buf_printf(out, " %.*s=%.*s", SPAN_FMT(r->method),
		    SPAN_FMT(r->result));
		for (size_t k = 0; k < r->count; k++)
			(void)buf_printf(out, " %.*s.%.*s=%.*s",
			    SPAN_FMT(r->property[k].ptype),
			    SPAN_FMT(r->property[k].name),
			    SPAN_FMT(r->property[k].value));
	}
	(void)buf_addc(out, '\0');
}

static void
test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct authres_said said;
		struct buf b;
		bool good;

		if (!table_wants(row[i].label)) {
			arena_free(&a);
			continue;
		}
		buf_init(&b, 10000);
		good = authres_read(a, row[i].text, &said);
		show(&said, &b);
		table_text(
		    row[i].label, "read", good ? b.p : NULL, row[i].want);
		if (!good)
			table_number(row[i].label,
			    "results of what is not read",
			    (long long)said.count, 0);
		buf_free(&b);
		arena_free(&a);
	}
	table_end();
}

/* "mx.example" and count times "; spf=pass", each with so many properties. */
static bool
reads_many(size_t results, size_t properties)
{
	struct arena *a = arena_new();
	struct authres_said said;
	struct buf b;
	bool good;

	buf_init(&b, 1 << 20);
	(void)buf_addz(&b, "mx.example");
	for (size_t i = 0; i < results; i++) {
		(void)buf_addz(&b, "; spf=pass");
		for (size_t k = 0; k < properties; k++)
			(void)buf_printf(&b, " smtp.p%zu=v", k);
	}
	good = authres_read(a, buf_span(&b), &said);
	assert_int_equal(said.count, good ? results : 0);
	buf_free(&b);
	arena_free(&a);
	return good;
}

static void
test_bounds(void **state)
{
	(void)state;
	assert_true(reads_many(AUTHRES_RESULTS_MAX, 1));
	assert_false(reads_many(AUTHRES_RESULTS_MAX + 1, 1));
	assert_true(reads_many(1, AUTHRES_PROPERTIES_MAX));
	assert_false(reads_many(1, AUTHRES_PROPERTIES_MAX + 1));
}

static void
test_property(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *want;
	} rows[] = {
		{ "there", SPAN_INIT("a; x=y header.from=b"), "b" },
		{ "not there", SPAN_INIT("a; x=y header.to=b"), "" },
		{ "of another type", SPAN_INIT("a; x=y smtp.from=b"), "" },
		{ "twice the same",
		    SPAN_INIT("a; x=y header.from=b header.from=B"), "B" },
		{ "twice", SPAN_INIT("a; x=y header.from=b header.from=c"),
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct authres_said said;

		assert_true(authres_read(a, rows[i].text, &said));
		table_text(rows[i].label, "property",
		    arena_strdup(
			a, authres_pair_get(&said.result[0], "header", "from")),
		    rows[i].want);
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_read),
	cmocka_unit_test(test_bounds),
	cmocka_unit_test(test_property),
};

TABLE_MAIN(tests)
