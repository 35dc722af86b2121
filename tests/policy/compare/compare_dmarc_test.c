/*
 * The second opinion on DMARC: where RFC 7489 as deployed and RFC 9989 agree,
 * where they are known to differ, and that nothing in a record harms us.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/compare/compare_dmarc.h"

/* clang-format off */
static const struct {
	const char *name, *record;
} zone[] = {
	{ "_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine" },
	{ "_dmarc.strict.com", "v=DMARC1; p=reject; adkim=s; aspf=s" },
	{ "_dmarc.pct.com", "v=DMARC1; p=reject; pct=0" },
	{ "_dmarc.test.com", "v=DMARC1; p=reject; t=y" },
	{ "_dmarc.np.com", "v=DMARC1; p=none; np=reject" },
	{ "_dmarc.a.co.uk", "v=DMARC1; p=reject" },
	{ "_dmarc.b.co.uk", "v=DMARC1; p=reject" },
	{ "_dmarc.nop.com", "v=DMARC1; rua=mailto:a@nop.com" },
	{ "_dmarc.badsp.com", "v=DMARC1; p=reject; sp=x; rua=mailto:a@b.com" },
	{ "_dmarc.lower.com", "v=dmarc1; p=reject" },
	{ "_dmarc.two.com", "v=DMARC1; p=reject" },
	{ "_dmarc.two.com", "v=DMARC1; p=none" },
	{ "_dmarc.twice.com", "v=DMARC1; p=none; p=reject" },
	{ "_dmarc.lost.com", "!SERVFAIL" },
	{ "_dmarc.mid.deep.com", "v=DMARC1; p=reject" },
};

static const struct row {
	const char *label, *from, *passed; /* by SPF and by DKIM */
	const char *ours, *theirs; /* result and, with fail, policy; NULL: why */
} rows[] = {
	{ "same domain", "example.com", "example.com", "pass", "pass" },
	{ "nothing passed", "example.com", "", "fail reject", "fail reject" },
	{ "sub-domain's policy", "x.example.com", "", "fail quarantine", "fail quarantine" },
	{ "relaxed siblings", "x.example.com", "y.example.com", "pass", "pass" },
	{ "no record", "none.com", "none.com", "none", "none" },
	{ "co.uk siblings", "a.co.uk", "b.co.uk", "fail reject", "fail reject" },
	{ "strict sub-domain", "strict.com", "x.strict.com", "fail reject", "fail reject" },
	{ "pct is not sampled", "pct.com", "", "fail reject", "fail reject" },
	{ "t=y is not known", "test.com", "", "fail quarantine", "fail reject" },
	{ "np is not known", "gone.np.com", "", "fail reject", "fail none" },
	{ "relaxed without a common record", "a.none.com", "none.com", "none", "none" },
	{ "p missing", "nop.com", "", "fail none", "permerror" },
	{ "bad sp", "badsp.com", "", "fail none", "permerror" },
	{ "lower-case version", "lower.com", "", "none", "fail reject" },
	{ "two records", "two.com", "", "none", "none" },
	{ "p twice, the last wins", "twice.com", "", "fail none", "fail reject" },
	{ "SERVFAIL", "lost.com", "", "temperror", "temperror" },
	{ "only the author and the organization", "a.mid.deep.com", "", "fail reject", "none" },
	{ "no author", "", "", "permerror", NULL },
};
/* clang-format on */

static void
zone_fill(struct dns_zone *z)
{
	for (size_t i = 0; i < ARRAY_COUNT(zone); i++) {
		struct span record = span_of(zone[i].record);

		if (record.p[0] == '!')
			assert_true(dns_zone_rcode(z, span_of(zone[i].name),
			    span_slice(record, 1, record.n)));
		else
			dns_zone_txt(z, span_of(zone[i].name), record);
	}
}

static const char *
words(struct arena *a, enum dmarc_result result, enum dmarc_policy policy)
{
	return result != DMARC_FAIL
		   ? dmarc_result_words[result]
		   : arena_printf(a, "fail %s", dmarc_policy_names[policy]);
}

struct bench {
	struct arena *arena;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct dns_batch *dns;
};

static struct bench
bench_new(void)
{
	struct bench b = { arena_new(), dns_zone_new(), NULL, NULL };

	zone_fill(b.zone);
	b.resolver = resolver_zone(b.zone);
	b.dns = dns_batch_new(b.resolver, b.arena);
	return b;
}

static void
bench_free(struct bench *b)
{
	dns_batch_free(&b->dns);
	resolver_free(&b->resolver);
	dns_zone_free(&b->zone);
	arena_free(&b->arena);
}

static void
check_row(const struct row *r)
{
	struct bench b = bench_new();
	struct dmarc *d = dmarc_new(b.arena, b.dns);
	struct dmarc_identifier id = { r->passed[0] != '\0' ? DMARC_GIVEN_PASS
							    : DMARC_GIVEN_NO,
		span_of(r->passed) };
	struct dmarc_query q = { .from = span_of(r->from),
		.spf = id,
		.dkim = &id,
		.dkim_count = 1 };
	struct dmarc_second second;

	assert_true(dmarc_run(d, &q));
	table_text(r->label, "ours",
	    words(b.arena, dmarc_outcome(d)->result, dmarc_outcome(d)->applied),
	    r->ours);
	compare_dmarc(&q, b.dns, &second);
	table_text(r->label, "theirs",
	    second.why != NULL ? NULL
			       : words(b.arena, second.result, second.policy),
	    r->theirs);
	bench_free(&b);
}

static void
test_rows(void **state)
{
	struct bench b = bench_new();
	struct dmarc_query q = { .from = SPAN("example.com") };
	struct dmarc_second second;

	(void)state;
	compare_dmarc(&q, b.dns, &second);
	bench_free(&b);
	if (strstr(second.why, "built in") != NULL)
		skip();
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(&rows[i]);
	table_end();
}

/* Records of all lengths and of one long value: an opinion, or none. */
static void
test_long_records(void **state)
{
	static const char *const piece[] = { "rua=mailto:a@b.com,", "x", ";",
		"p=", "mailto:a@b.com!9999999999t,", "=;=" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(piece); i++) {
		struct bench b = bench_new();
		struct dmarc_query q = { .from = SPAN("long.com") };
		struct dmarc_second second;
		char *text = arena_alloc(b.arena, 8192);

		strcpy(text, "v=DMARC1; p=reject; rua=");
		while (strlen(text) + strlen(piece[i]) < 4000)
			strcat(text, piece[i]);
		dns_zone_txt(b.zone, SPAN("_dmarc.long.com"), span_of(text));
		(void)dns_ask(b.dns, SPAN("_dmarc.long.com"), DNS_TXT);
		compare_dmarc(&q, b.dns, &second);
		bench_free(&b);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
	cmocka_unit_test(test_long_records),
};

TABLE_MAIN(tests)
