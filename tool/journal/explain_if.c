/*
 * What would have changed a decision: it is judged again with one fact
 * changed, or without one of its rules.
 */
#include "config.h"

#include <string.h>

#include "rules/base/jsonw.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"
#include "tool/journal/explain.h"

#define WHAT_IFS_MAX ((size_t)24)

struct asking {
	struct explained *e;
	struct rejudge_case *c;
	struct what_if *item;
	size_t count;
	enum outcome was; /* what it comes to unchanged */
};

/* Adds what came of it when that is another verdict. */
static void
ask(struct asking *q, const char *text)
{
	struct rejudge_result now;
	const char *why;

	if (q->count == WHAT_IFS_MAX ||
	    !rejudge_run(q->e->rejudge, q->c, &now, &why) ||
	    now.verdict.wanted == q->was)
		return;
	q->item[q->count++] = (struct what_if){
		.text = text,
		.verdict = now.verdict.wanted,
		.goes_on = now.goes_on,
		.rule =
		    now.verdict.rule == NULL
			? NULL
			: arena_strdup(q->e->arena, span_of(now.verdict.rule)),
		.lacks = now.lacks_count == 0 ? NULL : now.lacks[0],
	};
}

static void
ask_fact(struct asking *q, const char *json, const char *text)
{
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(span_of(json), q->e->arena, &why);

	if (doc == NULL)
		return;
	q->c->change = jsonr_top(doc);
	ask(q, text);
	q->c->change = (struct jsonr){ 0 };
	jsonr_free(&doc);
}

static bool
same_end(const struct what_if *a, const struct what_if *b)
{
	return a->verdict == b->verdict &&
	       (a->rule == NULL || b->rule == NULL
		       ? a->rule == b->rule
		       : strcmp(a->rule, b->rule) == 0);
}

/* The words of a fact that would have made a difference, as one sentence
 * for each verdict. */
static void
ask_words(struct asking *q, const struct fact_row *row, struct span was)
{
	struct arena *a = q->e->arena;
	size_t first = q->count;

	for (size_t i = 0; row->words[i] != NULL; i++) {
		size_t before = q->count, same;

		if (span_is(was, row->words[i]))
			continue;
		ask_fact(q,
		    arena_printf(
			a, "{\"%s\":\"%s\"}", row->name, row->words[i]),
		    arena_printf(a, "%s = %s", row->name, row->words[i]));
		if (q->count == before)
			continue;
		for (same = first; same < before; same++)
			if (same_end(&q->item[same], &q->item[before]))
				break;
		if (same < before) {
			q->item[same].text = arena_printf(
			    a, "%s, %s", q->item[same].text, row->words[i]);
			q->count--;
		}
	}
}

static void
ask_about(struct asking *q, fact_id id)
{
	const struct fact_row *row = schema_row(q->e->then->schema, id);
	struct jsonr was =
	    jsonr_get(jsonr_get(q->e->record, "facts"), row->name);
	struct arena *a = q->e->arena;
	struct span text = SPAN("");
	bool yes = false;

	if (schema_group(q->e->then->schema, id) != FACT_NONE ||
	    (row->flags & FACT_RCPT) != 0)
		return;
	(void)jsonr_text(was, &text);
	if (row->type == FACT_WORD) {
		ask_words(q, row, text);
	} else if (row->type == FACT_BOOL) {
		(void)jsonr_bool(was, &yes);
		ask_fact(q,
		    arena_printf(
			a, "{\"%s\":%s}", row->name, yes ? "false" : "true"),
		    arena_printf(a, "%s = %s", row->name, yes ? "no" : "yes"));
	} else if (row->type != FACT_GROUP && jsonr_given(was)) {
		ask_fact(q, arena_printf(a, "{\"%s\":null}", row->name),
		    arena_printf(a, "without %s", row->name));
	} else if (strcmp(row->name, "list.id") == 0) {
		ask_fact(q, "{\"list.id\":\"<list.example>\"}",
		    "as mail of a mailing list (list.id)");
	}
}

/* A good signature by the author's domain, and what DMARC makes of it. */
static void
ask_signature(struct asking *q)
{
	struct span domain =
	    jsonr_get_text(jsonr_get(q->e->record, "facts"), "from.domain");
	struct arena *a = q->e->arena;

	if (domain.n == 0 || span_find(domain, '"') != SIZE_MAX ||
	    span_find(domain, '\\') != SIZE_MAX)
		return;
	ask_fact(q,
	    arena_printf(a,
		"{\"dkim\":[{\"result\":\"pass\",\"domain\":\"%.*s\"}],"
		"\"dmarc\":\"pass\",\"dmarc.dkim_aligned\":true}",
		SPAN_FMT(domain)),
	    arena_printf(a,
		"a good DKIM signature by %.*s, so that DMARC passes",
		SPAN_FMT(domain)));
}

/* Marks the facts of a rule: those are asked about. */
static void
mark_rule(const struct explained *e, size_t rule, bool *mark)
{
	struct rule_info info = ruleset_rule(e->then->ruleset, rule);

	for (size_t i = 0; i < info.fact_count; i++)
		mark[info.fact[i]] = true;
}

/* Facts of the rules that matched, and of those that nearly did. */
static void
mark_facts(struct asking *q, struct rejudge_result *now, bool *mark)
{
	const struct ruleset *rs = q->e->then->ruleset;

	for (size_t i = 0; i < ruleset_count(rs); i++) {
		struct buf trace;
		bool near = false;

		if (ruleset_rule(rs, i).shadow)
			continue;
		buf_init(&trace, 65536);
		if (ruling_truth(now->message->ruling, i, now->rcpt) ==
		    TRUTH_YES)
			near = true;
		else
			near = ruling_trace(
			    now->message->ruling, i, now->rcpt, &trace);
		buf_free(&trace);
		if (near)
			mark_rule(q->e, i, mark);
	}
}

size_t
explain_what_if(
    struct explained *e, const struct what_if **out, struct rejudge_case *c)
{
	struct asking q = { .e = e, .c = c };
	struct jsonr rules = jsonr_get(e->record, "rules");
	struct rejudge_result now;
	size_t facts = schema_count(e->then->schema);
	const char *why;
	bool *mark;

	*out = NULL;
	if (!rejudge_run(e->rejudge, c, &now, &why))
		return 0;
	q.was = now.verdict.wanted;
	q.item = arena_array(e->arena, WHAT_IFS_MAX, sizeof(*q.item));
	mark = arena_array(e->arena, facts, sizeof(*mark));
	mark_facts(&q, &now, mark);
	for (fact_id id = 0; id < facts; id++)
		if (mark[id])
			ask_about(&q, id);
	ask_signature(&q);
	for (size_t i = 0; i < jsonr_count(rules); i++) {
		struct span name = jsonr_get_text(jsonr_at(rules, i), "name");

		c->without = arena_strdup(e->arena, name);
		ask(&q, arena_printf(
			    e->arena, "without the rule %.*s", SPAN_FMT(name)));
		c->without = NULL;
	}
	*out = q.item;
	return q.count;
}
