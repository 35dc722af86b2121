/*
 * A decision told to a person: who, what was found, what decided, why not
 * something else, and what would have changed it.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "policy/store/store_json.h"
#include "rules/base/jsonw.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"
#include "tool/base/screen.h"
#include "tool/daemon/state_text.h"
#include "tool/journal/explain.h"
#include "tool/journal/journal.h"
#include "tool/journal/tree.h"

/* ---- who ----------------------------------------------------------------------- */

static const struct {
	const char *stage, *text;
} stage_texts[] = {
	{ "connect", "when the client connected" },
	{ "helo", "at HELO" },
	{ "mail", "at MAIL" },
	{ "rcpt", "at RCPT, before the message" },
	{ "eoh", "after the header, before the body" },
	{ "eom", "at the end of the message" },
};

static const char *
stage_text(struct span stage)
{
	for (size_t i = 0; i < ARRAY_COUNT(stage_texts); i++)
		if (span_is(stage, stage_texts[i].stage))
			return stage_texts[i].text;
	return "";
}

/* What the message says of itself. */
static void
tell_author(struct tree *t, struct jsonr r)
{
	struct jsonr facts = jsonr_get(r, "facts");
	struct span author = jsonr_get_text(facts, "from.address");
	struct span name = jsonr_get_text(facts, "from.name");
	struct span subject = jsonr_get_text(facts, "subject");

	if (author.n > 0)
		tree_add(t, false, "author %.*s%s%.*s%s", SPAN_FMT(author),
		    name.n > 0 ? " (" : "", SPAN_FMT(name),
		    name.n > 0 ? ")" : "");
	if (subject.n > 0)
		tree_add(t, false, "subject: %.*s", SPAN_FMT(subject));
}

static void
tell_who(struct tree *t, struct jsonr r)
{
	struct jsonr rcpt = jsonr_get(r, "rcpt");
	struct jsonr refused = jsonr_get(r, "refused");
	struct span from = jsonr_get_text(r, "mailfrom"), to;
	struct span name = jsonr_get_text(r, "client_name");

	tree_add(t, true, "who");
	tree_add(t, false, "from %.*s",
	    SPAN_FMT(from.n == 0 ? SPAN("<> (a bounce)") : from));
	tell_author(t, r);
	for (size_t i = 0; i < jsonr_count(rcpt) && i < 20; i++) {
		bool no = false;

		(void)jsonr_bool(jsonr_at(refused, i), &no);
		if (jsonr_text(jsonr_at(rcpt, i), &to))
			tree_add(t, false, "to %.*s%s", SPAN_FMT(to),
			    no && jsonr_count(rcpt) > 1 ? " (refused at RCPT)"
							: "");
	}
	tree_add(t, false, "client %.*s%s%.*s, which said HELO %.*s",
	    SPAN_FMT(jsonr_get_text(r, "ip")), name.n > 0 ? " " : "",
	    SPAN_FMT(name), SPAN_FMT(jsonr_get_text(r, "helo")));
	tree_add(t, false, "%.*s, queue %.*s, %g ms",
	    SPAN_FMT(jsonr_get_text(r, "direction")),
	    SPAN_FMT(jsonr_get_text(r, "queue").n == 0
			 ? SPAN("none")
			 : jsonr_get_text(r, "queue")),
	    jsonr_get_number(r, "ms"));
}

int64_t
explain_time(struct jsonr r)
{
	int64_t time_s = 0;

	(void)jsonr_whole(jsonr_get(r, "time"), &time_s);
	return time_s;
}

/* Entries of the store that were asked, as they were. */
static void
tell_state(struct tree *t, struct jsonr r)
{
	int64_t then_s = explain_time(r);
	struct jsonr entry;
	struct store_record record;
	const void *cursor = NULL;
	struct span key;
	const char *why;

	if (!jsonr_given(jsonr_get(r, "state")))
		return;
	tree_add(t, true, "what was remembered");
	while (jsonr_next(jsonr_get(r, "state"), &cursor, &key, &entry))
		if (!jsonr_given(entry))
			tree_add(t, false, "%.*s: nothing", SPAN_FMT(key));
		else if (store_json_record(entry, &record, &why))
			tree_add(t, false, "%.*s: %s", SPAN_FMT(key),
			    state_text(key, &record, then_s, t->arena));
}

/* ---- what decided ------------------------------------------------------------------ */

/* A condition as it stands in the file, on one line. */
static const char *
rule_source(struct explained *e, struct span name)
{
	const struct ruleset *rs;
	size_t rule;
	struct place place;
	struct span rest, line;
	const char *out = "";

	if (e->then == NULL)
		return NULL;
	rs = e->then->ruleset;
	rule = ruleset_find(rs, name);
	if (rule == SIZE_MAX)
		return NULL;
	place = ruleset_rule(rs, rule).place;
	rest = span_slice(
	    place.source->text, place.at + place.n, place.source->text.n);
	while (span_cut(&rest, '\n', &line)) {
		bool own = line.n == 0 || ascii_space(line.p[0]);

		if (!own && out[0] != '\0')
			break;
		line = span_trim(line);
		if ((line.n == 0 && out[0] != '\0') ||
		    span_starts(line, SPAN("test ")))
			break;
		if (line.n > 0 && line.p[0] != '#')
			out = arena_printf(e->arena, "%s%s%.*s", out,
			    out[0] == '\0' ? "" : " ", SPAN_FMT(line));
	}
	return out;
}

static void
tell_rule(struct tree *t, struct explained *e, struct jsonr rule)
{
	struct span evidence = jsonr_get_text(rule, "evidence");
	const char *source = rule_source(e, jsonr_get_text(rule, "name"));

	if (source != NULL)
		tree_add(t, false, "it says: %s", source);
	if (evidence.n > 0)
		tree_add(t, false, "because: %.*s", SPAN_FMT(evidence));
	else
		tree_add(
		    t, false, "what matched is not kept (text of the message)");
}

static void
tell_thresholds(struct tree *t, struct jsonr r)
{
	double score = jsonr_get_number(r, "score");
	struct jsonr junk = jsonr_get(r, "junk_at");
	struct jsonr reject = jsonr_get(r, "reject_at");

	if (jsonr_given(junk))
		tree_add(t, false, "score %g, junk at %g: %g %s", score,
		    jsonr_get_number(r, "junk_at"),
		    fabs(jsonr_get_number(r, "junk_at") - score),
		    score < jsonr_get_number(r, "junk_at") ? "below" : "above");
	if (jsonr_given(reject))
		tree_add(t, false, "score %g, reject at %g: %g %s", score,
		    jsonr_get_number(r, "reject_at"),
		    fabs(jsonr_get_number(r, "reject_at") - score),
		    score < jsonr_get_number(r, "reject_at") ? "below"
							     : "above");
}

static void
tell_decision(struct tree *t, struct explained *e)
{
	struct jsonr r = e->record, reply = jsonr_get(r, "reply");
	struct jsonr rules = jsonr_get(r, "rules");
	struct span rule = jsonr_get_text(r, "rule");
	bool unknown = false, apart = false;

	if (rule.n == 0)
		tree_add(t, true, "nothing decided: it was let through");
	else
		tree_add(t, true, "decided by %s%.*s %s",
		    span_ends(rule, SPAN("threshold")) ? "the " : "the rule ",
		    SPAN_FMT(rule), stage_text(jsonr_get_text(r, "stage")));
	for (size_t i = 0; i < jsonr_count(rules); i++)
		if (span_eq(jsonr_get_text(jsonr_at(rules, i), "name"), rule))
			tell_rule(t, e, jsonr_at(rules, i));
	(void)jsonr_bool(jsonr_get(r, "apart"), &apart);
	if (apart)
		tree_add(t, false,
		    "recipients are judged differently and do not share one "
		    "answer: %.*s",
		    SPAN_FMT(jsonr_get_text(r, "reason")));
	if (rule.n == 0 || span_ends(rule, SPAN("threshold")))
		tell_thresholds(t, r);
	(void)jsonr_bool(jsonr_get(r, "unknown"), &unknown);
	if (unknown)
		tree_add(t, false,
		    "the refusal was made temporary, because a "
		    "rule above could not be decided");
	if (jsonr_given(jsonr_get(r, "wanted")))
		tree_add(t, false,
		    "mode monitor: %.*s was done instead of %.*s",
		    SPAN_FMT(jsonr_get_text(r, "verdict")),
		    SPAN_FMT(jsonr_get_text(r, "wanted")));
	if (jsonr_given(reply))
		tree_add(t, false, "the client was told: %g %.*s %.*s",
		    jsonr_get_number(reply, "code"),
		    SPAN_FMT(jsonr_get_text(reply, "enhanced")),
		    SPAN_FMT(jsonr_get_text(reply, "text")));
}

/* Those that matched and did not decide: scores, tags, shadows. */
static void
tell_others(struct tree *t, struct jsonr r)
{
	struct jsonr rules = jsonr_get(r, "rules");
	bool titled = false;

	for (size_t i = 0; i < jsonr_count(rules); i++) {
		struct jsonr rule = jsonr_at(rules, i);
		struct span evidence = jsonr_get_text(rule, "evidence");
		bool decided = false, shadow = false;

		(void)jsonr_bool(jsonr_get(rule, "decided"), &decided);
		(void)jsonr_bool(jsonr_get(rule, "shadow"), &shadow);
		if (decided)
			continue;
		if (!titled)
			tree_add(t, true, "other rules that matched");
		titled = true;
		tree_add(t, false, "%.*s: %.*s%s%s%s%.*s",
		    SPAN_FMT(jsonr_get_text(rule, "name")),
		    SPAN_FMT(jsonr_get_text(rule, "action")),
		    jsonr_given(jsonr_get(rule, "score"))
			? arena_printf(
			      t->arena, " %+g", jsonr_get_number(rule, "score"))
			: "",
		    shadow ? " (in shadow: it does not act)" : "",
		    evidence.n > 0 ? ", because " : "", SPAN_FMT(evidence));
	}
}

/* ---- why not something else, and what would have changed it --------------------------- */

static void
tell_trace(struct tree *t, const char *name, struct span trace)
{
	struct span line;

	tree_add(t, false, "%s: nearly, all parts but one", name);
	while (trace.n > 0 && span_cut(&trace, '\n', &line))
		if (line.n > 0)
			tree_add(t, false, "    %.*s", SPAN_FMT(line));
}

static void
tell_above(struct tree *t, struct explained *e, struct rejudge_case *c)
{
	const struct ruleset *rs = e->then->ruleset;
	size_t last = ruleset_find(rs, jsonr_get_text(e->record, "rule"));
	struct rejudge_result now;
	const char *why, *no = NULL;

	if (!rejudge_run(e->rejudge, c, &now, &why))
		return;
	tree_add(t, true,
	    last == SIZE_MAX ? "decisive rules that did not match"
			     : "decisive rules above it that did not match");
	for (size_t i = 0; i < ruleset_count(rs) && i < last; i++) {
		struct rule_info info = ruleset_rule(rs, i);
		enum truth truth =
		    ruling_truth(now.message->ruling, i, now.rcpt);
		struct buf trace;

		if (info.outcome == OUTCOME_NONE || info.shadow ||
		    truth == TRUTH_YES)
			continue;
		buf_init(&trace, 65536);
		if (ruling_trace(now.message->ruling, i, now.rcpt, &trace))
			tell_trace(t, info.name, buf_span(&trace));
		else if (truth != TRUTH_NO)
			tree_add(t, false, "%s: not known", info.name);
		else
			no = arena_printf(t->arena, "%s%s%s",
			    no == NULL ? "" : no, no == NULL ? "" : ", ",
			    info.name);
		buf_free(&trace);
	}
	if (no != NULL)
		tree_add(t, false, "%s", no);
	if (!t->line[t->count - 1].title)
		return;
	t->count--;
}

static void
tell_if(struct tree *t, struct explained *e, struct rejudge_case *c)
{
	const struct what_if *item;
	size_t count = explain_what_if(e, &item, c);

	tree_add(t, true, "what would have changed it");
	for (size_t i = 0; i < count; i++)
		tree_add(t, false, "%s: %s%s%s%s%s", item[i].text,
		    item[i].goes_on ? "it goes on to the message"
				    : outcome_names[item[i].verdict],
		    item[i].rule == NULL ? "" : " by ",
		    item[i].rule == NULL ? "" : item[i].rule,
		    item[i].lacks == NULL ? ""
					  : ", unless a rule says otherwise "
					    "that reads ",
		    item[i].lacks == NULL ? "" : item[i].lacks);
	if (count == 0)
		tree_add(t, false, "no single fact of these rules");
}

struct tree *
explain_told(struct explained *e)
{
	struct tree *t = arena_alloc(e->arena, sizeof(*t));
	struct rejudge_case c = { .record = e->record,
		.snapshot = e->snapshot,
		.made_with = &e->made_with };

	t->arena = e->arena;
	tell_who(t, e->record);
	explain_found(t, e->record);
	tell_state(t, e->record);
	tell_decision(t, e);
	tell_others(t, e->record);
	if (e->rejudge != NULL) {
		tell_above(t, e, &c);
		tell_if(t, e, &c);
	} else {
		tree_add(t, true, "what would have changed it is not known");
		tree_add(t, false, "%s", e->why);
	}
	return t;
}

void
explain_tree(struct explained *e)
{
	const char *what, *with;
	char time[24];
	size_t width = screen_width();

	tool_time(explain_time(e->record), time);
	what = arena_printf(e->arena, "decision %s: %s",
	    tree_clean(e->arena, e->id),
	    tree_clean(e->arena, jsonr_get_text(e->record, "verdict")));
	with = arena_printf(
	    e->arena, "with snapshot %s", tree_clean(e->arena, e->snapshot));
	(void)printf("%s%s%s, %s,%s%s\n", tool_bold(), what, tool_plain(), time,
	    width > 0 && strlen(what) + strlen(time) + strlen(with) + 4 > width
		? "\n   "
		: " ",
	    with);
	tree_print(explain_told(e));
}

void
explain_json(struct explained *e)
{
	struct rejudge_case c = { .record = e->record,
		.snapshot = e->snapshot,
		.made_with = &e->made_with };
	const struct what_if *item;
	size_t count = e->rejudge == NULL ? 0 : explain_what_if(e, &item, &c);
	struct jsonw w;
	struct buf out;

	buf_init(&out, 16 * 1024 * 1024);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", e->id);
	jsonr_write(e->record, &w, "record");
	jsonw_array(&w, "what_if");
	for (size_t i = 0; i < count; i++) {
		jsonw_object(&w, NULL);
		jsonw_textz(&w, "change", item[i].text);
		jsonw_textz(&w, "verdict", outcome_names[item[i].verdict]);
		jsonw_textz(&w, "rule", item[i].rule);
		if (item[i].goes_on)
			jsonw_bool(&w, "goes_on", true);
		if (item[i].lacks != NULL)
			jsonw_textz(&w, "unless", item[i].lacks);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}
