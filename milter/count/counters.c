/*
 * Counting verdicts. It only reads what the session, the facts and the
 * verdict say; nothing here is bounded by more than the tables of tally.c.
 */
#include "config.h"

#include "milter/count/counters.h"

#include <stdlib.h>

#include "policy/message/services.h"
#include "policy/message/verdict.h"
#include "rules/base/panic.h"

#define WORDS_MAX   128  /* names in our own families */
#define RULES_MAX   4096 /* names that administrators give */
#define BOUNCES_MAX 64

static const double size_bounds[] = { 1024, 4096, 16384, 65536, 262144, 1048576,
	4194304, 16777216, 67108864 };
static const double time_bounds_ms[] = { 1, 2, 5, 10, 20, 50, 100, 200, 500,
	1000, 2000, 5000, 10000, 30000 };

static bool
family_is_of_rules(size_t family)
{
	return family >= COUNT_RULE_HIT;
}

struct counters *
counters_new(const struct check_table *checks, int64_t now_s)
{
	struct counters *c = xcalloc(1, sizeof(*c));

	for (size_t i = 0; i < COUNT_FAMILIES; i++)
		c->family[i] =
		    tally_new(family_is_of_rules(i) ? RULES_MAX : WORDS_MAX);
	histogram_init(&c->size, size_bounds, ARRAY_COUNT(size_bounds));
	histogram_init(
	    &c->time_ms, time_bounds_ms, ARRAY_COUNT(time_bounds_ms));
	c->results = results_new(checks);
	c->bounces = top_new(BOUNCES_MAX);
	c->started_s = now_s;
	return c;
}

void
counters_free(struct counters **c)
{
	if (*c == NULL)
		return;
	for (size_t i = 0; i < COUNT_FAMILIES; i++)
		tally_free(&(*c)->family[i]);
	results_free(&(*c)->results);
	top_free(&(*c)->bounces);
	free(*c);
	*c = NULL;
}

static void
count(struct counters *c, enum counter_family family, const char *name)
{
	tally_add(c->family[family], name, 1);
}

/* ---- the message --------------------------------------------------------- */

static void
count_rules(struct counters *c, const struct verdict *v)
{
	for (size_t i = 0; i < v->record.matched_count; i++) {
		const struct matched *r = &v->record.matched[i];

		count(
		    c, r->shadow ? COUNT_RULE_SHADOW : COUNT_RULE_HIT, r->name);
		if (r->decided)
			count(c, COUNT_RULE_DECIDED, r->name);
	}
	for (size_t i = 0; i < v->record.limited_count; i++)
		count(c, COUNT_RULE_LIMITED, v->record.limited[i]);
}

static void
count_recent(struct counters *c, const struct verdict *v, int64_t now_s)
{
	recent_add(&c->recent, now_s, RECENT_MESSAGES);
	if (v->wanted == OUTCOME_REJECT)
		recent_add(&c->recent, now_s, RECENT_REFUSED);
	if (v->wanted == OUTCOME_TEMPFAIL)
		recent_add(&c->recent, now_s, RECENT_DEFERRED);
}

static void
count_bounces(struct counters *c, const struct message *m)
{
	if (!m->mail_seen || m->sender.raw.n > 0)
		return;
	for (size_t i = 0; i < m->rcpt_count; i++)
		if (!m->rcpt[i].refused) {
			(void)atomic_fetch_add(&c->bounce_count, 1);
			top_add(c->bounces, m->rcpt[i].address.domain);
		}
}

/* As it would be in a file: each field has a colon and a line end. */
static uint64_t
message_octets(const struct message *m)
{
	return m->body_octets + m->headers.octets + 3 * m->headers.count + 2;
}

/* What is known only once the whole message has been judged. */
static void
count_judged(
    struct counters *c, const struct message *m, int64_t now_s, int64_t took_ms)
{
	bool temporary = m->incomplete_count > 0;

	histogram_add(&c->size, message_octets(m));
	histogram_add(&c->time_ms, took_ms < 0 ? 0 : (uint64_t)took_ms);
	temporary = results_count(c->results, m) || temporary;
	for (size_t i = 0; i < m->incomplete_count; i++)
		count(c, COUNT_INCOMPLETE, m->incomplete[i]);
	for (size_t i = 0; i < m->flag_count; i++)
		count(c, COUNT_FLAG, m->flag[i]);
	recent_add(&c->recent, now_s, RECENT_JUDGED);
	if (temporary)
		recent_add(&c->recent, now_s, RECENT_TEMPERROR);
}

void
counters_verdict(struct counters *c, const struct message *m,
    const struct verdict *v, size_t rcpt, int64_t now_s, int64_t took_ms)
{
	count_rules(c, v);
	count_recent(c, v, now_s);
	if (rcpt != RCPT_NONE) {
		count(c, COUNT_RCPT, outcome_names[v->action]);
		return;
	}
	count(c, COUNT_VERDICT, outcome_names[v->action]);
	count(c, COUNT_WANTED, outcome_names[v->wanted]);
	count(c, COUNT_STAGE, stage_names[v->stage]);
	count(c, COUNT_DIRECTION, direction_names[m->direction]);
	(void)atomic_fetch_add(&c->rcpt_count, m->rcpt_count);
	if (!m->judged)
		return;
	count_bounces(c, m);
	count_judged(c, m, now_s, took_ms);
}
