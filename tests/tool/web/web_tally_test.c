/*
 * What decisions come to: sums by hour, day, rule, sender and network, and
 * what becomes of them when there are too many names.
 */
#include "config.h"

#include "tests/kit/table.h"
#include "tool/web/web_tally.h"

#define HOUR_S 3600
#define DAY_S  86400
#define NOW    (1700000000 / DAY_S * DAY_S)

struct feed {
	struct web_tally *tally;
	int64_t seq;
};

static void
feed_begin(struct feed *f)
{
	*f = (struct feed){ .tally = web_tally_new() };
}

static struct journal_row
row_of(const char *author, int64_t time_s)
{
	return (struct journal_row){ .time_s = time_s,
		.id = SPAN("id"),
		.queue = SPAN("q"),
		.client = SPAN("192.0.2.7"),
		.sender = SPAN("bounce@envelope.example"),
		.author = span_of(author),
		.rcpt = SPAN("bob@here.example"),
		.verdict = SPAN("accept"),
		.wanted = SPAN("accept"),
		.stage = SPAN("eom"),
		.rule = SPAN(""),
		.rules = SPAN(""),
		.auth = SPAN("pass none fail"),
		.reply = SPAN(""),
		.snapshot = SPAN("s") };
}

static void
feed(struct feed *f, struct journal_row row)
{
	row.seq = ++f->seq;
	web_tally_add(f->tally, &row);
}

static const struct {
	const char *label, *verdict, *wanted, *auth, *client, *net;
	enum outcome counted;
	enum tally_came spf, dkim, dmarc;
	bool refused;
} rows[] = {
	{ "passes", "accept", "accept", "pass pass pass", "192.0.2.7",
	    "192.0.2.0/24", OUTCOME_ACCEPT, TALLY_PASS, TALLY_PASS, TALLY_PASS,
	    false },
	{ "fails", "reject", "reject", "softfail fail fail", "192.0.2.255",
	    "192.0.2.0/24", OUTCOME_REJECT, TALLY_FAIL, TALLY_FAIL, TALLY_FAIL,
	    true },
	{ "nothing is known", "tempfail", "tempfail", "temperror - -",
	    "2001:db8:1:2::3", "2001:db8:1::/48", OUTCOME_TEMPFAIL, TALLY_ELSE,
	    TALLY_ELSE, TALLY_ELSE, true },
	{ "monitored", "accept", "reject", "none none none", "10.1.2.3",
	    "10.1.2.0/24", OUTCOME_ACCEPT, TALLY_ELSE, TALLY_ELSE, TALLY_ELSE,
	    false },
	{ "an old row", "junk", "junk", "", "", "", OUTCOME_JUNK, TALLY_ELSE,
	    TALLY_ELSE, TALLY_ELSE, false },
	{ "half of it", "junk", "junk", "pass", "nonsense", "", OUTCOME_JUNK,
	    TALLY_PASS, TALLY_ELSE, TALLY_ELSE, false },
	{ "a verdict that is none", "eaten", "eaten", "pass pass pass",
	    "192.0.2.1", "192.0.2.0/24", OUTCOME_ACCEPT, TALLY_PASS, TALLY_PASS,
	    TALLY_PASS, false },
};

static void
test_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct journal_row row = row_of("a.example", NOW);
		const struct tally_sender *s;
		const struct tally_hour *hour;
		const char *label = rows[i].label;
		struct feed f;

		if (!table_wants(label))
			continue;
		feed_begin(&f);
		row.verdict = span_of(rows[i].verdict);
		row.wanted = span_of(rows[i].wanted);
		row.auth = span_of(rows[i].auth);
		row.client = span_of(rows[i].client);
		feed(&f, row);
		s = web_tally_sender(f.tally, SPAN("a.example"));
		hour = web_tally_hour(f.tally, NOW / HOUR_S);
		assert_non_null(s);
		assert_non_null(hour);
		table_number(
		    label, "by hour", hour->verdict[rows[i].counted], 1);
		table_number(label, "monitored", hour->monitored,
		    strcmp(rows[i].verdict, rows[i].wanted) != 0);
		table_number(label, "by sender",
		    (long long)s->verdict[rows[i].counted], 1);
		table_number(label, "SPF",
		    (long long)s->auth[TALLY_SPF][rows[i].spf], 1);
		table_number(label, "DKIM",
		    (long long)s->auth[TALLY_DKIM][rows[i].dkim], 1);
		table_number(label, "DMARC",
		    (long long)s->auth[TALLY_DMARC][rows[i].dmarc], 1);
		table_text(label, "network", s->source[0].net, rows[i].net);
		table_number(label, "refused", (long long)s->source[0].refused,
		    rows[i].refused);
		web_tally_free(&f.tally);
	}
	table_end();
}

static void
test_names(void **state)
{
	struct journal_row row = row_of("", NOW);
	struct feed f;
	struct tally_sum sum;

	(void)state;
	feed_begin(&f);
	/* Without an author the envelope says who; without both, nobody. */
	feed(&f, row);
	assert_non_null(web_tally_sender(f.tally, SPAN("envelope.example")));
	row.sender = SPAN("");
	feed(&f, row);
	/* Names are one whatever their letters; a NUL is none. */
	feed(&f, row_of("A.Example", NOW));
	feed(&f, row_of("a.example", NOW));
	row.author = SPAN("a\0b.example");
	feed(&f, row);
	web_tally_sum(f.tally, &sum);
	assert_int_equal(sum.count, 5);
	assert_int_equal(sum.senders, 3);
	assert_int_equal(
	    web_tally_sender(f.tally, SPAN("a.example"))->count, 2);
	web_tally_free(&f.tally);
}

static void
test_rules_by_day(void **state)
{
	struct journal_row row = row_of("a.example", NOW);
	const struct tally_rule *rule;
	struct feed f;

	(void)state;
	feed_begin(&f);
	row.rules = SPAN("loud\nforged");
	row.rule = SPAN("forged");
	for (int day = 40; day >= 0; day--) {
		row.time_s = NOW - day * DAY_S;
		feed(&f, row);
	}
	rule = web_tally_rule(f.tally, SPAN("loud"));
	assert_int_equal(rule->hits, 41);
	assert_int_equal(rule->decided, 0);
	assert_int_equal(web_tally_rule(f.tally, SPAN("forged"))->decided, 41);
	assert_int_equal(web_tally_rule_days(f.tally, rule, 1), 1);
	assert_int_equal(web_tally_rule_days(f.tally, rule, 7), 7);
	/* A column was used again; what it had before is gone. */
	assert_int_equal(web_tally_rule_days(f.tally, rule, 100), TALLY_DAYS);
	/* What comes late, or from a clock that was wrong, changes no other
	 * day. */
	row.time_s = NOW - TALLY_DAYS * DAY_S;
	feed(&f, row);
	assert_int_equal(web_tally_rule_days(f.tally, rule, 1), 1);
	assert_null(web_tally_hour(f.tally, row.time_s / HOUR_S - 100));
	assert_null(web_tally_rule(f.tally, SPAN("no such")));
	web_tally_free(&f.tally);
}

static void
test_recent(void **state)
{
	struct journal_row row = row_of("a.example", NOW);
	uint64_t came[TALLY_CAMES];
	struct feed f;

	(void)state;
	feed_begin(&f);
	row.auth = SPAN("pass pass pass");
	for (int day = 20; day >= 2; day--) {
		row.time_s = NOW - day * DAY_S;
		feed(&f, row);
	}
	row.auth = SPAN("fail none fail");
	row.time_s = NOW;
	feed(&f, row);
	tally_sender_recent(
	    f.tally, web_tally_sender(f.tally, SPAN("a.example")), 2, came);
	assert_int_equal(came[TALLY_PASS], 0);
	assert_int_equal(came[TALLY_FAIL], 1);
	tally_sender_recent(
	    f.tally, web_tally_sender(f.tally, SPAN("a.example")), 100, came);
	/* Eight days are told apart. */
	assert_int_equal(came[TALLY_PASS], TALLY_RECENT - 2);
	web_tally_free(&f.tally);
}

/* A flood of names: the frequent one stays, all that are left are found, and
 * how many went is told. */
static void
test_flood_of_senders(void **state)
{
	struct tally_sum sum;
	const struct tally_sender *all;
	struct feed f;
	char name[64];

	(void)state;
	feed_begin(&f);
	for (int i = 0; i < 100; i++)
		feed(&f, row_of("partner.example", NOW));
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(name, sizeof(name), "d%d.example", i);
		feed(&f, row_of(name, NOW));
	}
	web_tally_sum(f.tally, &sum);
	assert_int_equal(sum.senders, TALLY_SENDERS);
	assert_int_equal(sum.senders_lost, 20001 - TALLY_SENDERS);
	assert_int_equal(
	    web_tally_sender(f.tally, SPAN("partner.example"))->count, 100);
	all = web_tally_senders(f.tally);
	for (size_t i = 0; i < sum.senders; i++)
		assert_ptr_equal(
		    web_tally_sender(f.tally, span_of(all[i].name)), &all[i]);
	web_tally_free(&f.tally);
}

static void
test_flood_of_networks_and_rules(void **state)
{
	struct journal_row row = row_of("a.example", NOW);
	const struct tally_sender *s;
	struct tally_sum sum;
	struct feed f;
	char net[32], rule[32];
	uint64_t shown = 0;

	(void)state;
	feed_begin(&f);
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(net, sizeof(net), "10.%d.%d.1",
		    i < 50 ? 200 : i / 200, i < 50 ? 0 : i % 200);
		(void)snprintf(rule, sizeof(rule), "rule-%d", i);
		row.client = span_of(net);
		row.rules = row.rule = span_of(rule);
		feed(&f, row);
	}
	s = web_tally_sender(f.tally, SPAN("a.example"));
	assert_int_equal(s->source_count, TALLY_SOURCES);
	for (size_t i = 0; i < s->source_count; i++)
		shown += s->source[i].count;
	assert_int_equal(shown + s->source_lost, 3000);
	assert_string_equal(s->source[0].net, "10.200.0.0/24");
	web_tally_sum(f.tally, &sum);
	assert_int_equal(sum.rules, TALLY_RULES);
	assert_null(web_tally_rule(f.tally, SPAN("rule-2999")));
	web_tally_free(&f.tally);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_one),
	cmocka_unit_test(test_names),
	cmocka_unit_test(test_rules_by_day),
	cmocka_unit_test(test_recent),
	cmocka_unit_test(test_flood_of_senders),
	cmocka_unit_test(test_flood_of_networks_and_rules),
};

TABLE_MAIN(tests)
