/*
 * From what rules decided to the verdict: what is done and what would be, the
 * reply and its bounds, what it says of rules, and which edits it carries.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/judge/decide.h"
#include "policy/judge/verdict_make.h"
#include "policy/tell/headers.h"
#include "rules/eval/ruling.h"

#define RULES                                     \
	"rule first then score 2 then tag seen\n" \
	"rule second when score > 1 then reject 554 5.7.9 \"no\"\n"

static void
test_action(void **state)
{
	static const struct {
		const char *label, *config;
		struct decision decision;
		size_t rcpt;
		const char *action, *wanted, *reply;
	} row[] = {
		{ "nothing decided", "", { .outcome = OUTCOME_NONE }, RCPT_NONE,
		    "accept", "accept", "0 - " },
		{ "accept", "", { .outcome = OUTCOME_ACCEPT }, RCPT_NONE,
		    "accept", "accept", "0 - " },
		{ "junk has no reply", "", { .outcome = OUTCOME_JUNK },
		    RCPT_NONE, "junk", "junk", "0 - " },
		{ "quarantine", "", { .outcome = OUTCOME_QUARANTINE },
		    RCPT_NONE, "quarantine", "quarantine", "0 - " },
		{ "discard", "", { .outcome = OUTCOME_DISCARD }, RCPT_NONE,
		    "discard", "discard", "0 - " },
		{ "the standard refusal", "", { .outcome = OUTCOME_REJECT },
		    RCPT_NONE, "reject", "reject",
		    "550 5.7.1 message refused by local policy [ID]" },
		{ "the standard delay", "", { .outcome = OUTCOME_TEMPFAIL },
		    RCPT_NONE, "tempfail", "tempfail",
		    "451 4.7.1 please try again later [ID]" },
		{ "what the rule says", "",
		    { .outcome = OUTCOME_REJECT,
			.code = 554,
			.enhanced = "5.7.9",
			.text = SPAN_INIT("go away") },
		    RCPT_NONE, "reject", "reject", "554 5.7.9 go away [ID]" },
		{ "of one recipient", "", { .outcome = OUTCOME_REJECT }, 1,
		    "reject", "reject",
		    "550 5.7.1 message refused by local policy [ID.2]" },
		{ "a refusal in monitor", "mode monitor\n",
		    { .outcome = OUTCOME_REJECT }, RCPT_NONE, "accept",
		    "reject", "0 - " },
		{ "the hold queue in monitor", "mode monitor\n",
		    { .outcome = OUTCOME_QUARANTINE }, RCPT_NONE, "accept",
		    "quarantine", "0 - " },
		{ "junk in monitor is a mark and stays", "mode monitor\n",
		    { .outcome = OUTCOME_JUNK }, RCPT_NONE, "junk", "junk",
		    "0 - " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct message_kit_options options = {
			.config = row[i].config
		};
		struct decision d = row[i].decision;
		struct message_kit k;
		struct verdict v;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&k, &options);
		(void)snprintf(k.message->id, sizeof(k.message->id), "ID");
		decide_begin(k.message);
		d.rule_number = d.action_number = SIZE_MAX;
		d.rcpt = row[i].rcpt;
		verdict_make(
		    k.message, &d, NULL, 0, STAGE_EOM, row[i].rcpt, &v);
		table_text(row[i].label, "action", outcome_names[v.action],
		    row[i].action);
		table_text(row[i].label, "wanted", outcome_names[v.wanted],
		    row[i].wanted);
		table_text(row[i].label, "reply",
		    arena_printf(k.arena, "%u %s %.*s", v.reply.code,
			v.reply.enhanced == NULL ? "-" : v.reply.enhanced,
			SPAN_FMT(
			    v.reply.text.p == NULL ? SPAN("") : v.reply.text)),
		    row[i].reply);
		message_kit_end(&k);
	}
	table_end();
}

/* The reply with all that stands around it fits RFC 5321's 512 octets. */
static void
test_reply_bound(void **state)
{
	static char text[2000];
	struct decision d = { .outcome = OUTCOME_REJECT,
		.rule_number = SIZE_MAX,
		.rcpt = RCPT_NONE,
		.text = { text, sizeof(text) } };
	struct message_kit k;
	struct verdict v;

	(void)state;
	memset(text, 'x', sizeof(text));
	message_kit_begin(&k, NULL);
	decide_begin(k.message);
	verdict_make(k.message, &d, NULL, 0, STAGE_EOM, 99999, &v);
	assert_in_range(v.reply.text.n, 440, 512 - strlen("550 5.7.1 \r\n"));
	assert_int_equal(v.reply.text.p[v.reply.text.n - 1], ']');
	/* What is not ASCII goes to a client that has said SMTPUTF8 alone. */
	d.text = SPAN("f\303\274r dich");
	verdict_make(k.message, &d, NULL, 0, STAGE_EOM, RCPT_NONE, &v);
	assert_true(span_starts(v.reply.text, SPAN("f?r dich [")));
	k.message->smtputf8 = true;
	verdict_make(k.message, &d, NULL, 0, STAGE_EOM, RCPT_NONE, &v);
	assert_true(span_starts(v.reply.text, SPAN("f\303\274r dich [")));
	message_kit_end(&k);
}

/* What it tells of rules is their record; the reason is the evidence of the
 * one that decided. */
static void
test_record(void **state)
{
	const struct message_kit_options options = { .rules = RULES };
	struct message_kit k;
	struct verdict v;

	(void)state;
	message_kit_begin(&k, &options);
	decide_begin(k.message);
	decide_message(k.message, STAGE_EOM, true, &v);
	assert_string_equal(outcome_names[v.action], "reject");
	assert_string_equal(v.rule, "second");
	assert_int_equal(v.record.matched_count, 2);
	assert_string_equal(v.record.matched[0].name, "first");
	assert_int_equal(
	    v.record.matched[0].effects, ACTION_SCORES | ACTION_TAGS);
	assert_false(v.record.matched[0].decided);
	assert_true(v.record.matched[1].decided);
	assert_true(span_is(v.reason, "score 2"));
	assert_int_equal(v.record.tag_count, 1);
	assert_string_equal(v.record.tag[0], "seen");
	assert_true(v.record.score == 2);
	message_kit_end(&k);
}

/* Through a session: what goes on carries its edits, what is refused none;
 * headers_of tells what they would be. */
static void
test_edits(void **state)
{
	static const struct {
		const char *label, *rules;
		bool planned;
	} row[] = {
		{ "accepted", "rule a then header add \"X-Seen\" \"yes\"\n",
		    true },
		{ "junk", "rule a then junk\n", true },
		{ "held", "rule a then quarantine\n", true },
		{ "refused", "rule a then reject\n", false },
		{ "put off", "rule a then tempfail\n", false },
		{ "thrown away", "rule a then discard\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct message_kit_options options = { .rules =
								 row[i].rules };
		const struct header_edits *edits;
		struct message_kit k;
		struct session *s;
		struct verdict v;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&k, &options);
		k.judge.resolver = k.session.resolver;
		s = session_new(&k.judge, k.snapshot);
		session_connect(s, k.session.client, 25, SPAN(""), SPAN(""),
		    SPAN("mx.example"));
		session_helo(s, SPAN("a.example"), NULL);
		session_mail(s,
		    &(struct mail_parameters){
			.reverse_path = SPAN("<a@a.example>") },
		    NULL, &v);
		session_rcpt(s, SPAN("<b@b.example>"), false, SPAN(""), &v);
		session_header(s, SPAN("From"), SPAN(" a@a.example"));
		session_eoh(s, SPAN(""), &v);
		session_body(s, SPAN("x\r\n"));
		session_eom(s, SPAN("4cX2Zl1yqz"), &v);
		table_number(
		    row[i].label, "planned", v.edits != NULL, row[i].planned);
		edits = headers_of(s->message, &v);
		table_number(row[i].label, "the same plan",
		    !row[i].planned || edits == v.edits, true);
		if (edits->addition_count == 0)
			table_fail(row[i].label, "nothing would be added");
		session_free(&s);
		message_kit_end(&k);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_action),
	cmocka_unit_test(test_reply_bound),
	cmocka_unit_test(test_record),
	cmocka_unit_test(test_edits),
};

TABLE_MAIN(tests)
