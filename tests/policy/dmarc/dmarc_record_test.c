/*
 * The syntax of DMARC records (RFC 9989, 4.5 to 4.8 and 4.10.1).
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dmarc/dmarc_record.h"
#include "rules/base/arena.h"

static void
test_version(void **state)
{
	static const struct {
		const char *label, *text;
		bool is;
	} row[] = {
		{ "alone", "v=DMARC1", true },
		{ "semicolon", "v=DMARC1;", true },
		{ "tags", "v=DMARC1; p=none", true },
		{ "upper-case tag", "V=DMARC1; p=none", true },
		{ "spaces", "v \t= \tDMARC1 \t; p=none", true },
		{ "lower-case value", "v=dmarc1; p=none", false },
		{ "mixed-case value", "v=DMarc1; p=none", false },
		{ "not first", "p=none; v=DMARC1", false },
		{ "leading space", " v=DMARC1; p=none", false },
		{ "longer value", "v=DMARC10; p=none", false },
		{ "shorter value", "v=DMARC; p=none", false },
		{ "no separator", "v=DMARC1 p=none", false },
		{ "comma", "v=DMARC1, p=none", false },
		{ "empty", "", false },
		{ "separator first", "; v=DMARC1", false },
		{ "no tag", "DMARC1; p=none", false },
		{ "SPF", "v=spf1 -all", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_number(row[i].label, "is a record",
			    dmarc_record_is(span_of(row[i].text)), row[i].is);
	table_end();
}

#define MAILTO "rua=mailto:d@r.example"

static void
test_tags(void **state)
{
	/* want: state p sp np adkim aspf psd t, abridged. */
	static const struct {
		const char *label, *tags, *want, *problem;
	} row[] = {
		/* clang-format off */
		{ "p alone", "p=reject", "good reject - - r r u n", NULL },
		{ "all", "p=quarantine; sp=none; np=reject; adkim=s; aspf=s; psd=n; t=y", "good quarantine none reject s s n y", NULL },
		{ "values in any case", "p=Reject; sp=NONE; adkim=S; psd=Y; t=Y", "good reject none - s r y y", NULL },
		{ "tag names in any case", "P=reject; SP=none", "good reject none - r r u n", NULL },
		{ "p not second", "adkim=s; rua=x; p=reject", "good reject - - s r u n", "no valid URI in rua" },
		{ "spaces and tabs", " \tp\t= reject \t;sp =none", "good reject none - r r u n", NULL },
		{ "no spaces", "p=reject;sp=none;", "good reject none - r r u n", NULL },
		{ "empty tags", ";;p=reject;; ;", "good reject - - r r u n", NULL },
		{ "unknown tags", "p=reject; x=y; foo=", "good reject - - r r u n", NULL },
		{ "no tag", "p=reject; quarantine", "good reject - - r r u n", NULL },
		{ "prefix of a value", "p=rej", "void none - - r r u n", "bad value of p" },
		{ "longer value", "p=rejected", "void none - - r r u n", "bad value of p" },
		{ "p missing", "sp=reject", "void none - - r r u n", "no p" },
		{ "p missing, rua", "sp=reject; " MAILTO, "monitor none - - r r u n", "no p" },
		{ "p bad, rua", "p=block; " MAILTO, "monitor none - - r r u n", "bad value of p" },
		{ "p empty", "p=", "void none - - r r u n", "bad value of p" },
		{ "sp bad", "p=reject; sp=block", "void none - - r r u n", "bad value of sp" },
		{ "sp bad, rua", "p=reject; sp=block; " MAILTO, "monitor none - - r r u n", "bad value of sp" },
		{ "np bad, rua", "p=reject; np=; " MAILTO, "monitor none - - r r u n", "bad value of np" },
		{ "p missing, bad rua", "sp=reject; rua=d@r.example", "void none - - r r u n", "no p" },
		{ "bad adkim", "p=reject; adkim=x", "good reject - - r r u n", "bad value of adkim" },
		{ "bad aspf", "p=reject; aspf=strict", "good reject - - r r u n", "bad value of aspf" },
		{ "bad psd", "p=reject; psd=yes", "good reject - - r r u n", "bad value of psd" },
		{ "psd=u", "p=reject; psd=u", "good reject - - r r u n", NULL },
		{ "bad t", "p=reject; t=1", "good reject - - r r u n", "bad value of t" },
		{ "bad fo", "p=reject; fo=x", "good reject - - r r u n", "bad value of fo" },
		{ "fo", "p=reject; fo=1:d:s", "good reject - - r r u n", NULL },
		{ "historic tags", "p=reject; pct=0; rf=iodef; ri=x", "good reject - - r r u n", NULL },
		{ "p twice", "p=none; p=reject", "good none - - r r u n", NULL },
		{ "p twice, first bad", "p=x; p=reject", "good reject - - r r u n", NULL },
		{ "t twice", "p=reject; t=n; t=y", "good reject - - r r u n", NULL },
		{ "v again", "p=reject; v=DMARC2", "good reject - - r r u n", NULL },
		{ "8-bit", "p=reject; n=\xc3\xa4\xff", "good reject - - r r u n", NULL },
		/* clang-format on */
	};
	static const char *const states[] = { "good", "monitor", "void" };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct dmarc_record r;
		struct span text =
		    span_of(arena_printf(a, "v=DMARC1; %s", row[i].tags));

		if (!table_wants(row[i].label))
			continue;
		assert_true(dmarc_record_is(text));
		dmarc_record_parse(text, &r);
		table_text(row[i].label, "record",
		    arena_printf(a, "%s %s %s %s %c %c %c %c", states[r.state],
			dmarc_policy_names[r.p],
			r.sp ? dmarc_policy_names[r.sp] : "-",
			r.np ? dmarc_policy_names[r.np] : "-",
			r.dkim_strict ? 's' : 'r', r.spf_strict ? 's' : 'r',
			"uyn"[r.psd], r.testing ? 'y' : 'n'),
		    row[i].want);
		table_text(row[i].label, "problem", r.problem, row[i].problem);
	}
	arena_free(&a);
	table_end();
}

static void
test_uris(void **state)
{
	static const struct {
		const char *label, *list, *want;
	} row[] = {
		{ "one", "mailto:a@b.example", "mailto:a@b.example|" },
		{ "two", "mailto:a@b.example , https://c.example/x",
		    "mailto:a@b.example|https://c.example/x|" },
		{ "size", "mailto:a@b.example!10m", "mailto:a@b.example|" },
		{ "size without unit", "mailto:a@b.example!10",
		    "mailto:a@b.example|" },
		{ "bad size", "mailto:a@b.example!big", "" },
		{ "empty size", "mailto:a@b.example!", "" },
		{ "no scheme", "a@b.example", "" },
		{ "no domain", "mailto:a@", "" },
		{ "no local part", "mailto:@b.example", "" },
		{ "no address", "mailto:", "" },
		{ "one of two", "x,mailto:a@b.example", "mailto:a@b.example|" },
		{ "space inside", "mailto:a @b.example", "" },
		{ "encoded", "mailto:a%2Cb@c.example",
		    "mailto:a%2Cb@c.example|" },
		{ "empty", "", "" },
		{ "commas", ",,", "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span list = span_of(row[i].list), uri;
		char *got = arena_strdup(a, SPAN(""));

		if (!table_wants(row[i].label))
			continue;
		while (dmarc_uri_next(&list, &uri))
			got = arena_printf(a, "%s%.*s|", got, SPAN_FMT(uri));
		table_text(row[i].label, "URIs", got, row[i].want);
	}
	arena_free(&a);
	table_end();
}

/* libopendmarc drops values over 511 octets without a word; we must not. */
static void
test_long_rua(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_strdup(a, SPAN("v=DMARC1; sp=reject; rua="));
	struct dmarc_record r;

	(void)state;
	for (int i = 0; i < 60; i++)
		text = arena_printf(a, "%smailto:d%d@r.example,", text, i);
	assert_true(strlen(text) > 1200);
	dmarc_record_parse(span_of(text), &r);
	assert_int_equal(r.rua_count, 60);
	assert_int_equal(r.state, DMARC_RECORD_MONITOR);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_version),
	cmocka_unit_test(test_tags),
	cmocka_unit_test(test_uris),
	cmocka_unit_test(test_long_rua),
};

TABLE_MAIN(tests)
