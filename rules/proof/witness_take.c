/*
 * From the solver's assignment to a message. Where a value stands for a class
 * and patterns are to match it or not, texts are tried until the evaluator
 * says the same of one.
 */
#include "config.h"

#include "rules/proof/witness.h"

#include <string.h>

#define TRIES_MAX 300

static bool
holds(const struct prover *p, lit l)
{
	return sat_value(gates_sat(p->g), l);
}

/* ---- texts ------------------------------------------------------------------------ */

struct tries {
	struct prover *p;
	struct span *text;
	size_t n, cap;
};

static void
try_text(struct tries *t, struct span s)
{
	if (s.p == NULL || t->n >= TRIES_MAX)
		return;
	t->text = arena_grow(
	    t->p->arena, t->text, &t->cap, t->n + 1, sizeof(*t->text));
	t->text[t->n++] = s;
}

static struct span
upper(struct arena *a, struct span s)
{
	char *out = arena_strdup(a, s);

	for (size_t i = 0; i < s.n; i++)
		if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (char)(out[i] - 'a' + 'A');
	return span_make(out, s.n);
}

/* A sample by itself, and where the value belongs. */
static void
try_sample(struct tries *t, struct span sample, struct span value)
{
	struct arena *a = t->p->arena;
	size_t at = span_find_last(value, '@');
	size_t dot = span_find(value, '.');

	if (sample.p == NULL)
		return;
	try_text(t, sample);
	try_text(t, upper(a, sample));
	if (at != SIZE_MAX) {
		struct span local = span_make(value.p, at);
		struct span domain = span_make(value.p + at, value.n - at);

		try_text(t, span_of(arena_printf(a, "%.*s%.*s",
				SPAN_FMT(sample), SPAN_FMT(domain))));
		try_text(t, span_of(arena_printf(a, "%.*s@%.*s",
				SPAN_FMT(local), SPAN_FMT(sample))));
	} else if (dot != SIZE_MAX) {
		struct span above = span_make(value.p + dot, value.n - dot);

		try_text(t, span_of(arena_printf(a, "%.*s%.*s",
				SPAN_FMT(sample), SPAN_FMT(above))));
		try_text(t, span_of(arena_printf(a, "%.*s.%.*s",
				SPAN_FMT(sample), SPAN_FMT(value))));
		try_text(
		    t, span_of(arena_printf(a, "sub.%.*s", SPAN_FMT(sample))));
	}
}

struct entry_tries {
	struct tries *tries;
	struct span value;
	bool lookalike;
	size_t left;
};

static bool
try_entry(void *context, const struct list_hit *hit)
{
	struct entry_tries *e = context;
	struct arena *a = e->tries->p->arena;
	struct span entry = hit->entry;

	if (e->left-- == 0)
		return false;
	if (e->lookalike) {
		/* The protected name in front of another domain. */
		try_sample(e->tries,
		    span_of(arena_printf(
			a, "%.*s.stranger.example", SPAN_FMT(entry))),
		    e->value);
		return true;
	}
	if (entry.n > 1 && entry.p[0] == '/') {
		size_t end = span_find_last(entry, '/');

		for (unsigned i = 0; i < 4 && end > 0; i++)
			try_sample(e->tries,
			    sample_text(a, span_slice(entry, 1, end),
				span_slice(entry, end + 1, entry.n), i),
			    e->value);
		return true;
	}
	try_sample(e->tries, entry, e->value);
	try_sample(e->tries, sample_text(a, entry, SPAN(""), 0), e->value);
	return true;
}

static const struct list *
atom_list(const struct prover *p, const struct atom *a)
{
	if (a->cond->kind == COND_IN_SET)
		return a->cond->set;
	if (a->cond->kind != COND_IN_LIST && a->cond->kind != COND_LOOKALIKE)
		return NULL;
	return p->set[a->set].rs->list[a->cond->list]->info.items;
}

/* What might answer yes where the assignment says so. */
static void
try_all(struct tries *t, const struct instance *i, struct span value)
{
	struct arena *a = t->p->arena;
	struct span all = SPAN(""), back = SPAN("");
	size_t yes = 0;

	try_text(t, value);
	for (const struct atom *atom = i->atoms; atom != NULL;
	     atom = atom->next) {
		struct span first;

		if (!holds(t->p, atom->is.yes) ||
		    atom->cond->kind != COND_MATCH)
			continue;
		first = sample_text(
		    a, atom->cond->value.text, atom->cond->value.flags, 0);
		if (first.p == NULL)
			continue;
		/* All of them in one text, one way round and the other. */
		all = span_of(arena_printf(a, "%.*s%s%.*s", SPAN_FMT(all),
		    all.n > 0 ? " " : "", SPAN_FMT(first)));
		back = span_of(arena_printf(a, "%.*s%s%.*s", SPAN_FMT(first),
		    back.n > 0 ? " " : "", SPAN_FMT(back)));
		yes++;
	}
	try_sample(t, all.n > 0 ? all : value, value);
	try_sample(t, back.n > 0 ? back : value, value);
	for (const struct atom *atom = i->atoms; atom != NULL && yes < 20;
	     atom = atom->next) {
		struct entry_tries e = { t, value,
			atom->cond->kind == COND_LOOKALIKE, 12 };
		const struct list *list = atom_list(t->p, atom);

		if (!holds(t->p, atom->is.yes))
			continue;
		if (list != NULL)
			list_each(list, t->p->now_s, try_entry, &e);
		for (unsigned k = 0; atom->cond->kind == COND_MATCH && k < 6;
		     k++)
			try_sample(t,
			    sample_text(a, atom->cond->value.text,
				atom->cond->value.flags, k),
			    value);
	}
	try_text(t, arena_lower(a, value));
	try_text(t, upper(a, value));
}

static const struct atom *
atom_for(const struct instance *i, const struct cond *c)
{
	for (const struct atom *a = i->atoms; a != NULL; a = a->next)
		if (a->cond == c)
			return a;
	return NULL;
}

/* Whether the value that is stated answers as the assignment says. */
static bool
reply_is(
    struct prover *p, const struct instance *i, const struct asked *q, size_t k)
{
	const struct atom *a = atom_for(i, q->cond);
	const struct rule_list_info *info;
	enum truth t, want;

	if (q->cond->kind == COND_IN_LIST) {
		info = &p->set[q->set].rs->list[q->cond->list]->info;
		/* Of another fact hangs what a list by recipient says. */
		if (info->kind->dynamic || info->by_rcpt)
			return true;
	}
	if (q->reply[k] == REPLY_FREE && a == NULL)
		return true;
	t = reply_ask(p, q->set, q->cond);
	if (q->reply[k] != REPLY_FREE)
		want = q->reply[k] == REPLY_YES ? TRUTH_YES : TRUTH_NO;
	else if (holds(p, a->is.yes))
		want = TRUTH_YES;
	else
		want = holds(p, a->is.no) ? TRUTH_NO : TRUTH_UNKNOWN;
	return t == want;
}

static bool
text_is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* How many questions it answers otherwise; SIZE_MAX: it is no such value. */
static size_t
value_misses(
    struct prover *p, const struct instance *i, size_t k, const struct value *v)
{
	const struct fact_row *row = schema_row(p->schema, i->fact);
	struct candidate c = { *v, false, false, 0 };
	const struct asked *before = NULL;
	size_t misses = 0;

	if (!candidate_fits(&c, row) ||
	    (row->type == FACT_DOMAIN &&
		!span_eq(v->text, arena_lower(p->arena, v->text))))
		return SIZE_MAX;
	for (size_t n = 0; n < i->pool->asked_n; n++) {
		const struct asked *q = &i->pool->asked[n];

		if (q->fact != i->fact)
			continue;
		if (q->about != ASKED_COND) {
			misses += owned_reply(p, q, v) != q->reply[k];
			continue;
		}
		if (before == NULL || before->set != q->set)
			reply_state(p, q->set, i->fact, v);
		before = q;
		misses += !reply_is(p, i, q, k);
	}
	return misses;
}

static bool
value_is_text(enum fact_type type)
{
	return type == FACT_TEXT || type == FACT_BYTES || type == FACT_DOMAIN ||
	       type == FACT_ADDRESS;
}

/* A value that answers as the assignment says: true; else the one that
 * comes nearest. */
static bool
value_find(
    struct prover *p, const struct instance *i, size_t k, struct value *out)
{
	struct tries tries = { .p = p };
	size_t best = SIZE_MAX;

	*out = i->pool->candidate[k].value;
	if (i->pool->candidate[k].wild)
		return false;
	if (!value_is_text(schema_row(p->schema, i->fact)->type))
		return true;
	try_all(&tries, i, out->text);
	for (size_t t = 0; t < tries.n && best > 0; t++) {
		struct value v = value_text(tries.text[t]);
		size_t misses = text_is_printable(v.text)
				    ? value_misses(p, i, k, &v)
				    : SIZE_MAX;

		if (misses >= best)
			continue;
		best = misses;
		*out = v;
	}
	return best == 0;
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

void
witness_block(struct prover *p)
{
	struct block b = { .p = p };

	if (p->blocked_n > 0) {
		sat_clause(gates_sat(p->g), p->blocked, p->blocked_n);
		return;
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
		if (!value_find(p, i, k, &v)) {
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

	p->blocked_n = 0;
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
