/* Counters, how they are written, and holding back alerts. */
#include "config.h"

#include "milter/alert/alert_book.h"
#include "milter/count/counters.h"
#include "milter/count/metric.h"
#include "policy/base/address.h"
#include "policy/base/smtp_mail.h"
#include "policy/judge/judge.h"
#include "tests/kit/message_kit.h"

static void
append(void *ctx, const char *name, uint64_t count)
{
	(void)buf_printf(ctx, "%s=%llu ", name, (unsigned long long)count);
}

static void
buf_is(const char *label, struct buf *b, const char *want)
{
	(void)buf_addc(b, '\0');
	table_text(label, "text", b->p, want);
	buf_free(b);
}

static void
tally_test(void **state)
{
	struct tally *t = tally_new(4);
	struct buf text;

	(void)state;
	tally_add(t, "a", 1);
	tally_add(t, "a", 2);
	assert_int_equal(tally_get(t, "a"), 3);
	assert_int_equal(tally_get(t, "b"), 0);
	for (int i = 0; i < 100; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "n%d", i);
		tally_add(t, name, 1);
	}
	buf_init(&text, 4096);
	tally_each(t, append, &text);
	/* Four names and the rest. */
	(void)buf_addc(&text, '\0');
	assert_non_null(strstr(text.p, "a=3 "));
	assert_non_null(strstr(text.p, "other=97 "));
	buf_free(&text);
	tally_free(&t);
}

static void
top_test(void **state)
{
	struct top *t = top_new(3);
	struct buf text;

	(void)state;
	for (int i = 0; i < 50; i++)
		top_add(t, SPAN("often.example"));
	for (int i = 0; i < 40; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "rare%d.example", i);
		top_add(t, span_of(name));
	}
	buf_init(&text, 4096);
	top_each(t, append, &text);
	(void)buf_addc(&text, '\0');
	assert_non_null(text.p);
	/* A flood of names that come once does not push out the frequent. */
	assert_int_equal(strncmp(text.p, "often.example=50 ", 17), 0);
	buf_free(&text);
	top_free(&t);
}

static void
recent_test(void **state)
{
	static struct recent_window w;
	uint64_t n[RECENT_COUNT];
	const int64_t now = INT64_C(1767225600);

	(void)state;
	recent_add(&w, now - 3600 * 3, RECENT_MESSAGES);
	recent_add(&w, now - 120, RECENT_MESSAGES);
	recent_add(&w, now, RECENT_MESSAGES);
	recent_add(&w, now, RECENT_REFUSED);
	recent_sum(&w, now, 0, 0, n);
	assert_int_equal(n[RECENT_MESSAGES], 1);
	assert_int_equal(n[RECENT_REFUSED], 1);
	recent_sum(&w, now, 0, 59, n);
	assert_int_equal(n[RECENT_MESSAGES], 2);
	recent_sum(&w, now + 7200, 0, 59, n);
	assert_int_equal(n[RECENT_MESSAGES], 0);
}

/* ---- writing ------------------------------------------------------------- */

static void
read_plain(struct metric_out *out, const struct metric *row)
{
	metric_value(out, NULL, (double)row->argument);
}

static void
read_labels(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, "a\"b\\c\n", 1);
	metric_value(out, "d", 0.25);
}

static void
read_buckets(struct metric_out *out, const struct metric *row)
{
	static const double bound[] = { 0.001, 0.01 };
	static const uint64_t bucket[] = { 5, 2, 1 };

	(void)row;
	metric_histogram(out, bound, 2, bucket, 1.5);
}

static const struct metric rows[] = {
	{ "plain", METRIC_GAUGE, NULL, read_plain, 7, "Plain." },
	{ "many", METRIC_COUNTER, "kind", read_labels, 0, "Many." },
	{ "took_seconds", METRIC_HISTOGRAM, NULL, read_buckets, 0, "Took." },
};
static const struct metric_source source = { rows, ARRAY_COUNT(rows), NULL };
static const struct metric_source *const source_list[] = { &source };
static const struct metric_sources sources = { source_list, 1 };

static void
metric_test(void **state)
{
	struct buf text;
	struct jsonw w;

	(void)state;
	buf_init(&text, 4096);
	metric_write_text(&sources, &text);
	buf_is("Prometheus", &text,
	    "# HELP verdict_plain Plain.\n"
	    "# TYPE verdict_plain gauge\n"
	    "verdict_plain 7\n"
	    "# HELP verdict_many_total Many.\n"
	    "# TYPE verdict_many_total counter\n"
	    "verdict_many_total{kind=\"a\\\"b\\\\c?\"} 1\n"
	    "verdict_many_total{kind=\"d\"} 0.25\n"
	    "# HELP verdict_took_seconds Took.\n"
	    "# TYPE verdict_took_seconds histogram\n"
	    "verdict_took_seconds_bucket{le=\"0.001\"} 5\n"
	    "verdict_took_seconds_bucket{le=\"0.01\"} 7\n"
	    "verdict_took_seconds_bucket{le=\"+Inf\"} 8\n"
	    "verdict_took_seconds_sum 1.5\n"
	    "verdict_took_seconds_count 8\n");
	buf_init(&text, 4096);
	jsonw_init(&w, &text);
	jsonw_object(&w, NULL);
	metric_write_json(&sources, &w);
	jsonw_end(&w);
	buf_is("JSON", &text,
	    "{\"plain\":7,\"many\":{\"a\\\"b\\\\c\\n\":1,\"d\":0.25},"
	    "\"took_seconds\":{\"bounds\":[0.001,0.01],\"buckets\":[5,2,1],"
	    "\"sum\":1.5,\"count\":8}}");
	table_end();
}

/* ---- alerts -------------------------------------------------------------- */

static void
book_test(void **state)
{
	static const struct {
		const char *label, *key;
		int64_t now_ms;
		bool told;
		unsigned held;
	} steps[] = {
		{ "the first is told", "a", 1000, true, 0 },
		{ "the second is held back", "a", 2000, false, 0 },
		{ "another kind is told", "b", 2000, true, 0 },
		{ "and the third", "a", 60999, false, 0 },
		{ "after the interval it is told again", "a", 61000, true, 2 },
		{ "and held back again", "a", 61001, false, 0 },
	};
	static struct alert_book book;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		unsigned held = 0;
		bool told = alert_book_admit(
		    &book, steps[i].key, steps[i].now_ms, 60000, &held);

		table_number(steps[i].label, "told", told, steps[i].told);
		table_number(steps[i].label, "held", held, steps[i].held);
	}
	table_end();
}

/* Texts of rules that differ with each message cannot become a flood. */
static void
book_bound_test(void **state)
{
	static struct alert_book book;
	unsigned told = 0, held;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "k%d", i);
		told += alert_book_admit(&book, key, 1000000 + i, 60000, &held);
	}
	assert_int_equal(told, ALERT_TOLD_MAX);
}

static void
address_test(void **state)
{
	static const struct {
		const char *label, *address;
		bool valid;
	} cases[] = {
		{ "ordinary", "ann@example.net", true },
		{ "a local user", "root", true },
		{ "nothing", "", false },
		{ "a second command", "a@b>\r\nRCPT TO:<c", false },
		{ "a space", "a b", false },
		{ "two at signs", "a@b@c", false },
		{ "two local users", "ann,root", false },
		{ "with a comma", "ann@a.example,root", false },
		{ "no domain behind it", "ann@", false },
		{ "nobody before it", "@a.example", false },
		{ "an address for a domain", "ann@[192.0.2.1]", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		table_number(cases[i].label, "valid",
		    smtp_address_valid(cases[i].address), cases[i].valid);
	table_end();
}

static void
server_test(void **state)
{
	static const struct {
		const char *text;
		int port; /* -1: refused */
	} cases[] = {
		{ "127.0.0.1", 25 },
		{ "127.0.0.1:2525", 2525 },
		{ "::1", 25 },
		{ "[::1]", 25 },
		{ "[::1]:26", 26 },
		{ "mail.example", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct sockaddr_storage out;
		const char *why;
		int port = -1;

		if (smtp_server_parse(span_of(cases[i].text), &out, &why)) {
			struct sockaddr_in in;

			/* The port lies at the same place in both families. */
			memcpy(&in, &out, sizeof(in));
			port = ntohs(in.sin_port);
		}
		table_number(cases[i].text, "port", port, cases[i].port);
	}
	table_end();
}

/* ---- verdicts ------------------------------------------------------------ */

static void
verdict_test(void **state)
{
	static const struct matched matched[] = {
		{ .name = "one", .action = "score", .score = 1 },
		{ .name = "two", .action = "reject", .decided = true },
		{ .name = "try", .action = "reject", .shadow = true },
	};
	struct counters *c = counters_new(&checks_standard, MESSAGE_KIT_TIME);
	struct message_kit f;
	struct verdict v = { .action = OUTCOME_ACCEPT,
		.wanted = OUTCOME_REJECT,
		.stage = STAGE_EOM,
		.record = { .matched = matched, .matched_count = 3 } };
	uint64_t n[RECENT_COUNT];
	struct buf text;

	(void)state;
	message_kit_begin(&f, NULL);
	message_kit_text(&f, SPAN("Subject: x\r\n\r\nhello\r\n"));
	f.message->mail_seen = f.message->judged = true;
	f.message->rcpt = arena_array(f.arena, 1, sizeof(struct rcpt));
	f.message->rcpt_count = 1;
	envelope_set(
	    f.message, &f.message->rcpt[0].address, SPAN("ann@example.net"));
	facts_word(f.message->facts,
	    schema_find(f.snapshot->schema, SPAN("spf")), "temperror");
	counters_verdict(c, f.message, &v, RCPT_NONE, MESSAGE_KIT_TIME, 12);
	assert_int_equal(tally_get(c->family[COUNT_VERDICT], "accept"), 1);
	assert_int_equal(tally_get(c->family[COUNT_WANTED], "reject"), 1);
	assert_int_equal(tally_get(c->family[COUNT_STAGE], "eom"), 1);
	assert_int_equal(
	    tally_get(results_tally(c->results, "spf"), "temperror"), 1);
	assert_int_equal(tally_get(c->family[COUNT_RULE_HIT], "one"), 1);
	assert_int_equal(tally_get(c->family[COUNT_RULE_DECIDED], "two"), 1);
	assert_int_equal(tally_get(c->family[COUNT_RULE_SHADOW], "try"), 1);
	assert_int_equal(tally_get(c->family[COUNT_RULE_HIT], "try"), 0);
	recent_sum(&c->recent, MESSAGE_KIT_TIME, 0, 0, n);
	assert_int_equal(n[RECENT_TEMPERROR], 1);
	assert_int_equal(n[RECENT_REFUSED], 1);
	buf_init(&text, 1000);
	top_each(c->bounces, append, &text);
	buf_is("bounces", &text, "example.net=1 ");
	message_kit_end(&f);
	counters_free(&c);
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tally_test),
		cmocka_unit_test(top_test),
		cmocka_unit_test(recent_test),
		cmocka_unit_test(metric_test),
		cmocka_unit_test(book_test),
		cmocka_unit_test(book_bound_test),
		cmocka_unit_test(address_test),
		cmocka_unit_test(server_test),
		cmocka_unit_test(verdict_test),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
