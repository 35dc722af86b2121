/*
 * Greylisting as senders meet it: a table of scenarios, each of some messages
 * by the clock.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/memory/sender_key.h"
#include "tests/kit/state_kit.h"

#define D 86400

#define EARLY "rule grey then greylist\n"
#define LATE                                            \
	"rule bad when subject = \"bad\" then reject\n" \
	"rule junk when subject = \"junk\" then junk\n" \
	"rule grey then greylist\n"

#define SUBJECT(text) \
	"From: A <a@sender.example>\r\nSubject: " text "\r\n\r\nhello\r\n"

/* A message of a scenario and what becomes of it. */
struct step {
	struct kit_mail mail;
	const char *want;
};

static const struct {
	const char *label, *config, *rules;
	struct step step[12];
} scenarios[] = {
	{ "who comes again after the delay passes, and so does what follows",
	    "", EARLY,
	    { { { .at = 0 }, "waits" }, { { .at = 299 }, "waits" },
		{ { .at = 300 }, "passes" }, { { .at = 301 }, "passes" },
		{ { .at = 30 * D }, "passes" } } },
	{ "who comes again too late begins anew", "", EARLY,
	    { { { .at = 0 }, "waits" }, { { .at = 2 * D + 1 }, "waits" },
		{ { .at = 2 * D + 301 }, "passes" } } },
	{ "who has passed is forgotten after a long silence", "", EARLY,
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "passes" },
		{ { .at = 300 + 36 * D }, "waits" } } },
	{ "the delay is a setting", "greylist.delay 1h\n", EARLY,
	    { { { .at = 0 }, "waits" }, { { .at = 3599 }, "waits" },
		{ { .at = 3600 }, "passes" } } },
	{ "a rule may have its own", "", "rule g then greylist for 1m\n",
	    { { { .at = 0 }, "waits" }, { { .at = 60 }, "passes" } } },
	{ "another sender, recipient or network waits by itself", "", EARLY,
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "passes" },
		{ { .at = 301, .from = "c@sender.example" }, "waits" },
		{ { .at = 301, .rcpt = "d@here.example" }, "waits" },
		{ { .at = 301, .ip = "203.0.114.9" }, "waits" } } },
	{ "another address of the network is the same", "", EARLY,
	    { { { .at = 0 }, "waits" },
		{ { .at = 300, .ip = "203.0.113.77" }, "passes" } } },
	{ "IPv6 goes by /64", "", EARLY,
	    { { { .at = 0, .ip = "2001:db8:1:2::1" }, "waits" },
		{ { .at = 300, .ip = "2001:db8:1:2:3::9" }, "passes" },
		{ { .at = 300, .ip = "2001:db8:1:3::1" }, "waits" } } },
	{ "a pool that SPF speaks for may come from anywhere", "", EARLY,
	    { { { .at = 0, .ip = "198.51.100.1", .from = "u@pool.example" },
		  "waits" },
		{ { .at = 300, .ip = "192.0.2.200", .from = "u@pool.example" },
		    "passes" },
		{ { .at = 400, .ip = "203.0.113.1", .from = "u@pool.example" },
		    "waits" } } },
	{ "an SPF record that lets everybody in speaks for nobody", "", EARLY,
	    { { { .at = 0, .ip = "198.51.100.1", .from = "u@open.example" },
		  "waits" },
		{ { .at = 300, .ip = "192.0.2.200", .from = "u@open.example" },
		    "waits" } } },
	{ "an include that lets everybody in does not, either", "", EARLY,
	    { { { .at = 0, .ip = "198.51.100.1", .from = "u@inner.example" },
		  "waits" },
		{ { .at = 300, .ip = "192.0.2.200", .from = "u@inner.example" },
		    "waits" } } },
	{ "changing senders of one list are one sender", "", EARLY,
	    { { { .at = 0, .from = "bounce-1234-u=x.example@l.example" },
		  "waits" },
		{ { .at = 300, .from = "bounce-9876-u=x.example@l.example" },
		    "passes" } } },
	{ "postmaster and abuse never wait", "", EARLY,
	    { { { .at = 0, .rcpt = "postmaster@here.example" }, "passes" },
		{ { .at = 0, .rcpt = "Abuse@here.example" }, "passes" } } },
	{ "the null sender waits at the end", "", EARLY,
	    { { { .at = 0, .from = "" }, "waits" },
		{ { .at = 300, .from = "" }, "passes" } } },
	{ "users do not wait, nor do we", "", EARLY,
	    { { { .at = 0, .user = "eve" }, "passes" },
		{ { .at = 0, .ip = "127.0.0.1" }, "passes" } } },
	{ "a network that passed often enough is known", "greylist.learn 2\n",
	    EARLY,
	    { { { .at = 0 }, "waits" },
		{ { .at = 0, .from = "c@sender.example" }, "waits" },
		{ { .at = 300 }, "passes" },
		{ { .at = 301, .from = "d@sender.example" }, "waits" },
		{ { .at = 302, .from = "c@sender.example" }, "passes" },
		{ { .at = 303, .from = "e@sender.example" }, "passes" },
		{ { .at = 303, .ip = "203.0.114.1" }, "waits" } } },
	{ "and unknown after a long silence", "greylist.learn 2\n", EARLY,
	    { { { .at = 0 }, "waits" },
		{ { .at = 0, .from = "c@sender.example" }, "waits" },
		{ { .at = 300 }, "passes" },
		{ { .at = 300, .from = "c@sender.example" }, "passes" },
		{ { .at = 301, .from = "d@sender.example" }, "passes" },
		{ { .at = 40 * D, .from = "e@sender.example" }, "waits" } } },
	{ "nobody is learned when that is off", "greylist.learn 0\n", EARLY,
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "passes" },
		{ { .at = 301, .from = "c@sender.example" }, "waits" } } },
	{ "who sends junk is not known any more", "greylist.learn 1\n", LATE,
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "passes" },
		{ { .at = 301, .from = "c@sender.example" }, "passes" },
		{ { .at = 302, .message = SUBJECT("junk") }, "junk" },
		{ { .at = 303, .from = "d@sender.example" }, "waits" } } },
	{ "nor is who sends what is refused", "greylist.learn 1\n", LATE,
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "passes" },
		{ { .at = 302, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 303, .from = "d@sender.example" }, "waits" } } },
	{ "who passes goes on with the next rule", "",
	    EARLY "rule then-this when sender = \"a@sender.example\" then "
		  "reject\n",
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "refused" } } },
};

static void
zone_fill(struct kit *k)
{
	dns_zone_txt(k->zone, SPAN("pool.example"),
	    SPAN("v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/24 -all"));
	dns_zone_txt(k->zone, SPAN("open.example"), SPAN("v=spf1 +all"));
	dns_zone_txt(k->zone, SPAN("inner.example"),
	    SPAN("v=spf1 include:open.example -all"));
}

static void
play(size_t i)
{
	char label[200];
	struct kit k;

	kit_begin(&k, scenarios[i].config, scenarios[i].rules);
	zone_fill(&k);
	for (size_t n = 0; n < ARRAY_COUNT(scenarios[i].step); n++) {
		const struct step *step = &scenarios[i].step[n];

		if (step->want == NULL)
			break;
		(void)snprintf(label, sizeof(label), "%s, message %zu",
		    scenarios[i].label, n + 1);
		table_text(label, "it", kit_fate(&k, &step->mail), step->want);
	}
	kit_end(&k);
}

static void
greylist_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++)
		if (table_wants(scenarios[i].label))
			play(i);
	table_end();
}

static void
greylist_replies(void **state)
{
	struct kit_mail mail = { .rcpt =
				     "b@here.example postmaster@here.example" };
	struct kit_result r;
	struct kit k;

	(void)state;
	kit_begin(&k, "", EARLY);
	kit_send(&k, &mail, &r);
	assert_string_equal(r.reply_code, "451 4.7.1");
	assert_non_null(
	    strstr(r.reply, "Greylisted, please retry in 300 seconds"));
	/* At RCPT each recipient has his own answer. */
	assert_int_equal(r.rcpt[0], OUTCOME_TEMPFAIL);
	assert_int_equal(r.rcpt[1], OUTCOME_ACCEPT);
	mail.at = 100;
	kit_send(&k, &mail, &r);
	assert_non_null(strstr(r.reply, "in 200 seconds"));
	/* Bounces: RCPT is accepted, the end is not. */
	mail = (struct kit_mail){ .from = "" };
	kit_send(&k, &mail, &r);
	assert_int_equal(r.refused, 0);
	assert_int_equal(r.end, OUTCOME_TEMPFAIL);
	kit_end(&k);
	kit_begin(&k, "", "rule g then greylist 450 4.2.0 \"come again\"\n");
	kit_send(&k, &mail, &r);
	assert_string_equal(r.reply_code, "450 4.2.0");
	assert_non_null(strstr(r.reply, "come again"));
	kit_end(&k);
}

/* A store that is lost lets mail by, and says so. */
static void
greylist_without_store(void **state)
{
	struct kit_mail mail = { 0 };
	struct kit k;

	(void)state;
	kit_begin(&k, "", EARLY);
	store_close(&k.judge.store);
	assert_string_equal(kit_fate(&k, &mail), "passes");
	kit_lose_store(&k);
	assert_string_equal(kit_fate(&k, &mail), "passes");
	kit_end(&k);
}

static void
sender_keys(void **state)
{
	static const struct {
		const char *label, *local, *want;
	} rows[] = {
		{ "a name stays", "Maria.Lopez", "maria.lopez" },
		{ "a tag goes", "maria+news", "maria" },
		{ "nothing but a tag stays", "+news", "+news" },
		{ "BATV", "prvs=4411a3b2c1=maria", "maria" },
		{ "BATV of another kind", "btv1==0123456789==maria", "maria" },
		{ "SRS0", "SRS0=HHH=TT=other.example=maria",
		    "other.example=maria" },
		{ "SRS1", "SRS1=HHH=fwd.example==HHH=TT=other.example=maria",
		    "other.example=maria" },
		{ "SRS that is cut short", "SRS0=HHH", "srs#=hhh" },
		{ "numbers", "list-return-4711-17", "list-return-#-#" },
		{ "ids", "bounce-0a1b2c3d4e5f-x", "bounce-#-x" },
		{ "VERP keeps whom it is for", "news-12-u=x.example",
		    "news-#-u=x.example" },
		{ "a short piece keeps its letters", "list2", "list#" },
		{ "nothing", "", "" },
		{ "a mark and nothing behind", "prvs=", "prvs=" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		table_text(rows[i].label, "key",
		    arena_strdup(
			a, sender_key_local(span_of(rows[i].local), a)),
		    rows[i].want);
	arena_free(&a);
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greylist_scenarios),
		cmocka_unit_test(greylist_replies),
		cmocka_unit_test(greylist_without_store),
		cmocka_unit_test(sender_keys),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
