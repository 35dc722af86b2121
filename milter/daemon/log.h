#ifndef MILTER_DAEMON_LOG_H
#define MILTER_DAEMON_LOG_H

/*
 * Where log lines go: syslog, or standard error with the priority in front as
 * sd-daemon(3) reads it. Any thread, and it never waits: while syslog stands
 * still some 4,000 lines are kept, and what comes then is dropped and counted.
 * The caller has escaped what peers say.
 */

#include "rules/base/span.h"

enum log_level {
	LOG_LEVEL_ERROR = 3, /* mail was affected */
	LOG_LEVEL_WARN = 4,  /* the operator should act */
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/*
 * After a fork. With syslog, panic() speaks there too. Lines that were written
 * before go there first, some 16 KB of them.
 */
void log_open(bool to_syslog);
/* The process ends before log_open: those lines to standard error, for a person. */
void log_abandon(void);
void log_write(enum log_level level, const char *fmt, ...) ATTR_PRINTF(2, 3);
/* Each line of a longer text on its own. */
void log_lines(enum log_level level, struct span text);

#define LOG_FLUSH_MS 500
/* At the end of the process: waits for what is kept, LOG_FLUSH_MS at most. */
void log_flush_join(void);
/* Lines that were not logged. */
uint64_t log_dropped(void);

#endif
