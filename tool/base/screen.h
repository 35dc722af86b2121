#ifndef TOOL_BASE_SCREEN_H
#define TOOL_BASE_SCREEN_H

/* The terminal that a person looks at, and the pager before it. */

#include "rules/base/buf.h"

/* Somebody reads what is printed: standard output is a terminal, or a pager
 * of ours stands before one. */
bool screen_there(void);
/* Columns; 0 when nobody reads. COLUMNS, where it is set, counts in any case. */
size_t screen_width(void);
/* Lines; 24 where it is not known. */
size_t screen_height(void);

/*
 * What is printed from now on goes through a pager, when standard output is a
 * terminal: VERDICT_PAGER, else PAGER, else less, which shows at once what
 * fits on the screen; "" and "cat" mean none. It is waited for at the exit.
 * One call.
 */
void screen_pager(void);

/* Columns that a text without colours takes. */
size_t screen_columns(struct span text);
/* How many of its octets, whole characters, fit into so many. */
size_t screen_fit(struct span text, size_t columns);
/*
 * How many of its octets stand in the next line of so many columns: folded at
 * a blank, where there is one behind its first word. Never 0 for a text.
 */
size_t screen_line(struct span text, size_t columns);
/*
 * Of text with colours so many lines of so many columns: what is too long is
 * cut, what is too much is not there. Appends to out.
 */
void screen_crop(
    struct buf *out, struct span text, size_t lines, size_t columns);

#endif
