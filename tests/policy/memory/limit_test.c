/*
 * Limits as senders meet them: by the clock, by key, by unit, once a message.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/load/snapshot_load.h"
#include "policy/memory/limit.h"
#include "policy/message/snapshot.h"
#include "rules/source/diag.h"
#include "tests/kit/state_kit.h"

#define TEN(a) \
	a "0 " a "1 " a "2 " a "3 " a "4 " a "5 " a "6 " a "7 " a "8 " a "9"

struct step {
	struct kit_mail mail;
	const char *want; /* kit_fate */
	unsigned refused; /* recipients at RCPT */
};

static const struct {
	const char *label, *rules;
	struct step step[12];
} scenarios[] = {
	{ "as a condition: true above the limit",
	    "rule l when limit client.ip to 2 per 1m then tempfail\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 0 }, "passes", 0 },
		{ { .at = 1 }, "waits", 1 }, { { .at = 29 }, "waits", 1 },
		{ { .at = 30 }, "passes", 0 }, { { .at = 31 }, "waits", 1 },
		{ { .at = 31, .ip = "203.0.113.10" }, "passes", 0 },
		{ { .at = 1000 }, "passes", 0 },
		{ { .at = 1000 }, "passes", 0 },
		{ { .at = 1000 }, "waits", 1 } } },
	{ "as an action: refuses above the limit",
	    "rule l when sender.domain = \"sender.example\" then limit "
	    "client.network to 1 per hour\n",
	    { { { .at = 0 }, "passes", 0 },
		{ { .at = 1, .ip = "203.0.113.77" }, "waits", 1 },
		{ { .at = 1, .from = "a@other.example" }, "passes", 0 },
		{ { .at = 3600 }, "passes", 0 } } },
	{ "else reject",
	    "rule l then limit sender to 1 per day else reject 550 "
	    "5.7.1 \"enough\"\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 1 }, "refused", 1 },
		{ { .at = 1, .from = "A@Sender.Example" }, "refused", 1 },
		{ { .at = 1, .from = "b@sender.example" }, "passes", 0 } } },
	{ "what goes on is decided by the rules below",
	    "rule l then limit sender to 5 per day\n"
	    "rule r when sender = \"a@sender.example\" then reject\n",
	    { { { .at = 0 }, "refused", 1 } } },
	{ "burst: more at once, at the same rate",
	    "rule l then limit sender to 1 per 1m burst 3\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 0 }, "passes", 0 },
		{ { .at = 0 }, "passes", 0 }, { { .at = 0 }, "waits", 1 },
		{ { .at = 60 }, "passes", 0 }, { { .at = 61 }, "waits", 1 } } },
	{ "what is refused is not counted",
	    "rule l then limit sender to 1 per 1m\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 30 }, "waits", 1 },
		{ { .at = 59 }, "waits", 1 }, { { .at = 60 }, "passes", 0 } } },
	{ "keys of more than one fact",
	    "rule l then limit client.ip, sender to 1 per 1h\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 1 }, "waits", 1 },
		{ { .at = 1, .ip = "203.0.113.10" }, "passes", 0 },
		{ { .at = 1, .from = "c@sender.example" }, "passes", 0 } } },
	{ "a fact that is absent is not limited",
	    "rule l then limit auth.user to 1 per 1h\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 1 }, "passes", 0 },
		{ { .at = 1, .user = "eve" }, "passes", 0 },
		{ { .at = 1, .user = "eve" }, "waits", 1 } } },
	{ "by recipient", "rule l then limit rcpt to 1 per 1h\n",
	    { { { .at = 0, .rcpt = "a@x.example b@x.example" }, "passes", 0 },
		{ { .at = 1, .rcpt = "a@x.example c@x.example" }, "waits", 1 },
		{ { .at = 1, .rcpt = "d@x.example" }, "passes", 0 } } },
	{ "messages count once, whatever the recipients",
	    "rule l then limit sender to 2 messages per 1h\n",
	    { { { .at = 0, .rcpt = TEN("r@x.example") }, "passes", 0 },
		{ { .at = 0, .rcpt = TEN("r@x.example") }, "passes", 0 },
		{ { .at = 0 }, "waits", 1 } } },
	{ "recipients count each",
	    "rule l then limit sender to 10 recipients per 1h\n",
	    { { { .at = 0, .rcpt = TEN("r@x.example") }, "passes", 0 },
		{ { .at = 0 }, "waits", 1 } } },
	{ "those above the limit are refused",
	    "rule l then limit sender to 4 recipients per 1h\n",
	    { { { .at = 0, .rcpt = TEN("r@x.example") }, "waits", 6 } } },
	{ "the unit may stand behind",
	    "rule l then limit sender to 4 per 1h burst 5 unit recipients\n",
	    { { { .at = 0, .rcpt = TEN("r@x.example") }, "waits", 5 } } },
	{ "recipients at the end are one charge",
	    "rule l when subject = \"hello\" then limit sender to 12 "
	    "recipients per 1h\n",
	    { { { .at = 0, .rcpt = TEN("r@x.example") }, "passes", 0 },
		{ { .at = 0, .rcpt = TEN("r@x.example") }, "waits", 0 },
		{ { .at = 0, .rcpt = "a@x.example b@x.example" }, "passes", 0 },
		{ { .at = 0 }, "waits", 0 } } },
	{ "bytes are known at the end",
	    "rule l then limit client.ip to 400 bytes per 1h\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 0 }, "passes", 0 },
		{ { .at = 0 }, "waits", 0 } } },
	{ "a limit below what settles the rule is not asked",
	    "rule l when sender = \"c@sender.example\" and limit client.ip to "
	    "1 per 1h then tempfail\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 0 }, "passes", 0 },
		{ { .at = 0, .from = "c@sender.example" }, "passes", 0 },
		{ { .at = 0, .from = "c@sender.example" }, "waits", 1 } } },
	{ "nor before what stands before it is known",
	    "rule l when subject = \"other\" and limit client.ip to 1 per 1h "
	    "then tempfail\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 0 }, "passes", 0 },
		{ { .at = 0,
		      .message =
			  "From: a@b.example\r\nSubject: other\r\n\r\n" },
		    "passes", 0 } } },
	{ "two rules with one limit count once",
	    "rule a when limit sender to 2 per 1h then score 1\n"
	    "rule b when limit sender to 2 per 1h then tempfail\n",
	    { { { .at = 0 }, "passes", 0 }, { { .at = 0 }, "passes", 0 },
		{ { .at = 0 }, "waits", 1 } } },
	{ "refusals by the MTA",
	    "rule l when limit client.network to 3 refusals per 1h then "
	    "tempfail\n",
	    { { { .at = 0, .refused = "x@h.example y@h.example" }, "passes",
		  0 },
		{ { .at = 1, .refused = "z@h.example" }, "waits", 1 },
		{ { .at = 2, .ip = "203.0.113.99" }, "waits", 1 },
		{ { .at = 2, .ip = "203.0.114.99" }, "passes", 0 },
		{ { .at = 1202 }, "passes", 0 } } },
	{ "refusals by us",
	    "rule l when limit client.network to 2 refusals per 1h then "
	    "tempfail\n"
	    "rule no when rcpt.local = \"nobody\" then reject\n",
	    { { { .at = 0, .rcpt = "nobody@x.example nobody@y.example" },
		  "refused", 2 },
		{ { .at = 1 }, "waits", 1 } } },
};

static void
limit_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
		char label[200];
		struct kit k;

		if (!table_wants(scenarios[i].label))
			continue;
		kit_begin(&k, "", scenarios[i].rules);
		for (size_t n = 0; n < ARRAY_COUNT(scenarios[i].step); n++) {
			const struct step *step = &scenarios[i].step[n];
			struct kit_mail mail = step->mail;
			struct kit_result r;
			const char *got;

			if (step->want == NULL)
				break;
			(void)snprintf(label, sizeof(label), "%s, message %zu",
			    scenarios[i].label, n + 1);
			kit_send(&k, &mail, &r);
			got = r.reply_code[0] == '4'   ? "waits"
			      : r.reply_code[0] == '5' ? "refused"
						       : "passes";
			table_text(label, "it", got, step->want);
			table_number(
			    label, "refused at RCPT", r.refused, step->refused);
		}
		kit_end(&k);
	}
	table_end();
}

static void
limit_replies(void **state)
{
	struct kit_mail mail = { 0 };
	struct kit_result r;
	struct kit k;

	(void)state;
	kit_begin(&k, "", "rule l then limit sender to 1 per 1m\n");
	kit_send(&k, &mail, &r);
	mail.at = 10;
	kit_send(&k, &mail, &r);
	assert_string_equal(r.reply_code, "451 4.7.1");
	assert_non_null(strstr(r.reply, "retry in 50 seconds"));
	kit_end(&k);
}

/* A stolen account that writes to 500 recipients in a minute. */
static void
limit_stolen_account(void **state)
{
	struct kit_mail mail = { .user = "eve", .ip = "198.51.100.7" };
	struct kit_result r;
	unsigned refused = 0;
	struct kit k;

	(void)state;
	kit_begin(&k, "",
	    "rule stolen when auth then limit auth.user to 100 recipients per "
	    "1h burst 100 else reject 550 5.7.1 \"too many recipients\"\n");
	for (int i = 0; i < 50; i++) {
		mail.at = i;
		mail.rcpt = TEN("r@x.example");
		kit_send(&k, &mail, &r);
		refused += r.refused;
	}
	/* 100 and what comes back in 50 seconds: one. */
	assert_int_equal(500 - refused, 101);
	kit_end(&k);
}

/* For the alert about an account: conditions count as actions do. */
static const struct {
	const char *label, *rules;
	const char *want; /* at the second message; "": below all limits */
} overs[] = {
	{ "as an action", "rule l when auth then limit auth.user to 1 per 1h\n",
	    "auth.user to 1 messages per 1h " },
	{ "as a condition",
	    "rule l when limit auth.user to 1 per 1h then score 1\n",
	    "auth.user to 1 messages per 1h " },
	{ "as a condition of a rule that does not fire",
	    "rule l when limit auth.user to 1 per 90s and subject = \"x\" then "
	    "reject\n",
	    "auth.user to 1 messages per 90s " },
	{ "each of them, but those that are kept",
	    "rule a when limit auth.user, client.ip to 1 recipients per day "
	    "then score 1\n"
	    "rule b when limit sender to 9 per 1h then score 1\n"
	    "rule c when limit sender to 1 per 1h then score 1\n",
	    "auth.user, client.ip to 1 recipients per 1d "
	    "sender to 1 messages per 1h " },
	{ "none", "rule l when limit auth.user to 2 per 1h then score 1\n",
	    "" },
};

static void
over_report(void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct buf *out = ctx;
	const char *limit;
	size_t at = 0;

	(void)v;
	(void)rcpt;
	buf_clear(out);
	while ((limit = limit_over_next(m, &at)) != NULL)
		(void)buf_printf(out, "%s ", limit);
}

static void
limit_over(void **state)
{
	struct kit_mail mail = { .user = "eve" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(overs); i++) {
		struct kit_result r;
		struct buf over;
		struct kit k;

		buf_init(&over, 4096);
		kit_begin(&k, "", overs[i].rules);
		k.judge.judged = over_report;
		k.judge.ctx = &over;
		kit_send(&k, &mail, &r);
		table_number(overs[i].label, "first", (long long)over.n, 0);
		kit_send(&k, &mail, &r);
		(void)buf_addc(&over, '\0');
		table_text(overs[i].label, "over", over.p, overs[i].want);
		buf_free(&over);
		kit_end(&k);
	}
	table_end();
}

static void
limit_errors(void **state)
{
	static const struct {
		const char *label, *rules, *want;
	} rows[] = {
		{ "no such fact", "rule l then limit nope to 1 per 1h",
		    "no fact is called" },
		{ "many values", "rule l then limit dkim.domain to 1 per 1h",
		    "many values" },
		{ "no number", "rule l then limit sender to many per 1h",
		    "expected" },
		{ "nothing", "rule l then limit sender to 0 per 1h",
		    "1 or more" },
		{ "a time without unit", "rule l then limit sender to 1 per 5",
		    "per" },
		{ "a unit that is none",
		    "rule l then limit sender to 1 cow per 1h", "\"per\"" },
		{ "what else", "rule l then limit sender to 1 per 1h else junk",
		    "tempfail or reject" },
		{ "a code of the other kind",
		    "rule l then limit sender to 1 per 1h else reject 451",
		    "no reply code" },
		{ "too many facts",
		    "rule l then limit sender, sender, sender, sender, sender, "
		    "sender, sender, sender, sender to 1 per 1h",
		    "more than 8" },
		{ "too early",
		    "rule l by mail when limit sender to 9 bytes per 1h then "
		    "reject",
		    "known from eom" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct snapshot_source source = { .config_text = SPAN(""),
			.rules_text = span_of(rows[i].rules) };
		struct arena *a = arena_new();
		struct diags diags;
		struct snapshot *s;
		struct buf report;

		diags_init(&diags, a);
		s = snapshot_load(&source, &diags);
		buf_init(&report, 65536);
		diags_print(&diags, &report, false);
		(void)buf_addc(&report, '\0');
		if (s != NULL || strstr(report.p, rows[i].want) == NULL)
			table_fail(rows[i].label, "got: %s", report.p);
		buf_free(&report);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limit_scenarios),
		cmocka_unit_test(limit_replies),
		cmocka_unit_test(limit_stolen_account),
		cmocka_unit_test(limit_over),
		cmocka_unit_test(limit_errors),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
