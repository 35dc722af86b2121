#ifndef TOOL_JOURNAL_HISTORY_TABLE_H
#define TOOL_JOURNAL_HISTORY_TABLE_H

/*
 * Decisions as a table that fits the terminal: columns that find no room are
 * left out, the least telling first, and texts are cut.
 */

#include "policy/journal/journal_read.h"
#include "tool/journal/history_told.h"

struct history_table;

/* In the arena, with all that is added. */
struct history_table *history_table_new(struct arena *a);
void history_table_add(struct history_table *t, const struct journal_row *row,
    const struct history_told *told);
/* To standard output. */
void history_table_print(const struct history_table *t);

#endif
