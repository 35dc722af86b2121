#ifndef MILTER_DAEMON_MEMORY_H
#define MILTER_DAEMON_MEMORY_H

/*
 * How the process keeps memory that nobody uses, and gives it back. The
 * allocator of glibc; elsewhere nothing is done.
 */

#include <stdbool.h>

/* At the start of the process, before there are threads. */
void memory_settle(void);

/*
 * Gives what is free back to the system when it is much, as after a burst of
 * connections; or all of it, as after a reload, whose predecessor is freed as
 * soon as its last message has ended. Takes some milliseconds then; any thread.
 */
void memory_give_back(bool all);

#endif
