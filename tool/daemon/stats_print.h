#ifndef TOOL_DAEMON_STATS_PRINT_H
#define TOOL_DAEMON_STATS_PRINT_H

/*
 * The daemon's answer to "stats" (top) as a page of text. Names in it that
 * peers chose come out as printable ASCII.
 */

#include "policy/base/json.h"
#include "rules/base/buf.h"

void stats_print(struct buf *out, struct jsonr top, struct arena *a);

/* The same in parts that fit a terminal. */
enum stats_part {
	STATS_NOW,
	STATS_RULES,
	STATS_DNS,
	STATS_LISTS,
	STATS_KEPT,
};
#define STATS_PARTS (STATS_KEPT + 1)
extern const char *const stats_part_names[STATS_PARTS];
void stats_print_part(
    struct buf *out, enum stats_part part, struct jsonr top, struct arena *a);

#endif
