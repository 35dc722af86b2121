/*
 * The check of SPF on whole messages: which identity is judged when, what
 * becomes a fact, and what is told of it.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/case/case.h"
#include "policy/spf/check_spf.h"
#include "policy/spf/spf.h"
#include "rules/base/jsonw.h"
#include "rules/mail/addr.h"
#include "rules/mail/authres.h"

extern const struct check check_spf;

#define THREE "include:n.example include:n.example include:n.example "
#define NINE  THREE THREE THREE
static const char zone_text[] =
    "{\"d.example\": {\"TXT\": [\"v=spf1 include:i.example -all "
    "exp=e.example\"]},"
    " \"i.example\": {\"TXT\": [\"v=spf1 ip4:192.0.2.0/24\"]},"
    " \"e.example\": {\"TXT\": [\"%{c} is not ours\"]},"
    " \"mail.d.example\": {\"TXT\": [\"v=spf1 ~all\"]},"
    " \"t.example\": {\"_rcode\": \"TIMEOUT\"},"
    " \"xn--bcher-kva.example\": {\"TXT\": [\"v=spf1 +all\"]},"
    " \"n.example\": {\"TXT\": [\"v=spf1 ip4:203.0.113.0/24 -all\"]},"
    " \"nine.example\": {\"TXT\": [\"v=spf1 " NINE "ip4:192.0.2.7 -all\"]},"
    " \"one.example\": {\"TXT\": [\"v=spf1 include:i.example -all\"]},"
    " \"two.example\": {\"TXT\": [\"v=spf1 include:n.example include:i.example "
    "-all\"]},"
    " \"odd.example\": {\"TXT\": [\"v=spf1 a:\xC3\xA9\\n.example -all\"]}}";

static const struct check *const alone[] = { &check_spf };
static const struct check_table alone_table = { alone, ARRAY_COUNT(alone) };

struct run {
	struct message_kit kit;
	struct message *m;
	unsigned judged; /* calls of judge */
};

/* ---- one message ---------------------------------------------------------- */

static struct dns_zone *
zone_new(struct arena *a)
{
	struct dns_zone *zone;
	struct jsonr_doc *doc;
	const char *why;

	doc = jsonr_parse(span_of(zone_text), a, &why);
	assert_non_null(doc);
	assert_true(case_zone(jsonr_top(doc), &zone, a, &why));
	jsonr_free(&doc);
	dns_zone_hesitate(zone, true);
	return zone;
}

static void
sender_set(struct message *m, const char *mailfrom)
{
	struct envelope_path path;

	envelope_parse(span_of(mailfrom), m->arena, &path);
	m->sender =
	    (struct envelope_address){ path.raw, path.local, path.domain };
}

static void
run_begin(struct run *r, const char *ip, const char *helo, const char *mailfrom,
    enum direction direction)
{
	struct arena *a = arena_new();
	const struct message_kit_options options = {
		.checks = &alone_table,
		.zone = zone_new(a),
		.client = ip,
	};
	struct message *m;

	message_kit_begin(&r->kit, &options);
	arena_free(&a);
	r->m = m = r->kit.message;
	r->kit.session.hostname = SPAN("mx.home.example");
	m->direction = direction;
	m->helo = span_of(helo);
	sender_set(m, mailfrom);
	message_kit_gather(&r->kit, &check_spf, STAGE_MAIL);
	r->judged = 1;
	while (!check_spf.judge(m, m->slot[0], STAGE_EOM)) {
		assert_true(dns_join(m->dns, 0));
		r->judged++;
	}
}

static void
run_end(struct run *r)
{
	message_kit_end(&r->kit);
}

/* A fact as text; NULL when it is absent. */
static const char *
fact_text(struct run *r, const char *name)
{
	const char *text = message_kit_fact(&r->kit, name);

	return strcmp(text, "-") == 0 ? NULL : text;
}

static void
test_facts(void **state)
{
	static const struct {
		const char *label, *ip, *helo, *mailfrom;
		const char *spf, *domain, *mechanism, *problem;
		const char *helo_result, *helo_domain;
	} row[] = {
		{ "pass", "192.0.2.7", "mail.d.example", "<u@D.Example>",
		    "pass", "d.example", "include:i.example", NULL, "softfail",
		    "mail.d.example" },
		{ "fail", "198.51.100.1", "gone.example", "u@d.example", "fail",
		    "d.example", "-all", NULL, "none", "gone.example" },
		{ "null reverse-path", "192.0.2.7", "Mail.D.Example", "",
		    "softfail", "mail.d.example", "~all", NULL, "softfail",
		    "mail.d.example" },
		{ "null reverse-path, HELO literal", "192.0.2.7", "[192.0.2.7]",
		    "", "none", NULL, NULL, "there is no domain to ask", "none",
		    NULL },
		{ "null reverse-path, HELO of one label", "192.0.2.7", "host",
		    "", "none", "host", NULL, "\"host\" is not a domain name",
		    "none", "host" },
		{ "bare local part", "192.0.2.7", "mail.d.example", "root",
		    "none", NULL, NULL, "there is no domain to ask", "softfail",
		    "mail.d.example" },
		{ "no local part", "192.0.2.7", "mail.d.example", "@d.example",
		    "pass", "d.example", "include:i.example", NULL, "softfail",
		    "mail.d.example" },
		{ "odd local part", "192.0.2.7", "mail.d.example",
		    "a b@x@D.example", "pass", "d.example", "include:i.example",
		    NULL, "softfail", "mail.d.example" },
		{ "no HELO", "192.0.2.7", "", "u@d.example", "pass",
		    "d.example", "include:i.example", NULL, NULL, NULL },
		{ "timeout", "192.0.2.7", "mail.d.example", "u@t.example",
		    "temperror", "t.example", NULL,
		    "timeout on asking for t.example", "softfail",
		    "mail.d.example" },
		{ "U-labels", "192.0.2.7",
		    "b\xC3\xBC"
		    "cher.example",
		    "u@b\xC3\xBC"
		    "cher.example",
		    "pass", "xn--bcher-kva.example", "+all", NULL, "pass",
		    "xn--bcher-kva.example" },
		{ "HELO takes what MAIL FROM leaves", "192.0.2.7",
		    "one.example", "u@nine.example", "pass", "nine.example",
		    "ip4:192.0.2.7", NULL, "pass", "one.example" },
		{ "HELO takes no more than MAIL FROM leaves", "192.0.2.7",
		    "two.example", "u@nine.example", "pass", "nine.example",
		    "ip4:192.0.2.7", NULL, "temperror", "two.example" },
		{ "MAIL FROM leaves enough", "192.0.2.7", "two.example",
		    "u@d.example", "pass", "d.example", "include:i.example",
		    NULL, "pass", "two.example" },
		{ "client not known", "", "mail.d.example", "u@d.example", NULL,
		    NULL, NULL, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct run r;

		if (!table_wants(label))
			continue;
		run_begin(&r, row[i].ip, row[i].helo, row[i].mailfrom,
		    DIRECTION_INBOUND);
		table_text(label, "spf", fact_text(&r, "spf"), row[i].spf);
		table_text(label, "spf.domain", fact_text(&r, "spf.domain"),
		    row[i].domain);
		table_text(label, "spf.mechanism",
		    fact_text(&r, "spf.mechanism"), row[i].mechanism);
		table_text(label, "spf.problem", fact_text(&r, "spf.problem"),
		    row[i].problem);
		table_text(label, "spf_helo", fact_text(&r, "spf_helo"),
		    row[i].helo_result);
		table_text(label, "spf_helo.domain",
		    fact_text(&r, "spf_helo.domain"), row[i].helo_domain);
		table_number(label, "accessor", spf_mailfrom(r.m) != NULL,
		    row[i].spf != NULL);
		run_end(&r);
	}
	table_end();
}

/* Without folds: a line break goes, the tab behind it becomes a space. */
static const char *
unfolded(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (*from != '\n')
			*to++ = *from == '\t' ? ' ' : *from;
	*to = '\0';
	return text;
}

static void
test_told(void **state)
{
	static const struct {
		const char *label, *ip, *mailfrom;
		const char *authres, *json, *explain;
	} row[] = {
		{ "pass", "192.0.2.7", "u@d.example",
		    "mx; spf=pass smtp.mailfrom=d.example; spf=softfail "
		    "smtp.helo=mail.d.example",
		    "{\"spf\":{\"result\":\"pass\",\"identity\":\"mailfrom\","
		    "\"domain\":\"d.example\",\"explanation\":null,"
		    "\"mechanism\":\"include:i.example\",\"lookups\":1,"
		    "\"void\":0,\"problem\":null},\"spf_helo\":{\"result\":"
		    "\"softfail\",\"identity\":\"helo\",\"domain\":"
		    "\"mail.d.example\",\"explanation\":null,\"mechanism\":"
		    "\"~all\",\"lookups\":0,\"void\":0,\"problem\":null}}",
		    "SPF: d.example allows 192.0.2.7 to send for it "
		    "(include:i.example, there ip4:192.0.2.0/24 of i.example), "
		    "1 of 10 lookups.\n"
		    "  1. include:i.example in the record of d.example, asking "
		    "i.example: match\n"
		    "SPF of the HELO name: mail.d.example suspects that "
		    "192.0.2.7 may not send for it (~all), 0 of 10 lookups.\n" },
		{ "fail with explanation", "2001:db8::1", "u@d.example",
		    "mx; spf=fail smtp.mailfrom=d.example; spf=softfail "
		    "smtp.helo=mail.d.example",
		    NULL,
		    "SPF: d.example does not allow 2001:db8::1 to send for it "
		    "(-all), 1 of 10 lookups.\n"
		    "  It says: \"2001:db8::1 is not ours\"\n"
		    "  1. include:i.example in the record of d.example, asking "
		    "i.example: no match\n"
		    "SPF of the HELO name: mail.d.example suspects that "
		    "2001:db8::1 may not send for it (~all), 0 of 10 "
		    "lookups.\n" },
		{ "hostile record", "192.0.2.7", "u@odd.example",
		    "mx; spf=permerror reason=\"syntax error in the record of "
		    "odd.example: character out of place in \\\"a:??.example\\\"\" "
		    "smtp.mailfrom=odd.example; spf=softfail "
		    "smtp.helo=mail.d.example",
		    NULL,
		    "SPF: what odd.example allows can't be told: syntax error "
		    "in the record of odd.example: character out of place in "
		    "\"a:??.example\".\n"
		    "SPF of the HELO name: mail.d.example suspects that "
		    "192.0.2.7 may not send for it (~all), 0 of 10 "
		    "lookups.\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct authres ar;
		struct jsonw w;
		struct buf b;
		struct run r;

		run_begin(&r, row[i].ip, "mail.d.example", row[i].mailfrom,
		    DIRECTION_INBOUND);
		authres_init(&ar, r.m->arena, SPAN("mx"));
		check_spf.authres(r.m, check_slot(r.m, &check_spf), &ar);
		table_text(label, "header",
		    unfolded(arena_strdup(r.m->arena, authres_finish(&ar))),
		    row[i].authres);
		buf_init(&b, 4096);
		jsonw_init(&w, &b);
		jsonw_object(&w, NULL);
		check_spf.json(r.m, check_slot(r.m, &check_spf), &w);
		jsonw_end(&w);
		if (row[i].json != NULL)
			table_text(label, "JSON",
			    arena_strdup(r.m->arena, buf_span(&b)),
			    row[i].json);
		buf_clear(&b);
		check_spf.explain(r.m, check_slot(r.m, &check_spf), &b, 1);
		table_text(label, "sentences",
		    arena_strdup(r.m->arena, buf_span(&b)), row[i].explain);
		buf_free(&b);
		run_end(&r);
	}
	table_end();
}

static void
test_not_foreign(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, "192.0.2.7", "mail.d.example", "u@d.example",
	    DIRECTION_SUBMISSION);
	assert_int_equal(r.judged, 1);
	for (size_t i = 0; i < check_spf.fact_count; i++)
		assert_int_equal(
		    facts_get(r.m->facts, (fact_id)i)->state, FACT_ABSENT);
	assert_null(spf_mailfrom(r.m));
	assert_null(spf_helo(r.m));
	assert_int_equal(dns_pending(r.m->dns), 0);
	run_end(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_told),
	cmocka_unit_test(test_not_foreign),
};

TABLE_MAIN(tests)
