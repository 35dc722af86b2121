/*
 * Promises: what is proved, what is broken and by which rule, and what is not
 * decided.
 */
#include "config.h"

#include "tests/kit/rules_kit.h"
#include "tests/kit/table.h"

#include "rules/proof/proof.h"

#define H PROOF_HOLDS
#define B PROOF_BROKEN
#define L PROOF_BOUNDED
#define O PROOF_OPEN

/* A set with one promise; of a broken one, a piece of its counterexample. */
static const struct {
	const char *label;
	const char *rules;
	enum proof_answer want;
	const char *test;
} row[] = {
	{ "nothing but a promise", "promise p never reject\n", H, NULL },
	{ "absence among other conditions",
	    "rule a when tls and subject is absent then score 2\n"
	    "promise p never reject\n",
	    H, NULL },
	{ "a rule breaks it",
	    "rule r when spf = fail then reject\npromise p never reject\n", B,
	    "spf fail" },
	{ "an accept above saves it",
	    "rule a when dmarc = pass then accept\n"
	    "rule r when spf = fail then reject\n"
	    "promise p when dmarc = pass never reject\n",
	    H, NULL },
	{ "in shadow it does not save",
	    "rule a shadow when dmarc = pass then accept\n"
	    "rule r when spf = fail then reject\n"
	    "promise p when dmarc = pass never reject\n",
	    B, "dmarc pass" },
	{ "an unknown rule above defers",
	    "rule a when tls then accept\nrule r when spf = fail then reject\n"
	    "promise p when spf = fail and not tls always reject\n",
	    H, NULL },
	{ "unknown makes a refusal temporary",
	    "rule a when tls then accept\nrule r when spf = fail then reject\n"
	    "promise p when spf = fail and not has tls always reject\n",
	    H, NULL },
	{ "unknown breaks always",
	    "rule a when tls then accept\nrule r when spf = fail then reject\n"
	    "promise p when spf = fail and not (tls is known and tls)\n"
	    " always reject\n",
	    B, "tls unknown" },
	{ "on unknown tempfail",
	    "rule r when spf = fail then reject on unknown tempfail\n"
	    "promise p when spf is unknown always tempfail\n",
	    H, NULL },
	{ "domains below one another",
	    "list l domains example\n"
	    "rule r when from.domain in l then reject\n"
	    "promise p when from.domain = \"a.example\" always reject\n",
	    H, NULL },
	{ "below is not the name",
	    "list l domains .example\n"
	    "rule r when from.domain in l then reject\n"
	    "promise p when from.domain in (example) always reject\n",
	    B, "from.domain example" },
	{ "thresholds of some recipients",
	    "verdict junk at 5\nverdict for @h.example reject at 7\n"
	    "rule a when spf = fail then score 6\n"
	    "promise p never reject\n",
	    H, NULL },
	{ "thresholds that some recipients reach",
	    "verdict junk at 5\nverdict for @h.example reject at 6\n"
	    "rule a when spf = fail then score 6\n"
	    "promise p never reject\n",
	    B, "@h.example" },
	{ "thresholds hold behind a + as well",
	    "verdict for ann@h.example reject at 6\n"
	    "rule a when spf = fail then score 6\n"
	    "promise p when rcpt = \"ann+x@h.example\""
	    " and spf = fail always reject\n",
	    H, NULL },
	{ "one's own thresholds come before those of the domain",
	    "verdict for ann@h.example reject at 9\n"
	    "verdict for @h.example reject at 6\n"
	    "rule a when spf = fail then score 6\n"
	    "promise p when rcpt = \"ann@h.example\" never reject\n",
	    H, NULL },
	{ "what a list by recipient says hangs on who it is",
	    "list f addresses by rcpt ann@h.example bad@b.example\n"
	    "rule r when from in f then reject\n"
	    "promise p when from = \"bad@b.example\" always reject\n",
	    B, "from" },
	{ "it says the same to the same",
	    "list f addresses by rcpt ann@h.example bad@b.example\n"
	    "rule a when from in f then accept\n"
	    "rule r when from in f and spf = fail then reject\n"
	    "promise p never reject\n",
	    H, NULL },
	{ "two that differ in whose it is are two",
	    "list f addresses by rcpt ann@h.example bad@b.example\n"
	    "list g addresses by rcpt eve@h.example bad@b.example\n"
	    "rule a when from in f then accept\n"
	    "rule r when from in g then reject\n"
	    "promise p never reject\n",
	    B, "eve" },
	{ "what is in nobody's list",
	    "list f addresses by rcpt ann@h.example bad@b.example\n"
	    "rule r when from in f then reject\n"
	    "promise p when rcpt != \"ann@h.example\" and rcpt.local != \"ann\""
	    " and not rcpt.local ~ /^ann[+]/i never reject\n",
	    O, NULL },
	{ "of links that were not found out a part can be known",
	    "rule r when no url (host in (a.example)) then reject\n"
	    "promise p when url is unknown never reject\n",
	    B, "url unknown { host " },
	{ "and what holds of each of those holds",
	    "rule r when any url (host in (a.example)) then reject\n"
	    "promise p when no url (host in (a.example)) never reject\n",
	    H, NULL },
	{ "of other groups nothing is known then",
	    "rule r when no attachment (encrypted) then reject\n"
	    "promise p when attachment is unknown never reject\n",
	    H, NULL },
	{ "words that are compared are still words of theirs",
	    "rule r when dmarc != spf then reject\n"
	    "promise p when dmarc not in (none, pass, fail, softfail, "
	    "temperror) never reject\n",
	    H, NULL },
	{ "the address and its domain",
	    "rule r when from = \"x@a.example\" then reject\n"
	    "promise p when from.domain != \"a.example\" never reject\n",
	    H, NULL },
	{ "an address of which only the domain is asked",
	    "rule a when has sender then accept\n"
	    "rule r when sender.domain in (a.example) then reject\n"
	    "promise p when sender.domain in (a.example) never accept\n",
	    B, "a.example" },
	{ "an address of which nothing is asked",
	    "rule a when has sender then accept\nrule r then reject\n"
	    "promise p never accept\n",
	    B, "sender" },
	{ "facts that are equal",
	    "rule r when sender.domain != from.domain then reject\n"
	    "promise p when sender.domain = \"a.example\"\n"
	    " and from.domain = \"a.example\" never reject\n",
	    H, NULL },
	{ "facts that differ",
	    "rule r when sender.domain = from.domain then accept\n"
	    "rule s then reject\n"
	    "promise p when has sender.domain and has from.domain\n"
	    " and sender.domain != from.domain always accept\n",
	    B, "sender.domain" },
	{ "networks",
	    "rule r when client.ip in (192.0.2.0/24) then reject\n"
	    "promise p when client.ip in (192.0.2.128/25, 192.0.2.7)\n"
	    " always reject\n",
	    H, NULL },
	{ "numbers",
	    "rule r when size > 100 then reject\n"
	    "promise p when size >= 101 always reject\n",
	    H, NULL },
	{ "numbers, the limit itself",
	    "rule r when size > 100 then reject\n"
	    "promise p when size >= 100 always reject\n",
	    B, "size 100" },
	{ "scores add up",
	    "rule a when spf = fail then score 3\nrule b when tls then score 2.5\n"
	    "verdict reject at 5.5\npromise p when not tls never reject\n",
	    H, NULL },
	{ "scores reach it",
	    "rule a when spf = fail then score 3\nrule b when tls then score 2.5\n"
	    "verdict reject at 5.5\npromise p never reject\n",
	    B, "tls yes" },
	{ "scores of tenths",
	    "rule a when spf = fail then score 0.1\n"
	    "rule b when tls then score 0.2\n"
	    "verdict junk at 0.3\n"
	    "promise p when spf = fail and tls always junk\n",
	    H, NULL },
	{ "a negative score",
	    "rule a when spf = fail then score 3\n"
	    "rule b when dmarc = pass then score -2\n"
	    "verdict junk at 3\npromise p when dmarc = pass never junk\n",
	    H, NULL },
	{ "all elements",
	    "rule r when any dkim (result = fail) then reject\n"
	    "promise p when all dkim (result = pass) never reject\n",
	    H, NULL },
	{ "one element of two",
	    "rule r when any dkim (result = fail) then reject\n"
	    "promise p when any dkim (result = pass) never reject\n",
	    B, "dkim { result fail }" },
	{ "counting",
	    "rule r when count dkim > 2 then reject\n"
	    "promise p when count dkim (result = pass) >= 3 always reject\n",
	    H, NULL },
	{ "two questions about one element",
	    "rule r when any dkim (result = pass and domain = \"a.example\")\n"
	    " then accept\nrule s then reject\n"
	    "promise p when any dkim (result = pass)\n"
	    " and any dkim (domain = \"a.example\") never reject\n",
	    B, "domain a.example" },
	{ "the same pattern",
	    "rule r when subject ~ /pills/i then reject\n"
	    "promise p when subject ~ /pills/i always reject\n",
	    H, NULL },
	{ "a part of a literal",
	    "rule r when subject ~ /pill/i then reject\n"
	    "promise p when subject ~ /cheap pills/ always reject\n",
	    H, NULL },
	{ "an expression",
	    "rule r when subject ~ /^(win|won)\\s+\\d{3,} ?(eur|usd)/i then reject\n"
	    "promise p never reject\n",
	    B, "subject \"" },
	{ "a list in DNS",
	    "list zen dnsbl \"zen.example\" codes 127.0.0.2\n"
	    "rule r when client.ip in zen then reject\n"
	    "promise p never reject\n",
	    B, "in zen yes" },
	{ "a list in DNS that is silent",
	    "list zen dnsbl \"zen.example\" codes 127.0.0.2\n"
	    "rule r when client.ip in zen then accept\n"
	    "rule s when tls then reject\n"
	    "promise p when tls and client.ip = 192.0.2.1\n"
	    " always accept, reject\n",
	    B, "in zen unknown" },
	{ "tags",
	    "rule t when spf = fail then tag bad\n"
	    "rule r when tagged bad and tls then reject\n"
	    "promise p when not spf = fail never reject\n",
	    H, NULL },
	{ "unless a pattern runs into its bounds",
	    "rule a when subject ~ /x+y/ then accept\nrule r then reject\n"
	    "promise p when has subject always accept, reject\n",
	    L, NULL },
	{ "an expression that nobody can match",
	    "rule r when subject ~ /(?!)x/ then reject\npromise p never reject\n",
	    O, NULL },
	{ "an hour is never 24",
	    "rule r when time.hour >= 24 then reject\npromise p never reject\n",
	    H, NULL },
	{ "there is no hour between two hours",
	    "rule r when time.hour > 22 and time.hour < 23 then reject\n"
	    "promise p never reject\n",
	    H, NULL },
	{ "an hour may be 23",
	    "rule r when time.hour > 22 then reject\npromise p never reject\n",
	    B, "time.hour 23" },
	{ "a size is 0 at least, and compared with an hour, too",
	    "rule r when size < 0 or size < time.hour and time.hour < 0 "
	    "then reject\npromise p never reject\n",
	    H, NULL },
	{ "a size may be more than any hour",
	    "rule r when size > time.hour and time.hour = 23 then reject\n"
	    "promise p never reject\n",
	    B, "time.hour 23" },
	{ "sizes of elements are 0 at least",
	    "rule a when any attachment (size >= 0) then accept\n"
	    "rule r when any attachment (has size) then reject\n"
	    "promise p when attachment is known never reject\n",
	    H, NULL },
	{ "what contains a text contains what is in that",
	    "rule r when subject contains \"lls\" then reject\n"
	    "promise p when subject = \"Pills\" always reject\n",
	    H, NULL },
	{ "a text in another",
	    "rule r when subject contains \"pills\" then reject\n"
	    "promise p when has subject never reject\n",
	    B, "subject \"pills\"" },
	{ "the same question",
	    "rule r when subject contains from.domain then reject\n"
	    "promise p when not subject contains from.domain never reject\n",
	    H, NULL },
	{ "the same question of facts that are there",
	    "rule r when has subject then reject\n"
	    "promise p when subject contains from.domain always reject\n",
	    H, NULL },
	{ "case of a text",
	    "rule r when subject ~ /HELLO/ then reject\n"
	    "promise p when subject = \"hello\" never reject\n",
	    B, "subject \"HELLO\"" },
};

static void
test_promises(void **state)
{
	const struct proof_options options = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit k = { 0 };
		struct proof_promise o = { .answer = PROOF_OPEN };
		struct proof *proof;

		if (!table_wants(row[i].label))
			continue;
		if (!kit_load(&k, "promise.rules", span_of(row[i].rules))) {
			table_fail(row[i].label, "%s", k.diags.item[0].message);
			kit_free(&k);
			continue;
		}
		proof = proof_new(k.rs, NULL, &options);
		proof_promise(proof, 0, &o);
		if (o.answer != row[i].want)
			table_fail(row[i].label, "got %d (%s), want %d",
			    (int)o.answer,
			    o.test != NULL  ? o.test
			    : o.why != NULL ? o.why
					    : "",
			    (int)row[i].want);
		else if (row[i].test != NULL &&
			 strstr(o.test, row[i].test) == NULL)
			table_fail(row[i].label, "got %s, want %s", o.test,
			    row[i].test);
		proof_free(&proof);
		kit_free(&k);
	}
	table_end();
}

/* ---- rules ---------------------------------------------------------------------- */

static void
test_rules(void **state)
{
	static const char rules[] =
	    "rule a when size > 10 then reject\n"
	    "rule b when size < 20 then junk\n"
	    "rule c when size = 30 then tempfail\n"
	    "rule d when size = 10 and spf = pass then accept\n"
	    "rule e when has size then discard\n"
	    "rule f when tls then accept\n"
	    "rule g when size > 5 and size < 3 or size = 4 and size = 5 then "
	    "score 1\n";
	static const struct {
		enum proof_use use;
		const char *above;
	} want[] = {
		{ USE_DECIDES, NULL },
		{ USE_DECIDES, NULL },
		{ USE_NEVER_REACHED, "a" },
		{ USE_NEVER_REACHED, "b" },
		{ USE_NEVER_REACHED, "a" }, /* and b: the first of two */
		{ USE_DECIDES, NULL },
		{ USE_NEVER_TRUE, NULL },
	};
	const struct proof_options options = { 0 };
	struct kit k = { 0 };
	struct proof *proof;

	(void)state;
	(void)kit_load(&k, "rules.rules", span_of(rules));
	proof = proof_new(k.rs, NULL, &options);
	for (size_t i = 0; i < ARRAY_COUNT(want); i++) {
		struct proof_rule got;

		proof_rule(proof, i, &got);
		if (got.use != want[i].use)
			table_fail("rules", "rule %zu: got %d, want %d", i,
			    (int)got.use, (int)want[i].use);
		else if (want[i].above != NULL &&
			 strcmp(got.above[0], want[i].above) != 0)
			table_fail("rules", "rule %zu: got %s, want %s", i,
			    got.above[0], want[i].above);
	}
	proof_free(&proof);
	kit_free(&k);
	table_end();
}

static void
test_changes(void **state)
{
	static const char old[] = "rule a when spf = fail then reject\n"
				  "rule b when size > 100 then junk\n";
	static const char new[] =
	    "rule a when spf = fail and not tls then reject\n"
	    "rule b when size > 100 then junk\n";
	const struct proof_options options = { 0 };
	struct kit before = { 0 }, after = { 0 };
	struct proof_change change;
	struct proof *proof;
	const char *why;
	size_t count = 0;

	(void)state;
	(void)kit_load(&before, "old.rules", span_of(old));
	(void)kit_load(&after, "new.rules", span_of(new));
	proof = proof_new(before.rs, after.rs, &options);
	/* To accept, to junk, and with tls unknown to a temporary refusal or
	 * one of those: each pair of rules once. */
	while (proof_change(proof, &change, &why) == PROOF_BROKEN &&
	       ++count < 10) {
		assert_string_equal(change.here_rule, "a");
		assert_int_equal(change.here, OUTCOME_REJECT);
		assert_non_null(strstr(change.test, "spf fail"));
		assert_non_null(strstr(change.test, "tls"));
	}
	assert_in_range(count, 2, 9);
	proof_free(&proof);
	/* A set has nothing new against itself. */
	proof = proof_new(before.rs, before.rs, &options);
	assert_int_equal(proof_change(proof, &change, &why), PROOF_HOLDS);
	proof_free(&proof);
	kit_free(&before);
	kit_free(&after);
}

/* ---- classes of two sets --------------------------------------------------------- */

static const struct {
	const char *label, *old, *new;
	size_t classes;
	enum proof_answer end;
	const char *there; /* of the first: the rule, or NULL */
} change_row[] = {
	{ "values, unknowns and lists of one rule are one class", "",
	    "rule a when from.domain in (\"a.example\", \"b.example\") "
	    "or size in (1, 2, 3) or subject in (\"x\", \"y\") then junk\n",
	    1, PROOF_HOLDS, "a" },
	{ "texts of one pattern are one class", "",
	    "rule a when subject ~ /^(x|y|z)$/ then junk\n", 1, PROOF_HOLDS,
	    "a" },
	{ "two rules are two classes", "rule z when tls then accept\n",
	    "rule z when tls then accept\n"
	    "rule a when size > 1 then junk\n"
	    "rule b when spf = fail then reject\n"
	    " on unknown tempfail\n",
	    4, PROOF_HOLDS, NULL },
	{ "who decides of a group's elements is one class", "",
	    "rule a when any attachment (size in (1, 2)) or count dkim >= 2 "
	    "then junk\n",
	    1, PROOF_HOLDS, "a" },
	{ "scores that come together in many ways are one class",
	    "rule s when size > 1 then score 1\n"
	    "rule t when tls then score 1\n"
	    "rule u when spf = fail then score 1\nverdict junk at 9\n",
	    "rule s when size > 1 then score 1\n"
	    "rule t when tls then score 1\n"
	    "rule u when spf = fail then score 1\nverdict junk at 2\n",
	    1, PROOF_HOLDS, "junk threshold" },
	{ "two rules that part what they decide, the other way round",
	    "rule a when size > 1 then junk\nrule b when tls then reject\n"
	    "rule c when spf = fail then accept\n",
	    "rule b when tls then reject\nrule a when size > 1 then junk\n"
	    "rule c when spf = fail then accept\n",
	    2, PROOF_HOLDS, NULL },
	{ "only names and order of the lists differ",
	    "list p words x y\nrule a when subject in p then junk\n",
	    "list q words x y\nrule b when subject in q then junk\n", 0,
	    PROOF_HOLDS, NULL },
	{ "a list that is asked elsewhere is another",
	    "list z dnsbl \"a.example\"\nrule a when client.ip in z then "
	    "reject\n",
	    "list z dnsbl \"b.example\"\nrule a when client.ip in z then "
	    "reject\n",
	    0, PROOF_OPEN, NULL },
};

static void
test_classes(void **state)
{
	const struct proof_options options = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(change_row); i++) {
		struct kit old = { 0 }, new = { 0 };
		enum proof_answer end;
		struct proof_change change;
		const char *why = "", *first = NULL;
		struct proof *proof;
		size_t count = 0;

		if (!table_wants(change_row[i].label))
			continue;
		assert_true(
		    kit_load(&old, "old.rules", span_of(change_row[i].old)));
		assert_true(
		    kit_load(&new, "new.rules", span_of(change_row[i].new)));
		proof = proof_new(old.rs, new.rs, &options);
		while (
		    (end = proof_change(proof, &change, &why)) == PROOF_BROKEN)
			if (count++ == 0)
				first = change.there_rule;
		if (count != change_row[i].classes || end != change_row[i].end)
			table_fail(change_row[i].label,
			    "got %zu classes, then %d (%s), want %zu, then %d",
			    count, (int)end, why, change_row[i].classes,
			    (int)change_row[i].end);
		else if (change_row[i].there != NULL &&
			 (first == NULL ||
			     strcmp(first, change_row[i].there) != 0))
			table_fail(change_row[i].label, "got %s, want %s",
			    first == NULL ? "no rule" : first,
			    change_row[i].there);
		proof_free(&proof);
		kit_free(&old);
		kit_free(&new);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_promises),
	cmocka_unit_test(test_rules),
	cmocka_unit_test(test_changes),
	cmocka_unit_test(test_classes),
};

TABLE_MAIN(tests)
