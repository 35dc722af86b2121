/*
 * Makes a journal for the tests of the commands that read one: judges every
 * case of a file as the daemon would judge the message, with a clock that the
 * case sets.
 *
 *   tests/kit/journal_make JOURNAL CONFIG RULES CASES [TIMES [REPORTS]]
 *
 * CONFIG and RULES are files, "-" for none. With TIMES the cases are judged
 * that often, each round a second later. REPORTS is a report.db, in which they
 * are counted for the day of the last case.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/file.h"
#include "policy/case/case.h"
#include "policy/journal/journal.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/decision_id.h"
#include "policy/message/facts_json.h"
#include "policy/message/snapshot.h"
#include "policy/report/report_book.h"
#include "policy/store/store.h"
#include "rules/source/diag.h"

struct maker {
	struct clock_fixed time;
	struct services judge;
	struct journal *journal;
	struct report_row *rows; /* for reports */
	struct snapshot *snapshot;
	struct jsonr facts; /* that the current case gives */
};

static void
maker_judged(void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct maker *k = ctx;

	struct report_row *row = report_row_new(m, v, rcpt);

	journal_add(k->journal, m, v, rcpt, 12);
	if (row != NULL) {
		row->next = k->rows;
		k->rows = row;
	}
}

static void
maker_given(void *ctx, struct message *m, enum stage stage)
{
	const struct maker *k = ctx;

	facts_given(m, k->facts, stage);
}

static void
maker_reports(struct maker *k, const char *path)
{
	char why[SQLITE_WHY_MAX] = "";
	bool renewed;
	struct report_file *f = report_file_open(path, 0, false, &renewed, why);

	if (f == NULL ||
	    !report_file_add(f, k->rows, k->time.unix_s / REPORT_DAY_S,
		&report_bounds_standard)) {
		(void)fprintf(stderr, "%s\n", why);
		exit(1);
	}
	report_file_close(&f);
}

static void
maker_alert(void *ctx, const char *key, const char *text)
{
	(void)ctx;
	(void)fprintf(stderr, "%s: %s\n", key, text);
}

static bool
refused(const struct verdict *v)
{
	return v->action == OUTCOME_TEMPFAIL || v->action == OUTCOME_REJECT;
}

static void
make_content(struct session *s, const struct case_input *c, struct arena *a)
{
	struct header_list fields;
	unsigned anomalies = 0;
	struct verdict v;
	struct span body;

	header_list_init(&fields, a);
	header_split(c->message, &fields, &body, &anomalies);
	for (size_t i = 0; i < fields.count; i++)
		session_header(
		    s, fields.field[i].raw_name, fields.field[i].raw);
	session_eoh(s, SPAN("4TEST"), &v);
	if (refused(&v))
		return;
	session_body(s, body);
	session_eom(s, SPAN("4TEST"), &v);
}

static void
make_one(struct maker *k, const struct case_input *c, struct arena *a)
{
	const struct mail_parameters p = { .reverse_path = c->mailfrom };
	struct session *s;
	struct verdict v;
	bool left = false;

	k->judge.resolver = resolver_zone(c->zone);
	s = session_new(&k->judge, k->snapshot);
	session_connect(s, c->ip, c->port, c->client_name, SPAN("smtpd"),
	    SPAN("mx.example"));
	session_helo(s, c->helo, NULL);
	session_mail(s, &p, NULL, &v);
	for (size_t i = 0; !refused(&v) && i < c->rcpt_count; i++) {
		session_rcpt(s, c->rcpt[i], false, SPAN("4TEST"), &v);
		left = left || !refused(&v);
		v.action = OUTCOME_ACCEPT;
	}
	if (left)
		make_content(s, c, a);
	session_free(&s);
	resolver_free(&k->judge.resolver);
}

static void
make_line(struct maker *k, struct span line, int round)
{
	struct arena *a = arena_new();
	const char *why = "";
	struct jsonr_doc *doc = jsonr_parse(line, a, &why);
	struct case_input c;

	case_init(&c);
	if (doc == NULL || !case_read(&c, jsonr_top(doc), ".", a, &why)) {
		(void)fprintf(stderr, "%s\n", why);
		exit(1);
	}
	if (c.zone == NULL)
		c.zone = dns_zone_new();
	if (c.message.p == NULL)
		c.message = SPAN("\r\n");
	k->time.unix_s = c.time_s + round;
	k->facts = c.facts;
	make_one(k, &c, a);
	case_release(&c);
	jsonr_free(&doc);
	arena_free(&a);
}

static struct span
file_text(const char *path, struct arena *a)
{
	struct span text = { NULL, 0 };
	const char *why;

	if (strcmp(path, "-") != 0 &&
	    !file_read(path, (size_t)64 << 20, a, &text, &why)) {
		(void)fprintf(stderr, "%s\n", why);
		exit(1);
	}
	return text;
}

static void
maker_begin(struct maker *k, char **argv, struct arena *a)
{
	const struct snapshot_source source = {
		.config_text = file_text(argv[2], a),
		.rules_text = file_text(argv[3], a),
	};
	/* Nothing that is made here is too old to be kept. */
	static struct clock_fixed begin = { .unix_s = CASE_TIME_DEFAULT };
	const struct journal_options o = {
		.path = argv[1],
		.clock = clock_of_fixed(&begin),
		.alert = maker_alert,
		.queue_max = 1000000,
		.queue_octets = (size_t)1 << 30,
		.expire_ms = 1000000,
	};
	struct diags diags;
	struct buf report;

	diags_init(&diags, a);
	k->snapshot = snapshot_load(&source, &diags);
	buf_init(&report, 65536);
	diags_print(&diags, &report, false);
	(void)fwrite(report.n > 0 ? report.p : "", 1, report.n, stderr);
	buf_free(&report);
	if (k->snapshot == NULL)
		exit(1);
	k->judge.clock = clock_of_fixed(&k->time);
	k->judge.ids = decision_ids_new(SPAN("mx.example"), 0);
	k->judge.hostname = "mx.example";
	k->judge.store = store_memory();
	k->judge.judged = maker_judged;
	k->judge.given = maker_given;
	k->judge.ctx = k;
	k->journal = journal_new(&o);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct maker k = { 0 };
	struct span line, rest, cases;
	int times = argc > 5 ? atoi(argv[5]) : 1;

	if (argc < 5)
		return 64;
	maker_begin(&k, argv, a);
	cases = file_text(argv[4], a);
	for (int round = 0; round < times; round++)
		for (rest = cases; span_cut(&rest, '\n', &line);)
			if (line.n > 0)
				make_line(&k, line, round);
	if (argc > 6)
		maker_reports(&k, argv[6]);
	while (k.rows != NULL) {
		struct report_row *next = k.rows->next;

		report_row_free(&k.rows);
		k.rows = next;
	}
	journal_free(&k.journal);
	snapshot_unref(&k.snapshot);
	store_close(&k.judge.store);
	decision_ids_free(&k.judge.ids);
	arena_free(&a);
	return 0;
}
