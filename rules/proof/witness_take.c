/*
 * From the solver's assignment to a message, and what to rule out when the
 * evaluator does not say of it what the assignment does.
 */
#include "config.h"

#include "rules/proof/witness.h"

#include <string.h>

static bool
holds(const struct prover *p, lit l)
{
	return sat_value(gates_sat(p->g), l);
}

/* ---- what did not work is ruled out -------------------------------------------------- */

struct block {
	struct prover *p;
	lit *l;
	size_t n, cap;
};

static void
block_add(struct block *b, lit l)
{
	b->l = arena_grow(b->p->arena, b->l, &b->cap, b->n + 2, sizeof(*b->l));
	b->l[b->n++] = holds(b->p, l) ? lit_not(l) : l;
}

static void
block_instance(struct block *b, const struct instance *i, bool whole)
{
	if (whole) {
		block_add(b, i->absent);
		block_add(b, i->unknown);
	}
	for (size_t k = 0; k < i->pool->n; k++)
		if (i->is[k] != gate_false(b->p->g) && holds(b->p, i->is[k]))
			block_add(b, i->is[k]);
	for (const struct atom *a = i->atoms; a != NULL; a = a->next) {
		block_add(b, a->is.yes);
		block_add(b, a->is.no);
	}
}

static void
block_end(struct block *b)
{
	b->l = arena_grow(b->p->arena, b->l, &b->cap, b->n + 1, sizeof(*b->l));
	b->l[b->n++] = lit_not(b->p->search);
	sat_clause(gates_sat(b->p->g), b->l, b->n);
}

bool
witness_block(struct prover *p)
{
	struct block b = { .p = p };

	if (p->blocked_n > 0) {
		sat_clause(gates_sat(p->g), p->blocked, p->blocked_n);
		for (size_t i = 0; i < p->textless_n; i++)
			gate_implies_or(p->g, p->search,
			    lit_not(p->textless[i].answer),
			    lit_not(p->textless[i].class));
		return p->textless_n > 0;
	}
	for (size_t f = 0; f < schema_count(p->schema); f++) {
		for (const struct instance *i = p->instance[f]; i != NULL;
		     i = i->next)
			block_instance(&b, i, true);
		if (p->group[f] == NULL)
			continue;
		block_add(&b, p->group[f]->tail);
		for (size_t k = 0; k < p->group[f]->slots; k++)
			block_add(&b, p->group[f]->present[k]);
		for (size_t k = 0; k < p->group[f]->rests; k++)
			block_add(&b, p->group[f]->rest[k]);
	}
	for (const struct atom *a = p->words; a != NULL; a = a->next) {
		block_add(&b, a->is.yes);
		block_add(&b, a->is.no);
	}
	block_end(&b);
	return false;
}

/* ---- the message ------------------------------------------------------------------------ */

static void
take_fact(struct witness *w, fact_id fact, size_t slot, struct value v)
{
	w->fact =
	    arena_grow(w->arena, w->fact, &w->cap, w->n + 1, sizeof(*w->fact));
	w->fact[w->n++] = (struct witness_fact){ fact, slot, v };
}

static void
take_word(struct witness *w, struct witness_word word)
{
	for (size_t i = 0; i < w->word_n; i++)
		if (w->word[i].list == word.list &&
		    strcmp(w->word[i].name, word.name) == 0)
			return;
	w->word = arena_grow(
	    w->arena, w->word, &w->word_cap, w->word_n + 1, sizeof(*w->word));
	w->word[w->word_n++] = word;
}

static enum truth
atom_truth(const struct prover *p, const struct atom *a)
{
	return holds(p, a->is.yes)  ? TRUTH_YES
	       : holds(p, a->is.no) ? TRUTH_NO
				    : TRUTH_UNKNOWN;
}

static void
take_lists(struct prover *p, const struct instance *i, struct witness *w)
{
	for (const struct atom *a = i->atoms; a != NULL; a = a->next) {
		const struct rule_list_info *info;

		if (a->cond->kind != COND_IN_LIST)
			continue;
		info = &p->set[a->set].rs->list[a->cond->list]->info;
		if (info->kind->dynamic && atom_truth(p, a) != TRUTH_NO)
			take_word(w, (struct witness_word){
					 arena_strdup(w->arena, info->name),
					 atom_truth(p, a), true, false });
	}
}

/* Where no value answers so, the nearest is taken and what to rule out if
 * that does not do is kept. */
static void
take_instance(struct prover *p, const struct instance *i, struct witness *w)
{
	struct block b = { .p = p };
	struct value v = { .state = FACT_UNKNOWN, .why = "the proof" };

	if (holds(p, i->absent) && i->slot < SLOTS_REST)
		return;
	if (holds(p, i->unknown) && i->slot >= SLOTS_REST)
		return;
	if (holds(p, i->absent))
		v = value_absent();
	for (size_t k = 0; k < i->pool->n; k++) {
		if (i->is[k] == gate_false(p->g) || !holds(p, i->is[k]))
			continue;
		if (!witness_value(p, i, k, &v)) {
			block_instance(&b, i, false);
			b.l = arena_grow(
			    p->arena, b.l, &b.cap, b.n + 1, sizeof(*b.l));
			b.l[b.n++] = lit_not(p->search);
			p->blocked = b.l;
			p->blocked_n = b.n;
		}
		take_lists(p, i, w);
	}
	take_fact(w, i->fact, i->slot, v);
}

static void
take_words(struct prover *p, struct witness *w)
{
	for (const struct atom *a = p->words; a != NULL; a = a->next) {
		bool action = a->cond == NULL;
		size_t space = span_find(span_of(a->key), ' ');
		const char *name = arena_strdup(
		    w->arena, span_slice(span_of(a->key), 0, space));

		take_word(w, (struct witness_word){
				 name, atom_truth(p, a), false, action });
	}
}

static const struct witness_fact *
taken(const struct witness *w, fact_id fact, size_t slot)
{
	for (size_t i = 0; fact != FACT_NONE && i < w->n; i++)
		if (w->fact[i].fact == fact && w->fact[i].slot == slot &&
		    w->fact[i].value.state == FACT_KNOWN)
			return &w->fact[i];
	return NULL;
}

/* An address stands for all that answer alike: of those the one is meant
 * whose parts were taken. */
static void
take_address_parts(struct prover *p, struct witness *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct witness_fact *g = &w->fact[i];
		const struct witness_fact *local, *domain;
		size_t at = span_find_last(g->value.text, '@');
		struct span before, behind;

		if (schema_row(p->schema, g->fact)->type != FACT_ADDRESS ||
		    g->value.state != FACT_KNOWN || at == SIZE_MAX)
			continue;
		local = taken(w, address_part(p, g->fact, "local"), g->slot);
		domain = taken(w, address_part(p, g->fact, "domain"), g->slot);
		before = local == NULL ? span_make(g->value.text.p, at)
				       : local->value.text;
		behind = domain == NULL ? span_slice(g->value.text, at + 1,
					      g->value.text.n)
					: domain->value.text;
		g->value.text = span_of(arena_printf(
		    p->arena, "%.*s@%.*s", SPAN_FMT(before), SPAN_FMT(behind)));
	}
}

void
witness_take(struct prover *p, struct witness *w)
{
	size_t count = schema_count(p->schema);

	p->blocked_n = p->textless_n = 0;
	*w = (struct witness){ .arena = p->arena, .schema = p->schema };
	w->elements = arena_array(p->arena, count + 1, sizeof(*w->elements));
	w->rests = arena_array(p->arena, count + 1, sizeof(*w->rests));
	for (size_t f = 0; f < count; f++) {
		const struct group *g = p->group[f];

		for (size_t k = 0; g != NULL && k < g->slots; k++)
			w->elements[f] += holds(p, g->present[k]);
		for (size_t k = 0; g != NULL && k < g->rests; k++)
			w->rests[f] += holds(p, g->rest[k]);
		if (g != NULL && holds(p, g->tail))
			take_fact(w, (fact_id)f, 0,
			    (struct value){ .state = FACT_UNKNOWN });
	}
	for (size_t f = 0; f < count; f++) {
		fact_id group = schema_group(p->schema, (fact_id)f);

		for (const struct instance *i = p->instance[f]; i != NULL;
		     i = i->next)
			if (group == FACT_NONE ||
			    i->slot < w->elements[group] ||
			    (i->slot >= SLOTS_REST &&
				i->slot - SLOTS_REST < w->rests[group]))
				take_instance(p, i, w);
	}
	take_address_parts(p, w);
	take_words(p, w);
}
