/*
 * Asking the rules, by stage and recipient: what acts when, whom a refusal is
 * for, what is answered whatever rules say.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/judge/decide.h"

/* "reject 550 [rule]" */
static const char *
shown(struct message_kit *k, const struct verdict *v)
{
	return arena_printf(k->arena, "%s%s%s %u%s%s", outcome_names[v->action],
	    v->wanted == v->action ? "" : "/",
	    v->wanted == v->action ? "" : outcome_names[v->wanted],
	    v->reply.code, v->rule == NULL ? "" : " ",
	    v->rule == NULL ? "" : v->rule);
}

#define BY_NAME "rule name when helo = \"bad.example\" then reject\n"
#define BY_SENDER                                                            \
	"rule sender when sender.domain = \"bad.example\" then reject 553\n" \
	"rule all then accept\n"

/* Where `refuse` lets rules act before there is a recipient. */
static void
test_envelope(void **state)
{
	static const struct {
		const char *label, *config, *rules, *helo, *at_helo, *at_mail;
	} row[] = {
		{ "the name, from HELO on", "refuse helo\n", BY_NAME,
		    "bad.example", "reject 550 name", "reject 550 name" },
		{ "the name, from MAIL on", "refuse mail\n", BY_NAME,
		    "bad.example", "accept 0", "reject 550 name" },
		{ "the name, from RCPT on", "refuse rcpt\n", BY_NAME,
		    "bad.example", "accept 0", "accept 0" },
		{ "another name", "refuse helo\n", BY_NAME, "good.example",
		    "accept 0", "accept 0" },
		{ "in monitor", "refuse helo\nmode monitor\n", BY_NAME,
		    "bad.example", "accept/reject 0 name",
		    "accept/reject 0 name" },
		{ "what accepts waits for the end", "refuse helo\n",
		    "rule x then accept\n", "bad.example", "accept 0",
		    "accept 0" },
		{ "what is behind something pending waits", "refuse helo\n",
		    BY_SENDER BY_NAME, "bad.example", "accept 0", "accept 0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct message_kit_options options = {
			.config = row[i].config,
			.rules = row[i].rules,
			.helo = row[i].helo,
		};
		struct message_kit k;
		struct verdict v;
		fact_id helo;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&k, &options);
		helo = schema_find(k.snapshot->schema, SPAN("helo"));
		facts_text(k.message->facts, helo, span_of(row[i].helo));
		decide_begin(k.message);
		decide_envelope(k.message, STAGE_HELO, &v);
		table_text(
		    row[i].label, "at HELO", shown(&k, &v), row[i].at_helo);
		decide_envelope(k.message, STAGE_MAIL, &v);
		table_text(
		    row[i].label, "at MAIL", shown(&k, &v), row[i].at_mail);
		message_kit_end(&k);
	}
	table_end();
}

/* A refusal of one recipient is his alone, and one of our own relays is told
 * none unless the administrator wants that. */
static void
test_rcpt(void **state)
{
	static const struct {
		const char *label, *config;
		enum direction direction;
		const char *first, *second;
	} row[] = {
		{ "from outside", "", DIRECTION_INBOUND, "accept 0",
		    "reject 550 trap" },
		{ "of our own relay", "", DIRECTION_RELAY, "accept 0",
		    "accept 0" },
		{ "of our own relay, when asked for", "relay.refusals refuse\n",
		    DIRECTION_RELAY, "accept 0", "reject 550 trap" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct message_kit_options options = {
			.config = row[i].config,
			.rules = "rule trap when rcpt.local = \"trap\" then "
				 "reject\n",
		};
		static const char *const local[] = { "ann", "trap" };
		struct message_kit k;
		struct verdict v[2];
		fact_id id;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&k, &options);
		k.message->direction = row[i].direction;
		id = schema_find(k.snapshot->schema, SPAN("rcpt.local"));
		decide_begin(k.message);
		for (size_t r = 0; r < 2; r++) {
			facts_rcpt_set(k.message->facts, id, r,
			    value_text(span_of(local[r])));
			decide_rcpt(k.message, r, &v[r]);
		}
		table_text(
		    row[i].label, "first", shown(&k, &v[0]), row[i].first);
		table_text(
		    row[i].label, "second", shown(&k, &v[1]), row[i].second);
		message_kit_end(&k);
	}
	table_end();
}

static void
test_own(void **state)
{
	static const struct {
		const char *label;
		enum own_answer which;
		const char *enforce, *monitor;
	} row[] = {
		{ "too large a header", OWN_OVERFULL, "reject 552",
		    "accept/reject 0" },
		{ "no memory", OWN_NO_ROOM, "tempfail 452",
		    "accept/tempfail 0" },
		{ "may have ended the process", OWN_SUSPECT, "tempfail 451",
		    "accept/tempfail 0" },
		{ "ended it", OWN_GUILTY, "tempfail 451", "accept/tempfail 0" },
		{ "ended it hours ago", OWN_GUILTY_HELD, "quarantine 0",
		    "accept/quarantine 0" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_COUNT(row); i++) {
		bool monitor = i % 2 == 1;
		const struct message_kit_options options = {
			.config = monitor ? "mode monitor\n" : "",
			.rules = "rule x then tag seen then junk\n",
		};
		struct message_kit k;
		struct verdict v;

		if (!table_wants(row[i / 2].label))
			continue;
		message_kit_begin(&k, &options);
		decide_begin(k.message);
		decide_message(k.message, STAGE_EOM, true, &v);
		decide_own(k.message, row[i / 2].which, &v);
		table_text(row[i / 2].label, monitor ? "monitor" : "enforce",
		    shown(&k, &v),
		    monitor ? row[i / 2].monitor : row[i / 2].enforce);
		/* What it tells of rules stays. */
		table_number(
		    row[i / 2].label, "tags", (long long)v.record.tag_count, 1);
		if (v.reply.code != 0 && !span_ends(v.reply.text, SPAN("]")))
			table_fail(row[i / 2].label, "a reply without id");
		message_kit_end(&k);
	}
	table_end();
}

static void
test_too_many(void **state)
{
	struct message_kit k;
	struct verdict v;

	(void)state;
	message_kit_begin(&k, NULL);
	decide_begin(k.message);
	decide_too_many(k.message, &v);
	assert_string_equal(shown(&k, &v), "tempfail 452");
	assert_string_equal(v.reply.enhanced, "4.5.3");
	decide_apart_again(k.message, 3, SPAN("why"), &v);
	assert_true(v.apart);
	assert_true(span_is(v.reason, "why"));
	assert_int_equal(v.reply.code, 452);
	message_kit_end(&k);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_envelope),
	cmocka_unit_test(test_rcpt),
	cmocka_unit_test(test_own),
	cmocka_unit_test(test_too_many),
};

TABLE_MAIN(tests)
