#ifndef MILTER_COUNT_RESULTS_H
#define MILTER_COUNT_RESULTS_H

/*
 * What checks came to, counted by word: a counter for each result that its
 * check's row counts (struct result_row, policy/message/check.h). Nothing
 * here names a check.
 */

#include "milter/count/metric.h"
#include "milter/count/tally.h"
#include "policy/message/check.h"

struct results;

/* The table lives as long as the process. */
struct results *results_new(const struct check_table *checks);
void results_free(struct results **r);

/*
 * Counts those of a message that has been judged, by a snapshot with the same
 * table of checks. Returns whether one of them could not be found out for
 * now. Any thread; never waits.
 */
bool results_count(struct results *r, const struct message *m);

/* The counter of that key; NULL when there is none. */
const struct tally *results_tally(const struct results *r, const char *key);
/* A metric for each. */
void results_metrics(
    const struct results *r, const struct metric **row, size_t *count);

#endif
