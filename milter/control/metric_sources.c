/*
 * All sources of numbers, for the metrics endpoint and `verdict stats`.
 */
#include "config.h"

#include "milter/control/metric_sources.h"

#define METRICS(name) extern const struct metric_source metrics_##name;
#include "milter/control/metric_sources.def"
#undef METRICS

#define METRICS(name) &metrics_##name,
static const struct metric_source *const metric_source[] = {
#include "milter/control/metric_sources.def"
};
#undef METRICS

const struct metric_sources metric_sources = { metric_source,
	ARRAY_COUNT(metric_source) };
