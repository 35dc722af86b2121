/*
 * One line in the log for every verdict.
 */
#include "config.h"

#include "milter/report.h"

#include "milter/compare.h"
#include "milter/log.h"
#include "policy/clock.h"
#include "policy/log_line.h"
#include "policy/snapshot.h"

void
report_verdict(
    void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	const struct config *c = &m->session->snapshot->config;
	struct buf line;

	(void)ctx;
	buf_init(&line, LOG_LINE_MAX);
	log_line(&line,
	    c->log_format.index == LOG_JSON ? LOG_LINE_JSON : LOG_LINE_TEXT, m,
	    v, rcpt, clock_system.monotonic_ms(NULL) - m->started_ms);
	log_write(LOG_LEVEL_INFO, "%.*s", SPAN_FMT(buf_span(&line)));
	buf_free(&line);
	if (rcpt == JUDGED_MESSAGE)
		compare_note(m);
}
