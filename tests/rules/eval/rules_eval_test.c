/*
 * What rules mean: four answers, absent and unknown facts, groups, order,
 * recipients, thresholds, texts.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "tests/kit/rules_kit.h"

/* Dynamic lists answer by the value: 127.x is listed, 192.0.2.9 unknown. */
static enum truth
listed(void *ctx, size_t list, const struct value *value, struct span *detail)
{
	char text[IP_TEXT_MAX];

	(void)ctx;
	(void)list;
	(void)ip_format(value->ip, text);
	*detail = SPAN("127.0.0.2");
	if (strcmp(text, "192.0.2.9") == 0)
		return TRUTH_UNKNOWN;
	if (strcmp(text, "192.0.2.8") == 0)
		return TRUTH_PENDING;
	return strncmp(text, "127.", 4) == 0 ? TRUTH_YES : TRUTH_NO;
}

static struct ruling *
rule_on(struct kit *k)
{
	const struct ruling_input input = { .ruleset = k->rs,
		.facts = k->facts,
		.arena = k->arena,
		.listed = listed };

	return ruling_new(&input);
}

static bool
loads(struct kit *k, const char *label, const char *text)
{
	struct buf out;

	if (kit_load(k, "t", span_of(text)))
		return true;
	buf_init(&out, 4000);
	diags_print(&k->diags, &out, false);
	table_fail(label, "does not load: %.*s", SPAN_FMT(buf_span(&out)));
	buf_free(&out);
	return false;
}

/* The answer of one condition. */
static void
test_conditions(void **state)
{
	static const struct {
		const char *cond, *facts;
		enum truth want;
	} row[] = {
		{ "spf = pass", "spf=pass", TRUTH_YES },
		{ "spf = pass", "spf=fail", TRUTH_NO },
		{ "spf != pass", "spf=fail", TRUTH_YES },
		{ "spf = pass", "", TRUTH_NO },
		{ "spf != pass", "", TRUTH_NO },
		{ "not spf = pass", "", TRUTH_YES },
		{ "spf = pass", "spf=?", TRUTH_UNKNOWN },
		{ "spf != pass", "spf=?", TRUTH_UNKNOWN },
		{ "not spf = pass", "spf=?", TRUTH_UNKNOWN },
		{ "spf = pass", "spf=*", TRUTH_PENDING },
		{ "not spf = pass", "spf=*", TRUTH_PENDING },
		/* and, or with all four */
		{ "spf = pass and tls", "spf=? tls=no", TRUTH_NO },
		{ "spf = pass and tls", "spf=? tls=yes", TRUTH_UNKNOWN },
		{ "spf = pass and tls", "spf=* tls=no", TRUTH_NO },
		{ "spf = pass and tls", "spf=* tls=yes", TRUTH_PENDING },
		{ "spf = pass and tls", "spf=* tls=?", TRUTH_PENDING },
		{ "spf = pass or tls", "spf=? tls=yes", TRUTH_YES },
		{ "spf = pass or tls", "spf=? tls=no", TRUTH_UNKNOWN },
		{ "spf = pass or tls", "spf=* tls=yes", TRUTH_YES },
		{ "spf = pass or tls", "spf=* tls=?", TRUTH_PENDING },
		{ "spf = pass or tls", "spf=fail tls=no", TRUTH_NO },
		/* binding */
		{ "not tls and spf = pass", "tls=no spf=pass", TRUTH_YES },
		{ "not tls and spf = pass", "tls=no spf=fail", TRUTH_NO },
		{ "not (tls and spf = pass)", "tls=no spf=fail", TRUTH_YES },
		{ "tls or spf = pass and dmarc = pass", "tls=yes", TRUTH_YES },
		{ "(tls or spf = pass) and dmarc = pass", "tls=yes", TRUTH_NO },
		{ "not not tls", "tls=yes", TRUTH_YES },
		/* has, unknown, absent */
		{ "has subject", "subject=x", TRUTH_YES },
		{ "has subject", "", TRUTH_NO },
		{ "has subject", "subject=?", TRUTH_UNKNOWN },
		{ "subject is absent", "", TRUTH_YES },
		{ "subject is not absent", "subject=x", TRUTH_YES },
		{ "subject is unknown", "subject=?", TRUTH_YES },
		{ "subject is unknown", "subject=*", TRUTH_PENDING },
		{ "subject is unknown", "", TRUTH_NO },
		{ "subject is known", "subject=?", TRUTH_NO },
		{ "not (subject is unknown)", "subject=?", TRUTH_NO },
		/* types */
		{ "size > 10k", "size=20000", TRUTH_YES },
		{ "size >= 10k", "size=10240", TRUTH_YES },
		{ "size < 10k", "size=10240", TRUTH_NO },
		{ "size <= 10240", "size=10240", TRUTH_YES },
		{ "size != 1", "size=2", TRUTH_YES },
		{ "size in (1, 2, 3)", "size=2", TRUTH_YES },
		{ "size not in (1, 2, 3)", "size=2", TRUTH_NO },
		{ "tls = no", "tls=no", TRUTH_YES },
		{ "tls != no", "tls=no", TRUTH_NO },
		{ "tls", "", TRUTH_NO },
		{ "client.ip = 192.0.2.1", "client.ip=192.0.2.1", TRUTH_YES },
		{ "client.ip = ::ffff:192.0.2.1", "client.ip=192.0.2.1",
		    TRUTH_YES },
		{ "client.ip in (192.0.2.0/24, 2001:db8::/32)",
		    "client.ip=192.0.2.77", TRUTH_YES },
		{ "client.ip not in (192.0.2.0/24)", "client.ip=192.0.2.77",
		    TRUTH_NO },
		{ "client.ip not in (192.0.2.0/24)", "", TRUTH_NO },
		{ "client.ip not in (192.0.2.0/24)", "client.ip=?",
		    TRUTH_UNKNOWN },
		{ "helo = \"Mail.Example\"", "helo=mail.EXAMPLE", TRUTH_YES },
		{ "from.domain = \"Partner.Example.\"",
		    "from.domain=partner.example", TRUTH_YES },
		{ "from.domain = \"b\xc3\xbc"
		  "cher.example\"",
		    "from.domain=xn--bcher-kva.example", TRUTH_YES },
		{ "sender.domain = from.domain",
		    "sender.domain=a.example from.domain=a.example",
		    TRUTH_YES },
		{ "sender.domain != from.domain",
		    "sender.domain=b.example from.domain=a.example",
		    TRUTH_YES },
		{ "sender.domain != from.domain", "sender.domain=b.example",
		    TRUTH_NO },
		{ "sender.domain = from.domain",
		    "sender.domain=a.example from.domain=?", TRUTH_UNKNOWN },
		{ "spf in (fail, softfail)", "spf=softfail", TRUTH_YES },
		{ "spf not in (fail, softfail)", "spf=pass", TRUTH_YES },
		/* lists */
		{ "from.domain in partners", "from.domain=a.partner.example",
		    TRUTH_YES },
		{ "from.domain in partners", "from.domain=badpartner.example",
		    TRUTH_NO },
		{ "from.domain not in partners", "", TRUTH_NO },
		{ "from in partners", "from=ceo@partner.example", TRUTH_YES },
		{ "from.domain in (partner.example)",
		    "from.domain=x.partner.example", TRUTH_YES },
		{ "subject in (\"a # sign\", \"quo\\\"te\")",
		    "subject=A_#_SIGN", TRUTH_YES },
		{ "subject in (\"a # sign\", \"quo\\\"te\")", "subject=quo\"te",
		    TRUTH_YES },
		{ "subject in (\"b until 2020-01-01\")",
		    "subject=b_until_2020-01-01", TRUTH_YES },
		{ "client.ip in zen", "client.ip=127.0.0.1", TRUTH_YES },
		{ "client.ip not in zen", "client.ip=127.0.0.1", TRUTH_NO },
		{ "client.ip in zen", "client.ip=192.0.2.9", TRUTH_UNKNOWN },
		{ "client.ip not in zen", "client.ip=192.0.2.9",
		    TRUTH_UNKNOWN },
		{ "client.ip in zen", "client.ip=192.0.2.8", TRUTH_PENDING },
		{ "client.ip in zen", "", TRUTH_NO },
		/* patterns */
		{ "subject ~ /cheap.+pills/i", "subject=CHEAP_red_pills",
		    TRUTH_YES },
		{ "subject !~ /cheap/", "subject=dear", TRUTH_YES },
		{ "subject !~ /cheap/", "", TRUTH_NO },
		{ "subject ~ /cheap/", "subject=?", TRUTH_UNKNOWN },
		{ "subject ~ /(a+)+$/",
		    "subject="
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
		    TRUTH_UNKNOWN },
		{ "raw.body ~ /\\xff/", "raw.body=a\xff", TRUTH_YES },
		/* groups */
		{ "any dkim (result = pass)",
		    "dkim[result=fail] dkim[result=pass]", TRUTH_YES },
		{ "any dkim (result = pass and domain in partners)",
		    "dkim[result=pass,domain=x.example] "
		    "dkim[result=fail,domain=partner.example]",
		    TRUTH_NO },
		{ "any dkim (result = pass) and any dkim (domain in partners)",
		    "dkim[result=pass,domain=x.example] "
		    "dkim[result=fail,domain=partner.example]",
		    TRUTH_YES },
		{ "any dkim", "", TRUTH_NO },
		{ "any dkim", "dkim[]", TRUTH_YES },
		{ "no dkim (result = pass)", "", TRUTH_YES },
		{ "no dkim (result = pass)", "dkim=?", TRUTH_UNKNOWN },
		{ "no dkim (result = pass)", "dkim=*", TRUTH_PENDING },
		{ "no dkim (result = pass)", "dkim[result=pass] dkim=?",
		    TRUTH_NO },
		{ "any dkim (result = pass)", "dkim[result=pass] dkim=?",
		    TRUTH_YES },
		{ "any dkim (result = pass)", "dkim[result=pass] dkim=*",
		    TRUTH_PENDING },
		{ "all dkim (result = pass)", "", TRUTH_NO },
		{ "all dkim (result = pass)",
		    "dkim[result=pass] dkim[result=pass]", TRUTH_YES },
		{ "all dkim (result = pass)",
		    "dkim[result=pass] dkim[result=fail] dkim=?", TRUTH_NO },
		{ "all dkim (result = pass)", "dkim[result=pass] dkim=?",
		    TRUTH_UNKNOWN },
		{ "all dkim (result = pass)", "dkim[result=pass] dkim[]",
		    TRUTH_NO },
		/* what is known of those that could not be found out */
		{ "any dkim (result = pass)", "dkim~[result=fail] dkim=?",
		    TRUTH_NO },
		{ "no dkim (result = pass)",
		    "dkim[] dkim~[result=fail] dkim=?", TRUTH_YES },
		{ "any dkim (result = fail)", "dkim~[result=fail] dkim=?",
		    TRUTH_UNKNOWN },
		{ "any dkim (result = pass)",
		    "dkim~[result=fail] dkim~[result=pass] dkim=?",
		    TRUTH_UNKNOWN },
		{ "any dkim (domain = \"a.example\")",
		    "dkim~[result=fail] dkim=?", TRUTH_UNKNOWN },
		{ "any dkim (result = pass)",
		    "dkim[result=pass] dkim~[result=fail] dkim=?", TRUTH_YES },
		{ "count dkim (result = pass) = 1",
		    "dkim[result=pass] dkim~[result=fail] dkim=?", TRUTH_YES },
		{ "count dkim = 1",
		    "dkim[result=pass] dkim~[result=fail] dkim=?",
		    TRUTH_UNKNOWN },
		{ "all dkim (result = pass)",
		    "dkim[result=pass] dkim~[result=pass] dkim=?", TRUTH_YES },
		{ "all dkim (result = pass)",
		    "dkim[result=pass] dkim~[result=fail] dkim=?",
		    TRUTH_UNKNOWN },
		{ "all dkim (result = pass)", "dkim~[result=pass] dkim=?",
		    TRUTH_UNKNOWN },
		{ "has dkim", "dkim~[result=pass] dkim=?", TRUTH_UNKNOWN },
		{ "count dkim > 1", "dkim[] dkim[]", TRUTH_YES },
		{ "count dkim (result = pass) = 1",
		    "dkim[result=pass] dkim[result=fail]", TRUTH_YES },
		{ "count dkim (result = pass) = 1",
		    "dkim[result=pass] dkim[result=?]", TRUTH_UNKNOWN },
		{ "count dkim (result = pass) >= 1",
		    "dkim[result=pass] dkim[result=?]", TRUTH_YES },
		{ "count dkim (result = pass) > 2",
		    "dkim[result=pass] dkim[result=?]", TRUTH_NO },
		{ "count dkim < 2", "dkim[] dkim=?", TRUTH_UNKNOWN },
		{ "count dkim > 0", "dkim[] dkim=?", TRUTH_YES },
		{ "count dkim != 5", "dkim[]", TRUTH_YES },
		{ "count dkim = 0", "", TRUTH_YES },
		{ "has dkim", "dkim[]", TRUTH_YES },
		{ "has dkim", "", TRUTH_NO },
		{ "dkim is unknown", "dkim=?", TRUTH_YES },
		{ "any attachment (name ~ /\\.exe$/i and size > 10)",
		    "attachment[name=a.EXE,size=11]", TRUTH_YES },
		{ "any attachment (not encrypted)", "attachment[name=a]",
		    TRUTH_YES },
		{ "any url (host != from.domain)",
		    "url[host=x.example] from.domain=y.example", TRUTH_YES },
		{ "header.x-foo ~ /bar/", "header[name=x-foo,value=a_bar]",
		    TRUTH_YES },
		{ "header \"X-Foo\" ~ /bar/", "header[name=X-FOO,value=bar]",
		    TRUTH_YES },
		{ "header.x-foo = \"bar\"",
		    "header[name=x-fo,value=bar] header[name=x-foo,value=b]",
		    TRUTH_NO },
		{ "has header.x-foo", "header[name=x-foo,value=b]", TRUTH_YES },
		{ "not has header.x-foo", "", TRUTH_YES },
		{ "count header.received > 1",
		    "header[name=received] header[name=x] header[name=received]",
		    TRUTH_YES },
		{ "count header.received > 1", "header[name=received]",
		    TRUTH_NO },
		{ "count header \"Received\" (value ~ /a/) = 1",
		    "header[name=received,value=a] header[name=received,value=b]",
		    TRUTH_YES },
		{ "no header.x-foo", "header[name=x-bar,value=b]", TRUTH_YES },
		{ "no header.x-foo", "header[name=x-foo,value=b]", TRUTH_NO },
		{ "any header.x-foo (value = \"b\")",
		    "header[name=x-foo,value=b]", TRUTH_YES },
		{ "all header.x-foo (value = \"b\")",
		    "header[name=x-foo,value=b] header[name=y,value=c]",
		    TRUTH_YES },
		{ "all header.x-foo (value = \"b\")",
		    "header[name=x-foo,value=b] header[name=x-foo,value=c]",
		    TRUTH_NO },
		{ "all header.x-foo (value = \"b\")", "header[name=y,value=b]",
		    TRUTH_NO },
		{ "count header (name = \"received\") > 1",
		    "header[name=received] header[name=received]", TRUTH_YES },
		/* look-alikes */
		{ "from.domain lookalike partners",
		    "from.domain=partner.example", TRUTH_NO },
		{ "from.domain lookalike partners",
		    "from.domain=mail.partner.example", TRUTH_NO },
		{ "from.domain lookalike partners",
		    "from.domain=partmer.example", TRUTH_YES },
		{ "from.domain lookalike partners",
		    "from.domain=partner.example.evil.example", TRUTH_YES },
		{ "from.domain lookalike partners",
		    "from.domain=xn--prtner-3fg.example", TRUTH_YES },
		{ "from.domain not lookalike partners",
		    "from.domain=elsewhere.example", TRUTH_YES },
		{ "from.domain not lookalike partners", "", TRUTH_NO },
		/* one text in another */
		{ "subject contains \"ill\"", "subject=CHEAP_PILLS",
		    TRUTH_YES },
		{ "subject contains \"pillow\"", "subject=pills", TRUTH_NO },
		{ "subject contains \"x\"", "", TRUTH_NO },
		{ "subject contains \"x\"", "subject=?", TRUTH_UNKNOWN },
		{ "subject not contains \"x\"", "subject=y", TRUTH_YES },
		{ "subject not contains \"x\"", "", TRUTH_NO },
		{ "subject contains from.domain",
		    "subject=news_of_A.Example from.domain=a.example",
		    TRUTH_YES },
		{ "subject contains from.domain",
		    "subject=news from.domain=a.example", TRUTH_NO },
		{ "subject contains from.domain", "subject=news", TRUTH_NO },
		{ "subject contains from.domain", "from.domain=a.example",
		    TRUTH_NO },
		{ "subject contains from.domain", "subject=x from.domain=?",
		    TRUTH_UNKNOWN },
		{ "subject contains from.domain", "from.domain=?", TRUTH_NO },
		{ "subject not contains from.domain",
		    "subject=news from.domain=a.example", TRUTH_YES },
		{ "subject not contains from.domain", "subject=news",
		    TRUTH_NO },
		{ "subject contains rcpt.local", "subject=hi_bob rcpt.local=bob",
		    TRUTH_YES },
		{ "from.domain contains rcpt.local",
		    "from.domain=bob.example rcpt.local=bob", TRUTH_YES },
		{ "subject contains rcpt.local", "subject=hi rcpt.local=",
		    TRUTH_NO },
		/* recipients: nobody yet */
		{ "rcpt.local = \"x\"", "rcpt.local=x", TRUTH_YES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit k = { 0 };
		struct arena *a = arena_new();

		if (!table_wants(row[i].cond)) {
			arena_free(&a);
			continue;
		}
		if (loads(&k, row[i].cond,
			arena_printf(a,
			    "list partners domains \"partners\"\n"
			    "list zen dnsbl \"zen.example\" codes 127.0.0.2\n"
			    "rule r when %s then tag x\n",
			    row[i].cond))) {
			enum truth got;

			kit_facts(&k, row[i].facts);
			got = ruling_truth(rule_on(&k), 0, 0);
			if (got != row[i].want)
				table_fail(row[i].cond, "%s: got %s, want %s",
				    row[i].facts, truth_names[got],
				    truth_names[row[i].want]);
		}
		kit_free(&k);
		arena_free(&a);
	}
	table_end();
}

/* "reject 550 5.7.1 rule text" of a decision. */
static const char *
show(struct kit *k, const struct decision *d)
{
	if (!d->decided)
		return arena_printf(k->arena, "waits for %s",
		    d->waits_for == NULL ? "nothing" : d->waits_for);
	return arena_printf(k->arena, "%s%s by %s%s%s%s%.*s",
	    outcome_names[d->outcome],
	    d->code == 0
		? ""
		: arena_printf(k->arena, " %u %s", d->code, d->enhanced),
	    d->rule == NULL ? "nothing" : d->rule,
	    d->unknown == NULL ? "" : " for ",
	    d->unknown == NULL ? "" : d->unknown, d->text.n > 0 ? ": " : "",
	    SPAN_FMT(d->text));
}

#define ORDER_RULES                                    \
	"rule one when client.ip in zen then reject\n" \
	"rule two when subject ~ /x/ then accept\n"    \
	"rule three when spf = fail then reject 554 5.7.23 \"no\"\n"

static void
test_decisions(void **state)
{
	static const struct {
		const char *label, *rules, *facts;
		bool final;
		const char *want;
	} row[] = {
		{ "first that is true decides", ORDER_RULES,
		    "client.ip=127.0.0.1 subject=x spf=fail", false,
		    "reject 550 5.7.1 by one" },
		{ "no: on with the next", ORDER_RULES, "subject=x spf=fail",
		    false, "accept by two" },
		{ "pending above: order is not broken", ORDER_RULES,
		    "client.ip=192.0.2.1 subject=* spf=fail", false,
		    "waits for two" },
		{ "pending list above", ORDER_RULES,
		    "client.ip=192.0.2.8 spf=fail", false, "waits for one" },
		{ "pending below does not matter", ORDER_RULES,
		    "client.ip=127.0.0.1 subject=* spf=*", false,
		    "reject 550 5.7.1 by one" },
		{ "pending at the end is unknown", ORDER_RULES,
		    "client.ip=192.0.2.8 spf=fail", true,
		    "tempfail 451 4.7.1 by three for one: a check could not "
		    "be completed, try again later" },
		{ "unknown above a refusal softens it", ORDER_RULES,
		    "client.ip=192.0.2.9 spf=fail", false,
		    "tempfail 451 4.7.1 by three for one: a check could not "
		    "be completed, try again later" },
		{ "unknown above an accept does nothing", ORDER_RULES,
		    "client.ip=192.0.2.9 subject=x spf=fail", false,
		    "accept by two" },
		{ "unknown below a refusal does nothing", ORDER_RULES,
		    "client.ip=127.0.0.1 subject=? spf=fail", false,
		    "reject 550 5.7.1 by one" },
		{ "unknown never fires", ORDER_RULES,
		    "client.ip=192.0.2.9 spf=pass", true, "accept by nothing" },
		{ "nothing before the end", ORDER_RULES, "spf=pass", false,
		    "waits for nothing" },
		{ "on unknown tempfail",
		    "rule a when client.ip in zen then reject on unknown "
		    "tempfail",
		    "client.ip=192.0.2.9", false,
		    "tempfail 451 4.7.1 by a for a: a check could not be "
		    "completed, try again later" },
		{ "score never delays",
		    "rule s when subject ~ /x/ then score 9\n"
		    "rule r when spf = fail then reject",
		    "subject=* spf=fail", false, "reject 550 5.7.1 by r" },
		{ "shadow never acts, nor delays",
		    "rule s shadow when subject ~ /x/ then accept\n"
		    "rule r when spf = fail then reject",
		    "subject=* spf=fail", false, "reject 550 5.7.1 by r" },
		{ "shadow of a whole file",
		    "shadow\nrule r when spf = fail then reject", "spf=fail",
		    true, "accept by nothing" },
		{ "junk threshold",
		    "verdict junk at 6 reject at 15\n"
		    "rule s when spf = fail then score 6",
		    "spf=fail", true, "junk by junk threshold" },
		{ "sums of tenths reach their sum",
		    "verdict junk at 0.3\nrule a then score 0.1\n"
		    "rule b then score 0.1\nrule c then score 0.1",
		    "", true, "junk by junk threshold" },
		{ "sums of tenths are what they are in writing",
		    "rule a then score 0.1\nrule b then score 0.7\n"
		    "rule c when score >= 0.8 and score = 0.8 then junk",
		    "", true, "junk by c" },
		{ "whatever their order",
		    "verdict junk at 0.6\nrule a then score -0.1\n"
		    "rule b then score 0.7\nrule c then score 1000000\n"
		    "rule d then score -1000000",
		    "", true, "junk by junk threshold" },
		{ "reject threshold",
		    "verdict junk at 6 reject at 15\n"
		    "rule s when spf = fail then score 16",
		    "spf=fail", true,
		    "reject 550 5.7.1 by reject threshold: refused as "
		    "unwanted, score 16.0" },
		{ "negative scores",
		    "verdict junk at 6\nrule s then score 8\n"
		    "rule t when spf = pass then score -2.5",
		    "spf=pass", true, "accept by nothing" },
		{ "unknown adds nothing",
		    "verdict junk at 6\nrule s when spf = pass then score 8",
		    "spf=?", true, "accept by nothing" },
		{ "accept keeps thresholds off",
		    "verdict junk at 6\nrule s then score 8\n"
		    "rule t when spf = pass then accept",
		    "spf=pass", true, "accept by t" },
		{ "thresholds wait for the end",
		    "verdict junk at 6\nrule s then score 8", "", false,
		    "waits for nothing" },
		{ "threshold's refusal is softened, too",
		    "verdict reject at 6\nrule s then score 8\n"
		    "rule t when client.ip in zen then accept",
		    "client.ip=192.0.2.9", true,
		    "tempfail 451 4.7.1 by reject threshold for t: a check "
		    "could not be completed, try again later" },
		{ "a rule about the score",
		    "rule s then score 8\n"
		    "rule t when score > 7 and spf = fail then junk",
		    "spf=fail", true, "junk by t" },
		{ "the score is pending before the end",
		    "rule s then score 8\nrule t when score > 7 then junk", "",
		    false, "waits for t" },
		{ "tagged asks rules above",
		    "rule a when spf = fail then tag bad\n"
		    "rule b when tagged bad then junk",
		    "spf=fail", false, "junk by b" },
		{ "tagged by an unknown rule is unknown",
		    "rule a when spf = fail then tag bad\n"
		    "rule b when tagged bad then junk on unknown tempfail",
		    "spf=?", false,
		    "tempfail 451 4.7.1 by b for b: a check could not be "
		    "completed, try again later" },
		{ "text with facts",
		    "rule r when client.ip in zen then reject 554 5.7.1 "
		    "\"%{client.ip} is listed by %{zen.name} (%{zen.code}), "
		    "HELO %{helo}, %{subject} %{rule}\"",
		    "client.ip=127.0.0.1 helo=a\r\nb%%_\xc3\xa4", true,
		    "reject 554 5.7.1 by r: 127.0.0.1 is listed by "
		    "zen.example (127.0.0.2), HELO a  b?? \303\244, - r" },
		{ "text with the element that matched",
		    "rule r when any attachment (name ~ /exe/) then reject "
		    "\"not %{attachment.name}\"",
		    "attachment[name=a.txt] attachment[name=b.exe]", true,
		    "reject 550 5.7.1 by r: not b.exe" },
		{ "text with a list's entry",
		    "rule r when from.domain in partners then reject "
		    "\"%{partners.name} %{partners.entry}\"",
		    "from.domain=x.partner.example", true,
		    "reject 550 5.7.1 by r: partners partner.example" },
		{ "a long value is cut", "rule r then reject \"%{helo}\"",
		    "helo="
		    "0123456789012345678901234567890123456789012345678901234567"
		    "8901234567890123456789012345678901234567890123456789012345"
		    "67890123456789",
		    true,
		    "reject 550 5.7.1 by r: "
		    "0123456789012345678901234567890123456789012345678901234567"
		    "8901234567890123456789012345678901234567890123456789012345"
		    "678901234567..." },
		{ "code alone, enhanced alone",
		    "rule r when tls then reject 554 \"x\"\n"
		    "rule s then reject 5.7.23",
		    "", true, "reject 550 5.7.23 by s" },
		{ "discard and quarantine",
		    "rule r when spf = fail then quarantine \"look\"\n"
		    "rule s then discard",
		    "spf=fail", true, "quarantine by r: look" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit k = { 0 };
		struct arena *a = arena_new();
		struct decision d;
		const size_t rcpt = 0;

		if (table_wants(row[i].label) &&
		    loads(&k, row[i].label,
			arena_printf(a,
			    "list partners domains \"partners\"\n"
			    "list zen dnsbl \"zen.example\"\n%s\n",
			    row[i].rules))) {
			kit_facts(&k, row[i].facts);
			ruling_run_all(rule_on(&k), &rcpt, 1, row[i].final, &d);
			table_text(row[i].label, "decision", show(&k, &d),
			    row[i].want);
		}
		if (k.arena != NULL)
			kit_free(&k);
		arena_free(&a);
	}
	table_end();
}

#define RCPT_RULES                                                       \
	"rule postmaster when rcpt.local = \"postmaster\" then accept\n" \
	"rule hold when rcpt.local = \"boss\" then junk\n"               \
	"rule spam when subject ~ /spam/ then reject\n"

#define FOR_RULES                                             \
	"verdict junk at 5 reject at 20\n"                    \
	"verdict for @h.example, @z.example reject at 6\n"    \
	"verdict for @i.example reject at 9\n"                \
	"verdict for bob@H.example junk at 8, reject at 30\n" \
	"rule a then score 7\n"

#define OWNED_RULES                                                 \
	"list foes addresses by rcpt ann@h.example bad@b.example, " \
	"@h.example foe@f.example\n"                                \
	"rule denied when from in foes then reject\n"               \
	"rule strange when from not in foes and dmarc = fail then junk\n"

static void
test_recipients(void **state)
{
	static const struct {
		const char *label, *rules, *facts;
		size_t count;
		bool final, disagreed;
		const char *want;
	} row[] = {
		{ "all agree", RCPT_RULES,
		    "rcpt.local@0=a rcpt.local@1=b subject=spam", 2, true,
		    false, "reject 550 5.7.1 by spam" },
		{ "the mildest wins", RCPT_RULES,
		    "rcpt.local@0=a rcpt.local@1=postmaster subject=spam", 2,
		    true, true, "accept by postmaster" },
		{ "three answers", RCPT_RULES,
		    "rcpt.local@0=a rcpt.local@1=boss rcpt.local@2=c "
		    "subject=spam",
		    3, true, true, "junk by hold" },
		{ "one alone", RCPT_RULES, "rcpt.local@0=a subject=spam", 1,
		    true, false, "reject 550 5.7.1 by spam" },
		{ "undecided as long as one is", RCPT_RULES,
		    "rcpt.local@0=postmaster rcpt.local@1=b subject=*", 2,
		    false, false, "waits for spam" },
		{ "nobody yet", RCPT_RULES, "subject=spam", 0, false, false,
		    "waits for postmaster" },
		{ "scores by recipient",
		    "verdict junk at 5\n"
		    "rule a when rcpt.local = \"a\" then score 6",
		    "rcpt.local@0=a rcpt.local@1=b", 2, true, true,
		    "accept by nothing" },
		{ "thresholds by recipient: a domain's", FOR_RULES,
		    "rcpt@0=ann@h.example", 1, true, false,
		    "reject 550 5.7.1 by reject threshold: refused as "
		    "unwanted, score 7.0" },
		{ "thresholds by recipient: what it leaves is the set's",
		    FOR_RULES, "rcpt@0=ann@i.example", 1, true, false,
		    "junk by junk threshold" },
		{ "thresholds by recipient: one's own before the domain's",
		    FOR_RULES, "rcpt@0=Bob+tag@H.example", 1, true, false,
		    "accept by nothing" },
		{ "thresholds by recipient: others have the set's", FOR_RULES,
		    "rcpt@0=ann@x.h.example", 1, true, false,
		    "junk by junk threshold" },
		{ "thresholds by recipient: the mildest wins", FOR_RULES,
		    "rcpt@0=ann@h.example rcpt@1=x@x.example", 2, true, true,
		    "junk by junk threshold" },
		{ "thresholds by recipient: all agree", FOR_RULES,
		    "rcpt@0=ann@h.example rcpt@1=eve@h.example", 2, true, false,
		    "reject 550 5.7.1 by reject threshold: refused as "
		    "unwanted, score 7.0" },
		{ "thresholds by recipient: who it is, is not known", FOR_RULES,
		    "rcpt@0=?", 1, true, false, "junk by junk threshold" },
		{ "a list by recipient: his entry", OWNED_RULES,
		    "rcpt@0=ann@h.example from=bad@b.example dmarc=pass", 1,
		    true, false, "reject 550 5.7.1 by denied" },
		{ "a list by recipient: nobody's entry", OWNED_RULES,
		    "rcpt@0=eve@x.example from=bad@b.example dmarc=pass", 1,
		    true, false, "accept by nothing" },
		{ "a list by recipient: the mildest wins", OWNED_RULES,
		    "rcpt@0=ann@h.example rcpt@1=eve@x.example "
		    "from=bad@b.example dmarc=pass",
		    2, true, true, "accept by nothing" },
		{ "a list by recipient: all of a domain", OWNED_RULES,
		    "rcpt@0=ann@h.example rcpt@1=eve@h.example "
		    "from=foe@f.example dmarc=pass",
		    2, true, false, "reject 550 5.7.1 by denied" },
		{ "a list by recipient: nobody yet", OWNED_RULES,
		    "from=foe@f.example dmarc=pass", 0, false, false,
		    "waits for denied" },
		{ "a list by recipient: who it is, is not known", OWNED_RULES,
		    "rcpt@0=? from=foe@f.example dmarc=pass", 1, true, false,
		    "accept by nothing" },
		{ "a list by recipient: without an author", OWNED_RULES,
		    "rcpt@0=ann@h.example dmarc=pass", 1, true, false,
		    "accept by nothing" },
		{ "not in a list by recipient", OWNED_RULES,
		    "rcpt@0=ann@h.example from=x@x.example dmarc=fail", 1, true,
		    false, "junk by strange" },
		{ "scores by recipient, all",
		    "verdict junk at 5\n"
		    "rule a when rcpt.local in (a, b) then score 6",
		    "rcpt.local@0=a rcpt.local@1=b", 2, true, false,
		    "junk by junk threshold" },
	};
	static const size_t rcpt[] = { 0, 1, 2 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit k = { 0 };
		struct decision d;

		if (!table_wants(row[i].label))
			continue;
		if (loads(&k, row[i].label, row[i].rules)) {
			kit_facts(&k, row[i].facts);
			ruling_run_all(
			    rule_on(&k), rcpt, row[i].count, row[i].final, &d);
			table_text(row[i].label, "decision", show(&k, &d),
			    row[i].want);
			table_number(row[i].label, "disagreed", d.disagreed,
			    row[i].disagreed);
		}
		kit_free(&k);
	}
	table_end();
}

/* One ruling through the stages of a message. */
static void
test_stages(void **state)
{
	struct kit k = { 0 };
	struct ruling *r;
	struct decision d;

	(void)state;
	assert_true(loads(&k, "stages",
	    "rule pm when rcpt.local = \"postmaster\" then accept\n"
	    "rule bl when client.ip in (127.0.0.0/8) then reject\n"
	    "rule exe when any attachment (name ~ /exe/) then reject\n"
	    "rule s when body ~ /pills/ then score 3\n"));
	assert_int_equal(ruleset_rule(k.rs, 0).stage, STAGE_RCPT);
	assert_int_equal(ruleset_rule(k.rs, 1).stage, STAGE_CONNECT);
	assert_int_equal(ruleset_rule(k.rs, 1).acts, STAGE_RCPT);
	assert_string_equal(ruleset_rule(k.rs, 1).delayed_by, "pm");
	assert_int_equal(ruleset_rule(k.rs, 2).acts, STAGE_EOM);
	assert_null(ruleset_rule(k.rs, 2).delayed_by);
	assert_int_equal(ruleset_last_stage(k.rs), STAGE_EOM);
	kit_facts(&k, "client.ip=127.0.0.1 rcpt.local@0=a "
		      "rcpt.local@1=postmaster attachment=* body=*");
	r = rule_on(&k);
	ruling_run(r, RCPT_NONE, false, &d);
	assert_false(d.decided);
	assert_string_equal(d.waits_for, "pm");
	ruling_run(r, 0, false, &d);
	assert_string_equal(d.rule, "bl");
	ruling_run(r, 1, false, &d);
	assert_string_equal(d.rule, "pm");
	kit_free(&k);
}

/* 60 rules, each of which asks the one above twice: must not cost 2^60. */
static void
test_tag_chain(void **state)
{
	struct kit k = { 0 };
	struct decision d;
	struct ruling *r;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	(void)buf_addz(&text,
	    "rule r0 when rcpt.local = \"a\" and spf = fail then tag t0\n");
	for (int i = 1; i < 60; i++)
		(void)buf_printf(&text,
		    "rule r%d when not tagged t%d or tagged t%d and tls "
		    "then tag t%d\n",
		    i, i - 1, i - 1, i);
	(void)buf_addz(&text, "rule last when tagged t59 then reject\n");
	assert_true(kit_load(&k, "chain", buf_span(&text)));
	kit_facts(&k, "rcpt.local@0=a rcpt.local@1=b spf=* tls=yes");
	r = rule_on(&k);
	ruling_run(r, 0, false, &d);
	assert_string_equal(d.waits_for, "last");
	facts_set(k.facts, schema_find(k.schema, SPAN("spf")),
	    value_text(SPAN("fail")));
	ruling_run(r, 0, false, &d);
	assert_string_equal(d.rule, "last");
	buf_free(&text);
	kit_free(&k);
}

static void
test_lookups(void **state)
{
	struct kit k = { 0 };

	(void)state;
	assert_true(loads(&k, "lookups",
	    "list zen dnsbl \"zen.example\" codes 127.0.0.2-4, 127.0.0.9\n"
	    "list dbl dnsbl \"dbl.example\"\n"
	    "rule a when client.ip in zen and from.domain in dbl then junk\n"
	    "rule b when any url (host in dbl) or client.ip not in zen\n"
	    "  then tag x and header add \"X-H\" \"%{helo}\"\n"));
	assert_int_equal(ruleset_lookup_count(k.rs), 3);
	assert_int_equal(ruleset_lookup(k.rs, 0).list, 0);
	assert_int_equal(ruleset_lookup(k.rs, 2).list, 1);
	assert_int_equal(ruleset_list(k.rs, 0).option_count, 1);
	assert_int_equal(ruleset_list(k.rs, 0).option[0].count, 2);
	assert_true(
	    span_is(ruleset_list(k.rs, 0).option[0].value[1], "127.0.0.9"));
	assert_true(
	    ruleset_reads(k.rs, schema_find(k.schema, SPAN("url.host"))));
	assert_true(ruleset_reads(k.rs, schema_find(k.schema, SPAN("url"))));
	assert_true(ruleset_reads(k.rs, schema_find(k.schema, SPAN("helo"))));
	assert_false(ruleset_reads(k.rs, schema_find(k.schema, SPAN("spf"))));
	kit_free(&k);
}

static void
test_record(void **state)
{
	static const struct {
		const char *name, *action, *evidence;
		bool shadow, decided;
	} want[] = {
		{ "a", "score", "subject \"a CHEAP pills b\"", false, false },
		{ "b", "tag", "attachment.name \"b.exe\", attachment.size 7",
		    false, false },
		{ "c", "reject", "client.ip 127.0.0.1 in zen (127.0.0.2)", true,
		    false },
		{ "d", "reject",
		    "from.domain \"a.partner.example\" in partners "
		    "(partner.example), spf fail",
		    false, true },
		{ "g", "header", "always", false, false },
	};
	struct kit k = { 0 };
	const size_t rcpt = 0;
	struct ruling *r;
	struct decision d;
	struct record record;
	struct buf out;

	(void)state;
	assert_true(loads(&k, "record",
	    "list zen dnsbl \"zen.example\"\n"
	    "list partners domains \"partners\"\n"
	    "rule a when subject ~ /cheap.+?pills/i then score 2 and score 1\n"
	    "rule b when any attachment (name ~ /exe/ and size < 10) then tag "
	    "exe and tag exe and alert \"%{rule}: %{attachment.name}\"\n"
	    "rule c shadow when client.ip in zen then reject and tag no\n"
	    "rule d when from.domain in partners and spf != pass then reject\n"
	    "rule e when tls then tag no\n"
	    "rule f when spf = fail then junk and tag no\n"
	    "rule g then header set \"X-Score\" \"%{score}\"\n"
	    "rule h when spf = fail and tls then tag no\n"));
	kit_facts(&k,
	    "subject=a_CHEAP_pills_b client.ip=127.0.0.1 spf=fail tls=no "
	    "attachment[name=a,size=1] attachment[name=b.exe,size=7] "
	    "from.domain=a.partner.example");
	r = rule_on(&k);
	ruling_run_all(r, &rcpt, 1, true, &d);
	ruling_record(r, &rcpt, 1, &d, &record);
	assert_int_equal(record.matched_count, ARRAY_COUNT(want));
	for (size_t i = 0; i < ARRAY_COUNT(want); i++) {
		const struct matched *m = &record.matched[i];

		table_text("matched", "name", m->name, want[i].name);
		table_text(m->name, "action", m->action, want[i].action);
		table_text(
		    m->name, "evidence", m->evidence.p, want[i].evidence);
		table_number(m->name, "shadow", m->shadow, want[i].shadow);
		table_number(m->name, "decided", m->decided, want[i].decided);
	}
	assert_int_equal(record.tag_count, 1);
	assert_string_equal(record.tag[0], "exe");
	assert_int_equal(record.alert_count, 1);
	assert_true(span_is(record.alert[0], "b: b.exe"));
	assert_int_equal(record.header_count, 1);
	assert_true(record.header[0].set);
	assert_true(span_is(record.header[0].value, "3"));
	assert_true(record.score > 2.9 && record.score < 3.1);
	buf_init(&out, 1000);
	assert_true(ruling_trace(r, 7, 0, &out));
	(void)buf_addc(&out, '\0');
	assert_string_equal(out.p, "yes      spf = fail: spf fail\n"
				   "no       tls: tls no\n");
	buf_free(&out);
	kit_free(&k);
	table_end();
}

/* Evidence is read on a terminal: nothing of the sender's moves its cursor. */
static void
test_evidence_controls(void **state)
{
	static const struct {
		const char *label, *subject, *want;
	} row[] = {
		{ "esc", "subject=x\x1bJy", "subject \"x Jy\"" },
		{ "del", "subject=x\x7fy", "subject \"x y\"" },
		{ "c1 csi", "subject=x\xc2\x9bJy", "subject \"x Jy\"" },
		{ "latin letter stays", "subject=x\xc2\xa9y",
		    "subject \"x\xc2\xa9y\"" },
	};
	const size_t rcpt = 0;
	struct record record;
	struct decision d;
	struct ruling *r;
	struct kit k;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		memset(&k, 0, sizeof(k));
		assert_true(loads(&k, row[i].label,
		    "rule a when subject ~ /x.+y/ then score 1\n"));
		kit_facts(&k, row[i].subject);
		r = rule_on(&k);
		ruling_run_all(r, &rcpt, 1, true, &d);
		ruling_record(r, &rcpt, 1, &d, &record);
		assert_int_equal(record.matched_count, 1);
		table_text(row[i].label, "evidence",
		    record.matched[0].evidence.p, row[i].want);
		kit_free(&k);
	}
	table_end();
}

/* The rule whose pattern ran into its bounds is named, and no other. */
static void
test_limited(void **state)
{
	struct kit k;
	const size_t rcpt = 0;
	struct ruling *r;
	struct decision d;
	struct record record;

	(void)state;
	assert_true(loads(&k, "limited",
	    "rule a when subject ~ /x/ then score 1\n"
	    "rule b when subject ~ /^(a|aa|aaa|b?)+c$/ then score 1\n"
	    "rule c when spf = fail then score 1\n"));
	kit_facts(&k, "subject=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac! "
		      "spf=?");
	r = rule_on(&k);
	ruling_run_all(r, &rcpt, 1, true, &d);
	ruling_record(r, &rcpt, 1, &d, &record);
	assert_int_equal(record.limited_count, 1);
	assert_string_equal(record.limited[0], "b");
	kit_free(&k);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conditions),
	cmocka_unit_test(test_decisions),
	cmocka_unit_test(test_recipients),
	cmocka_unit_test(test_stages),
	cmocka_unit_test(test_tag_chain),
	cmocka_unit_test(test_lookups),
	cmocka_unit_test(test_record),
	cmocka_unit_test(test_evidence_controls),
	cmocka_unit_test(test_limited),
};

TABLE_MAIN(tests)
