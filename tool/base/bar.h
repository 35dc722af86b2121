#ifndef TOOL_BASE_BAR_H
#define TOOL_BASE_BAR_H

/*
 * How far something long has come, as a bar on standard error, where that is
 * a terminal; drawn ten times a second at most.
 */

#include "rules/base/span.h"

struct bar {
	uint64_t all; /* of whatever is counted; 0: nothing is to be done */
	bool shown;
	int64_t drawn_ms;
};

void bar_begin(struct bar *b, uint64_t all);
/* So much is done; what: said behind it. */
void bar_show(struct bar *b, uint64_t done, const char *what);
/* Takes it away, so that what is printed next stands there. */
void bar_end(struct bar *b);

#endif
