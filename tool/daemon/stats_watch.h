#ifndef TOOL_DAEMON_STATS_WATCH_H
#define TOOL_DAEMON_STATS_WATCH_H

/* `verdict stats --watch` on a terminal: one part at a time, by keys. */

#include "policy/base/json.h"

/* Once; the terminal's keys come one by one until the process ends. */
void stats_watch_begin(void);
/* Shows the chosen part of the answer, as much as the terminal has room for. */
void stats_watch_show(struct jsonr top, struct arena *a);
/*
 * Waits for so long, or until a key was pressed that changes what is shown.
 * False: whoever watches has enough.
 */
bool stats_watch_wait(int64_t ms);

#endif
