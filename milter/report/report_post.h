#ifndef MILTER_REPORT_REPORT_POST_H
#define MILTER_REPORT_REPORT_POST_H

/*
 * A thread that sends the reports of a day that is over, while `report` is on:
 * each at a time of its own in the four hours that begin a quarter past
 * midnight UTC, a few at a time. What was due while the process was not there
 * is made up for.
 */

/* After the daemon's snapshot and the resolver are there. */
void report_post_start(void);
/* Sends no more; waits, for some seconds at most, for the mail under way, so
 * that it is not left in doubt. */
void report_post_end_join(void);

#endif
