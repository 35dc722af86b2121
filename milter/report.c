/*
 * One line in the log for every verdict.
 */
#include "config.h"

#include "milter/report.h"

#include "milter/log.h"
#include "policy/clock.h"
#include "policy/log_line.h"
#include "policy/snapshot.h"

#define LINE_OCTETS ((size_t)8000)

void
report_verdict(void *ctx, struct message *m, const struct verdict *v,
    size_t rcpt)
{
	const struct config *c = &m->session->snapshot->config;
	struct buf line;

	(void)ctx;
	buf_init(&line, LINE_OCTETS);
	if (c->log_format.index == LOG_JSON)
		log_line_json(m, v, rcpt, &line);
	else
		log_line_text(m, v, rcpt, &line);
	log_write(LOG_LEVEL_INFO, "%.*s", SPAN_FMT(buf_span(&line)));
	buf_free(&line);
}
