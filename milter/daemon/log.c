/*
 * The log: syslog or standard error.
 */
#include "config.h"

#include "milter/daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "rules/base/panic.h"

static bool syslog_on;

/* In the background standard error leads nowhere. */
static void
log_panic(const char *text)
{
	syslog(LOG_CRIT, "internal error: %s", text);
}

void
log_open(bool to_syslog)
{
	syslog_on = to_syslog;
	if (!to_syslog)
		return;
	openlog("verdict-milter", LOG_PID, LOG_MAIL);
	panic_tell(log_panic);
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	char line[16384];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (syslog_on)
		syslog((int)level, "%s", line);
	else
		(void)fprintf(stderr, "<%d>%s\n", (int)level, line);
}

void
log_lines(enum log_level level, struct span text)
{
	struct span line;

	while (span_cut(&text, '\n', &line))
		if (line.n > 0)
			log_write(level, "%.*s", SPAN_FMT(line));
}
