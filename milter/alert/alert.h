#ifndef MILTER_ALERT_ALERT_H
#define MILTER_ALERT_ALERT_H

/*
 * What the operator should know at once, for those who run no monitoring: to
 * the log at level warn, and by mail when alert.mail is set. Each kind of
 * alert is told at most once per alert.interval.
 *
 * Mail goes over SMTP to a server on this machine, from a thread of its own:
 * whoever raises an alert never waits, and nothing is executed. We are the
 * filter of that server, so that mail comes by here; it is known by a name
 * that its HELO brings, made by chance for this one delivery and good only
 * from loopback, and is let through unjudged. Otherwise an alert about a
 * rule could be refused by that rule, or raise the next alert.
 */

#include "rules/base/ip.h"
#include "rules/base/span.h"

/* Starts the thread; after the daemon's snapshot is there. */
void alert_start(void);
/* Any thread, at any time; both are copied and cut at some length. */
void alert_raise(const char *key, const char *text);
/* For struct services. */
void alert_of_judge(void *ctx, const char *key, const char *text);
/* This session brings our own alert: it is not to be judged. */
bool alert_is_own(struct span helo, struct ip client);
/* Raised since the start, told or not. */
unsigned long alert_count(void);

#endif
