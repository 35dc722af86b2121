/*
 * One line in the log for every verdict, one entry in the journal, and what
 * other domains are told of it.
 */
#include "config.h"

#include "milter/protocol/report.h"

#include <stdatomic.h>
#include <stdio.h>

#include "milter/alert/alert.h"
#include "milter/count/compare_tally.h"
#include "milter/count/counters.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "policy/base/clock.h"
#include "policy/journal/journal.h"
#include "policy/journal/journal_entry.h"
#include "policy/memory/limit.h"
#include "policy/message/snapshot.h"
#include "policy/report/report_book.h"
#include "policy/tell/log_line.h"

/* The text is the key as well: two rules that say the same are one. */
static void
alert_of_rule(struct span text)
{
	char key[64], line[512];

	(void)snprintf(line, sizeof(line), "%.*s",
	    (int)(text.n < sizeof(line) ? text.n : sizeof(line) - 1), text.p);
	(void)snprintf(key, sizeof(key), "rule %016llx",
	    (unsigned long long)span_hash(text, 0));
	alert_raise(key, line);
}

static void
alert_of_limit(const char *rule)
{
	char key[64], text[256];

	(void)snprintf(key, sizeof(key), "limit %.50s", rule);
	(void)snprintf(text, sizeof(text),
	    "a pattern of rule %.60s ran into its bounds: the rule is not "
	    "known for such mail; make the pattern simpler",
	    rule);
	alert_raise(key, text);
}

/* The rule whose action `limit` made the verdict, or NULL. */
static const char *
rule_that_limits(const struct verdict *v)
{
	for (size_t i = 0; i < v->record.matched_count; i++)
		if (v->record.matched[i].decided &&
		    (v->record.matched[i].effects & ACTION_LIMITS) != 0)
			return v->record.matched[i].name;
	return NULL;
}

/*
 * An account of ours that sends more than it may: mostly a stolen one. It is
 * told wherever the rules ask, whatever they make of the answer.
 */
static void
alert_of_account(struct message *m, const struct verdict *v)
{
	struct span user = span_slice(m->auth_user, 0, 50);
	const char *limit, *rule = rule_that_limits(v);
	char key[64], text[400];
	size_t at = 0;

	if (user.n == 0 || (limit = limit_over_next(m, &at)) == NULL)
		return;
	(void)snprintf(key, sizeof(key), "account %.*s", SPAN_FMT(user));
	(void)snprintf(text, sizeof(text),
	    "account %.*s is over the limit %s%.60s%s(%.120s): is it its "
	    "owner who sends?",
	    SPAN_FMT(user), rule == NULL ? "" : "of rule ",
	    rule == NULL ? "" : rule, rule == NULL ? "" : " ", limit);
	alert_raise(key, text);
}

/* Who sends the reports of all hosts finds there what they say. */
static void
report_journal(
    struct message *m, const struct verdict *v, size_t rcpt, int64_t ms)
{
	const struct config *c = &m->session->snapshot->config;
	struct span part[REPORT_ROW_PARTS];
	struct journal_beside beside = { .count = REPORT_ROW_PARTS,
		.key = report_row_part_names,
		.text = part };
	struct report_row *row = NULL;

	if (c->report.index != REPORT_OFF && c->journal_copy[0] != '\0')
		row = report_row_new(m, v, rcpt);
	if (row != NULL) {
		report_row_parts(row, part);
		beside.name = "report";
	}
	journal_add_with(daemon_self()->journal, m, v, rcpt, ms, &beside);
	report_row_free(&row);
}

/* Everywhere but in the log. */
static void
report_keep(
    struct message *m, const struct verdict *v, size_t rcpt, int64_t now_ms)
{
	counters_verdict(daemon_self()->counters, m, v, rcpt,
	    clock_system.unix_s(NULL), now_ms - m->eom_ms);
	for (size_t i = 0; i < v->record.alert_count; i++)
		alert_of_rule(v->record.alert[i]);
	alert_of_account(m, v);
	for (size_t i = 0; i < v->record.limited_count; i++)
		alert_of_limit(v->record.limited[i]);
	report_journal(m, v, rcpt, now_ms - m->started_ms);
	if (m->session->snapshot->config.report.index != REPORT_OFF)
		report_book_add(daemon_self()->reports, m, v, rcpt);
}

/* Once a minute; how many they were, status and metrics tell. */
static void
report_short(const struct message *m, int64_t now_ms)
{
	static atomic_llong told; /* minute, from 1 on */
	long long minute = now_ms / 60000 + 1;

	if (m->room_short && atomic_exchange(&told, minute) != minute)
		log_write(LOG_LEVEL_WARN,
		    "body.total is used up: messages of those who take most "
		    "of it are put off");
}

void
report_verdict(
    void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	const struct config *c = &m->session->snapshot->config;
	int64_t now_ms = clock_system.monotonic_ms(NULL);
	struct buf line;

	(void)ctx;
	report_short(m, now_ms);
	if (!m->session->probe)
		report_keep(m, v, rcpt, now_ms);
	buf_init(&line, LOG_LINE_MAX);
	log_line(&line,
	    c->log_format.index == LOG_JSON ? LOG_LINE_JSON : LOG_LINE_TEXT, m,
	    v, rcpt, now_ms - m->started_ms);
	log_write(LOG_LEVEL_INFO, "%.*s", SPAN_FMT(buf_span(&line)));
	buf_free(&line);
	if (rcpt == RCPT_NONE && !m->session->probe)
		compare_note(m);
}
