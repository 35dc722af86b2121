/*
 * The second opinion on SPF: it judges over answers that are there, and
 * nothing that a domain publishes brings the process down.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/compare/compare_spf.h"
#include "tests/kit/spf_kit.h"

struct opinions {
	enum spf_result ours;
	struct spf_second second;
	size_t asked, asked_second; /* questions in the batch */
};

static void
count_question(void *ctx, struct span name, const struct dns_answer *answer)
{
	(void)name;
	(void)answer;
	++*(size_t *)ctx;
}

static void
judge(struct span record, bool judge_ours, struct opinions *out)
{
	struct arena *a = arena_new();
	struct dns_zone *z = dns_zone_new();
	struct resolver *r = resolver_zone(z);
	struct dns_batch *dns = dns_batch_new(r, a);
	struct spf_query q = {
		.helo = SPAN("mail.d.example"),
		.local = SPAN("user"),
		.domain = SPAN("d.example"),
		.void_limit = SPF_VOID_LIMIT,
	};
	struct spf *s = spf_new(a, dns, &q);

	*out = (struct opinions){ 0 };
	assert_true(ip_parse(SPAN("192.0.2.1"), &q.client));
	s = spf_new(a, dns, &q);
	dns_zone_txt(z, SPAN("d.example"), record);
	dns_zone_txt(z, SPAN("i.example"), SPAN("v=spf1 ip4:192.0.2.0/24"));
	dns_zone_mx(z, SPAN("d.example"), 10, SPAN("h.example"));
	assert_true(dns_zone_address(z, SPAN("h.example"), SPAN("192.0.2.1")));
	dns_zone_ptr(z, SPAN("1.2.0.192.in-addr.arpa"), SPAN("h.example"));
	assert_true(dns_zone_rcode(z, SPAN("t.example"), SPAN("TIMEOUT")));
	if (judge_ours) {
		assert_true(spf_run(s));
		out->ours = spf_outcome(s)->result;
	}
	dns_each(dns, count_question, &out->asked);
	compare_spf(&q, dns, &out->second);
	dns_each(dns, count_question, &out->asked_second);
	dns_batch_free(&dns);
	resolver_free(&r);
	dns_zone_free(&z);
	arena_free(&a);
}

static void
test_opinions(void **state)
{
	struct arena *a = arena_new();
	struct span letters = span_repeated(a, "", "a", 9000, "");
	const char *too_long = "not compared: record too long";
	const struct {
		const char *label;
		struct span record;
		enum spf_result ours, second;
		const char *why;
	} row[] = {
		{ "ip4", SPAN("v=spf1 ip4:192.0.2.1 -all"), SPF_PASS, SPF_PASS,
		    NULL },
		{ "no match", SPAN("v=spf1 ip4:10.0.0.1 -all"), SPF_FAIL,
		    SPF_FAIL, NULL },
		{ "no record", SPAN("text"), SPF_NONE, SPF_NONE, NULL },
		{ "a", SPAN("v=spf1 a:h.example -all"), SPF_PASS, SPF_PASS,
		    NULL },
		{ "mx", SPAN("v=spf1 mx ~all"), SPF_PASS, SPF_PASS, NULL },
		{ "ptr", SPAN("v=spf1 ptr:h.example ~all"), SPF_PASS, SPF_PASS,
		    NULL },
		{ "include", SPAN("v=spf1 include:i.example ?all"), SPF_PASS,
		    SPF_PASS, NULL },
		{ "redirect", SPAN("v=spf1 redirect=i.example"), SPF_PASS,
		    SPF_PASS, NULL },
		{ "timeout", SPAN("v=spf1 a:t.example -all"), SPF_TEMPERROR,
		    SPF_TEMPERROR, NULL },
		{ "the two disagree", SPAN("v=spf1 ip4:10.0.0.1/0 -all"),
		    SPF_PASS, SPF_PERMERROR, NULL },
		{ "the record that crashes it",
		    span_repeated(a, "v=spf1 exists:", "%{d}", 125, letters.p),
		    SPF_PERMERROR, SPF_NONE, too_long },
		{ "a term of 256 octets",
		    span_repeated(
			a, "v=spf1 a:", "abcdefgh.", 28, "example -all"),
		    SPF_FAIL, SPF_NONE, too_long },
		{ "51 macros in a term",
		    span_repeated(a, "v=spf1 a:", "%%", 26, ".example -all"),
		    SPF_FAIL, SPF_NONE, too_long },
		{ "4 KB of networks",
		    span_repeated(a, "v=spf1 ", "ip4:10.0.0.1 ", 320, "-all"),
		    SPF_FAIL, SPF_NONE, too_long },
	};
	struct opinions got;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		if (!table_wants(row[i].label))
			continue;
		judge(row[i].record, true, &got);
		table_text(row[i].label, "ours", spf_result_words[got.ours],
		    spf_result_words[row[i].ours]);
		table_number(row[i].label, "questions",
		    (long long)got.asked_second, (long long)got.asked);
#ifdef HAVE_SPF2
		table_text(row[i].label, "why", got.second.why, row[i].why);
		if (row[i].why == NULL)
			table_text(row[i].label, "second",
			    spf_result_words[got.second.result],
			    spf_result_words[row[i].second]);
#else
		table_text(row[i].label, "why", got.second.why,
		    "libspf2 is not built in");
#endif
	}
	arena_free(&a);
	table_end();
}

/* It asks for nothing, so without ours it has no opinion. */
static void
test_never_asks(void **state)
{
	struct opinions got;

	(void)state;
	judge(SPAN("v=spf1 +all"), false, &got);
	assert_non_null(got.second.why);
	assert_int_equal(got.asked_second, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_opinions),
	cmocka_unit_test(test_never_asks),
};

TABLE_MAIN(tests)
