#ifndef TOOL_JOURNAL_TREE_H
#define TOOL_JOURNAL_TREE_H

/*
 * What is told as a tree of two levels: titles, and lines below them, in the
 * order in which they are told.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* What comes beyond is left out. */
#define TREE_LINES_MAX 400

struct tree {
	struct arena *arena;
	struct {
		const char *text;
		bool title;
	} line[TREE_LINES_MAX];
	size_t count;
};

/* Text of the journal, which is the world's, as a terminal may have it; in a. */
const char *tree_clean(struct arena *a, struct span text);
/* A title begins a branch. Control characters are made harmless. */
void tree_add(struct tree *t, bool title, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
/* On standard output; lines are folded to the width of the screen, if somebody
 * reads there (screen.h). */
void tree_print(const struct tree *t);

#endif
