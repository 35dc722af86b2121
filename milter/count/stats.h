#ifndef MILTER_COUNT_STATS_H
#define MILTER_COUNT_STATS_H

/* The answer to `verdict stats`, as one line of JSON. Any thread. */

#include "rules/base/buf.h"

void stats_write(struct buf *out);

#endif
