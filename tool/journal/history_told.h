#ifndef TOOL_JOURNAL_HISTORY_TOLD_H
#define TOOL_JOURNAL_HISTORY_TOLD_H

/* What a message says of itself, as far as the journal keeps it. */

#include "policy/journal/journal_read.h"

/* "" each where the record has none, as with hashed addresses. */
struct history_told {
	struct span author; /* the address */
	struct span subject;
};
/* From the record of that decision, whose reading costs some 100
 * microseconds; in the arena. */
void history_told(struct journal_reader *r, int64_t seq, struct arena *a,
    struct history_told *out);
/* The same of a record that is at hand. */
void history_told_read(
    struct span record, struct arena *a, struct history_told *out);

#endif
