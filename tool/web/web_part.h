#ifndef TOOL_WEB_WEB_PART_H
#define TOOL_WEB_WEB_PART_H

/* What pages have in common: frame, tables, numbers, charts. */

#include "tool/web/web.h"

/* The frame around a page: head, navigation, the heading. */
void part_begin(struct web_view *v, enum html_page page);
void part_end(struct web_view *v);

/* A section with a heading; ended by html_end. */
void part_section(struct html *h, const char *heading);
/* A remark; kind: "", "good", "warn" or "bad". */
void part_note(struct html *h, const char *kind, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
/*
 * A table that scrolls by itself where it is too wide: heads are the names of
 * the columns, those that begin with '#' are numbers. Ended by
 * part_table_end.
 */
void part_table(
    struct html *h, const char *caption, const char *const *head, size_t count);
void part_table_end(struct html *h);
void part_cell(struct html *h, struct span text);
/* What the world wrote: kept apart from what stands around it. */
void part_cell_alien(struct html *h, struct span text);
void part_cell_number(struct html *h, double number);
void part_cell_share(struct html *h, double of, double all);
void part_cell_time(struct html *h, int64_t time_s);
void part_time(struct html *h, int64_t time_s);
/* A word with the colour of its verdict. */
void part_verdict(struct html *h, struct span verdict);

/* A term and what it is, in a list that part_terms begins and html_end
 * ends. */
void part_terms(struct html *h);
void part_term(struct html *h, const char *term, const char *kind,
    const char *fmt, ...) ATTR_PRINTF(4, 5);

/* The number with spaces between thousands; in the arena. */
const char *part_number(struct arena *a, double number);

/* The statement of a rule file that begins there: up to the line before the
 * next that is not indented, so many lines at most. */
struct span part_statement(struct place place, size_t lines_max);

/* Verdicts over time. */
struct chart_bar {
	char label[24];          /* of the time it is about */
	const char *short_label; /* below the bar; NULL: none */
	uint64_t verdict[OUTCOME_COUNT];
};
void chart_verdicts(struct html *h, const char *id, const char *title,
    const struct chart_bar *bar, size_t count);
/* A row of small bars; label tells it in words. */
void chart_spark(
    struct html *h, const uint32_t *value, size_t count, const char *label);
/* How large a share is, as a bar of its width. */
void chart_share(struct html *h, double of, double all);

#endif
