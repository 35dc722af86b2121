/*
 * What an engine calls, without an engine and without an MTA: what becomes of
 * the macros, which answer each event has, and what one message leaves behind
 * for the next.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "milter/daemon/daemon.h"
#include "milter/protocol/callbacks.h"
#include "milter/protocol/watchdog.h"

#define MACROS_MAX 8

/* A link whose macros stand in a table. */
struct fake_link {
	struct engine_link link; /* first, as in every engine */
	const char *const (*macro)[2];
};

static struct span
fake_macro(struct engine_link *link, const char *name)
{
	const struct fake_link *f = (const struct fake_link *)link;

	for (size_t i = 0; i < MACROS_MAX && f->macro[i][0] != NULL; i++)
		if (strcmp(f->macro[i][0], name) == 0)
			return span_of(f->macro[i][1]);
	return (struct span){ NULL, 0 };
}

/* Instead of the watchdog: how many messages are being judged. */
static int judging;

void
watchdog_judging(bool begins)
{
	judging += begins ? 1 : -1;
}

static const struct engine_link_ops fake_ops = { .macro = fake_macro };
static const char *const no_macros[MACROS_MAX][2] = { { NULL, NULL } };

struct world {
	struct message_kit kit;
	struct fake_link fake;
	struct engine_link *link;
};

static void
world_begin(struct world *w, const char *config, const char *rules,
    const char *const (*macro)[2])
{
	const struct message_kit_options options = { .config = config,
		.rules = rules };
	struct daemon *d = daemon_self();

	message_kit_begin(&w->kit, &options);
	d->judge = (struct services){ .clock = w->kit.judge.clock,
		.resolver = w->kit.session.resolver,
		.ids = w->kit.judge.ids,
		.hostname = "mx.example" };
	daemon_begin(snapshot_ref(w->kit.snapshot));
	w->fake =
	    (struct fake_link){ .link = { .ops = &fake_ops }, .macro = macro };
	w->link = &w->fake.link;
}

static void
world_end(struct world *w)
{
	struct snapshot *s = daemon_snapshot();

	callbacks.close(w->link);
	assert_int_equal(judging, 0);
	/* What the daemon holds, and what was just taken. */
	for (int i = 0; i < 2; i++) {
		struct snapshot *held = s;

		snapshot_unref(&held);
	}
	message_kit_end(&w->kit);
}

static struct engine_answer
say_mail(struct world *w, const char *from, const char *parameter)
{
	const struct span arg[] = { span_of(from), span_of(parameter) };
	const struct engine_arguments arguments = { arg, 2 };
	struct engine_answer out = { .action = ENGINE_CONTINUE };

	callbacks.mail(w->link, &arguments, &out);
	return out;
}

static struct engine_answer
say_rcpt(struct world *w, const char *to)
{
	const struct span arg[] = { span_of(to) };
	const struct engine_arguments arguments = { arg, 1 };
	struct engine_answer out = { .action = ENGINE_CONTINUE };

	callbacks.rcpt(w->link, &arguments, &out);
	return out;
}

/* From the header to the end. */
static struct engine_answer
say_message(struct world *w)
{
	struct engine_answer out = { .action = ENGINE_CONTINUE };

	callbacks.header(w->link, SPAN("From"), SPAN(" a@good.example"));
	callbacks.header(w->link, SPAN("Subject"), SPAN(" offer"));
	callbacks.eoh(w->link, &out);
	if (out.action != ENGINE_CONTINUE)
		return out;
	callbacks.body(w->link, SPAN("hel"));
	callbacks.body(w->link, SPAN("lo\r\n"));
	callbacks.end(w->link, &out);
	return out;
}

static void
say_connect(struct world *w)
{
	callbacks.connect(
	    w->link, SPAN("mail.good.example"), w->kit.session.client, 2525);
	callbacks.helo(w->link, SPAN("mail.good.example"));
}

static const char *
answer_text(struct world *w, const struct engine_answer *a)
{
	static const char *const name[] = { "continue", "accept", "tempfail",
		"reject", "discard" };

	return arena_printf(w->kit.arena, "%s %u%s%s", name[a->action],
	    a->reply.code, a->edits == NULL ? "" : " edits",
	    a->quarantine == NULL ? "" : " held");
}

static void
test_answers(void **state)
{
	static const struct {
		const char *label, *config, *rules;
		const char *rcpt, *end;
	} row[] = {
		{ "nothing decides", "", "", "continue 0", "continue 0 edits" },
		{ "junk goes on, marked", "", "rule a then junk\n",
		    "continue 0", "continue 0 edits" },
		{ "held", "", "rule a then quarantine\n", "continue 0",
		    "continue 0 edits held" },
		{ "thrown away", "", "rule a then discard\n", "continue 0",
		    "discard 0" },
		{ "refused for what it says", "",
		    "rule a when subject = \"offer\" then reject\n",
		    "continue 0", "reject 550" },
		{ "refused for whom it is for", "",
		    "rule a when rcpt.local = \"u\" then reject 551\n",
		    "reject 551", NULL },
		{ "put off", "", "rule a when body ~ /hello/ then tempfail\n",
		    "continue 0", "tempfail 451" },
		{ "refused, in monitor", "mode monitor\n",
		    "rule a when subject = \"offer\" then reject\n",
		    "continue 0", "continue 0 edits" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct engine_answer answer;
		struct world w;

		if (!table_wants(row[i].label))
			continue;
		world_begin(&w, row[i].config, row[i].rules, no_macros);
		say_connect(&w);
		(void)say_mail(&w, "<a@good.example>", "SIZE=100");
		answer = say_rcpt(&w, "<u@us.example>");
		table_text(row[i].label, "at RCPT", answer_text(&w, &answer),
		    row[i].rcpt);
		if (row[i].end != NULL) {
			answer = say_message(&w);
			table_text(row[i].label, "at the end",
			    answer_text(&w, &answer), row[i].end);
		}
		callbacks.ended(w.link);
		world_end(&w);
	}
	table_end();
}

/* What the MTA's macros say is what rules read. */
static void
test_macros(void **state)
{
	static const struct {
		const char *label;
		const char *const macro[MACROS_MAX][2];
		const char *parameter;
		const char *condition; /* true of what they say */
	} row[] = {
		{ "the client's name", { { NULL, NULL } }, "",
		    "client.name = \"mail.good.example\"" },
		{ "a name that does not lead back",
		    { { "{client_resolve}", "FORGED" } }, "",
		    "client.name is absent" },
		{ "a name that does", { { "{client_resolve}", "OK" } }, "",
		    "has client.name" },
		{ "who has authenticated",
		    { { "{auth_authen}", "ann" }, { "{auth_type}", "PLAIN" } },
		    "", "auth.user = \"ann\" and direction = submission" },
		{ "the listener", { { "{daemon_name}", "mx-in" } }, "",
		    "listener = \"mx-in\"" },
		{ "TLS as Postfix says it",
		    { { "{tls_version}", "TLSv1.3" },
			{ "{cipher_bits}", "256" },
			{ "{cert_subject}", "CN=x" } },
		    "", "tls and tls.bits = 256 and tls.verified" },
		{ "TLS as Sendmail says it",
		    { { "{tls_version}", "TLSv1.3" }, { "{verify}", "FAIL" },
			{ "{cert_subject}", "CN=x" } },
		    "", "tls and not tls.verified" },
		{ "bits that are none",
		    { { "{tls_version}", "TLSv1.3" },
			{ "{cipher_bits}", "99999999999" } },
		    "", "not tls.bits > 0 or tls.bits is absent" },
		{ "the size", { { NULL, NULL } }, "size=4711",
		    "size.declared = 4711" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct engine_answer answer;
		struct world w;
		char rules[200];

		if (!table_wants(row[i].label))
			continue;
		(void)snprintf(rules, sizeof(rules),
		    "rule so when %s then discard\n", row[i].condition);
		world_begin(&w, "", rules, row[i].macro);
		say_connect(&w);
		(void)say_mail(&w, "<a@good.example>", row[i].parameter);
		(void)say_rcpt(&w, "<u@us.example>");
		answer = say_message(&w);
		table_text(row[i].label, row[i].condition,
		    answer_text(&w, &answer), "discard 0");
		callbacks.ended(w.link);
		world_end(&w);
	}
	table_end();
}

/* What the MTA need not wait for is what no rule can decide by then. */
static void
test_silence(void **state)
{
	static const struct {
		const char *label, *config, *rules;
		bool mail, rcpt; /* need no answer */
	} row[] = {
		{ "no rules", "", "", true, true },
		{ "about the client", "",
		    "rule a when client.ip = 192.0.2.1 then reject\n", false,
		    false },
		{ "the same, from MAIL on", "refuse mail\n",
		    "rule a when client.ip = 192.0.2.1 then reject\n", false,
		    false },
		{ "about the recipient, from MAIL on", "refuse mail\n",
		    "rule a when rcpt.local = \"u\" then reject\n", false,
		    false },
		{ "about the header", "",
		    "rule a when subject = \"x\" then reject\n", true, true },
		{ "of all mail", "", "rule a then tempfail\n", false, false },
		{ "both are needed, one of them late", "",
		    "rule a when spf = fail and subject = \"x\" then reject\n",
		    true, true },
		{ "one of both is enough", "",
		    "rule a when subject = \"x\" or spf = fail then reject\n",
		    false, false },
		{ "not both: one of both is enough", "",
		    "rule a when not (spf = fail and subject = \"x\") "
		    "then reject\n",
		    false, false },
		{ "neither: both are needed", "",
		    "rule a when not (spf = fail or subject = \"x\") "
		    "then reject\n",
		    true, true },
		{ "two facts, one of them late", "",
		    "rule a when from.domain = client.name then reject\n",
		    true, true },
		{ "lets somebody by", "",
		    "rule a when sender.local = \"a\" then accept\n", true,
		    true },
		{ "lets a recipient's mail by, alone", "",
		    "rule a when rcpt.local = \"u\" then accept\n", false,
		    false },
		{ "marks a recipient's mail", "",
		    "rule a when rcpt.local = \"u\" then junk\n", true,
		    true },
		{ "scores for a recipient", "",
		    "verdict reject at 5\n"
		    "rule a when rcpt.local = \"u\" then score 6\n",
		    true, true },
		{ "about the score", "",
		    "rule a when score > 3 then reject\n", true, true },
		{ "a tag of what is known soon", "",
		    "rule t when spf = fail then tag x\n"
		    "rule a when tagged x then reject\n",
		    false, false },
		{ "a tag of what is known late", "",
		    "rule t when subject = \"x\" then tag x\n"
		    "rule a when tagged x then reject\n",
		    true, true },
		{ "a tag that is not set", "",
		    "rule t when subject = \"x\" then tag x\n"
		    "rule a when not tagged x then reject\n",
		    false, false },
		{ "a group", "",
		    "rule a when any dkim (domain = \"x.example\") then "
		    "reject\n",
		    true, true },
		{ "in shadow", "",
		    "rule a shadow when spf = fail then reject\n", true,
		    true },
		{ "of a part of the mail", "",
		    "rule a for 10% when spf = fail then reject\n", true,
		    true },
		{ "refuses where it cannot tell", "",
		    "rule a when spf = pass then accept on unknown tempfail\n",
		    false, false },
		{ "greylisting", "", "rule a then greylist\n", false, false },
		{ "put off at the end", "",
		    "rule a when spf = fail then defer for 1h\n", true, true },
		{ "few recipients", "rcpt.max 999\n", "", false, false },
		{ "many recipients", "rcpt.max 1000\n", "", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct world w;
		unsigned silence;

		if (!table_wants(row[i].label))
			continue;
		world_begin(&w, row[i].config, row[i].rules, no_macros);
		silence = callbacks.silence();
		table_number(row[i].label, "MAIL",
		    (silence & ENGINE_SILENT_MAIL) != 0, row[i].mail);
		table_number(row[i].label, "RCPT",
		    (silence & ENGINE_SILENT_RCPT) != 0, row[i].rcpt);
		assert_true((silence & ENGINE_SILENT_EOH) != 0);
		world_end(&w);
	}
	table_end();
}

/*
 * The MTA has been told that it need not listen, and then rules come that would
 * have had something to say: the end says it.
 */
static void
test_unanswered(void **state)
{
	static const struct {
		const char *label, *config, *rules;
		unsigned silent;
		const char *rcpts; /* one letter each, of his address */
		const char *end;
		bool answered_then; /* RCPT on the next connection */
		bool forgotten_then; /* not an hour later */
	} row[] = {
		{ "nothing decides", "", "", ENGINE_SILENT_RCPT, "u",
		    "continue 0 edits", false, false },
		{ "refused for whom it is for", "",
		    "rule a when rcpt.local = \"u\" then reject 551\n",
		    ENGINE_SILENT_RCPT, "u", "reject 551", true, false },
		{ "refused for one of two", "",
		    "rule a when rcpt.local = \"u\" then reject 551\n",
		    ENGINE_SILENT_RCPT, "uv", "tempfail 451", true, false },
		{ "and the other way round", "recipients together\n",
		    "rule a when rcpt.local = \"u\" then reject 551\n",
		    ENGINE_SILENT_RCPT, "vu", "tempfail 451", true, false },
		{ "two refusals, the mildest", "",
		    "rule a when rcpt.local = \"u\" then reject 551\n"
		    "rule b when rcpt.local = \"v\" then tempfail 450\n",
		    ENGINE_SILENT_RCPT, "uv", "tempfail 450", true, false },
		{ "more recipients than there may be", "rcpt.max 1\n", "",
		    ENGINE_SILENT_RCPT, "uv", "tempfail 451", true, false },
		{ "judged differently at the end", "",
		    "rule a when rcpt.local = \"u\" and subject = \"offer\" "
		    "then reject\n",
		    ENGINE_SILENT_RCPT, "uv", "tempfail 451", true, true },
		{ "refused, in monitor", "mode monitor\n",
		    "rule a when rcpt.local = \"u\" then reject 551\n",
		    ENGINE_SILENT_RCPT, "uv", "continue 0 edits", true, false },
		{ "refused for who sends", "refuse mail\n",
		    "rule a when sender.local = \"a\" then reject 552\n",
		    ENGINE_SILENT_MAIL, "u", "reject 552", true, false },
		{ "refused for the header", "",
		    "rule a when subject = \"offer\" then reject 553\n",
		    ENGINE_SILENT_EOH, "u", "reject 553", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct engine_answer answer;
		struct world w;

		if (!table_wants(row[i].label))
			continue;
		world_begin(&w, row[i].config, row[i].rules, no_macros);
		w.kit.time.monotonic_ms += (int64_t)i * 2 * 3600 * 1000;
		w.link->silent = row[i].silent;
		say_connect(&w);
		answer = say_mail(&w, "<a@good.example>", "SIZE=100");
		table_text(row[i].label, "at MAIL", answer_text(&w, &answer),
		    "continue 0");
		for (const char *p = row[i].rcpts; *p != '\0'; p++) {
			char address[] = "<u@us.example>";

			address[1] = *p;
			answer = say_rcpt(&w, address);
			table_text(row[i].label, "at RCPT",
			    answer_text(&w, &answer), "continue 0");
		}
		answer = say_message(&w);
		table_text(row[i].label, "at the end",
		    answer_text(&w, &answer), row[i].end);
		callbacks.ended(w.link);
		table_number(row[i].label, "RCPT is answered then",
		    (callbacks.silence() & ENGINE_SILENT_RCPT) == 0,
		    row[i].answered_then);
		/* An hour later, where rules do not want it. */
		w.kit.time.monotonic_ms += 3600 * 1000;
		if (row[i].forgotten_then)
			assert_true(
			    (callbacks.silence() & ENGINE_SILENT_RCPT) != 0);
		world_end(&w);
	}
	table_end();
}

/* MAIL is answered while messages wait for DNS, so that questions are asked
 * early. */
static void
test_mail_is_answered_where_dns_is_awaited(void **state)
{
	static const struct {
		const char *label;
		unsigned waiting, others; /* messages, in this order */
		bool silent;
	} row[] = {
		{ "nobody waits", 0, 10, true },
		{ "one of many waits", 1, 10, true },
		{ "several wait", 4, 0, false },
		{ "those of before are forgotten", 0, 300, true },
		{ "all wait", 100, 0, false },
		{ "and then nobody, for a while", 0, 20, false },
		{ "and a longer one", 0, 600, true },
	};
	struct world w;

	(void)state;
	world_begin(&w, "", "", no_macros);
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		for (unsigned n = 0; n < row[i].waiting + row[i].others; n++) {
			struct session *s;

			say_connect(&w);
			(void)say_mail(&w, "<a@good.example>", "");
			s = w.link->session;
			s->message->dns_awaited = n < row[i].waiting;
			(void)say_message(&w);
			callbacks.ended(w.link);
		}
		table_number(row[i].label, "MAIL need not be answered",
		    (callbacks.silence() & ENGINE_SILENT_MAIL) != 0,
		    row[i].silent);
	}
	world_end(&w);
	table_end();
}

/* One message after another on one connection, one of them given up, one
 * recipient refused by the MTA itself. */
static void
test_session(void **state)
{
	static const char *const macro[MACROS_MAX][2] = {
		{ "{rcpt_mailer}", "error" }, { "i", "4cX2Zl1yqz" }
	};
	unsigned long before = callbacks_sessions_total();
	struct engine_answer answer;
	struct world w;

	(void)state;
	world_begin(
	    &w, "", "rule a when rcpt.local = \"u\" then reject\n", no_macros);
	say_connect(&w);
	assert_int_equal(callbacks_sessions_open(), 1);
	assert_int_equal(callbacks_sessions_total(), before + 1);
	(void)say_mail(&w, "<a@good.example>", "");
	callbacks.abort(w.link);
	(void)say_mail(&w, "<a@good.example>", "");
	w.fake.macro = macro;
	answer = say_rcpt(&w, "<u@us.example>");
	/* The MTA has refused him: nothing is answered to that. */
	assert_int_equal(answer.action, ENGINE_CONTINUE);
	w.fake.macro = no_macros;
	answer = say_rcpt(&w, "<u@us.example>");
	assert_int_equal(answer.action, ENGINE_REJECT);
	answer = say_rcpt(&w, "<other@us.example>");
	assert_int_equal(answer.action, ENGINE_CONTINUE);
	answer = say_message(&w);
	assert_int_equal(answer.action, ENGINE_CONTINUE);
	assert_non_null(answer.edits);
	callbacks.ended(w.link);
	/* The same connection, another client (QUIT_NC). */
	say_connect(&w);
	assert_int_equal(callbacks_sessions_open(), 1);
	world_end(&w);
	assert_int_equal(callbacks_sessions_open(), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_macros),
	cmocka_unit_test(test_silence),
	cmocka_unit_test(test_unanswered),
	cmocka_unit_test(test_mail_is_answered_where_dns_is_awaited),
	cmocka_unit_test(test_session),
};

TABLE_MAIN(tests)
