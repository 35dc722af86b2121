/*
 * What verdict check says to a person.
 */
#include "config.h"

#include "tool/judge/check_print.h"

#include <math.h>

#include "policy/message/check.h"
#include "policy/tell/headers.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"
#include "tool/base/tool.h"

/* How much is said of rules that nearly matched. */
#define NEARLY_MAX    10
#define TRACE_LINES   8
#define TRACE_COLUMNS 160
#define TRACE_MAX     ((size_t)16384)

static const char *
action_colour(enum outcome a)
{
	if (a == OUTCOME_ACCEPT)
		return tool_green();
	return a == OUTCOME_JUNK || a == OUTCOME_QUARANTINE ? tool_yellow()
							  : tool_red();
}

static void
print_verdict(const struct verdict *v, const char *id)
{
	(void)printf("%sVerdict: %s%s%s", tool_bold(), action_colour(v->wanted),
	    outcome_names[v->wanted], tool_plain());
	if (v->rule != NULL)
		(void)printf(" by %s", v->rule);
	(void)printf(" at %s (decision %s)\n", stage_names[v->stage], id);
	if (v->action != v->wanted)
		(void)printf("  mode is monitor: it would be delivered\n");
	if (v->reply.code != 0)
		(void)printf("  reply: %u %s %.*s\n", v->reply.code,
		    v->reply.enhanced, SPAN_FMT(v->reply.text));
	if (v->reason.n > 0)
		(void)printf("  because: %.*s\n", SPAN_FMT(v->reason));
	if (v->record.score != 0 || v->record.matched_count > 0) {
		(void)printf("  score %.1f", v->record.score);
		if (!isnan(v->junk_at))
			(void)printf(", junk at %.1f", v->junk_at);
		if (!isnan(v->reject_at))
			(void)printf(", reject at %.1f", v->reject_at);
		(void)putchar('\n');
	}
	if (v->apart)
		(void)printf("  recipients do not share one answer: each "
			     "comes again and gets his own\n");
	else if (v->disagreed)
		(void)printf("  recipients would have had different answers; "
			     "the mildest counts for all\n");
}

static void
print_rules(const struct verdict *v)
{
	if (v->record.matched_count == 0)
		return;
	(void)printf("%sRules that matched%s\n", tool_bold(), tool_plain());
	for (size_t i = 0; i < v->record.matched_count; i++) {
		const struct matched *r = &v->record.matched[i];

		(void)printf("  %s%s%s: %s", tool_bold(), r->name, tool_plain(),
		    r->action);
		if (r->score != 0)
			(void)printf(" %+.1f", r->score);
		(void)printf("%s%s\n",
		    r->shadow ? " (shadow: does not act)" : "",
		    r->decided ? " (decided)" : "");
		if (r->evidence.n > 0)
			(void)printf("    %s%.*s%s\n", tool_dim(),
			    SPAN_FMT(r->evidence), tool_plain());
	}
}

/* A trace is lines; each is cut, since it quotes the message. */
static void
print_trace(struct span trace)
{
	struct span line;

	for (size_t i = 0; i < TRACE_LINES && span_cut(&trace, '\n', &line);
	     i++)
		if (line.n > 0)
			(void)printf("    %s%.*s%s%s\n", tool_dim(),
			    SPAN_FMT(span_slice(line, 0, TRACE_COLUMNS)),
			    line.n > TRACE_COLUMNS ? "..." : "", tool_plain());
}

/* Whether at least two parts were true or one is not known: the rest of those
 * that lack one part would be nearly all rules. */
static bool
trace_tells(struct span trace)
{
	struct span line;
	size_t yes = 0;

	while (span_cut(&trace, '\n', &line)) {
		yes += span_starts(line, SPAN("yes "));
		if (span_starts(line, SPAN("unknown ")))
			return true;
	}
	return yes >= 2;
}

/* Rules of which one part alone was not true. */
static void
print_nearly(struct message *m)
{
	const struct ruleset *rs = m->session->snapshot->ruleset;
	size_t rcpt = m->rcpt_count > 0 ? 0 : RCPT_NONE, shown = 0;
	struct buf trace;

	buf_init(&trace, TRACE_MAX);
	for (size_t i = 0; i < ruleset_count(rs) && shown < NEARLY_MAX; i++) {
		buf_clear(&trace);
		if (ruling_truth(m->ruling, i, rcpt) == TRUTH_YES ||
		    !ruling_trace(m->ruling, i, rcpt, &trace) ||
		    !trace_tells(buf_span(&trace)))
			continue;
		if (shown++ == 0)
			(void)printf("%sRules that nearly matched%s\n",
			    tool_bold(), tool_plain());
		(void)printf("  %s%s%s: %s\n", tool_bold(),
		    ruleset_rule(rs, i).name, tool_plain(),
		    ruleset_rule(rs, i).action);
		print_trace(buf_span(&trace));
	}
	buf_free(&trace);
}

static void
print_names(const char *what, const char *const *name, size_t count)
{
	if (count == 0)
		return;
	(void)printf("%s%s:%s", tool_bold(), what, tool_plain());
	for (size_t i = 0; i < count; i++)
		(void)printf(" %s", name[i]);
	(void)putchar('\n');
}

static void
print_rcpts(const struct case_result *r)
{
	for (size_t i = 0; i < r->rcpt_count; i++) {
		const struct verdict *v = &r->rcpt[i].verdict;

		if (v->action == OUTCOME_ACCEPT)
			continue;
		(void)printf("Recipient %zu is refused at rcpt by %s: %u %s "
			     "%.*s\n",
		    i + 1, v->rule == NULL ? "-" : v->rule, v->reply.code,
		    v->reply.enhanced == NULL ? "" : v->reply.enhanced,
		    SPAN_FMT(v->reply.text));
	}
}

static void
print_headers(struct message *m, const struct verdict *v)
{
	const struct header_edits *edits = headers_of(m, v);

	(void)printf("%sHeader fields%s\n", tool_bold(), tool_plain());
	for (size_t i = 0; i < edits->removal_count; i++)
		(void)printf("  %s- %.*s (number %zu)%s\n", tool_red(),
		    SPAN_FMT(edits->removal[i].name), edits->removal[i].index,
		    tool_plain());
	for (size_t i = edits->addition_count; i > 0; i--)
		(void)printf("  %s+%s %.*s: %.*s\n", tool_green(), tool_plain(),
		    SPAN_FMT(edits->addition[i - 1].name),
		    SPAN_FMT(edits->addition[i - 1].value));
}

void
check_print(const struct case_result *r, int level)
{
	struct message *m = r->session->message;
	const struct check_table *checks = checks_of(m);
	struct buf found;

	print_verdict(&r->verdict, m->id);
	print_rcpts(r);
	buf_init(&found, (size_t)4 << 20);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->explain != NULL)
			checks->check[i]->explain(m, m->slot[i], &found, level);
	(void)printf("%sFindings%s (%s)\n", tool_bold(), tool_plain(),
	    direction_names[m->direction]);
	tool_print(&found);
	print_names("Anomalies", m->flag, m->flag_count);
	print_names("Not found out", m->incomplete, m->incomplete_count);
	print_rules(&r->verdict);
	if (level > 0)
		print_nearly(m);
	print_headers(m, &r->verdict);
}
