/*
 * Past decisions as a table. What senders wrote is made harmless here.
 */
#include "config.h"

#include "tool/journal/history_table.h"

#include <stdio.h>
#include <time.h>

#include "rules/lang/outcome.h"
#include "tool/base/screen.h"
#include "tool/base/tool.h"
#include "tool/journal/journal.h"

#define CELL_MAX ((size_t)64 * 1024)

enum {
	COL_TIME,
	COL_ID,
	COL_VERDICT,
	COL_CLIENT,
	COL_FROM,
	COL_TO,
	COL_SUBJECT,
	COL_SCORE,
	COL_RULE
};
#define COLS (COL_RULE + 1)

static const struct {
	const char *head;
	size_t least; /* that it keeps on a narrow terminal; 0: all */
	int goes;     /* in which order columns are left out; 0: never */
} columns[COLS] = {
	[COL_TIME] = { "TIME", 0, 0 },
	[COL_ID] = { "ID", 0, 0 },
	[COL_VERDICT] = { "VERDICT", 0, 0 },
	[COL_CLIENT] = { "CLIENT", 0, 1 },
	[COL_FROM] = { "FROM", 12, 0 },
	[COL_TO] = { "TO", 12, 4 },
	[COL_SUBJECT] = { "SUBJECT", 12, 5 },
	[COL_SCORE] = { "SCORE", 0, 2 },
	[COL_RULE] = { "RULE", 8, 3 },
};
#define GOES_LAST 5

/* A row that waits until the widths of the table are known. */
struct line {
	struct span cell[COLS];
	struct span short_time;
};

struct history_table {
	struct arena *arena;
	struct line *line;
	size_t count, cap;
};

struct history_table *
history_table_new(struct arena *a)
{
	struct history_table *t = arena_alloc(a, sizeof(*t));

	t->arena = a;
	return t;
}

/* ---- rows ------------------------------------------------------------------------ */

static struct span
cell_text(struct history_table *t, struct span text)
{
	struct buf out;

	buf_init(&out, CELL_MAX);
	tool_clean(&out, text);
	text = arena_dup(t->arena, buf_span(&out));
	buf_free(&out);
	return text;
}

/* "bob@example.org +2": the first of several recipients. */
static struct span
cell_rcpts(struct history_table *t, struct span rcpt)
{
	struct span first = SPAN(""), line;
	size_t more = 0;

	while (rcpt.n > 0 && span_cut(&rcpt, '\n', &line)) {
		if (first.n == 0)
			first = line;
		else
			more++;
	}
	first = cell_text(t, first);
	return more == 0 ? first
			 : span_of(arena_printf(
			       t->arena, "%.*s +%zu", SPAN_FMT(first), more));
}

/* Who is shown as the sender, else the envelope's. */
static struct span
cell_from(struct history_table *t, const struct journal_row *row,
    const struct history_told *told)
{
	struct span from = told->author.n > 0 ? told->author : row->sender;

	return from.n == 0 ? SPAN("<>") : cell_text(t, from);
}

void
history_table_add(struct history_table *t, const struct journal_row *row,
    const struct history_told *told)
{
	bool monitored = !span_eq(row->verdict, row->wanted);
	struct span wanted = cell_text(t, row->wanted);
	struct line *l;
	char time[24];

	tool_time(row->time_s, time);
	t->line = arena_grow(
	    t->arena, t->line, &t->cap, t->count + 1, sizeof(*t->line));
	l = &t->line[t->count++];
	l->cell[COL_TIME] = arena_dup(t->arena, span_of(time));
	/* "01-31 10:00" of "2026-01-31 10:00:00". */
	l->short_time = span_slice(l->cell[COL_TIME], 5, 16);
	l->cell[COL_ID] = cell_text(t, row->id);
	l->cell[COL_VERDICT] = monitored ? span_of(arena_printf(t->arena,
					       "(%.*s)", SPAN_FMT(wanted)))
					 : cell_text(t, row->verdict);
	l->cell[COL_CLIENT] = cell_text(t, row->client);
	l->cell[COL_FROM] = cell_from(t, row, told);
	l->cell[COL_TO] = cell_rcpts(t, row->rcpt);
	l->cell[COL_SUBJECT] = cell_text(t, told->subject);
	l->cell[COL_SCORE] =
	    span_of(arena_printf(t->arena, "%.1f", row->score + 0.0));
	l->cell[COL_RULE] = cell_text(t, row->rule);
}

/* ---- widths ------------------------------------------------------------------------ */

/* How the table is laid out; a column of width 0 is left out. */
struct layout {
	size_t width[COLS];
	bool short_time;
	size_t last; /* column */
};

static struct span
line_cell(const struct line *l, size_t column, bool short_time)
{
	return column == COL_TIME && short_time ? l->short_time
						: l->cell[column];
}

static void
layout_full(const struct history_table *t, struct layout *out)
{
	for (size_t c = 0; c < COLS; c++) {
		size_t widest = 0;

		for (size_t i = 0; i < t->count; i++) {
			size_t w = screen_columns(
			    line_cell(&t->line[i], c, out->short_time));

			widest = w > widest ? w : widest;
		}
		/* Nothing was said: with hashed addresses there are no
		 * subjects. */
		if (widest == 0 && columns[c].goes != 0)
			out->width[c] = 0;
		else
			out->width[c] = widest > strlen(columns[c].head)
					    ? widest
					    : strlen(columns[c].head);
	}
}

/* What the table takes, with all columns as they are, or as small as they may
 * be. */
static size_t
layout_columns(const struct layout *l, bool least)
{
	size_t all = 0;

	for (size_t c = 0; c < COLS; c++) {
		size_t w = l->width[c];

		if (least && columns[c].least > 0 && w > columns[c].least)
			w = columns[c].least;
		all += w == 0 ? 0 : w + 1;
	}
	return all == 0 ? 0 : all - 1;
}

static void
layout_leave_out(struct layout *l, int which)
{
	for (size_t c = 0; c < COLS; c++)
		if (columns[c].goes == which)
			l->width[c] = 0;
}

/* The widest that may shrink does, one by one. */
static void
layout_shrink(struct layout *l, size_t screen)
{
	while (layout_columns(l, false) > screen) {
		size_t widest = COLS;

		for (size_t c = 0; c < COLS; c++)
			if (columns[c].least > 0 &&
			    l->width[c] > columns[c].least &&
			    (widest == COLS || l->width[c] > l->width[widest]))
				widest = c;
		if (widest == COLS)
			break;
		l->width[widest]--;
	}
}

static void
layout_make(const struct history_table *t, size_t screen, struct layout *out)
{
	*out = (struct layout){ .short_time = false };
	layout_full(t, out);
	if (screen > 0 && layout_columns(out, true) > screen) {
		out->short_time = true;
		layout_full(t, out);
	}
	for (int which = 1; screen > 0 && which <= GOES_LAST &&
			    layout_columns(out, true) > screen;
	     which++)
		layout_leave_out(out, which);
	if (screen > 0)
		layout_shrink(out, screen);
	for (size_t c = 0; c < COLS; c++)
		if (out->width[c] > 0)
			out->last = c;
}

/* ---- printing ------------------------------------------------------------------------ */

static void
cell_print(struct span s, size_t width, bool right, bool last)
{
	size_t w = screen_columns(s);

	for (; right && w < width; w++)
		(void)putchar(' ');
	if (w > width) {
		s = span_slice(s, 0, screen_fit(s, width - 1));
		(void)printf("%.*s~", SPAN_FMT(s));
		w = screen_columns(s) + 1;
	} else {
		(void)printf("%.*s", SPAN_FMT(s));
	}
	for (; !right && !last && w < width; w++)
		(void)putchar(' ');
	if (!last)
		(void)putchar(' ');
}

static const char *
verdict_colour(struct span verdict)
{
	switch (outcome_find(verdict)) {
	case OUTCOME_REJECT:
	case OUTCOME_DISCARD:
		return tool_red();
	case OUTCOME_JUNK:
	case OUTCOME_QUARANTINE:
	case OUTCOME_TEMPFAIL:
		return tool_yellow();
	case OUTCOME_NONE:
	case OUTCOME_ACCEPT:
		break;
	}
	return "";
}

static void
line_print(const struct line *line, const struct layout *l)
{
	for (size_t c = 0; c < COLS; c++) {
		struct span cell = line_cell(line, c, l->short_time);
		bool coloured = c == COL_VERDICT;

		if (l->width[c] == 0)
			continue;
		(void)fputs(coloured ? verdict_colour(cell) : "", stdout);
		cell_print(cell, l->width[c], c == COL_SCORE, c == l->last);
		(void)fputs(coloured ? tool_plain() : "", stdout);
	}
	(void)putchar('\n');
}

void
history_table_print(const struct history_table *t)
{
	struct line head = { .short_time = SPAN("TIME") };
	struct layout l;

	if (t->count == 0)
		return;
	layout_make(t, screen_width(), &l);
	for (size_t c = 0; c < COLS; c++)
		head.cell[c] = span_of(columns[c].head);
	(void)fputs(tool_bold(), stdout);
	for (size_t c = 0; c < COLS; c++)
		if (l.width[c] > 0)
			cell_print(head.cell[c], l.width[c], c == COL_SCORE,
			    c == l.last);
	(void)printf("%s\n", tool_plain());
	for (size_t i = 0; i < t->count; i++)
		line_print(&t->line[i], &l);
}
