#ifndef MILTER_DAEMON_LOG_H
#define MILTER_DAEMON_LOG_H

/*
 * Where log lines go: syslog, or standard error with the priority in front as
 * sd-daemon(3) reads it. Any thread. The caller has escaped what peers say.
 */

#include "rules/base/span.h"

enum log_level {
	LOG_LEVEL_ERROR = 3, /* mail was affected */
	LOG_LEVEL_WARN = 4,  /* the operator should act */
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* Before any thread is started. With syslog, panic() speaks there too. */
void log_open(bool to_syslog);
void log_write(enum log_level level, const char *fmt, ...) ATTR_PRINTF(2, 3);
/* Each line of a longer text on its own. */
void log_lines(enum log_level level, struct span text);

#endif
