/*
 * What becomes of a verdict in the daemon besides the answer: it is counted,
 * and the numbers are served as metrics and as `verdict stats` reads them.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "milter/count/counters.h"
#include "milter/count/metric.h"
#include "milter/count/stats.h"
#include "milter/daemon/daemon.h"
#include "milter/protocol/report.h"
#include "policy/base/json.h"
#include "policy/message/budget.h"

extern const struct metric_source metrics_process, metrics_messages,
    metrics_results, metrics_rules, metrics_dns, metrics_kept;
static const struct metric_source *const all[] = { &metrics_process,
	&metrics_messages, &metrics_results, &metrics_rules, &metrics_dns,
	&metrics_kept };
static const struct metric_sources sources = { all, ARRAY_COUNT(all) };

struct world {
	struct message_kit kit;
	struct verdict v;
};

static void
world_begin(struct world *w)
{
	static const struct matched matched[] = {
		{ .name = "first", .action = "score", .score = 1 },
		{ .name = "second", .action = "reject", .decided = true },
	};
	static struct rcpt rcpt;
	struct daemon *d = daemon_self();
	struct message *m;

	message_kit_begin(&w->kit, NULL);
	m = w->kit.message;
	d->judge.clock = w->kit.judge.clock;
	d->judge.resolver = w->kit.session.resolver;
	d->version = "9.9";
	room_init(&d->room);
	d->counters = counters_new(&checks_standard, MESSAGE_KIT_TIME);
	daemon_begin(snapshot_ref(w->kit.snapshot));
	verdict_nothing(&w->v, STAGE_EOM);
	w->v.wanted = w->v.action = OUTCOME_REJECT;
	w->v.rule = "second";
	w->v.record.matched = matched;
	w->v.record.matched_count = ARRAY_COUNT(matched);
	facts_word(m->facts, schema_find(w->kit.snapshot->schema, SPAN("spf")),
	    "softfail");
	message_raise(m, FLAG_LIMIT);
	message_incomplete(m, "dkim");
	m->rcpt = &rcpt;
	m->rcpt_count = 1;
	m->mail_seen = m->judged = true;
}

static void
world_end(struct world *w)
{
	struct snapshot *s = daemon_snapshot();

	/* What the daemon holds, and what was just taken. */
	for (int i = 0; i < 2; i++) {
		struct snapshot *held = s;

		snapshot_unref(&held);
	}
	counters_free(&daemon_self()->counters);
	room_fini(&daemon_self()->room);
	w->kit.message->rcpt_count = 0;
	message_kit_end(&w->kit);
}

static void
test_metrics(void **state)
{
	static const char *const want[] = {
		"verdict_messages_total{verdict=\"reject\"} 1\n",
		"verdict_messages_wanted_total{verdict=\"reject\"} 1\n",
		"verdict_messages_by_stage_total{stage=\"eom\"} 1\n",
		"verdict_messages_by_direction_total{direction=\"inbound\"} 1\n",
		"verdict_spf_total{result=\"softfail\"} 1\n",
		"verdict_incomplete_total{check=\"dkim\"} 1\n",
		"verdict_flags_total{flag=\"limit\"} 1\n",
		"verdict_rule_hits_total{rule=\"first\"} 1\n",
		"verdict_rule_decided_total{rule=\"second\"} 1\n",
		"verdict_build_info{version=\"9.9\"} 1\n",
	};
	struct world w;
	struct buf out;

	(void)state;
	world_begin(&w);
	report_verdict(NULL, w.kit.message, &w.v, RCPT_NONE);
	buf_init(&out, (size_t)1 << 20);
	metric_write_text(&sources, &out);
	for (size_t i = 0; i < ARRAY_COUNT(want); i++)
		if (span_search(buf_span(&out), span_of(want[i])) == SIZE_MAX)
			table_fail("metrics", "no line %s", want[i]);
	/* A probe of our own is logged and not counted. */
	w.kit.session.probe = true;
	report_verdict(NULL, w.kit.message, &w.v, RCPT_NONE);
	buf_clear(&out);
	metric_write_text(&sources, &out);
	if (span_search(buf_span(&out), span_of(want[0])) == SIZE_MAX)
		table_fail("probe", "it was counted");
	buf_free(&out);
	world_end(&w);
	table_end();
}

static double
number_at(struct jsonr top, const char *one, const char *two, const char *three)
{
	double n = -1;

	(void)jsonr_number(
	    jsonr_get(jsonr_get(jsonr_get(top, one), two), three), &n);
	return n;
}

static void
test_stats(void **state)
{
	struct world w;
	struct jsonr_doc *doc;
	const char *why = NULL;
	struct buf out;

	(void)state;
	world_begin(&w);
	report_verdict(NULL, w.kit.message, &w.v, RCPT_NONE);
	/* And one recipient that was refused before. */
	report_verdict(NULL, w.kit.message, &w.v, 0);
	buf_init(&out, (size_t)1 << 20);
	stats_write(&sources, &out);
	doc = jsonr_parse(buf_span(&out), w.kit.arena, &why);
	assert_non_null(doc);
	assert_true(
	    number_at(jsonr_top(doc), "metrics", "messages", "reject") == 1);
	assert_true(
	    number_at(jsonr_top(doc), "metrics", "spf", "softfail") == 1);
	assert_true(number_at(jsonr_top(doc), "metrics", "recipients_refused",
			"reject") == 1);
	assert_int_equal(jsonr_count(jsonr_get(jsonr_top(doc), "recent")), 4);
	jsonr_free(&doc);
	buf_free(&out);
	world_end(&w);
}

/* Every metric that is listed is served under that name. */
static void
test_list(void **state)
{
	struct buf list, text;
	struct span rest, line;
	struct world w;
	size_t lines = 0;

	(void)state;
	world_begin(&w);
	buf_init(&list, (size_t)1 << 20);
	buf_init(&text, (size_t)1 << 20);
	metric_list(&sources, &list);
	metric_write_text(&sources, &text);
	rest = buf_span(&list);
	while (span_cut(&rest, '\n', &line) && line.n > 0) {
		struct span name = span_slice(line, 0, span_find(line, ' '));
		const char *want =
		    arena_printf(w.kit.arena, "# TYPE %.*s ", SPAN_FMT(name));

		lines++;
		if (span_search(buf_span(&text), span_of(want)) == SIZE_MAX)
			table_fail(
			    "list", "%.*s is not served", SPAN_FMT(name));
	}
	assert_true(lines > 40);
	buf_free(&list);
	buf_free(&text);
	world_end(&w);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_metrics),
	cmocka_unit_test(test_stats),
	cmocka_unit_test(test_list),
};

TABLE_MAIN(tests)
