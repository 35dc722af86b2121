#ifndef MILTER_PROTOCOL_WATCHDOG_H
#define MILTER_PROTOCOL_WATCHDOG_H

/*
 * Tells systemd that mail is being judged, as long as it is: the unit's
 * WatchdogSec= then restarts a daemon that hangs.
 */

#include <stdbool.h>
#include <stdint.h>

/* Starts a thread when WATCHDOG_USEC is set for this process. */
void watchdog_start(void);
/* The judging of a message's end begins and ends; any thread. */
void watchdog_judging(bool begins);

/*
 * Whether judging goes on: nothing is under way, or something has ended
 * within limit_ms. For watchdog.c and its test.
 */
struct watch {
	int64_t under_way;
	int64_t last_ended_ms; /* or began, when nothing was under way */
};
bool watch_alive(const struct watch *w, int64_t now_ms, int64_t limit_ms);

#endif
