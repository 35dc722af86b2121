/*
 * Branches and their lines, drawn for a terminal.
 */
#include "config.h"

#include "tool/journal/tree.h"

#include <stdarg.h>
#include <stdio.h>

#include "tool/base/screen.h"
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

/* A line, folded at blanks where somebody reads; next stands before what does
 * not fit, which begins two columns further in. */
static void
line_print(const char *first, const char *next, struct span text, bool title)
{
	const char *on = title ? tool_bold() : "";
	const char *off = title ? tool_plain() : "";
	size_t width = screen_width(), margin = screen_columns(span_of(next));
	size_t in = 0, end;

	while (in < text.n && text.p[in] == ' ')
		in++;
	in = in + 2 + margin < width / 2 ? in + 2 : 2;
	end = width == 0 ? text.n : screen_line(text, width - margin);
	(void)printf("%s%s%.*s%s\n", first, on, (int)end, text.p, off);
	for (;;) {
		text = span_slice(text, end, text.n);
		while (text.n > 0 && text.p[0] == ' ')
			text = span_slice(text, 1, text.n);
		if (text.n == 0)
			return;
		end = screen_line(text, width - margin - in);
		(void)printf("%s%*s%s%.*s%s\n", next, (int)in, "", on,
		    (int)end, text.p, off);
	}
}

void
tree_print(const struct tree *t)
{
	bool last = false, more;

	for (size_t i = 0; i < t->count; i++) {
		if (t->line[i].title) {
			last = !tree_more(t, i, true);
			for (size_t k = i + 1; k < t->count; k++)
				last = last && !t->line[k].title;
			line_print(last ? "└─ " : "├─ ",
			    last ? "   " : "│  ", span_of(t->line[i].text),
			    true);
			continue;
		}
		more = tree_more(t, i, false);
		(void)printf("%s", last ? "   " : "│  ");
		line_print(more ? "├─ " : "└─ ",
		    arena_printf(t->arena, "%s%s", last ? "   " : "│  ",
			more ? "│  " : "   "),
		    span_of(t->line[i].text), false);
	}
}
