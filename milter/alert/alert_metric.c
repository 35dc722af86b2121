/*
 * How many alerts there were.
 */
#include "config.h"

#include "milter/alert/alert.h"
#include "milter/count/metric.h"

static void
read_alerts(struct metric_out *out, const struct metric *row)
{
	(void)row;
	metric_value(out, NULL, (double)alert_count());
}

static const struct metric alert_metrics[] = {
	{ "alerts", METRIC_COUNTER, NULL, read_alerts, 0,
	    "Alerts raised, those held back by their interval included." },
};
extern const struct metric_source metrics_alert;
const struct metric_source metrics_alert = { alert_metrics,
	ARRAY_COUNT(alert_metrics), NULL };
