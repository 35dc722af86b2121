/*
 * The check of DKIM inside a session: facts, Authentication-Results, JSON and
 * sentences.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/case/case.h"
#include "policy/dkim/check_dkim.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"
#include "rules/source/diag.h"
#include "tests/kit/dkim_data.h"

extern const struct check check_dkim;

/* All keys; the one at silent does not answer. */
static struct dns_zone *
zone_of(struct arena *a, const char *silent)
{
	struct dns_zone *zone = dkim_data_zone(a, span_of(silent));

	if (silent != NULL)
		assert_true(
		    dns_zone_rcode(zone, span_of(silent), SPAN("TIMEOUT")));
	return zone;
}

struct said {
	struct buf authres, json, explain, facts;
};

/* "NAME=VALUE ..." of the first signature. */
static void
say_facts(const struct message *m, struct buf *out)
{
	fact_id group = check_fact(m, &check_dkim, 0);

	(void)buf_printf(out, "count=%zu", facts_count(m->facts, group));
	for (size_t i = 1;
	     i < check_dkim.fact_count && facts_count(m->facts, group) > 0;
	     i++) {
		const struct value *v =
		    facts_field_get(m->facts, (fact_id)(group + i), 0);
		const char *name = check_dkim.facts[i].name + strlen("dkim.");

		if (v->state != FACT_KNOWN)
			continue;
		if (check_dkim.facts[i].type == FACT_NUMBER)
			(void)buf_printf(out, " %s=%.0f", name, v->number);
		else if (check_dkim.facts[i].type == FACT_BOOL)
			(void)buf_printf(
			    out, " %s=%s", name, v->yes ? "yes" : "no");
		else
			(void)buf_printf(
			    out, " %s=%.*s", name, SPAN_FMT(v->text));
	}
}

static void
say(struct message *m, struct said *out)
{
	void *slot = check_slot(m, &check_dkim);
	struct jsonw w;
	struct authres ar;

	say_facts(m, &out->facts);
	authres_init(&ar, m->arena, SPAN("mx.example"));
	check_dkim.authres(m, slot, &ar);
	(void)buf_add(&out->authres, authres_finish(&ar));
	jsonw_init(&w, &out->json);
	jsonw_object(&w, NULL);
	check_dkim.json(m, slot, &w);
	jsonw_end(&w);
	check_dkim.explain(m, slot, &out->explain, 1);
}

/* clang-format off */
static const struct {
	const char *label, *file, *silent;
	const char *facts;
	const char *authres; /* somewhere in it, unfolded */
	const char *json;    /* somewhere in it */
	const char *explain; /* somewhere in it */
	bool incomplete;
} rows[] = {
	{ "a good one", "relaxed-relaxed.eml", NULL,
	    "count=1 result=pass domain=example.org selector=r2048 algorithm=rsa-sha256"
	    " bits=2048 identity=@example.org testing=no length=no age=0",
	    "dkim=pass header.d=example.org header.s=r2048 header.a=rsa-sha256 header.b=",
	    "{\"dkim\":[{\"domain\":\"example.org\",\"selector\":\"r2048\",\"result\":\"pass\","
	    "\"algorithm\":\"rsa-sha256\",\"bits\":2048,\"identity\":\"@example.org\","
	    "\"problem\":null}]}",
	    "DKIM: the signature of example.org is good.\n", false },
	{ "two", "dual.eml", NULL,
	    "count=2 result=pass domain=example.org selector=r2048 algorithm=rsa-sha256"
	    " bits=2048 identity=@example.org testing=no length=no age=0",
	    "header.s=ed header.a=ed25519-sha256", "\"algorithm\":\"ed25519-sha256\",\"bits\":256",
	    "selector ed, ed25519-sha256, key of 256 bits", false },
	{ "a weak one", "sha1.eml", NULL,
	    "count=1 result=policy domain=example.org selector=r1024 algorithm=rsa-sha1"
	    " identity=@example.org problem=rsa-sha1 is not accepted testing=no length=no age=0",
	    "policy.dkim-rules=weak-hash", "\"bits\":null",
	    "is not accepted here: rsa-sha1 is not accepted.\n", false },
	{ "a silent key", "relaxed-relaxed.eml", "r2048._domainkey.example.org",
	    "count=1 result=temperror domain=example.org selector=r2048 algorithm=rsa-sha256"
	    " identity=@example.org problem=the key could not be looked up testing=no length=no age=0",
	    "dkim=temperror reason=\"the key could not be looked up\"", "\"result\":\"temperror\"",
	    "could not be verified now", true },
	{ "one that does not say when it was made", "no-time.eml", NULL,
	    "count=1 result=pass domain=example.org selector=r2048 algorithm=rsa-sha256"
	    " bits=2048 identity=@example.org testing=no length=no",
	    "dkim=pass", "\"result\":\"pass\"", "is good", false },
	{ "none", "keys.txt", NULL, "count=0", "mx.example; dkim=none", "{\"dkim\":[]}",
	    "not signed", false },
};
/* clang-format on */

/* Folds and what header.b says go: keys are made anew with each fixture. */
static struct span
unfolded(struct arena *a, struct span text)
{
	char *p = arena_strdup(a, text);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (p[i] != '\n')
			p[n++] = p[i] == '\t' ? ' ' : p[i];
	return span_make(p, n);
}

static void
contains(const char *label, struct span text, const char *want)
{
	if (span_search(text, span_of(want)) == SIZE_MAX)
		table_fail(
		    label, "no \"%s\" in \"%.*s\"", want, SPAN_FMT(text));
}

static void
check_row(size_t i, struct snapshot *snapshot)
{
	struct arena *a = arena_new();
	struct case_input c;
	struct case_result result;
	struct said said;
	struct message *m;

	case_init(&c);
	c.message = dkim_data_read(a, rows[i].file);
	c.zone = zone_of(a, rows[i].silent);
	assert_true(ip_parse(SPAN("192.0.2.1"), &c.ip));
	case_run(&c, snapshot, NULL, &result);
	m = result.session->message;
	buf_init(&said.facts, 4096);
	buf_init(&said.authres, 4096);
	buf_init(&said.json, 4096);
	buf_init(&said.explain, 4096);
	say(m, &said);
	(void)buf_addc(&said.facts, '\0');
	table_text(rows[i].label, "facts", said.facts.p, rows[i].facts);
	contains(rows[i].label, unfolded(a, buf_span(&said.authres)),
	    rows[i].authres);
	contains(rows[i].label, buf_span(&said.json), rows[i].json);
	contains(rows[i].label, buf_span(&said.explain), rows[i].explain);
	table_number(rows[i].label, "incomplete", m->incomplete_count > 0,
	    rows[i].incomplete);
	buf_free(&said.facts);
	buf_free(&said.authres);
	buf_free(&said.json);
	buf_free(&said.explain);
	case_result_free(&result);
	case_release(&c);
	arena_free(&a);
}

static void
test_check(void **state)
{
	struct arena *a = arena_new();
	struct diags diags;
	struct snapshot_source source = { .want_all = true,
		.config_text = SPAN(""),
		.rules_text = SPAN("") };
	struct snapshot *snapshot;

	diags_init(&diags, a);
	snapshot = snapshot_load(&source, &diags);

	(void)state;
	assert_non_null(snapshot);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(i, snapshot);
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_check),
};

TABLE_MAIN(tests)
