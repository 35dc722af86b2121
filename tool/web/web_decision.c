/*
 * A table of decisions.
 */
#include "config.h"

#include "rules/base/utf8.h"
#include "tool/journal/history_told.h"
#include "tool/web/web_decision.h"
#include "tool/web/web_part.h"

void
web_decision_row(
    struct arena *a, const struct journal_row *row, struct web_decision *out)
{
	*out = (struct web_decision){
		.seq = row->seq,
		.time_s = row->time_s,
		.id = arena_dup(a, row->id),
		.verdict = arena_dup(a, row->verdict),
		.wanted = arena_dup(a, row->wanted),
		.rule = arena_dup(a, row->rule),
		.sender = arena_dup(a, row->sender),
		.author = arena_dup(a, row->author),
		.rcpt = arena_dup(a, row->rcpt),
		.subject = SPAN(""),
		.score = row->score,
	};
}

void
web_decision_more(struct web_view *v, struct web_decision *d)
{
	struct history_told told;

	history_told(v->web->reader, d->seq, v->arena, &told);
	d->subject = told.subject;
	if (told.author.n > 0)
		d->author = told.author;
}

/* The first of several recipients, and how many more there are. */
static void
cell_rcpt(struct html *h, struct span rcpt)
{
	struct span first = SPAN(""), line;
	size_t more = 0;

	while (rcpt.n > 0 && span_cut(&rcpt, '\n', &line)) {
		more += first.n > 0;
		first = first.n == 0 ? line : first;
	}
	html_begin_class(h, HTML_TD, "wrap");
	html_put(h, HTML_BDI, NULL, first);
	if (more > 0)
		html_textf(h, " +%zu", more);
	html_end(h);
}

static void
cell_verdict(struct html *h, const struct web_decision *d)
{
	html_begin(h, HTML_TD);
	part_verdict(h, d->verdict);
	if (d->wanted.n > 0 && !span_eq(d->wanted, d->verdict)) {
		html_textz(h, " instead of ");
		part_verdict(h, d->wanted);
	}
	html_end(h);
}

static void
cell_from(struct html *h, const struct web_decision *d)
{
	html_begin_class(h, HTML_TD, "wrap");
	if (d->author.n == 0 && d->sender.n == 0)
		html_textz(h, "<>");
	else
		html_put(
		    h, HTML_BDI, NULL, d->author.n > 0 ? d->author : d->sender);
	html_end(h);
}

void
web_decision_table(struct html *h, const char *caption,
    const struct web_decision *d, size_t count)
{
	static const char *const head[] = { "time", "verdict", "from", "to",
		"subject", "#score", "rule" };

	part_table(h, caption, head, ARRAY_COUNT(head));
	for (size_t i = 0; i < count; i++) {
		html_begin(h, HTML_TR);
		html_begin_class(h, HTML_TD, "t");
		html_begin(h, HTML_A);
		html_href(h, PAGE_DECISION,
		    &(const struct html_pair){ "id", d[i].id }, 1);
		html_setz(h, ATTR_TITLE, "Explain this decision");
		part_time(h, d[i].time_s);
		html_end(h);
		html_end(h);
		cell_verdict(h, &d[i]);
		cell_from(h, &d[i]);
		cell_rcpt(h, d[i].rcpt);
		html_begin_class(h, HTML_TD, "wrap");
		html_put(h, HTML_BDI, NULL, utf8_cut(d[i].subject, 200));
		html_end(h);
		html_putf(h, HTML_TD, "n", "%.1f", d[i].score + 0.0);
		html_begin(h, HTML_TD);
		if (d[i].rule.n > 0)
			html_link(h, PAGE_RULE, "name", d[i].rule, d[i].rule);
		html_end(h);
		html_end(h);
	}
	part_table_end(h);
}

void
web_decision_last(struct web_view *v, struct web_decision *d, size_t count,
    const struct html_pair *all)
{
	struct html *h = &v->html;

	for (size_t i = 0; i < count; i++)
		web_decision_more(v, &d[i]);
	if (count > 0)
		web_decision_table(h, "The newest first", d, count);
	else
		html_putz(
		    h, HTML_P, "soft", "None among the newest decisions.");
	html_begin(h, HTML_P);
	html_begin(h, HTML_A);
	html_href(h, PAGE_HISTORY, all, 1);
	html_textz(h, "All in the history");
	html_end(h);
	html_end(h);
	html_end(h);
}
