#ifndef TOOL_DAEMON_STATS_PRINT_H
#define TOOL_DAEMON_STATS_PRINT_H

/*
 * The daemon's answer to "stats" (top) as a page of text. Names in it that
 * peers chose come out as printable ASCII.
 */

#include "policy/base/json.h"
#include "rules/base/buf.h"

void stats_print(struct buf *out, struct jsonr top, struct arena *a);

#endif
