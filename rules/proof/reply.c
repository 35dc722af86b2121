/*
 * What the evaluator says of a value: each question is asked of the very
 * code that judges mail, on facts with this value alone.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <string.h>

static void
reply_forget_scans(const struct proved *s)
{
	for (size_t i = 0; i < s->rs->set_count; i++) {
		struct scan_cache *cache = &s->ruling->scans[i];

		if (cache->count > 0)
			memset(cache->item, 0,
			    cache->count * sizeof(*cache->item));
	}
}

void
reply_state(struct prover *p, size_t set, fact_id fact, const struct value *v)
{
	const struct proved *s = &p->set[set];

	if (schema_group(p->schema, fact) != FACT_NONE)
		facts_field(s->facts, fact, 0, *v);
	else if ((schema_row(p->schema, fact)->flags & FACT_RCPT) != 0)
		facts_rcpt_set(s->facts, fact, 0, *v);
	else
		facts_set(s->facts, fact, *v);
	reply_forget_scans(s);
}

enum truth
reply_ask(struct prover *p, size_t set, const struct cond *c)
{
	struct cond plain = *c;

	plain.negated = false;
	return eval_question(
	    p->set[set].ruling, &plain, (struct binding){ 0, 0 });
}

enum truth
reply_of(struct prover *p, size_t set, const struct cond *c, fact_id fact,
    const struct value *v)
{
	reply_state(p, set, fact, v);
	return reply_ask(p, set, c);
}

bool
pattern_sees_case(const struct cond *c)
{
	unsigned flags;
	size_t bad;

	return !pattern_flags_parse(c->value.flags, &flags, &bad) ||
	       (flags & PATTERN_CASELESS) == 0 ||
	       span_search(c->value.text, SPAN("(?")) != SIZE_MAX ||
	       span_case_search(c->value.text, SPAN("\\p")) != SIZE_MAX ||
	       span_search(c->value.text, SPAN("(*")) != SIZE_MAX;
}

/* Whether there are values that are this one but for case. */
static bool
value_has_case(const struct value *v, enum fact_type type)
{
	if (type != FACT_TEXT && type != FACT_ADDRESS)
		return false;
	for (size_t i = 0; i < v->text.n; i++)
		if (ascii_alpha(v->text.p[i]) ||
		    (unsigned char)v->text.p[i] >= 0x80)
			return true;
	return false;
}

/* Whether one of them may match: not when it lacks the pattern's text. */
static bool
match_is_free(struct prover *p, const struct cond *c, const struct value *v)
{
	bool folds;
	struct span literal =
	    sample_literal(p->arena, c->value.text, c->value.flags, &folds);

	return pattern_sees_case(c) &&
	       (literal.p == NULL ||
		   span_case_search(v->text, literal) != SIZE_MAX);
}

/* Whether other values for which the candidate stands may answer otherwise. */
static bool
reply_is_free(
    struct prover *p, const struct asked *q, const struct candidate *c)
{
	const struct rule_list_info *info;
	enum fact_type type = schema_row(p->schema, q->fact)->type;

	if (c->wild)
		return true;
	switch (q->cond->kind) {
	case COND_MATCH:
		return c->open || (value_has_case(&c->value, type) &&
				      match_is_free(p, q->cond, &c->value));
	case COND_LOOKALIKE:
		return c->open;
	case COND_CONTAINS:
		return true;
	case COND_IN_LIST:
		info = &p->set[q->set].rs->list[q->cond->list]->info;
		if (info->kind->dynamic || info->by_rcpt)
			return true;
		if (list_kind(info->items) == LIST_PATTERNS)
			return c->open || value_has_case(&c->value, type);
		return c->open && list_is_big(info->items);
	case COND_IN_SET:
		return c->open && q->cond->set != NULL &&
		       list_is_big(q->cond->set);
	default:
		return false;
	}
}

enum reply
reply_for(struct prover *p, const struct asked *q, const struct candidate *c)
{
	enum truth t;

	if (q->about != ASKED_COND)
		return c->wild ? REPLY_FREE : owned_reply(p, q, &c->value);
	if (reply_is_free(p, q, c))
		return REPLY_FREE;
	t = reply_ask(p, q->set, q->cond);
	return t == TRUTH_YES  ? REPLY_YES
	       : t == TRUTH_NO ? REPLY_NO
			       : REPLY_FREE;
}
