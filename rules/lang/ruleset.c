/*
 * What there is to ask about a finished rule set.
 */
#include "config.h"

#include "rules/lang/ast.h"

#include <math.h>

#include "rules/list/list.h"

void
ruleset_free(struct ruleset **rs)
{
	struct ruleset *old = *rs;
	struct arena *a;

	if (old == NULL)
		return;
	for (size_t i = 0; i < old->list_count; i++)
		list_free(&old->list[i]->info.items);
	for (size_t i = 0; i < old->owned_count; i++)
		list_free(&old->owned[i]);
	for (struct pattern_set *s = old->sets; s != NULL; s = s->next) {
		patterns_builder_free(&s->builder);
		patterns_free(&s->patterns);
	}
	a = old->arena;
	arena_free(&a);
	*rs = NULL;
}

size_t
ruleset_count(const struct ruleset *rs)
{
	return rs->rule_count;
}

struct rule **
ruleset_bucket(const struct ruleset *rs, struct span name)
{
	uint64_t hash = span_hash(name, 0);

	return &rs->by_name[(hash ^ hash >> 32) % RULE_BUCKETS];
}

size_t
ruleset_find(const struct ruleset *rs, struct span name)
{
	const struct rule *r =
	    rs->by_name == NULL ? NULL : *ruleset_bucket(rs, name);

	while (r != NULL && !span_is(name, r->name))
		r = r->next;
	return r == NULL ? SIZE_MAX : r->number;
}

struct rule_info
ruleset_rule(const struct ruleset *rs, size_t number)
{
	const struct rule *rule = rs->rule[number];
	const struct rule_action *first =
	    &rule->action[rule->decisive == SIZE_MAX ? 0 : rule->decisive];

	return (struct rule_info){
		.name = rule->name,
		.place = rule->place,
		.action = first->row->name,
		.outcome = first->row->outcome,
		.effects = first->row->effects,
		.score = rule->score,
		.shadow = rule->shadow,
		.canary = rule->canary,
		.per_rcpt = rule->per_rcpt,
		.stage = rule->stage,
		.acts = rule->acts,
		.delayed_by =
		    rule->delayed_by == NULL ? NULL : rule->delayed_by->name,
		.fact = rule->fact,
		.fact_count = rule->fact_count,
		.list = rule->list,
		.list_count = rule->list_count,
		.patterns = rule->patterns,
		.tests = rule->test_count,
	};
}

size_t
ruleset_list_count(const struct ruleset *rs)
{
	return rs->list_count;
}

struct rule_list_info
ruleset_list(const struct ruleset *rs, size_t list)
{
	return rs->list[list]->info;
}

enum stage
ruleset_silent_until(const struct ruleset *rs)
{
	return rs->soonest;
}

bool
ruleset_per_rcpt(const struct ruleset *rs)
{
	return rs->per_rcpt;
}

bool
ruleset_reads(const struct ruleset *rs, fact_id fact)
{
	return rs->reads[fact];
}

double
ruleset_compared(const struct ruleset *rs, fact_id fact)
{
	return rs->compared[fact];
}

enum stage
ruleset_last_stage(const struct ruleset *rs)
{
	return rs->last_stage;
}

size_t
ruleset_lookup_count(const struct ruleset *rs)
{
	return rs->lookup_count;
}

struct rule_lookup
ruleset_lookup(const struct ruleset *rs, size_t i)
{
	return rs->lookup[i];
}

double
ruleset_threshold(const struct ruleset *rs, enum outcome outcome)
{
	return rs->threshold[outcome].set ? rs->threshold[outcome].at
					  : (double)NAN;
}

double
ruleset_threshold_for(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt)
{
	const struct threshold *t = ruleset_threshold_row(rs, outcome, rcpt);

	return t->set ? t->at : (double)NAN;
}

struct span
ruleset_threshold_owner(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt)
{
	const struct threshold *t = ruleset_threshold_row(rs, outcome, rcpt);

	for (size_t i = 0; i < rs->by_rcpt_count; i++)
		if (t == &rs->by_rcpt[i].threshold[outcome])
			return rs->by_rcpt[i].rcpt;
	return SPAN("");
}

static const struct threshold *
ruleset_threshold_of(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt)
{
	for (size_t i = 0; i < rs->by_rcpt_count; i++)
		if (rs->by_rcpt[i].threshold[outcome].set &&
		    span_case_eq(rs->by_rcpt[i].rcpt, rcpt))
			return &rs->by_rcpt[i].threshold[outcome];
	return NULL;
}

const struct threshold *
ruleset_threshold_row(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt)
{
	size_t at = span_find_last(rcpt, '@'), plus = span_find(rcpt, '+');
	const struct threshold *t = NULL;
	char room[320];

	if (rs->by_rcpt_count == 0 || at == SIZE_MAX)
		return &rs->threshold[outcome];
	t = ruleset_threshold_of(rs, outcome, rcpt);
	if (t == NULL && plus > 0 && plus < at &&
	    plus + rcpt.n - at <= sizeof(room)) {
		(void)memcpy(room, rcpt.p, plus);
		(void)memcpy(room + plus, rcpt.p + at, rcpt.n - at);
		t = ruleset_threshold_of(
		    rs, outcome, span_make(room, plus + rcpt.n - at));
	}
	if (t == NULL)
		t = ruleset_threshold_of(
		    rs, outcome, span_slice(rcpt, at, rcpt.n));
	return t == NULL ? &rs->threshold[outcome] : t;
}

/* Of a list of patterns that is there, or NULL. */
static struct patterns *
ruleset_list_patterns(const struct rule_list *list)
{
	return list->info.items == NULL ? NULL
					: list_patterns(list->info.items);
}

size_t
ruleset_pattern_set_count(const struct ruleset *rs)
{
	size_t n = rs->set_count;

	for (size_t i = 0; i < rs->list_count; i++)
		n += ruleset_list_patterns(rs->list[i]) != NULL;
	return n;
}

struct patterns *
ruleset_pattern_set(const struct ruleset *rs, size_t i, struct span *name)
{
	for (struct pattern_set *s = rs->sets; s != NULL; s = s->next)
		if (s->number == i) {
			*name = span_of(
			    schema_row(rs->options.schema, s->fact)->name);
			return s->patterns;
		}
	i -= rs->set_count;
	for (size_t k = 0; k < rs->list_count; k++) {
		struct patterns *p = ruleset_list_patterns(rs->list[k]);

		if (p != NULL && i-- == 0) {
			*name = rs->list[k]->info.name;
			return p;
		}
	}
	return NULL;
}

size_t
ruleset_word_count(const struct ruleset *rs)
{
	return rs->word_count;
}

struct rule_word
ruleset_word(const struct ruleset *rs, size_t i)
{
	return rs->word[i];
}

size_t
ruleset_promise_count(const struct ruleset *rs)
{
	return rs->promise_count;
}

struct promise_info
ruleset_promise(const struct ruleset *rs, size_t i)
{
	const struct promise *p = rs->promise;

	while (i-- > 0)
		p = p->next;
	return (struct promise_info){ p->name, p->when,
		p->never ? p->outcomes : ~p->outcomes };
}
