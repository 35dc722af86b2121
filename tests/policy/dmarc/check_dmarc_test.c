/*
 * The check of DMARC on whole messages, with SPF and DKIM beside it: who the
 * author is, what is stated, and what is told.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/case/case.h"
#include "policy/dmarc/check_dmarc.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

extern const struct check check_dmarc;

#define ZONE                                                                     \
	"\"dns\":{\"example.com\":{\"TXT\":[\"v=spf1 ip4:192.0.2.0/24 -all\"]}," \
	"\"_dmarc.example.com\":{\"TXT\":[\"v=DMARC1; p=reject; sp=none\"]},"    \
	"\"own.example.com\":{\"TXT\":[\"v=spf1 ip4:192.0.2.0/24 -all\"]},"      \
	"\"attack.example\":{\"TXT\":[\"v=spf1 +all\"]},"                        \
	"\"late.example\":{\"_rcode\":\"TIMEOUT\"},"                             \
	"\"_dmarc.late.example\":{\"TXT\":[\"v=DMARC1; p=reject; t=y\"]},"       \
	"\"_dmarc.lost.example\":{\"_rcode\":\"SERVFAIL\"}}"

struct row {
	const char *label, *helo, *mailfrom, *header;
	const char *json;    /* behind "dmarc": */
	const char *authres; /* behind the authserv-id and semicolon */
	const char *explain; /* found in it; level 1 */
};

/* clang-format off */
#define OUT(result, from, policy, applied, record, org, spf, problem) \
	"{\"result\":\"" result "\",\"from\":" from ",\"policy\":" policy ",\"applied\":" applied ",\"record_domain\":" record ",\"org_domain\":" org ",\"spf_aligned\":" spf ",\"dkim_aligned\":false,\"problem\":" problem "}"

static const struct row rows[] = {
	{ "aligned SPF", "mail.example.com", "a@example.com", "From: a@example.com\\r\\n",
	  OUT("pass", "\"example.com\"", "\"reject\"", "\"reject\"", "\"example.com\"", "\"example.com\"", "true", "null"),
	  "dmarc=pass header.from=example.com policy.dmarc=reject",
	  "SPF's example.com counts: is the author's domain." },
	{ "forged", "attack.example", "a@attack.example", "From: a@example.com\\r\\n",
	  OUT("fail", "\"example.com\"", "\"reject\"", "\"reject\"", "\"example.com\"", "\"example.com\"", "false", "null"),
	  "dmarc=fail header.from=example.com policy.dmarc=reject",
	  "SPF's attack.example does not count: lies outside the author's organizational domain." },
	{ "HELO never counts (A1)", "example.com", "a@gone.example.com", "From: a@example.com\\r\\n",
	  OUT("fail", "\"example.com\"", "\"reject\"", "\"reject\"", "\"example.com\"", "\"example.com\"", "false", "null"),
	  "dmarc=fail header.from=example.com policy.dmarc=reject", "nothing shows" },
	{ "malformed sender (A2)", "example.com", "(a@gone.example.com", "From: a@example.com\\r\\n",
	  OUT("fail", "\"example.com\"", "\"reject\"", "\"reject\"", "\"example.com\"", "\"example.com\"", "false", "null"),
	  "dmarc=fail header.from=example.com policy.dmarc=reject", "" },
	{ "null sender counts as postmaster of HELO", "own.example.com", "", "From: a@example.com\\r\\n",
	  OUT("pass", "\"example.com\"", "\"reject\"", "\"reject\"", "\"example.com\"", "\"example.com\"", "true", "null"),
	  "dmarc=pass header.from=example.com policy.dmarc=reject",
	  "SPF's own.example.com counts: has the author's organizational domain." },
	{ "sub-domain", "attack.example", "a@attack.example", "From: a@own.example.com\\r\\n",
	  OUT("fail", "\"own.example.com\"", "\"none\"", "\"none\"", "\"example.com\"", "\"example.com\"", "false", "null"),
	  "dmarc=fail header.from=own.example.com policy.dmarc=none",
	  "The record of example.com asks for none (sp)." },
	{ "two From fields", "mail.example.com", "a@example.com", "From: a@example.com\\r\\nFrom: b@attack.example\\r\\n",
	  OUT("permerror", "null", "null", "null", "null", "null", "false", "\"several From fields\""),
	  "dmarc=permerror reason=\"several From fields\"", "no author domain (several From fields)" },
	{ "no From", "mail.example.com", "a@example.com", "Sender: a@example.com\\r\\n",
	  OUT("permerror", "null", "null", "null", "null", "null", "false", "\"no From field\""),
	  "dmarc=permerror reason=\"no From field\"", "" },
	{ "two domains", "mail.example.com", "a@example.com", "From: a@example.com, b@attack.example\\r\\n",
	  OUT("permerror", "null", "null", "null", "null", "null", "false", "\"authors of several domains in the From field\""),
	  "dmarc=permerror reason=\"authors of several domains in the From field\"", "" },
	{ "SPF temperror", "late.example", "a@late.example", "From: a@late.example\\r\\n",
	  OUT("temperror", "\"late.example\"", "\"reject\"", "\"quarantine\"", "\"late.example\"", "\"late.example\"", "false", "\"SPF could not be evaluated\""),
	  "dmarc=temperror reason=\"SPF could not be evaluated\" header.from=late.example policy.dmarc=quarantine",
	  "it is testing, so quarantine applies" },
	{ "policy not found out", "x.example", "a@x.example", "From: a@lost.example\\r\\n",
	  OUT("temperror", "\"lost.example\"", "null", "null", "null", "null", "false", "\"the policy could not be looked up\""),
	  "dmarc=temperror reason=\"the policy could not be looked up\" header.from=lost.example",
	  "1. _dmarc.lost.example: could not be found out" },
	{ "no policy", "attack.example", "a@attack.example", "From: a@attack.example\\r\\n",
	  OUT("none", "\"attack.example\"", "null", "null", "null", "\"attack.example\"", "true", "null"),
	  "dmarc=none header.from=attack.example", "attack.example has no policy." },
	{ "name of another", "attack.example", "a@attack.example", "From: \\\"ceo@example.com\\\" <a@attack.example>\\r\\n",
	  OUT("none", "\"attack.example\"", "null", "null", "null", "\"attack.example\"", "true", "null"),
	  "dmarc=none header.from=attack.example", "" },
};
/* clang-format on */

struct bench {
	struct arena *arena;
	struct snapshot *snapshot;
	struct case_input input;
	struct case_result result;
	struct message *m;
};

static void
bench_run(struct bench *b, const char *json)
{
	struct snapshot_source source = { .want_all = true,
		.config_text = SPAN(""),
		.rules_text = SPAN("verdict junk at 6 reject at 15\n") };
	struct jsonr_doc *doc;
	const char *why = NULL;

	b->arena = arena_new();
	b->snapshot = snapshot_kit(&source, b->arena);
	case_init(&b->input);
	doc = jsonr_parse(span_of(json), b->arena, &why);
	assert_non_null(doc);
	assert_true(case_read(&b->input, jsonr_top(doc), ".", b->arena, &why));
	if (b->input.zone != NULL)
		dns_zone_hesitate(b->input.zone, true);
	case_run(&b->input, b->snapshot, NULL, &b->result);
	b->m = b->result.session->message;
	jsonr_free(&doc);
}

static void
bench_end(struct bench *b)
{
	case_result_free(&b->result);
	case_release(&b->input);
	snapshot_unref(&b->snapshot);
	arena_free(&b->arena);
}

static const char *
told_json(struct bench *b)
{
	struct jsonw w;
	struct buf text;
	char *out;

	buf_init(&text, 10000);
	jsonw_init(&w, &text);
	jsonw_object(&w, NULL);
	check_dmarc.json(b->m, check_slot(b->m, &check_dmarc), &w);
	jsonw_end(&w);
	out = arena_strdup(b->arena, buf_span(&text));
	buf_free(&text);
	return out;
}

/* On one line. */
static const char *
told_authres(struct bench *b)
{
	struct authres ar;
	struct span value;
	char *out;
	size_t n = 0;

	authres_init(&ar, b->arena, SPAN("id"));
	check_dmarc.authres(b->m, check_slot(b->m, &check_dmarc), &ar);
	value = authres_finish(&ar);
	out = arena_strdup(b->arena, value);
	for (const char *p = out; *p != '\0'; p++)
		if (*p != '\n')
			out[n++] = *p == '\t' ? ' ' : *p;
	out[n] = '\0';
	return out;
}

static void
check_row(const struct row *r)
{
	struct bench b;
	struct buf explain;
	struct arena *a = arena_new();
	const char *got;

	bench_run(&b,
	    arena_printf(a,
		"{\"ip\":\"192.0.2.1\",\"helo\":\"%s\",\"mailfrom\":\"%s\","
		"\"rcpt\":\"r@home.example\",\"message\":\"%s\\r\\nbody\"," ZONE
		"}",
		r->helo, r->mailfrom, r->header));
	table_text(r->label, "json", told_json(&b),
	    arena_printf(a, "{\"dmarc\":%s}", r->json));
	got = told_authres(&b);
	got = strstr(got, "; ") == NULL ? got : strstr(got, "; ") + 2;
	table_text(r->label, "authres", got, r->authres);
	buf_init(&explain, 10000);
	check_dmarc.explain(b.m, check_slot(b.m, &check_dmarc), &explain, 1);
	if (span_search(buf_span(&explain), span_of(r->explain)) == SIZE_MAX)
		table_fail(
		    r->label, "explain: %.*s", SPAN_FMT(buf_span(&explain)));
	buf_free(&explain);
	bench_end(&b);
	arena_free(&a);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(&rows[i]);
	table_end();
}

static const struct value *
fact(const struct bench *b, const char *name)
{
	fact_id id = schema_find(facts_schema(b->m->facts), span_of(name));

	assert_int_not_equal(id, FACT_NONE);
	return facts_get(b->m->facts, id);
}

static void
test_facts(void **state)
{
	struct bench b;

	(void)state;
	bench_run(&b,
	    "{\"ip\":\"192.0.2.1\",\"helo\":\"x.example\","
	    "\"mailfrom\":\"a@attack.example\","
	    "\"message\":\"From: a@late.example\\r\\n\\r\\n\"," ZONE "}");
	assert_true(span_is(fact(&b, "dmarc")->text, "fail"));
	assert_true(span_is(fact(&b, "dmarc.policy")->text, "reject"));
	assert_true(span_is(fact(&b, "dmarc.applied")->text, "quarantine"));
	assert_true(span_is(fact(&b, "dmarc.domain")->text, "late.example"));
	assert_true(span_is(fact(&b, "dmarc.record")->text, "late.example"));
	assert_false(fact(&b, "dmarc.spf_aligned")->yes);
	assert_int_equal(fact(&b, "dmarc.problem")->state, FACT_ABSENT);
	bench_end(&b);
}

/* Our own users' mail, and an envelope without message, have no DMARC. */
static void
test_does_not_apply(void **state)
{
	static const char *const cases[] = {
		"{\"ip\":\"192.0.2.1\",\"mailfrom\":\"a@example.com\","
		"\"macros\":{\"{auth_authen}\":\"joe\"},"
		"\"message\":\"From: a@example.com\\r\\n\\r\\n\"}",
		"{\"ip\":\"192.0.2.1\",\"mailfrom\":\"a@example.com\","
		"\"rcpt\":\"r@home.example\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct bench b;

		bench_run(&b, cases[i]);
		assert_string_equal(told_json(&b), "{\"dmarc\":null}");
		assert_int_equal(fact(&b, "dmarc")->state, FACT_ABSENT);
		assert_null(strstr(told_authres(&b), "dmarc"));
		bench_end(&b);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_does_not_apply),
};

TABLE_MAIN(tests)
