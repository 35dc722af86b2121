/*
 * The log line: its keys and their order, escapes, bounds, and that what a
 * check has come to stands there by its row alone.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/tell/log_line.h"

static const char *
line_of(struct message_kit *f, enum log_line_form form, const struct verdict *v,
    size_t rcpt)
{
	const char *text;
	struct buf b;

	buf_init(&b, LOG_LINE_MAX);
	log_line(&b, form, f->message, v, rcpt, 12);
	assert_false(b.over);
	text = arena_strdup(f->arena, buf_span(&b));
	buf_free(&b);
	return text;
}

static void
log_begin(struct message_kit *f, struct verdict *v)
{
	static struct rcpt rcpt[2];

	message_kit_begin(f, NULL);
	verdict_nothing(v, STAGE_EOM);
	rcpt[0].address.raw = SPAN("ann@example.net");
	rcpt[1].address.raw = SPAN("bob@example.net");
	f->message->rcpt = rcpt;
	f->message->rcpt_count = 2;
	(void)snprintf(f->message->id, sizeof(f->message->id), "0H3K9ZQ1T");
}

static void
test_log_line(void **state)
{
	static const char *tag[] = { "one", "two" };
	struct message_kit f;
	struct verdict v;

	(void)state;
	log_begin(&f, &v);
	assert_string_equal(line_of(&f, LOG_LINE_TEXT, &v, SIZE_MAX),
	    "NOQUEUE: id=0H3K9ZQ1T client=192.0.2.1 helo=client.example "
	    "from=<> to=ann@example.net rcpt=2 direction=inbound score=0 "
	    "verdict=accept stage=eom ms=12");
	f.message->queue_id = SPAN("4cX2Zl1yqz");
	f.session.client_name = SPAN("client.example");
	f.message->helo = SPAN("a b\"\r\nverdict=accept\xE4");
	f.message->sender.raw = SPAN("joe@example.org");
	facts_word(f.message->facts,
	    schema_find(f.snapshot->schema, SPAN("spf")), "softfail");
	facts_text(f.message->facts,
	    schema_find(f.snapshot->schema, SPAN("subject")),
	    SPAN("Hi, \"you\""));
	f.message->time_s = 1767225600;
	v.record.tag = tag;
	v.record.tag_count = ARRAY_COUNT(tag);
	v.action = v.wanted = OUTCOME_REJECT;
	v.rule = "partner-spoof";
	v.reply.code = 550;
	v.reply.enhanced = "5.7.1";
	v.reason = SPAN("dmarc = fail");
	v.record.score = 1.5;
	v.stage = STAGE_RCPT;
	assert_string_equal(line_of(&f, LOG_LINE_TEXT, &v, 1),
	    "4cX2Zl1yqz: id=0H3K9ZQ1T.2 client=192.0.2.1 "
	    "name=client.example "
	    "helo=\"a b\\\"\\x0D\\x0Averdict=accept\\xE4\" "
	    "from=joe@example.org to=bob@example.net rcpt=2 "
	    "direction=inbound spf=softfail score=1.5 verdict=reject "
	    "rule=partner-spoof reply=\"550 5.7.1\" "
	    "reason=\"dmarc = fail\" stage=rcpt tags=one,two ms=12");
	assert_string_equal(line_of(&f, LOG_LINE_JSON, &v, 1),
	    "{\"time\":\"2026-01-01T00:00:00Z\",\"queue\":\"4cX2Zl1yqz\","
	    "\"subject\":\"Hi, \\\"you\\\"\",\"id\":\"0H3K9ZQ1T.2\","
	    "\"client\":\"192.0.2.1\",\"name\":\"client.example\","
	    "\"helo\":\"a b\\\"\\r\\nverdict=accept\xEF\xBF\xBD\","
	    "\"from\":\"joe@example.org\",\"to\":\"bob@example.net\","
	    "\"rcpt\":2,\"direction\":\"inbound\",\"spf\":\"softfail\","
	    "\"score\":1.5,\"verdict\":\"reject\","
	    "\"rule\":\"partner-spoof\",\"reply\":\"550 5.7.1\","
	    "\"reason\":\"dmarc = fail\",\"stage\":\"rcpt\","
	    "\"tags\":[\"one\",\"two\"],\"ms\":12}");
	f.snapshot->config.journal_addresses.index = ADDRESSES_HASHED;
	assert_null(strstr(line_of(&f, LOG_LINE_JSON, &v, 1), "subject"));
	message_kit_end(&f);
}

static void
test_log_bounds(void **state)
{
	static char big[100000];
	struct span all = span_make(big, sizeof(big));
	struct message_kit f;
	struct verdict v;

	(void)state;
	memset(big, '\x01', sizeof(big));
	log_begin(&f, &v);
	f.session.client_name = f.message->helo = f.message->auth_user = all;
	f.message->sender.raw = f.message->queue_id = v.reason = all;
	f.message->rcpt[0].address.raw = all;
	f.message->client = (struct ip){ 0 };
	assert_non_null(
	    strstr(line_of(&f, LOG_LINE_TEXT, &v, SIZE_MAX), "hop=unknown"));
	assert_non_null(
	    strstr(line_of(&f, LOG_LINE_JSON, &v, SIZE_MAX), "\"ms\":12}"));
	message_kit_end(&f);
}

/* ---- results by their rows ------------------------------------------------- */

enum made_fact {
	MADE_WORD,
	MADE_YES,
	MADE_NUMBER,
	MADE_GROUP,
	MADE_WHO,
	MADE_EACH,
	MADE_COUNT
};
static const char *const made_words[] = { "good", "bad", "nothing", NULL };
static const struct fact_row made_facts[] = {
	[MADE_WORD] = { "made", FACT_WORD, STAGE_EOM, 0, made_words, "" },
	[MADE_YES] = { "made.yes", FACT_BOOL, STAGE_EOM, 0, NULL, "" },
	[MADE_NUMBER] = { "made.number", FACT_NUMBER, STAGE_EOM, 0, NULL, "" },
	[MADE_GROUP] = { "each", FACT_GROUP, STAGE_EOM, 0, NULL, "" },
	[MADE_WHO] = { "each.who", FACT_DOMAIN, STAGE_EOM, 0, NULL, "" },
	[MADE_EACH] = { "each.result", FACT_WORD, STAGE_EOM, 0, made_words,
	    "" },
};
static const struct result_row made_results[] = {
	{ .fact = MADE_WORD, .key = "made", .silent = "nothing" },
	{ .fact = MADE_YES, .key = "yes" },
	{ .fact = MADE_NUMBER, .key = "number" },
	{ .fact = MADE_EACH, .key = "each", .of = "each.who" },
};
static const struct check made = {
	.name = "made",
	.facts = made_facts,
	.fact_count = MADE_COUNT,
	.results = made_results,
	.result_count = ARRAY_COUNT(made_results),
	.slot_size = 1,
};
static const struct check *const made_alone[] = { &made };
static const struct check_table made_table = { made_alone, 1 };

static void
made_element(struct message *m, const char *who, const char *word)
{
	size_t e = facts_element(m->facts, MADE_GROUP);

	facts_field(m->facts, MADE_WHO, e, value_text(span_of(who)));
	facts_field(m->facts, MADE_EACH, e, value_text(span_of(word)));
}

/* What stands between direction and score. */
static const char *
made_line(struct message_kit *k)
{
	struct verdict v;
	const char *line, *from;
	const char *to;

	verdict_nothing(&v, STAGE_EOM);
	line = line_of(k, LOG_LINE_TEXT, &v, SIZE_MAX);
	from = strstr(line, "direction=inbound") + strlen("direction=inbound");
	to = strstr(from, " score=");
	return arena_strdup(k->arena, span_make(from, (size_t)(to - from)));
}

static void
test_results(void **state)
{
	static const struct {
		const char *label, *word;
		enum fact_state yes, number;
		size_t elements;
		const char *want;
	} row[] = {
		{ "all known", "good", FACT_KNOWN, FACT_KNOWN, 2,
		    " made=good yes=yes number=0.5 each=a.example:bad,"
		    "a.example:bad" },
		{ "the word that is silent", "nothing", FACT_ABSENT,
		    FACT_ABSENT, 0, "" },
		{ "not found out", NULL, FACT_UNKNOWN, FACT_UNKNOWN, 0,
		    " made=unknown yes=unknown" },
		{ "more than are named", "bad", FACT_ABSENT, FACT_ABSENT, 4,
		    " made=bad each=a.example:bad,a.example:bad,a.example:bad,"
		    "..." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct message_kit_options options = { .checks =
								 &made_table };
		struct message_kit k;
		struct facts *f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&k, &options);
		f = k.message->facts;
		if (row[i].word == NULL)
			facts_unknown(f, MADE_WORD, "late");
		else
			facts_word(f, MADE_WORD, row[i].word);
		facts_set(f, MADE_YES,
		    (struct value){ .state = row[i].yes, .yes = true });
		facts_set(f, MADE_NUMBER,
		    (struct value){ .state = row[i].number, .number = 0.5 });
		for (size_t e = 0; e < row[i].elements; e++)
			made_element(k.message, "a.example", "bad");
		facts_group_end(f, MADE_GROUP);
		table_text(row[i].label, "line", made_line(&k), row[i].want);
		message_kit_end(&k);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_log_line),
	cmocka_unit_test(test_log_bounds),
	cmocka_unit_test(test_results),
};

TABLE_MAIN(tests)
