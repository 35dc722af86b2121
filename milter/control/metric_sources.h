#ifndef MILTER_CONTROL_METRIC_SOURCES_H
#define MILTER_CONTROL_METRIC_SOURCES_H

#include "milter/count/metric.h"

/* Those of metric_sources.def. */
extern const struct metric_sources metric_sources;

#endif
