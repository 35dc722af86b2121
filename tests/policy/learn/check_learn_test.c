/*
 * What was learned, as facts of a message, and what is remembered of it.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/learn/learn_command.h"
#include "tests/kit/learn_kit.h"
#include "tests/kit/state_kit.h"

#define SPAM(n)                                                            \
	"From: A <a@sender.example>\r\nSubject: cheap pills " n "\r\n\r\n" \
	"Buy cheap pills now and save, offer " n "\r\n"
#define HAM(n)                                                         \
	"From: A <a@sender.example>\r\nSubject: minutes " n "\r\n\r\n" \
	"The notes of our meeting about the budget, page " n "\r\n"
/* In whose words stands what spam says, too. */
#define BOUNCE(type, message)                                             \
	"From: MAILER-DAEMON@sender.example\r\nSubject: cheap pills\r\n"  \
	"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\n" \
	"Buy cheap pills now and save\r\n--x\r\nContent-Type: " type      \
	"\r\n\r\n" message "\r\n--x--\r\n"
/* Good words before the rest, and behind the head. */
#define HIDDEN                                                             \
	"From: A <a@sender.example>\r\nSubject: cheap pills 7\r\n\r\n"     \
	"The notes of our meeting about the budget, page 3. The notes of " \
	"our meeting about the budget, page 4. The minutes of our "        \
	"meeting.\r\n"

static void
teach(struct learn_kit *k, bool spam, unsigned n)
{
	struct buf answer, text;
	char number[12];

	(void)snprintf(number, sizeof(number), "%u", n);
	buf_init(&answer, 4096);
	buf_init(&text, 4096);
	if (spam)
		(void)buf_printf(&text, SPAM("%s"), number, number);
	else
		(void)buf_printf(&text, HAM("%s"), number, number);
	assert_true(learn_command(k->learner,
	    &(const struct learn_request){
		.line = spam ? SPAN("learn spam message 1")
			     : SPAN("learn ham message 1"),
		.payload = buf_span(&text) },
	    &answer));
	buf_free(&text);
	buf_free(&answer);
}

static const struct {
	const char *label, *ask;
	unsigned taught; /* of each kind */
	unsigned good;   /* more good mail, of other kinds */
	struct kit_mail mail;
	const char *want;
} rows[] = {
	{ "nothing is said before it was taught", "has spam.probability", 0, 0,
	    { .message = SPAM("900") }, "passes" },
	{ "nor before it was taught enough", "has spam.probability", 99, 0,
	    { .message = SPAM("900") }, "passes" },
	{ "then it is", "has spam.probability", 100, 0,
	    { .message = SPAM("900") }, "junk" },
	{ "spam is spam", "spam.probability > 0.9", 150, 0,
	    { .message = SPAM("900") }, "junk" },
	{ "what is not is not", "spam.probability > 0.5", 150, 0,
	    { .message = HAM("900") }, "passes" },
	{ "how much it rests on", "spam.learned = 300", 150, 0,
	    { .message = HAM("900") }, "junk" },
	{ "no share of little good mail", "has spam.share", 150, 0,
	    { .message = SPAM("900") }, "passes" },
	{ "a share of enough", "spam.share < 0.5%", 150, 400,
	    { .message = SPAM("900") }, "junk" },
	/* The least that there can be is 1 of 551: what looks worse than all. The
	 * site's secret differs each time, and with it what looks how bad. */
	{ "good mail has a larger one", "spam.share > 0.2%", 150, 400,
	    { .message = HAM("900") }, "junk" },
	{ "why", "spam.why ~ /pills/", 150, 0, { .message = SPAM("900") },
	    "junk" },
	{ "good words do not hide it", "spam.probability > 0.6", 200, 0,
	    { .message = HIDDEN }, "junk" },
	{ "a bounce that encloses nothing is not judged",
	    "has spam.probability", 150, 0,
	    { .from = "", .message = SPAM("900") }, "passes" },
	{ "one of spam is spam", "spam.probability > 0.9", 150, 0,
	    { .from = "", .message = BOUNCE("message/rfc822", SPAM("900")) },
	    "junk" },
	{ "its own words count for nothing", "spam.probability > 0.5", 150, 0,
	    { .from = "", .message = BOUNCE("message/rfc822", HAM("900")) },
	    "passes" },
	{ "one of good mail is judged", "spam.probability < 0.5", 150, 0,
	    { .from = "", .message = BOUNCE("message/rfc822", HAM("900")) },
	    "junk" },
	{ "a header alone is enough", "spam.probability > 0.5", 150, 0,
	    { .from = "",
		.message = BOUNCE("text/rfc822-headers",
		    "From: A <a@sender.example>\r\n"
		    "Subject: cheap pills 900\r\n") },
	    "junk" },
	{ "one in base64 is read all the same", "spam.probability > 0.9", 150,
	    0,
	    { .from = "",
		.message = BOUNCE("message/rfc822\r\n"
				  "Content-Transfer-Encoding: base64",
		    "RnJvbTogQSA8YUBzZW5kZXIuZXhhbXBsZT4NClN1YmplY3Q6\r\n"
		    "IGNoZWFwIHBpbGxzIDkwMA0KDQpCdXkgY2hlYXAgcGlsbHMg\r\n"
		    "bm93IGFuZCBzYXZlLCBvZmZlciA5MDANCg==\r\n") },
	    "junk" },
	{ "one in quoted-printable, too", "spam.probability > 0.9", 150, 0,
	    { .from = "",
		.message = BOUNCE(
		    "message/rfc822\r\n"
		    "Content-Transfer-Encoding: quoted-printable",
		    "From: A <a@sender.example>\r\n"
		    "Subject: cheap =70ills 900\r\n\r\n"
		    "Buy cheap =70ills now an=\r\nd save, offer 900\r\n") },
	    "junk" },
	{ "a header in base64", "spam.probability > 0.5", 150, 0,
	    { .from = "",
		.message = BOUNCE("text/rfc822-headers\r\n"
				  "Content-Transfer-Encoding: base64",
		    "RnJvbTogQSA8YUBzZW5kZXIuZXhhbXBsZT4NClN1YmplY3Q6\r\n"
		    "IGNoZWFwIHBpbGxzIDkwMA0K\r\n") },
	    "junk" },
	{ "base64 that is none", "has spam.probability", 150, 0,
	    { .from = "",
		.message = BOUNCE("text/rfc822-headers\r\n"
				  "Content-Transfer-Encoding: base64",
		    "====\r\n") },
	    "passes" },
	{ "what is enclosed is no message", "has spam.probability", 150, 0,
	    { .from = "", .message = BOUNCE("message/rfc822", "\r\n") },
	    "passes" },
	{ "nor is what our users send", "has spam.probability", 150, 0,
	    { .user = "ann", .message = SPAM("900") }, "passes" },
};

static void
test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct learn_kit l;
		struct kit k;

		if (!table_wants(rows[i].label))
			continue;
		learn_kit_begin(&l);
		for (unsigned n = 0; n < rows[i].taught; n++) {
			teach(&l, true, n);
			teach(&l, false, n);
		}
		for (unsigned n = 0; n < rows[i].good; n++)
			(void)learn_kit_teach(&l, TOPIC_HAM, n, false, "");
		assert_true(learner_train_join(l.learner, false));
		kit_begin(&k, "",
		    arena_printf(
			l.arena, "rule ask when %s then junk\n", rows[i].ask));
		k.judge.learner = l.learner;
		table_text(rows[i].label, "fate", kit_fate(&k, &rows[i].mail),
		    rows[i].want);
		kit_end(&k);
		learn_kit_end(&l);
	}
	table_end();
}

/* What a decision saw is kept, of what can be judged and was not put off. */
static const struct {
	const char *label;
	struct kit_mail mail;
	unsigned kept;
} keeps[] = {
	{ "an ordinary message", { .message = HAM("1") }, 1 },
	{ "one that is put off",
	    { .message = "From: a@b.example\r\nSubject: x\r\n\r\nlater\r\n" },
	    0 },
	{ "a bounce", { .from = "", .message = HAM("1") }, 0 },
	{ "one that encloses a message",
	    { .from = "", .message = BOUNCE("message/rfc822", HAM("1")) }, 1 },
	{ "one of our users", { .user = "ann", .message = HAM("1") }, 0 },
};

static void
test_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(keeps); i++) {
		struct learner_state s;
		struct learn_kit l;
		struct kit k;

		if (!table_wants(keeps[i].label))
			continue;
		learn_kit_begin(&l);
		kit_begin(&k, "",
		    "rule later when body ~ /later/ then tempfail\n"
		    "rule learned when spam.share < 0.1% then score 1\n");
		k.judge.learner = l.learner;
		(void)kit_fate(&k, &keeps[i].mail);
		learner_flush_join(l.learner);
		learner_state(l.learner, &s);
		table_number(
		    keeps[i].label, "kept", (long long)s.kept, keeps[i].kept);
		kit_end(&k);
		learn_kit_end(&l);
	}
	table_end();
}

/* What comes to a trap teaches, as far as any teacher may. */
static const struct {
	const char *label, *rules;
	unsigned sent, spam, ham;
} traps[] = {
	{ "spam of a trap",
	    "rule trap when rcpt.local = \"b\" and body ~ /./ then learn spam "
	    "and junk\n",
	    1, 1, 0 },
	{ "what a rule knows to be good",
	    "rule good when body ~ /meeting/ then learn ham\n", 1, 0, 1 },
	{ "where rules differ it is spam",
	    "rule good when body ~ /meeting/ then learn ham\n"
	    "rule trap when body ~ /notes/ then learn spam\n",
	    1, 1, 0 },
	{ "a rule in shadow teaches nothing",
	    "rule trap shadow when body ~ /./ then learn spam\n", 1, 0, 0 },
	{ "no more than fifty a day",
	    "rule trap when body ~ /./ then learn spam\n", 60, 50, 0 },
};

static void
test_traps(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(traps); i++) {
		struct learner_state s;
		struct learn_kit l;
		struct kit k;

		if (!table_wants(traps[i].label))
			continue;
		learn_kit_begin(&l);
		kit_begin(&k, "", traps[i].rules);
		k.judge.learner = l.learner;
		for (unsigned n = 0; n < traps[i].sent; n++) {
			char text[200];

			(void)snprintf(text, sizeof(text), HAM("%u"), n, n);
			(void)kit_fate(
			    &k, &(const struct kit_mail){ .message = text });
		}
		learner_flush_join(l.learner);
		learner_state(l.learner, &s);
		table_number(
		    traps[i].label, "spam", (long long)s.spam, traps[i].spam);
		table_number(
		    traps[i].label, "ham", (long long)s.ham, traps[i].ham);
		kit_end(&k);
		learn_kit_end(&l);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_kept),
	cmocka_unit_test(test_traps),
};

TABLE_MAIN(tests)
