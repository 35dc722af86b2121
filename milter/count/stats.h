#ifndef MILTER_COUNT_STATS_H
#define MILTER_COUNT_STATS_H

/* The answer to `verdict stats`, as one line of JSON. Any thread. */

#include "rules/base/buf.h"

struct metric_sources;

void stats_write(const struct metric_sources *sources, struct buf *out);

#endif
