#ifndef MILTER_ALERT_ALERT_ROWS_H
#define MILTER_ALERT_ALERT_ROWS_H

/*
 * Conditions that are looked at from time to time, each a row with the key
 * of its alert. Others raise theirs where they notice.
 */

#include "milter/count/counters.h"
#include "rules/base/buf.h"

/* Looks at all of them and raises what holds. For the alert thread. */
void alert_rows_look(int64_t now_s);

/*
 * Of the messages judged in the last minutes so many percent had a check
 * that could not find out (false: fewer, or too few messages to tell).
 */
bool alert_temperror(
    const struct counters *c, int64_t now_s, double percent, struct buf *text);
/* The share of refused mail is times what it was in the hour before. */
bool alert_refusals(
    const struct counters *c, int64_t now_s, double times, struct buf *text);

#endif
