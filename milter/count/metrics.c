/*
 * The metrics endpoint. What the numbers are is metric_rows.c's, and how HTTP
 * goes policy/base/http_server.h's.
 */
#include "config.h"

#include "milter/count/metrics.h"

#include "milter/count/metric.h"
#include "milter/daemon/log.h"
#include "policy/base/http_server.h"

#define TEXT_MAX ((size_t)8 * 1024 * 1024)

enum { STATUS_OK = 200, STATUS_NOT_FOUND = 404, STATUS_METHOD = 405 };

/* Set before the server starts, and then left alone. */
static const struct metric_sources *metrics_served;

static void
metrics_say(struct http_answer *out, unsigned status, const char *text)
{
	out->status = status;
	out->type = "text/plain";
	(void)buf_addz(&out->body, text);
}

static void
metrics_answer(void *ctx, const struct http_request *r, struct http_answer *out)
{
	struct span path = span_slice(r->target, 0, span_find(r->target, '?'));

	(void)ctx;
	if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0) {
		metrics_say(out, STATUS_METHOD, "GET only\n");
	} else if (!span_is(path, "/metrics")) {
		metrics_say(out, STATUS_NOT_FOUND, "see /metrics\n");
	} else {
		out->status = STATUS_OK;
		out->type = "text/plain; version=0.0.4; charset=utf-8";
		metric_write_text(metrics_served, &out->body);
	}
}

void
metrics_start(const char *where, const struct metric_sources *sources)
{
	const struct http_options o = {
		.handle = metrics_answer,
		.thread = true,
		.answer_max = TEXT_MAX,
	};
	const char *why = "";

	if (where[0] == '\0')
		return;
	metrics_served = sources;
	if (http_server_start(where, &o, &why) == NULL)
		log_write(LOG_LEVEL_WARN, "metrics: %s cannot be opened: %s",
		    where, why);
}
