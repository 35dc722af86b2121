#ifndef MILTER_REPORT_REPORT_POST_H
#define MILTER_REPORT_REPORT_POST_H

/*
 * A thread that sends the reports of a day that is over, while `report` is on:
 * each at a time of its own in the four hours that begin a quarter past
 * midnight UTC, a few at a time. What was due while the process was not there
 * is made up for.
 */

#include "policy/report/report_file.h"

/* After the daemon's snapshot and the resolver are there. */
void report_post_start(void);
/* Sends no more; waits, for some seconds at most, for the mail under way, so
 * that it is not left in doubt. */
void report_post_end_join(void);
/* Mails that came to this state since the process started. Any thread. */
uint64_t report_post_count(enum delivery_state state);

#endif
