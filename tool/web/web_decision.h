#ifndef TOOL_WEB_WEB_DECISION_H
#define TOOL_WEB_WEB_DECISION_H

/* Decisions in a table, as several pages show them. */

#include "tool/web/web.h"

struct web_decision {
	int64_t seq, time_s;
	struct span id, verdict, wanted, rule, sender, author, rcpt;
	struct span subject; /* "" where the journal keeps none */
	double score;
};

/* Copies what the table needs; in the arena. */
void web_decision_row(
    struct arena *a, const struct journal_row *row, struct web_decision *out);
/* Subject and author out of its record. */
void web_decision_more(struct web_view *v, struct web_decision *d);
void web_decision_table(struct html *h, const char *caption,
    const struct web_decision *d, size_t count);
/* The end of a section: these, or that there are none, and a link to all of
 * them in the history. */
void web_decision_last(struct web_view *v, struct web_decision *d, size_t count,
    const struct html_pair *all);

#endif
