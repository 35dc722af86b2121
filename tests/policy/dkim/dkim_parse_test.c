/*
 * What DKIM is read from: signature fields, key records, bodies.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dkim/dkim_record.h"
#include "policy/dkim/dkim_sig.h"
#include "rules/base/arena.h"

#define NOW 1767225600

/* ---- signature fields ----------------------------------------------------- */

#define BH   "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;"
#define MOST "v=1; a=rsa-sha256; d=example.org; s=sel; h=from:to; " BH " b=QUJD"
#define NAMES50                                                               \
	"a:b:c:d:e:f:g:h:i:j:a:b:c:d:e:f:g:h:i:j:a:b:c:d:e:f:g:h:i:j:a:b:c:d" \
	":e:f:g:h:i:j:a:b:c:d:e:f:g:h:i:j:"

struct text {
	const char *label;
	struct span text;
	const char *want; /* result and problem; "" when a key can decide */
};

/* clang-format off */
static const struct text sig_rows[] = {
	{ "all that is needed", SPAN_INIT(MOST), "" },
	{ "semicolon at the end", SPAN_INIT(MOST ";"), "" },
	{ "folds and spaces", SPAN_INIT(" v = 1 ;\r\n a\t=\r\n\trsa-sha256 ;d=example.org;"
	    " s=sel; h=from\r\n : to; " BH " b=Q U\n JD ; "), "" },
	{ "unknown tags are ignored", SPAN_INIT(MOST "; z=a|b; foo_1=\x01"), "" },
	{ "padding left out", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; "
	    "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU; b=QUI"), "" },
	{ "case of a= and c=", SPAN_INIT("v=1; a=RSA-SHA256; c=Relaxed; d=Example.ORG; s=Sel;"
	    " h=FROM; " BH " b=QUJD"), "" },
	{ "query method among others", SPAN_INIT(MOST "; q=x/y:dns/txt"), "" },
	{ "selector of labels", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=1.2.3.4; h=from; "
	    BH " b=QUJD"), "" },

	{ "nothing", SPAN_INIT(""), "neutral no tags" },
	{ "prose", SPAN_INIT("see below"), "neutral not a list of tags" },
	{ "two semicolons", SPAN_INIT(MOST ";;"), "permerror not a list of tags" },
	{ "a tag without value", SPAN_INIT(MOST "; x"), "permerror not a list of tags" },
	{ "a bad name", SPAN_INIT(MOST "; 1=x"), "permerror not a list of tags" },
	{ "a tag twice", SPAN_INIT(MOST "; d=evil.example"), "permerror a tag stands there twice" },
	{ "v= missing", SPAN_INIT("a=rsa-sha256; d=example.org; s=sel; h=from; " BH " b=QUJD"),
	    "permerror v= is missing" },
	{ "v= of another version", SPAN_INIT("v=2; a=rsa-sha256; d=example.org; s=sel; h=from; "
	    BH " b=QUJD"), "permerror unknown version" },
	{ "a= missing", SPAN_INIT("v=1; d=example.org; s=sel; h=from; " BH " b=QUJD"),
	    "permerror a= is missing" },
	{ "a= unknown", SPAN_INIT("v=1; a=rsa-sha512; d=example.org; s=sel; h=from; " BH
	    " b=QUJD"), "permerror unknown algorithm" },
	{ "a= rsa-sha1", SPAN_INIT("v=1; a=rsa-sha1; d=example.org; s=sel; h=from; bh=QUJD;"
	    " b=QUJD"), "policy rsa-sha1 is not accepted" },
	{ "d= missing", SPAN_INIT("v=1; a=rsa-sha256; s=sel; h=from; " BH " b=QUJD"),
	    "permerror d= is missing" },
	{ "d= of one label", SPAN_INIT("v=1; a=rsa-sha256; d=org; s=sel; h=from; " BH " b=QUJD"),
	    "permerror d= is no domain name" },
	{ "d= empty", SPAN_INIT("v=1; a=rsa-sha256; d=; s=sel; h=from; " BH " b=QUJD"),
	    "permerror d= is no domain name" },
	{ "d= with a NUL", SPAN_INIT("v=1; a=rsa-sha256; d=a.example\0.b.example; s=sel; h=from; "
	    BH " b=QUJD"), "permerror d= is no domain name" },
	{ "d= with a parenthesis", SPAN_INIT("v=1; a=rsa-sha256; d=a.example(.b.example; s=sel;"
	    " h=from; " BH " b=QUJD"), "permerror d= is no domain name" },
	{ "d= with a quote", SPAN_INIT("v=1; a=rsa-sha256; d=a.example\".b.example; s=sel;"
	    " h=from; " BH " b=QUJD"), "permerror d= is no domain name" },
	{ "d= with an apostrophe", SPAN_INIT("v=1; a=rsa-sha256; d=a.example'a.b.example; s=sel;"
	    " h=from; " BH " b=QUJD"), "permerror d= is no domain name" },
	{ "d= with white space inside", SPAN_INIT("v=1; a=rsa-sha256; d=exam ple.org; s=sel;"
	    " h=from; " BH " b=QUJD"), "permerror d= is no domain name" },
	{ "d= that is not UTF-8", SPAN_INIT("v=1; a=rsa-sha256; d=b\xfc" "cher.example; s=sel;"
	    " h=from; " BH " b=QUJD"), "permerror d= is no domain name" },
	{ "s= missing", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; h=from; " BH " b=QUJD"),
	    "permerror s= is missing" },
	{ "s= empty", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=; h=from; " BH " b=QUJD"),
	    "permerror s= is no selector" },
	{ "s= that ends the name (A3)", SPAN_INIT("v=1; a=rsa-sha256; d=victim.example;"
	    " s=sel._domainkey.evil.example.\0; h=from; " BH " b=QUJD"),
	    "permerror s= is no selector" },
	{ "s= with a space", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=a b; h=from; " BH
	    " b=QUJD"), "permerror s= is no selector" },
	{ "i= outside d=", SPAN_INIT(MOST "; i=a@example.com"), "permerror i= is outside of d=" },
	{ "i= of a look-alike", SPAN_INIT(MOST "; i=@notexample.org"),
	    "permerror i= is outside of d=" },
	{ "i= above d=", SPAN_INIT(MOST "; i=@org"), "permerror i= is outside of d=" },
	{ "i= without @", SPAN_INIT(MOST "; i=example.org"), "permerror i= is no identity" },
	{ "h= missing", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; " BH " b=QUJD"),
	    "permerror h= is missing" },
	{ "h= empty", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=; " BH " b=QUJD"),
	    "permerror h= is empty" },
	{ "h= without From", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=to:x-from; "
	    BH " b=QUJD"), "permerror From is not signed" },
	{ "h= with too many names", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h="
	    NAMES50 NAMES50 NAMES50 NAMES50 NAMES50 NAMES50 NAMES50 NAMES50 NAMES50 NAMES50
	    "from; " BH " b=QUJD"), "permerror too many names in h=" },
	{ "bh= missing", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; b=QUJD"),
	    "permerror bh= is missing" },
	{ "bh= too short", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; bh=QUJD;"
	    " b=QUJD"), "permerror bh= has the wrong length" },
	{ "b= missing", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; " BH),
	    "permerror b= is missing" },
	{ "b= empty", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; " BH " b="),
	    "permerror b= is empty" },
	{ "b= not base64", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; " BH
	    " b=QU-D"), "permerror b= is not base64" },
	{ "b= with padding inside", SPAN_INIT("v=1; a=rsa-sha256; d=example.org; s=sel; h=from; "
	    BH " b=QU==JD"), "permerror b= is not base64" },
	{ "c= unknown header", SPAN_INIT(MOST "; c=nowsp"), "permerror unknown canonicalization" },
	{ "c= unknown body", SPAN_INIT(MOST "; c=simple/nofws"),
	    "permerror unknown canonicalization" },
	{ "c= empty body", SPAN_INIT(MOST "; c=simple/"), "permerror unknown canonicalization" },
	{ "q= unknown", SPAN_INIT(MOST "; q=http"), "permerror unknown query method" },
	{ "l= negative", SPAN_INIT(MOST "; l=-1"), "permerror l= is no length" },
	{ "l= absurd", SPAN_INIT(MOST "; l=99999999999999999999999"), "permerror l= is no length" },
	{ "t= no number", SPAN_INIT(MOST "; t=now"), "permerror t= is no time" },
	{ "t= absurd", SPAN_INIT(MOST "; t=18446744073709551615"), "permerror t= is no time" },
	{ "x= no number", SPAN_INIT(MOST "; x=1e9"), "permerror x= is no time" },
	{ "x= before t=", SPAN_INIT(MOST "; t=1767225600; x=1767225600"),
	    "permerror x= is not after t=" },
	{ "x= past", SPAN_INIT(MOST "; x=1767225300"), "permerror the signature has expired" },
	{ "x= just past", SPAN_INIT(MOST "; x=1767225301"), "" },
	{ "t= ahead", SPAN_INIT(MOST "; t=1767225901"), "permerror signed in the future" },
	{ "t= just ahead", SPAN_INIT(MOST "; t=1767225900"), "" },
};
/* clang-format on */

static void
test_signatures(void **state)
{
	const struct dkim_sig_limits limits = { NOW, 300 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sig_rows); i++) {
		const struct text *row = &sig_rows[i];
		struct arena *a = arena_new();
		struct dkim_outcome outcome = { DKIM_PASS, "", NULL };
		struct dkim_sig sig;
		const char *got = "";

		if (!dkim_sig_parse(a, row->text, &limits, &sig, &outcome))
			got = arena_printf(a, "%s %s",
			    dkim_result_words[outcome.result], outcome.problem);
		if (table_wants(row->label))
			table_text(row->label, "result", got, row->want);
		arena_free(&a);
	}
	table_end();
}

static void
test_signature_parts(void **state)
{
	const struct dkim_sig_limits limits = { NOW, 300 };
	struct arena *a = arena_new();
	struct dkim_outcome outcome;
	struct dkim_sig sig;

	(void)state;
	assert_true(dkim_sig_parse(a,
	    SPAN(MOST "; c=relaxed; l=12; i=J=C3=B6rg=3D@Mail.example.org"),
	    &limits, &sig, &outcome));
	assert_true(span_is(sig.identity, "J\xc3\xb6rg=@Mail.example.org"));
	assert_false(sig.exact_identity);
	assert_int_equal(sig.header_canon, DKIM_RELAXED);
	assert_int_equal(sig.body_canon, DKIM_SIMPLE);
	assert_true(sig.has_length);
	assert_int_equal(sig.length, 12);
	assert_int_equal(sig.name_count, 2);
	assert_true(span_is(sig.name[1], "to"));
	assert_true(span_is(sig.signature, "ABC"));
	assert_true(
	    span_is(dkim_sig_key_name(a, &sig), "sel._domainkey.example.org"));

	/* What can be told of a bad signature is told. */
	assert_false(dkim_sig_parse(a,
	    SPAN("v=1; a=ed25519-sha256; d=B\xc3\xbc"
		 "cher.Example; s=x; h=to; b=QUJD; " BH " i=a\x1b@b\xc3\xbc"
		 "cher.example"),
	    &limits, &sig, &outcome));
	assert_string_equal(outcome.problem, "From is not signed");
	assert_true(span_is(sig.domain, "xn--bcher-kva.example"));
	assert_true(sig.exact_identity);
	assert_int_equal(sig.identity.n, 0); /* not fit to be shown */
	assert_int_equal(sig.algorithm, DKIM_ED25519_SHA256);
	assert_true(dkim_sig_parse(a,
	    SPAN(MOST "; i=a\xe2\x80\xae"
		      "b@example.org"),
	    &limits, &sig, &outcome));
	assert_int_equal(sig.identity.n, 0); /* turns the text behind it */
	arena_free(&a);
}

/* ---- key records ---------------------------------------------------------- */

/* A modulus of 64 bits and an exponent of 3, as RSAPublicKey and inside a
 * SubjectPublicKeyInfo. */
#define PKCS1 "MA4CCQD/////////7QIBAw=="
#define SPKI  "MCQwDQYJKoZIhvcNAQEBBQADEwAwEAIJAP/////////tAgMBAAE="
#define ED    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

/* clang-format off */
static const struct text record_rows[] = {
	{ "PKCS#1", SPAN_INIT("v=DKIM1; k=rsa; p=" PKCS1), "" },
	{ "SubjectPublicKeyInfo", SPAN_INIT("v=DKIM1; p=" SPKI), "" },
	{ "no v=", SPAN_INIT("p=" SPKI), "" },
	{ "spaces inside p=", SPAN_INIT("p=MA4CCQD/////\t////7QI\r\n BAw=="), "" },
	{ "Ed25519", SPAN_INIT("v=DKIM1; k=ed25519; p=" ED), "" },
	{ "notes and unknown tags", SPAN_INIT("v=DKIM1; n=a=b, \xc3\xa9 ; g=*; p=" PKCS1 ";"), "" },
	{ "s= for all", SPAN_INIT("s=*; p=" PKCS1), "" },
	{ "s= for mail among others", SPAN_INIT("s=x:email; p=" PKCS1), "" },
	{ "t= unknown flags", SPAN_INIT("t=q; p=" PKCS1), "" },
	{ "s= for something else", SPAN_INIT("s=tlsrpt; p=" PKCS1), "the key is not for mail" },
	{ "v= not first", SPAN_INIT("k=rsa; v=DKIM1; p=" PKCS1), "the key record has a bad version" },
	{ "v= unknown", SPAN_INIT("v=DKIM2; p=" PKCS1), "the key record has a bad version" },
	{ "a tag twice", SPAN_INIT("v=DKIM1; p=; p=" PKCS1), "the key record is malformed" },
	{ "k= unknown", SPAN_INIT("k=dsa; p=" PKCS1), "unknown type of key" },
	{ "p= missing", SPAN_INIT("v=DKIM1; k=rsa"), "the key record has no p=" },
	{ "p= empty", SPAN_INIT("v=DKIM1; p= ;"), "the key is revoked" },
	{ "p= not base64", SPAN_INIT("p=MA4C*"), "p= is not base64" },
	{ "p= with escaped semicolon", SPAN_INIT("v=DKIM1\\; p=" PKCS1),
	    "the key record has a bad version" },
	{ "Ed25519 wrapped", SPAN_INIT("k=ed25519; p=MCowBQYDK2VwAyEA" ED),
	    "the key is no Ed25519 public key" },
	{ "Ed25519 as RSA", SPAN_INIT("p=" ED), "the key is no RSA public key" },
	{ "cut in the middle", SPAN_INIT("p=MA4CCQD/////////"), "the key is no RSA public key" },
	{ "octets behind the key", SPAN_INIT("p=MA4CCQD/////////7QIBAwAA"),
	    "the key is no RSA public key" },
	{ "negative modulus", SPAN_INIT("p=MA0CCP/////////tAgED"), "the key is no RSA public key" },
	{ "even modulus", SPAN_INIT("p=MA4CCQD/////////7gIBAw=="), "the RSA key is unusable" },
	{ "exponent 1", SPAN_INIT("p=MA4CCQD/////////7QIBAQ=="), "the RSA key is unusable" },
	{ "exponent 4", SPAN_INIT("p=MA4CCQD/////////7QIBBA=="), "the RSA key is unusable" },
	{ "zero modulus", SPAN_INIT("p=MAYCAQACAQM="), "the key is no RSA public key" },
};
/* clang-format on */

static void
test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(record_rows); i++) {
		const struct text *row = &record_rows[i];
		struct arena *a = arena_new();
		struct dkim_record record;
		const char *why = "";
		bool good = dkim_record_parse(a, row->text, &record, &why);

		if (table_wants(row->label))
			table_text(
			    row->label, "problem", good ? "" : why, row->want);
		arena_free(&a);
	}
	table_end();
}

static void
test_record_parts(void **state)
{
	struct arena *a = arena_new();
	struct dkim_record r;
	const char *why;

	(void)state;
	assert_true(dkim_record_parse(
	    a, SPAN("v=DKIM1; h=sha1; t=y : s; p=" PKCS1), &r, &why));
	assert_true(r.testing && r.exact_identity && !r.sha256);
	assert_int_equal(r.bits, 64);
	assert_int_equal(r.exponent.n, 1);
	assert_true(dkim_record_parse(a, SPAN("p=" SPKI), &r, &why));
	assert_true(r.sha256 && !r.testing && !r.exact_identity);
	assert_int_equal(r.exponent.n, 3);
	assert_int_equal(r.modulus.n, 8);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_signatures),
	cmocka_unit_test(test_signature_parts),
	cmocka_unit_test(test_records),
	cmocka_unit_test(test_record_parts),
};

TABLE_MAIN(tests)
