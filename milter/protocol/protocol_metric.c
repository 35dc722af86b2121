/*
 * The numbers of the sessions that the MTA has with us.
 */
#include "config.h"

#include "milter/count/metric.h"
#include "milter/engine/engine.h"
#include "milter/protocol/callbacks.h"

static void
read_sessions(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)callbacks_sessions_open());
}

static void
read_sessions_total(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)callbacks_sessions_total());
}

static void
read_spread(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)engine_chosen()->spread());
}

static const struct metric protocol_rows[] = {
	{ "sessions_open", METRIC_GAUGE, NULL, read_sessions, 0,
	    "SMTP sessions that are open now." },
	{ "sessions", METRIC_COUNTER, NULL, read_sessions_total, 0,
	    "SMTP sessions since the start." },
	{ "spread_wakeups", METRIC_COUNTER, NULL, read_spread, 0,
	    "Times that ready sessions were spread over several wake-ups." },
};
extern const struct metric_source metrics_protocol;
const struct metric_source metrics_protocol = { protocol_rows,
	ARRAY_COUNT(protocol_rows), NULL };
