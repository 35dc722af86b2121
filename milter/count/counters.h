#ifndef MILTER_COUNT_COUNTERS_H
#define MILTER_COUNT_COUNTERS_H

/*
 * What the process has seen since it started, in numbers: fed by report.c
 * with every verdict, read by metrics, `verdict stats` and alerts.
 */

#include "milter/count/results.h"
#include "milter/count/tally.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"

/* Families of counters by name. */
enum counter_family {
	COUNT_VERDICT, /* messages by what was done */
	COUNT_WANTED,  /* by what would be done in mode enforce */
	COUNT_STAGE,   /* by the stage of the decision */
	COUNT_DIRECTION,
	COUNT_RCPT,       /* recipients that were refused at RCPT */
	COUNT_INCOMPLETE, /* what could not be found out in time */
	COUNT_FLAG,       /* anomalies and limits */
	COUNT_RULE_HIT,   /* by rule, shadow hits not among them */
	COUNT_RULE_SHADOW,
	COUNT_RULE_DECIDED,
	COUNT_RULE_LIMITED, /* rules that ran into a bound */
};
#define COUNT_FAMILIES (COUNT_RULE_LIMITED + 1)

struct counters {
	struct tally *family[COUNT_FAMILIES];
	struct results *results;  /* of checks */
	struct histogram size;    /* octets of messages judged at their end */
	struct histogram time_ms; /* from MAIL's connection to the verdict */
	struct top *bounces;      /* recipient domains of mail from <> */
	atomic_ullong bounce_count;
	atomic_ullong rcpt_count; /* recipients of messages judged */
	atomic_ullong alerts;
	struct recent_window recent;
	int64_t started_s; /* unix time */
};

/* checks: whose results are counted; the table of all snapshots. */
struct counters *counters_new(const struct check_table *checks, int64_t now_s);
void counters_free(struct counters **c);

/*
 * A verdict, with rcpt as report_verdict gets it; waited_ms is how long the
 * end of the message took. Any thread; never waits.
 */
void counters_verdict(struct counters *c, const struct message *m,
    const struct verdict *v, size_t rcpt, int64_t now_s, int64_t took_ms);

#endif
