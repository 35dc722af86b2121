/*
 * Branches and their lines, drawn for a terminal.
 */
#include "config.h"

#include "tool/journal/tree.h"

#include <stdarg.h>
#include <stdio.h>

#include "tool/journal/journal.h"

#define CLEAN_MAX ((size_t)1024 * 1024)

const char *
tree_clean(struct arena *a, struct span text)
{
	const char *out;
	struct buf clean;

	buf_init(&clean, CLEAN_MAX);
	tool_clean(&clean, text);
	out = arena_strdup(a, buf_span(&clean));
	buf_free(&clean);
	return out;
}

void
tree_add(struct tree *t, bool title, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (t->count == TREE_LINES_MAX)
		return;
	va_start(ap, fmt);
	text = arena_vprintf(t->arena, fmt, ap);
	va_end(ap);
	t->line[t->count].text = tree_clean(t->arena, span_of(text));
	t->line[t->count++].title = title;
}

/* Whether another branch (line of this branch) follows. */
static bool
tree_more(const struct tree *t, size_t at, bool title)
{
	for (size_t i = at + 1; i < t->count; i++) {
		if (t->line[i].title == title)
			return true;
		if (t->line[i].title)
			return false;
	}
	return false;
}

void
tree_print(const struct tree *t)
{
	bool last = false;

	for (size_t i = 0; i < t->count; i++) {
		if (t->line[i].title) {
			last = !tree_more(t, i, true);
			for (size_t k = i + 1; k < t->count; k++)
				last = last && !t->line[k].title;
			(void)printf("%s%s%s%s\n", last ? "└─ " : "├─ ",
			    tool_bold(), t->line[i].text, tool_plain());
			continue;
		}
		(void)printf("%s%s%s\n", last ? "   " : "│  ",
		    tree_more(t, i, false) ? "├─ " : "└─ ", t->line[i].text);
	}
}
