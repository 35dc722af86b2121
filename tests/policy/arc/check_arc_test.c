/*
 * The check of ARC inside a session: facts, Authentication-Results, JSON and
 * sentences; and whose word the shipped rules take.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/case/case.h"
#include "policy/load/shipped.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"
#include "rules/source/diag.h"
#include "tests/kit/arc_kit.h"
#include "tests/kit/snapshot_kit.h"

extern const struct check check_arc;

#define MESSAGE                                                      \
	"From: Ann <ann@bank.example>\r\nTo: joe@us.example\r\n"     \
	"Subject: hello\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n" \
	"Message-ID: <1@bank.example>\r\n\r\nDear Joe,\r\n"
#define SAYS(server, dmarc)                                            \
	server "; spf=pass smtp.mailfrom=ann@bank.example; dkim=pass " \
	       "header.d=bank.example; dmarc=" dmarc                   \
	       " header.from=bank.example"
#define HOPS_MAX 3

static struct arc_kit *kit;

static int
kit_begin(void **state)
{
	(void)state;
	kit = arc_kit_new(1024);
	return 0;
}

static int
kit_end(void **state)
{
	(void)state;
	arc_kit_free(&kit);
	return 0;
}

/* ---- judging ---------------------------------------------------------------- */

static struct snapshot *
load(const char *config, struct span rules)
{
	struct arena *a = arena_new();
	struct snapshot_source source = { .config_text = span_of(config),
		.rules_text = rules };
	struct snapshot *snapshot;

	snapshot = snapshot_kit(&source, a);
	arena_free(&a);
	return snapshot;
}

/* The keys of a.example, b.example and evil.example but that of silent. */
static struct dns_zone *
zone_of(const char *silent)
{
	static const char *const domain[] = { "a.example", "b.example",
		"evil.example" };
	struct dns_zone *zone = dns_zone_new();
	char owner[64];

	dns_zone_txt(
	    zone, SPAN("_dmarc.bank.example"), SPAN("v=DMARC1; p=reject"));
	for (size_t i = 0; i < ARRAY_COUNT(domain); i++) {
		(void)snprintf(
		    owner, sizeof(owner), "s._domainkey.%s", domain[i]);
		if (silent == NULL || strcmp(silent, domain[i]) != 0)
			arc_kit_publish(kit, zone, domain[i], "s", false);
		else
			assert_true(dns_zone_rcode(
			    zone, span_of(owner), SPAN("TIMEOUT")));
	}
	return zone;
}

static struct span
chain_of(struct arena *a, const struct arc_kit_hop hop[HOPS_MAX])
{
	struct span message = SPAN(MESSAGE);

	for (size_t i = 0; i < HOPS_MAX && hop[i].domain != NULL; i++)
		message = arc_kit_seal(kit, a, message, i + 1, &hop[i]);
	return message;
}

static void
judge(struct span message, const char *silent, struct snapshot *snapshot,
    struct case_input *c, struct case_result *out)
{
	case_init(c);
	c->message = message;
	c->zone = zone_of(silent);
	c->mailfrom = SPAN("joe@forwarder.example");
	assert_true(ip_parse(SPAN("192.0.2.1"), &c->ip));
	case_run(c, snapshot, NULL, out);
}

/* ---- what it says --------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *label;
	struct arc_kit_hop hop[HOPS_MAX];
	const char *silent;
	const char *facts;
	const char *authres; /* "" or somewhere in it, unfolded */
	const char *json;
	const char *explain;
	bool incomplete;
} row[] = {
	{ "none", { { NULL } }, NULL, "arc=none hops=0", "mx.example; none",
	    "{\"arc\":{\"result\":\"none\",\"instances\":0,\"sealers\":[],\"oldest_pass\":null,"
	    "\"problem\":null}}", "", false },
	{ "one", { { .domain = "a.example", .results = SAYS("mx.a.example", "pass") } }, NULL,
	    "arc=pass arc.sealer=a.example arc.chain=arc=pass as[1].d=a.example as[1].s=s"
	    " arc.oldest_pass=0 hops=1 [ instance=1 newest=yes domain=a.example selector=s result=pass"
	    " server=mx.a.example spf=pass dkim=pass dmarc=pass author=bank.example]",
	    "mx.example; arc=pass smtp.remote-ip=192.0.2.1 header.oldest-pass=0",
	    "{\"arc\":{\"result\":\"pass\",\"instances\":1,\"sealers\":[\"a.example\"],"
	    "\"oldest_pass\":0,\"problem\":null}}",
	    "ARC: the chain of those who handed the message on holds; the last was a.example.\n"
	    "  1. sealed by a.example, selector s: pass; mx.a.example says spf=pass dkim=pass"
	    " dmarc=pass for bank.example.\n", false },
	{ "a list that signs less", { { .domain = "a.example" },
	    { .domain = "b.example", .names = "from", .added = "--\r\n", .results = "b x" } }, NULL,
	    "arc=pass arc.sealer=b.example arc.chain=arc=pass as[2].d=b.example as[2].s=s"
	    " as[1].d=a.example as[1].s=s arc.oldest_pass=2 arc.unsigned=to subject date hops=2"
	    " [ instance=1 newest=no domain=a.example selector=s result=pass server=a.example]"
	    " [ instance=2 newest=yes domain=b.example selector=s result=pass]",
	    "header.oldest-pass=2", "\"sealers\":[\"a.example\",\"b.example\"],\"oldest_pass\":2",
	    "  2. sealed by b.example, selector s: pass; what it says can't be read.\n", false },
	{ "forged", { { .domain = "a.example", .forged = true } }, NULL,
	    "arc=fail arc.problem=the message signature of set 1: it does not match hops=1"
	    " [ instance=1 newest=yes domain=a.example selector=s result=fail server=a.example]",
	    "arc=fail reason=\"the message signature of set 1: it does not match\" smtp.remote-ip=192.0.2.1",
	    "\"oldest_pass\":null,\"problem\":\"the message signature of set 1: it does not match\"",
	    "ARC: the chain does not hold: the message signature of set 1: it does not match.\n", false },
	{ "broken before", { { .domain = "a.example", .cv = "fail" } }, NULL,
	    "arc=fail arc.problem=its newest seal says that it was broken before hops=1"
	    " [ instance=1 newest=yes domain=a.example selector=s result=none server=a.example]",
	    "arc=fail reason=", "\"result\":\"fail\"", "does not hold", false },
	{ "not sealed", { { .domain = "a.example", .seal = " x" } }, NULL,
	    "arc=fail arc.problem=a signature of it: not a list of tags hops=1 [ instance=1 newest=yes"
	    " result=none server=a.example]", "arc=fail reason=", "\"sealers\":[null]", "  1. not sealed.\n", false },
	{ "silent", { { .domain = "a.example" } }, "a.example",
	    "arc=temperror arc.sealer=? arc.problem=the message signature of set 1: the key could not be"
	    " looked up hops=1 [ instance=1 newest=yes domain=a.example selector=s result=temperror"
	    " server=a.example]",
	    "arc=temperror reason=", "\"result\":\"temperror\"", "could not be verified now", true },
};
/* clang-format on */

static void
say_value(struct buf *out, const char *name, const struct value *v,
    enum fact_type type)
{
	if (v->state == FACT_UNKNOWN)
		(void)buf_printf(out, " %s=?", name);
	if (v->state != FACT_KNOWN)
		return;
	if (type == FACT_NUMBER)
		(void)buf_printf(out, " %s=%g", name, v->number);
	else if (type == FACT_BOOL)
		(void)buf_printf(out, " %s=%s", name, v->yes ? "yes" : "no");
	else
		(void)buf_printf(out, " %s=%.*s", name, SPAN_FMT(v->text));
}

static const char *
say_facts(struct arena *a, const struct message *m)
{
	fact_id first = check_fact(m, &check_arc, 0);
	size_t group = 0, hops;
	const char *text;
	struct buf b;

	buf_init(&b, 4096);
	while (check_arc.facts[group].type != FACT_GROUP) {
		say_value(&b, check_arc.facts[group].name,
		    facts_get(m->facts, (fact_id)(first + group)),
		    check_arc.facts[group].type);
		group++;
	}
	hops = facts_count(m->facts, (fact_id)(first + group));
	(void)buf_printf(&b, " hops=%zu", hops);
	for (size_t i = 0; i < hops; i++) {
		(void)buf_addz(&b, " [");
		for (size_t k = group + 1; k < check_arc.fact_count; k++)
			say_value(&b,
			    check_arc.facts[k].name + strlen("arc_hop."),
			    facts_field_get(m->facts, (fact_id)(first + k), i),
			    check_arc.facts[k].type);
		(void)buf_addz(&b, "]");
	}
	text = arena_strdup(a, span_slice(buf_span(&b), 1, b.n));
	buf_free(&b);
	return text;
}

static const char *
say_authres(struct arena *a, struct message *m)
{
	struct authres ar;
	char *p;

	authres_init(&ar, a, SPAN("mx.example"));
	check_arc.authres(m, check_slot(m, &check_arc), &ar);
	p = arena_strdup(a, authres_finish(&ar));
	for (char *from = p, *to = p;; from++) {
		if (*from != '\n')
			*to++ = *from == '\t' ? ' ' : *from;
		if (*from == '\0')
			return p;
	}
}

static const char *
say_json(struct arena *a, struct message *m)
{
	const char *text;
	struct jsonw w;
	struct buf b;

	buf_init(&b, 4096);
	jsonw_init(&w, &b);
	jsonw_object(&w, NULL);
	check_arc.json(m, check_slot(m, &check_arc), &w);
	jsonw_end(&w);
	text = arena_strdup(a, buf_span(&b));
	buf_free(&b);
	return text;
}

static const char *
say_explain(struct arena *a, struct message *m)
{
	const char *text;
	struct buf b;

	buf_init(&b, 4096);
	check_arc.explain(m, check_slot(m, &check_arc), &b, 1);
	text = arena_strdup(a, buf_span(&b));
	buf_free(&b);
	return text;
}

/* want in text; "" is all of it. */
static void
contains(const char *label, const char *text, const char *want)
{
	if (want[0] == '\0' ? text[0] != '\0' : strstr(text, want) == NULL)
		table_fail(label, "no \"%s\" in \"%s\"", want, text);
}

static void
test_said(void **state)
{
	struct snapshot *snapshot = load("", SPAN(""));

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		const char *label = row[i].label;
		struct case_result result;
		struct case_input c;
		struct message *m;

		judge(chain_of(a, row[i].hop), row[i].silent, snapshot, &c,
		    &result);
		m = result.session->message;
		if (table_wants(label)) {
			table_text(
			    label, "facts", say_facts(a, m), row[i].facts);
			contains(label, say_authres(a, m), row[i].authres);
			contains(label, say_json(a, m), row[i].json);
			contains(label, say_explain(a, m), row[i].explain);
			table_number(label, "incomplete",
			    m->incomplete_count > 0, row[i].incomplete);
		}
		case_result_free(&result);
		case_release(&c);
		arena_free(&a);
	}
	snapshot_unref(&snapshot);
	table_end();
}

/* ---- only where somebody asks -------------------------------------------------------- */

static void
test_asked(void **state)
{
	static const struct {
		const char *label, *config, *rules, *json;
	} rows[] = {
		{ "by default", "", "", "\"result\":\"pass\"" },
		{ "nobody", "arc.always no", "", "{\"arc\":null}" },
		{ "a rule", "arc.always no",
		    "rule x when arc = pass then score 1\n",
		    "\"result\":\"pass\"" },
		{ "a rule about hops", "arc.always no",
		    "rule x when any arc_hop (spf = pass) then score 1\n",
		    "\"result\":\"pass\"" },
		{ "a rule about something else", "arc.always no",
		    "rule x when spf = pass then score 1\n", "{\"arc\":null}" },
	};
	static const struct arc_kit_hop hop[HOPS_MAX] = { { .domain =
								"a.example" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct snapshot *snapshot =
		    load(rows[i].config, span_of(rows[i].rules));
		struct arena *a = arena_new();
		struct case_result result;
		struct case_input c;

		judge(chain_of(a, hop), NULL, snapshot, &c, &result);
		contains(rows[i].label, say_json(a, result.session->message),
		    rows[i].json);
		case_result_free(&result);
		case_release(&c);
		snapshot_unref(&snapshot);
		arena_free(&a);
	}
	table_end();
}

/* ---- whose word the shipped rules take ------------------------------------------------ */

/* b.example is trusted, and c.b.example below it; a.example is not. */
static struct span
rules_that_trust(struct arena *a)
{
	struct span text = span_of(shipped_files[0].text),
		    list = SPAN("domains forwarders.invalid");
	size_t at = span_search(text, list) + list.n;

	assert_string_equal(shipped_files[0].name, SHIPPED_RULES);
	assert_true(at > list.n);
	return span_of(arena_printf(a, "%.*s b.example%.*s",
	    SPAN_FMT(span_slice(text, 0, at)),
	    SPAN_FMT(span_slice(text, at, text.n))));
}

/* clang-format off */
static const struct {
	const char *label;
	struct arc_kit_hop hop[HOPS_MAX];
	const char *silent, *top;
	enum outcome want;
	const char *rule; /* that decided, where it says more */
} trust[] = {
	{ "nobody handed it on", { { NULL } }, .want = OUTCOME_REJECT },
	{ "a trusted forwarder", { { .domain = "b.example", .results = SAYS("b.example", "pass") } },
	    .want = OUTCOME_ACCEPT },
	{ "a stranger", { { .domain = "evil.example", .results = SAYS("b.example", "pass") } },
	    .want = OUTCOME_REJECT },
	{ "a forged seal of his", { { .domain = "b.example", .forged = true, .results = SAYS("b.example", "pass") } },
	    .want = OUTCOME_REJECT },
	{ "a stranger's chain, handed on by him", { { .domain = "evil.example",
	    .results = SAYS("b.example", "pass") }, { .domain = "b.example", .results = SAYS("b.example", "fail") } },
	    .want = OUTCOME_REJECT },
	{ "a stranger behind him", { { .domain = "b.example", .results = SAYS("b.example", "pass") },
	    { .domain = "evil.example", .results = SAYS("evil.example", "pass") } }, .want = OUTCOME_REJECT },
	{ "he has seen it pass behind a stranger", { { .domain = "a.example",
	    .results = SAYS("a.example", "fail") }, { .domain = "b.example", .results = SAYS("b.example", "pass") } },
	    .want = OUTCOME_ACCEPT },
	{ "he twice, with a footer between", { { .domain = "b.example", .results = SAYS("b.example", "pass") },
	    { .domain = "b.example", .added = "--\r\n", .results = SAYS("b.example", "fail") } },
	    .want = OUTCOME_ACCEPT },
	{ "a stranger between", { { .domain = "b.example", .results = SAYS("b.example", "pass") },
	    { .domain = "evil.example", .added = "--\r\n" }, { .domain = "b.example",
	    .results = SAYS("b.example", "fail") } }, .want = OUTCOME_REJECT },
	{ "he says it failed", { { .domain = "b.example", .results = SAYS("b.example", "fail") } },
	    .want = OUTCOME_REJECT },
	{ "he says nothing", { { .domain = "b.example" } }, .want = OUTCOME_REJECT },
	{ "of another author", { { .domain = "b.example",
	    .results = "b.example; dmarc=pass header.from=evil.example" } }, .want = OUTCOME_REJECT },
	{ "of no author", { { .domain = "b.example", .results = "b.example; dmarc=pass" } },
	    .want = OUTCOME_REJECT },
	{ "of a domain below", { { .domain = "b.example",
	    .results = "b.example; dmarc=pass header.from=x.bank.example" } }, .want = OUTCOME_REJECT },
	{ "both ways", { { .domain = "b.example", .results =
	    "b.example; dmarc=fail header.from=bank.example; dmarc=pass header.from=bank.example" } },
	    .want = OUTCOME_REJECT },
	{ "two servers", { { .domain = "b.example",
	    .results = "b.example evil.example; dmarc=pass header.from=bank.example" } }, .want = OUTCOME_REJECT },
	{ "a second server behind", { { .domain = "b.example",
	    .results = "b.example; evil.example; dmarc=pass header.from=bank.example" } }, .want = OUTCOME_REJECT },
	{ "From is not signed", { { .domain = "b.example", .names = "to:subject",
	    .results = SAYS("b.example", "pass") } }, .want = OUTCOME_REJECT },
	{ "one more Subject above", { { .domain = "b.example", .results = SAYS("b.example", "pass") } },
	    .top = "Subject: your account\r\n", .want = OUTCOME_REJECT },
	{ "his key is silent", { { .domain = "b.example", .results = SAYS("b.example", "pass") } },
	    .silent = "b.example", .want = OUTCOME_TEMPFAIL },
	{ "a stranger's key is silent", { { .domain = "evil.example", .results = SAYS("b.example", "pass") } },
	    .silent = "evil.example", .want = OUTCOME_REJECT },
	{ "a program in it", { { .domain = "b.example", .results = SAYS("b.example", "pass"),
	    .names = "from:subject" } }, .top = "MIME-Version: 1.0\r\n"
	    "Content-Disposition: attachment; filename=a.exe\r\n", .want = OUTCOME_REJECT, .rule = "attached-program" },
};
/* clang-format on */

static bool
tagged(const struct verdict *v, const char *tag)
{
	for (size_t i = 0; i < v->record.tag_count; i++)
		if (strcmp(v->record.tag[i], tag) == 0)
			return true;
	return false;
}

static void
test_trust(void **state)
{
	struct arena *all = arena_new();
	struct snapshot *snapshot = load("", rules_that_trust(all));

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(trust); i++) {
		struct arena *a = arena_new();
		struct span message = chain_of(a, trust[i].hop);
		struct case_result result;
		struct case_input c;

		if (trust[i].top != NULL)
			message = span_of(arena_printf(
			    a, "%s%.*s", trust[i].top, SPAN_FMT(message)));
		judge(message, trust[i].silent, snapshot, &c, &result);
		if (table_wants(trust[i].label)) {
			table_text(trust[i].label, "verdict",
			    outcome_names[result.verdict.action],
			    outcome_names[trust[i].want]);
			if (trust[i].rule != NULL)
				table_text(trust[i].label, "rule",
				    result.verdict.rule, trust[i].rule);
			if (trust[i].want == OUTCOME_ACCEPT)
				table_number(trust[i].label, "tagged",
				    tagged(&result.verdict, "local_policy"), 1);
		}
		case_result_free(&result);
		case_release(&c);
		arena_free(&a);
	}
	snapshot_unref(&snapshot);
	arena_free(&all);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_said),
	cmocka_unit_test(test_asked),
	cmocka_unit_test(test_trust),
};

TABLE_MAIN_IN(tests, kit_begin, kit_end)
