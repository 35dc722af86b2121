/*
 * A message as the evaluator judges it, and as little of it as does.
 */
#include "config.h"

#include "rules/proof/witness.h"

#include <string.h>

/* ---- judging ------------------------------------------------------------------ */

static fact_id
witness_part(const struct witness *w, fact_id address, const char *part)
{
	char name[96];
	struct span full = span_of(schema_row(w->schema, address)->name);
	size_t n;

	if (span_ends(full, SPAN(".address")))
		full = span_slice(full, 0, full.n - 8);
	n = strlen(part);
	if (full.n + 1 + n > sizeof(name))
		return FACT_NONE;
	memcpy(name, full.p, full.n);
	name[full.n] = '.';
	memcpy(name + full.n + 1, part, n);
	return schema_find(w->schema, span_make(name, full.n + 1 + n));
}

/* Some of the group is unknown. */
static bool
witness_has_tail(const struct witness *w, fact_id group)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->fact[i].fact == group)
			return true;
	return false;
}

static void
witness_state(const struct witness *w, struct facts *f, fact_id id, size_t slot,
    struct value v)
{
	fact_id group = schema_group(w->schema, id);

	if (group != FACT_NONE && slot >= SLOTS_REST) {
		if (witness_has_tail(w, group))
			facts_field(
			    f, id, w->elements[group] + slot - SLOTS_REST, v);
	} else if (group != FACT_NONE)
		facts_field(f, id, slot, v);
	else if ((schema_row(w->schema, id)->flags & FACT_RCPT) != 0)
		facts_rcpt_set(f, id, 0, v);
	else
		facts_set(f, id, v);
}

/* An address states its parts, too, as checks and tests do. */
static void
witness_state_parts(
    const struct witness *w, struct facts *f, const struct witness_fact *g)
{
	static const char *const part[] = { "local", "domain", "null" };
	struct span text = g->value.text;
	size_t at = span_find_last(text, '@');

	for (size_t i = 0; i < ARRAY_COUNT(part); i++) {
		fact_id id = witness_part(w, g->fact, part[i]);

		if (id == FACT_NONE || schema_group(w->schema, id) !=
					   schema_group(w->schema, g->fact))
			continue;
		if (i == 2)
			witness_state(
			    w, f, id, g->slot, value_bool(text.n == 0));
		else if (at != SIZE_MAX)
			witness_state(w, f, id, g->slot,
			    value_text(i == 0
					   ? span_slice(text, 0, at)
					   : span_slice(text, at + 1, text.n)));
	}
}

struct facts *
witness_facts(const struct witness *w, struct arena *a)
{
	struct facts *f = facts_new(w->schema, a);

	for (size_t i = 0; i < schema_count(w->schema); i++) {
		fact_id id = (fact_id)i;

		if (schema_row(w->schema, id)->type == FACT_GROUP) {
			facts_group_end(f, id);
			for (size_t k = 0; k < w->elements[id]; k++)
				(void)facts_element(f, id);
			for (size_t k = 0;
			     k < w->rests[id] && witness_has_tail(w, id); k++)
				(void)facts_rest(f, id, "the proof");
		} else if (schema_group(w->schema, id) == FACT_NONE) {
			witness_state(w, f, id, 0, value_absent());
		}
	}
	for (size_t i = 0; i < w->n; i++) {
		const struct witness_fact *g = &w->fact[i];

		if (schema_row(w->schema, g->fact)->type == FACT_GROUP)
			facts_group_unknown(f, g->fact, "the proof");
		else
			witness_state(w, f, g->fact, g->slot, g->value);
	}
	for (size_t i = 0; i < w->n; i++)
		if (schema_row(w->schema, w->fact[i].fact)->type ==
			FACT_ADDRESS &&
		    schema_group(w->schema, w->fact[i].fact) == FACT_NONE &&
		    w->fact[i].value.state == FACT_KNOWN)
			witness_state_parts(w, f, &w->fact[i]);
	return f;
}

struct judging {
	const struct witness *w;
	const struct ruleset *rs;
};

static enum truth
witness_says(
    const struct witness *w, const char *name, bool list, enum truth otherwise)
{
	for (size_t i = 0; i < w->word_n; i++)
		if (w->word[i].list == list &&
		    strcmp(w->word[i].name, name) == 0)
			return w->word[i].says;
	return otherwise;
}

static enum truth
witness_listed(
    void *ctx, size_t list, const struct value *value, struct span *detail)
{
	const struct judging *j = ctx;
	struct rule_list_info info = ruleset_list(j->rs, list);
	char name[200];

	(void)value;
	(void)detail;
	if (info.name.n >= sizeof(name))
		return TRUTH_NO;
	memcpy(name, info.name.p, info.name.n);
	name[info.name.n] = '\0';
	return witness_says(j->w, name, true, TRUTH_NO);
}

static enum truth
witness_test(void *ctx, const struct cond *c)
{
	const struct judging *j = ctx;

	return witness_says(
	    j->w, c->row->name, false, c->row->canary ? TRUTH_YES : TRUTH_NO);
}

static enum truth
witness_applies(void *ctx, const struct rule *rule)
{
	const struct judging *j = ctx;

	return witness_says(
	    j->w, rule->action[rule->decisive].row->name, false, TRUTH_YES);
}

struct witness_end
witness_judge(const struct witness *w, const struct ruleset *rs,
    const struct promise *promise, int64_t now_s, struct arena *a)
{
	static const struct stand_in stand_in = { witness_test, witness_applies,
		NULL };
	struct judging judging = { w, rs };
	const struct ruling_input input = { .ruleset = rs,
		.facts = witness_facts(w, a),
		.arena = a,
		.now_s = now_s,
		.ctx = &judging,
		.listed = witness_listed };
	struct ruling *r = ruling_new(&input);
	struct witness_end end = { .kept = true };

	r->stand_in = &stand_in;
	ruling_run(r, 0, true, &end.decision);
	if (promise != NULL)
		end.kept = ruling_keeps(r, promise, &end.decision);
	return end;
}

/* ---- making it smaller ---------------------------------------------------------- */

static void
witness_drop_fact(struct witness *w, size_t at)
{
	memmove(
	    &w->fact[at], &w->fact[at + 1], (w->n - at - 1) * sizeof(*w->fact));
	w->n--;
}

static bool
slots_alike(size_t a, size_t b)
{
	return (a < SLOTS_REST) == (b < SLOTS_REST);
}

/* Without one element; those behind it move up. */
static void
witness_drop_element(struct witness *w, fact_id group, size_t slot)
{
	for (size_t i = w->n; i-- > 0;) {
		struct witness_fact *g = &w->fact[i];

		if (schema_group(w->schema, g->fact) != group)
			continue;
		if (g->slot == slot)
			witness_drop_fact(w, i);
		else if (g->slot > slot && slots_alike(g->slot, slot))
			g->slot--;
	}
	if (slot < SLOTS_REST)
		w->elements[group]--;
	else
		w->rests[group]--;
}

struct witness_copy {
	struct witness_fact *fact;
	size_t n, elements, rests;
};

static struct witness_copy
witness_save(const struct witness *w, fact_id group)
{
	struct witness_copy copy = { arena_array(
					 w->arena, w->n + 1, sizeof(*w->fact)),
		w->n, group == FACT_NONE ? 0 : w->elements[group],
		group == FACT_NONE ? 0 : w->rests[group] };

	if (w->n > 0)
		memcpy(copy.fact, w->fact, w->n * sizeof(*w->fact));
	return copy;
}

static void
witness_restore(
    struct witness *w, const struct witness_copy *copy, fact_id group)
{
	if (copy->n > 0)
		memcpy(w->fact, copy->fact, copy->n * sizeof(*w->fact));
	w->n = copy->n;
	if (group == FACT_NONE)
		return;
	w->elements[group] = copy->elements;
	w->rests[group] = copy->rests;
}

static void
witness_shrink_element(struct witness *w, fact_id group, size_t slot,
    bool (*still)(void *ctx, const struct witness *w), void *ctx)
{
	struct witness_copy copy = witness_save(w, group);

	witness_drop_element(w, group, slot);
	if (!still(ctx, w))
		witness_restore(w, &copy, group);
}

static void
witness_shrink_elements(struct witness *w,
    bool (*still)(void *ctx, const struct witness *w), void *ctx)
{
	for (size_t g = 0; g < schema_count(w->schema); g++) {
		for (size_t slot = w->elements[g]; slot-- > 0;)
			witness_shrink_element(w, (fact_id)g, slot, still, ctx);
		for (size_t k = w->rests[g]; k-- > 0;)
			witness_shrink_element(
			    w, (fact_id)g, SLOTS_REST + k, still, ctx);
	}
}

/* Most rules are about mail from outside, and tests take it for that. */
static void
witness_usual_direction(struct witness *w,
    bool (*still)(void *ctx, const struct witness *w), void *ctx)
{
	fact_id id = schema_find(w->schema, SPAN("direction"));
	struct witness_copy copy;
	size_t i = 0;

	if (id == FACT_NONE)
		return;
	copy = witness_save(w, FACT_NONE);
	while (i < w->n && w->fact[i].fact != id)
		i++;
	if (i == w->n) {
		w->fact = arena_grow(
		    w->arena, w->fact, &w->cap, w->n + 1, sizeof(*w->fact));
		w->n++;
	}
	w->fact[i] =
	    (struct witness_fact){ id, 0, value_text(SPAN("inbound")) };
	if (!still(ctx, w))
		witness_restore(w, &copy, FACT_NONE);
}

void
witness_shrink(struct witness *w,
    bool (*still)(void *ctx, const struct witness *w), void *ctx)
{
	witness_shrink_elements(w, still, ctx);
	for (size_t i = w->n; i-- > 0;) {
		struct witness_copy copy = witness_save(w, FACT_NONE);

		witness_drop_fact(w, i);
		if (!still(ctx, w))
			witness_restore(w, &copy, FACT_NONE);
	}
	for (size_t i = w->word_n; i-- > 0;) {
		struct witness_word saved = w->word[i];

		w->word[i] = w->word[--w->word_n];
		if (still(ctx, w))
			continue;
		w->word[w->word_n++] = w->word[i];
		w->word[i] = saved;
	}
	witness_usual_direction(w, still, ctx);
}
