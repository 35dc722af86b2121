/*
 * Signed messages as mailing lists hand them on, and what attackers make of
 * them (tests/data/restore/make.py): which signatures are restored, what is
 * told of it, and what the shipped rules make of it.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/file.h"
#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/jsonw.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

extern const struct check check_restore;

#define DATA      SRCDIR "/tests/data/restore"
#define CASES_MAX ((size_t)4 << 20)

/* What a fact says as text; "" for one that is absent. */
static const char *
fact_text(struct message *m, const char *name)
{
	const struct schema *schema = facts_schema(m->facts);
	fact_id id = schema_find(schema, span_of(name));
	const struct value *v = facts_get(m->facts, id);

	if (v->state == FACT_UNKNOWN)
		return arena_printf(m->arena, "unknown: %s", v->why);
	if (v->state != FACT_KNOWN)
		return "";
	switch (schema_row(schema, id)->type) {
	case FACT_BOOL:
		return v->yes ? "yes" : "no";
	case FACT_NUMBER:
		return arena_printf(m->arena, "%.0f", v->number);
	default:
		return arena_strdup(m->arena, v->text);
	}
}

/* A field of the author's signature, which is the only one. */
static const char *
dkim_text(struct message *m, const char *name)
{
	fact_id id = schema_find(facts_schema(m->facts), span_of(name));
	const struct value *v = facts_field_get(m->facts, id, 0);

	if (v->state != FACT_KNOWN)
		return "";
	if (v->text.p != NULL)
		return arena_strdup(m->arena, v->text);
	return v->yes ? "yes" : "no";
}

/* One run of one case. */
struct judged {
	struct case_input input;
	struct case_result result;
	struct message *m;
};

/* What these cases need of their zone, with this name not answering. */
static void
zone_silence(struct case_input *c, const char *silent)
{
	dns_zone_free(&c->zone);
	c->zone = dns_zone_new();
	dns_zone_txt(
	    c->zone, SPAN("_dmarc.bank.example"), SPAN("v=DMARC1; p=reject"));
	dns_zone_txt(
	    c->zone, SPAN("lists.example"), SPAN("v=spf1 ip4:192.0.2.1 -all"));
	assert_true(dns_zone_rcode(c->zone, span_of(silent), SPAN("TIMEOUT")));
}

/*
 * The case with this id, judged. silent: a name that DNS does not answer, or
 * NULL.
 */
static void
judge(struct jsonr json, struct snapshot *snapshot, const char *silent,
    struct arena *a, struct judged *out)
{
	const char *why;

	case_init(&out->input);
	if (!case_read(&out->input, json, DATA, a, &why))
		fail_msg("%s", why);
	if (silent != NULL)
		zone_silence(&out->input, silent);
	case_run(&out->input, snapshot, NULL, &out->result);
	out->m = out->result.session->message;
}

static void
judged_free(struct judged *j)
{
	case_result_free(&j->result);
	case_release(&j->input);
}

static struct span
cases_read(struct arena *a)
{
	struct span text;
	const char *why;

	if (!file_read(DATA "/cases.jsonl", CASES_MAX, a, &text, &why))
		fail_msg("cases.jsonl: %s", why);
	return text;
}

/* The line with this id; its document in *doc. */
static struct jsonr
case_named(
    struct span text, const char *id, struct arena *a, struct jsonr_doc **doc)
{
	struct span line, name;
	const char *why;

	while (span_cut(&text, '\n', &line)) {
		*doc = jsonr_parse(line, a, &why);
		if (*doc != NULL &&
		    jsonr_text(jsonr_get(jsonr_top(*doc), "id"), &name) &&
		    span_is(name, id))
			return jsonr_top(*doc);
		jsonr_free(doc);
	}
	fail_msg("no case %s", id);
	return (struct jsonr){ NULL };
}

static struct snapshot *
snapshot_with(const char *config, struct span rules, struct arena *a)
{
	const struct snapshot_source source = { .want_all = true,
		.config_text = span_of(config),
		.rules_text = rules };
	struct snapshot *s;

	s = snapshot_kit(&source, a);
	return s;
}

/* ---- all cases ----------------------------------------------------------------- */

static void
check_case(struct span line, struct snapshot *snapshot, struct arena *a)
{
	const char *why, *label, *got = "lost";
	struct jsonr_doc *doc = jsonr_parse(line, a, &why);
	struct span want, id;
	struct judged j;

	assert_non_null(doc);
	assert_true(jsonr_text(jsonr_get(jsonr_top(doc), "id"), &id));
	assert_true(jsonr_text(jsonr_get(jsonr_top(doc), "want"), &want));
	label = arena_strdup(a, id);
	if (table_wants(label)) {
		judge(jsonr_top(doc), snapshot, NULL, a, &j);
		if (strcmp(dkim_text(j.m, "dkim.result"), "pass") == 0)
			got = "good";
		else if (*fact_text(j.m, "restored.domain") != '\0')
			got = "restored";
		table_text(label, "signature", got, arena_strdup(a, want));
		if (strcmp(got, "restored") == 0)
			table_text(label, "dkim.restored",
			    dkim_text(j.m, "dkim.restored"), "yes");
		else if (strcmp(dkim_text(j.m, "dkim.restored"), "yes") == 0)
			table_fail(label, "dkim.restored, though %s", got);
		judged_free(&j);
	}
	jsonr_free(&doc);
}

static void
test_all(void **state)
{
	struct arena *a = arena_new();
	struct snapshot *snapshot = snapshot_with("", SPAN(""), a);
	struct span text = cases_read(a), line;
	size_t count = 0;

	(void)state;
	for (; span_cut(&text, '\n', &line); count += line.n > 0)
		if (line.n > 0)
			check_case(line, snapshot, a);
	assert_true(count > 200);
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

/* ---- what is told ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *label, *id, *silent;
	const char *facts;   /* those of row 0 on, without restored.added */
	const char *added;   /* somewhere in it; NULL: there is none */
	const char *explain; /* somewhere in it */
} rows[] = {
	{ "a footer", "Mailman 2: plain", NULL,
	    "domain=bank.example list=lists.example changes=subject type footer octets=191"
	    " foreign_links=0 addressed=yes aligned=yes", "[talk]\n____",
	    "Restored: the signature of bank.example is good once this is undone: a tag in the"
	    " Subject, Content-Type written anew, text below the text.\n"
	    "  It was handed on by lists.example.\n  | [talk]\n  | ____" },
	{ "nothing but a tag", "tag and fields: html", NULL,
	    "domain=bank.example list=lists.example changes=subject octets=6"
	    " foreign_links=0 addressed=yes aligned=yes", "[talk]", "a tag in the Subject.\n" },
	{ "nothing added", "forwarder, base64: quoted", NULL,
	    "domain=bank.example list=lists.example changes=transfer octets=0"
	    " foreign_links=0 addressed=yes aligned=yes", NULL, "another transfer encoding.\n" },
	{ "a wrapped page", "Mailman 3: html", NULL,
	    "domain=bank.example list=lists.example changes=subject wrapped octets=191"
	    " foreign_links=0 addressed=yes aligned=yes", "https://lists.example/", "wrapping" },
	{ "two footers", "Google Groups: alternative", NULL,
	    "domain=bank.example list=lists.example changes=subject footer octets=763"
	    " foreign_links=0 addressed=yes aligned=yes", "https://lists.example/d/msgid/",
	    "text below the text" },
	{ "another From", "Mailman 3, From rewritten: quoted", NULL,
	    "domain=bank.example list=lists.example author=ann@bank.example"
	    " changes=subject from type transfer footer octets=191 foreign_links=0 addressed=yes"
	    " aligned=yes", "[talk]", "another From" },
	{ "fields that were sworn off", "Mailman 2, answers to the list: exim", NULL,
	    "domain=bank.example list=lists.example changes=subject reply-to fields type footer"
	    " octets=191 foreign_links=0 addressed=yes aligned=yes", "[talk]", "another Reply-To" },
	{ "not believed", "not: a cover", NULL,
	    "problem=what was added could hide what the author wrote", NULL,
	    "That counts for nothing: what was added could hide" },
	{ "a silent key", "Mailman 2: plain", "s._domainkey.bank.example",
	    "domain=unknown: the key could not be looked up"
	    " list=unknown: the key could not be looked up"
	    " author=unknown: the key could not be looked up"
	    " changes=unknown: the key could not be looked up"
	    " octets=unknown: the key could not be looked up"
	    " foreign_links=unknown: the key could not be looked up"
	    " addressed=unknown: the key could not be looked up"
	    " aligned=unknown: the key could not be looked up"
	    " problem=unknown: the key could not be looked up",
	    "unknown: the key could not be looked up", "" },
	{ "a silent key of what nobody could have signed", "not: text before",
	    "s._domainkey.bank.example", "", NULL, "" },
};
/* clang-format on */

static const char *
facts_told(struct message *m)
{
	const char *all = "";

	for (size_t i = 0; i < check_restore.fact_count; i++) {
		const char *name = check_restore.facts[i].name;
		const char *text = fact_text(m, name);

		if (*text != '\0' && strcmp(name, "restored.added") != 0)
			all = arena_printf(m->arena, "%s%s%s=%s", all,
			    *all != '\0' ? " " : "", strchr(name, '.') + 1,
			    text);
	}
	return all;
}

static void
check_told(size_t i, struct span text, struct snapshot *snapshot)
{
	struct arena *a = arena_new();
	struct jsonr_doc *doc;
	struct judged j;
	struct buf explain;
	const char *added;

	judge(case_named(text, rows[i].id, a, &doc), snapshot, rows[i].silent,
	    a, &j);
	table_text(rows[i].label, "facts", facts_told(j.m), rows[i].facts);
	added = fact_text(j.m, "restored.added");
	if (rows[i].added == NULL ? *added != '\0'
				  : strstr(added, rows[i].added) == NULL)
		table_fail(rows[i].label, "added: got \"%s\"", added);
	buf_init(&explain, 65536);
	check_restore.explain(
	    j.m, check_slot(j.m, &check_restore), &explain, 1);
	if (span_search(buf_span(&explain), span_of(rows[i].explain)) ==
	    SIZE_MAX)
		table_fail(rows[i].label, "explain: got \"%.*s\"",
		    SPAN_FMT(buf_span(&explain)));
	buf_free(&explain);
	judged_free(&j);
	jsonr_free(&doc);
	arena_free(&a);
}

static void
test_told(void **state)
{
	struct arena *a = arena_new();
	struct snapshot *snapshot = snapshot_with("", SPAN(""), a);
	struct span text = cases_read(a);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_told(i, text, snapshot);
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

/* What is not kept whole was not looked at, which is not the same as no. */
static void
test_cut(void **state)
{
	struct arena *a = arena_new();
	struct snapshot *snapshot =
	    snapshot_with("body.max 64k\n", SPAN(""), a);
	struct span text = cases_read(a);
	struct jsonr_doc *doc;
	struct judged j;
	struct case_input c;
	const char *why;

	(void)state;
	case_init(&c);
	assert_true(case_read(
	    &c, case_named(text, "Mailman 2: plain", a, &doc), DATA, a, &why));
	c.message = span_of(
	    arena_printf(a, "%.*s%0100000d\r\n", SPAN_FMT(c.message), 0));
	case_run(&c, snapshot, NULL, &j.result);
	table_text("a long body", "restored.domain",
	    fact_text(j.result.session->message, "restored.domain"),
	    "unknown: the body is too long");
	case_result_free(&j.result);
	case_release(&c);
	jsonr_free(&doc);
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

/* ---- what the shipped rules make of it ---------------------------------------------- */

static const struct {
	const char *id;
	enum outcome want;
} verdicts[] = {
	{ "Mailman 2: plain", OUTCOME_ACCEPT },
	{ "Sympa: mixed", OUTCOME_ACCEPT },
	{ "Google Groups: alternative", OUTCOME_ACCEPT },
	{ "Exchange disclaimer: html", OUTCOME_ACCEPT },
	{ "forwarder, base64: quoted", OUTCOME_ACCEPT },
	/* As without this: List-Id and SPF speak for a list. */
	{ "Sympa: base64 in lines of 60", OUTCOME_JUNK },
	{ "not: text before", OUTCOME_JUNK },
	{ "not: a cover", OUTCOME_JUNK },
	{ "not: a stranger's list", OUTCOME_JUNK },
	{ "not: a stranger's tag", OUTCOME_JUNK },
	{ "not: a link elsewhere", OUTCOME_JUNK },
	{ "not: a second From", OUTCOME_REJECT },
	{ "not: nobody vouches", OUTCOME_REJECT },
};

static void
test_rules(void **state)
{
	struct arena *a = arena_new();
	struct snapshot *snapshot;
	struct span text = cases_read(a), rules;
	struct jsonr_doc *doc;
	struct judged j;
	const char *why;

	(void)state;
	assert_true(file_read(
	    SRCDIR "/contrib/rules/default.rules", 1 << 20, a, &rules, &why));
	snapshot = snapshot_with("", rules, a);
	for (size_t i = 0; i < ARRAY_COUNT(verdicts); i++) {
		if (!table_wants(verdicts[i].id))
			continue;
		judge(case_named(text, verdicts[i].id, a, &doc), snapshot, NULL,
		    a, &j);
		table_text(verdicts[i].id, "verdict",
		    outcome_names[j.result.verdict.action],
		    outcome_names[verdicts[i].want]);
		judged_free(&j);
		jsonr_free(&doc);
	}
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_all),
	cmocka_unit_test(test_told),
	cmocka_unit_test(test_cut),
	cmocka_unit_test(test_rules),
};

TABLE_MAIN(tests)
