/*
 * Facts as variables, and questions about one of them as formulas over what
 * each of its values answers.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <string.h>

/* ---- facts ----------------------------------------------------------------- */

static struct instance *
instance_make(struct prover *p, fact_id fact, size_t slot)
{
	const struct pool *pool = pool_of(p, fact);
	const struct fact_row *row = schema_row(p->schema, fact);
	struct instance *i = arena_alloc(p->arena, sizeof(*i));
	struct sat *sat = gates_sat(p->g);
	lit *is = arena_array(p->arena, pool->n + 2, sizeof(lit));
	lit *one = arena_array(p->arena, pool->n + 2, sizeof(lit));
	size_t n = 0;

	*i = (struct instance){ .fact = fact, .slot = slot, .pool = pool };
	i->absent = one[n++] = sat_var(sat);
	i->unknown = one[n++] = sat_var(sat);
	sat_prefer(sat, i->absent);
	for (size_t k = 0; k < pool->n; k++) {
		const struct candidate *c = &pool->candidate[k];

		is[k] = gate_false(p->g);
		if (candidate_fits(c, row))
			is[k] = one[n++] = sat_var(sat);
	}
	gate_one_of(p->g, one, n);
	gate_implies(p->g, p->plain, lit_not(i->unknown));
	i->is = is;
	i->known = gate_and2(p->g, lit_not(i->absent), lit_not(i->unknown));
	i->next = p->instance[fact];
	p->instance[fact] = i;
	p->in_slot[fact][slot] = i;
	if (row->type == FACT_ADDRESS)
		address_link(p, i);
	return i;
}

struct instance *
instance_of(struct prover *p, fact_id fact, size_t slot)
{
	bool grouped = schema_group(p->schema, fact) != FACT_NONE;

	if (!grouped)
		slot = 0;
	if (p->in_slot[fact] == NULL)
		p->in_slot[fact] =
		    arena_array(p->arena, grouped ? SLOTS_REST + SLOTS_MAX : 1,
			sizeof(struct instance *));
	return p->in_slot[fact][slot] != NULL ? p->in_slot[fact][slot]
					      : instance_make(p, fact, slot);
}

/* ---- answers that one value can give either way -------------------------------- */

/* What asks the same has the same key, in both sets. */
static const char *
atom_key_make(struct prover *p, size_t set, const struct cond *c)
{
	switch (c->kind) {
	case COND_MATCH:
		return arena_printf(p->arena, "/%.*s/%.*s",
		    SPAN_FMT(c->value.text), SPAN_FMT(c->value.flags));
	case COND_LOOKALIKE:
		return arena_printf(
		    p->arena, "lookalike %s", same_list_asked(p, set, c));
	case COND_IN_LIST:
		return arena_printf(
		    p->arena, "in %s", same_list_asked(p, set, c));
	case COND_CONTAINS:
		return arena_printf(
		    p->arena, "contains %d", (int)c->other.fact);
	default:
		return arena_printf(p->arena, "set %s %zu",
		    c->set == NULL ? "" : same_list_key(p, c->set),
		    c->set == NULL ? same_of(p, set, c)->number : 0);
	}
}

static const char *
atom_key(struct prover *p, size_t set, const struct cond *c)
{
	struct same *same = same_of(p, set, c);

	if (same->atom == NULL)
		same->atom = atom_key_make(p, set, c);
	return same->atom;
}

/* A text that holds one literal text holds whatever is a part of that. */
static void
atom_relate(struct prover *p, struct instance *i, const struct atom *a)
{
	struct span mine, other;
	bool mine_folds, other_folds;

	mine = sample_literal(
	    p->arena, a->cond->value.text, a->cond->value.flags, &mine_folds);
	if (mine.p == NULL)
		return;
	for (const struct atom *b = i->atoms; b != NULL; b = b->next) {
		if (b == a || b->cond->kind != COND_MATCH)
			continue;
		other = sample_literal(p->arena, b->cond->value.text,
		    b->cond->value.flags, &other_folds);
		if (other.p == NULL)
			continue;
		/* The part may be looser about case, never stricter. */
		if (mine_folds
			? span_case_search(other, mine) != SIZE_MAX
			: !other_folds && span_search(other, mine) != SIZE_MAX)
			gate_implies(p->g, b->is.yes, a->is.yes);
		if (other_folds
			? span_case_search(mine, other) != SIZE_MAX
			: !mine_folds && span_search(mine, other) != SIZE_MAX)
			gate_implies(p->g, a->is.yes, b->is.yes);
	}
}

/* Tests say one thing of a list, whatever is looked up in it. */
static void
atoms_search_same(struct prover *p, const struct atom *a)
{
	for (size_t f = 0; f < schema_count(p->schema); f++)
		for (const struct instance *o = p->instance[f]; o != NULL;
		     o = o->next)
			for (const struct atom *b = o->atoms; b != NULL;
			     b = b->next) {
				lit no = lit_not(p->search);

				if (b == a || strcmp(b->key, a->key) != 0)
					continue;
				gate_implies_or(p->g, a->is.yes, b->is.yes, no);
				gate_implies_or(p->g, b->is.yes, a->is.yes, no);
				gate_implies_or(p->g, a->is.no, b->is.no, no);
				gate_implies_or(p->g, b->is.no, a->is.no, no);
			}
}

/*
 * Of a pattern that only one text matches (but for a line end behind it), it
 * is certain what others say of that text.
 */
static void
atom_relate_exact(struct prover *p, struct instance *i, const struct atom *a)
{
	struct span text = a->cond->value.text, line;
	bool folds;

	if (text.n < 3 || text.p[0] != '^' || text.p[text.n - 1] != '$' ||
	    span_find(a->cond->value.flags, 'm') != SIZE_MAX)
		return;
	text = sample_literal(p->arena, span_slice(text, 1, text.n - 1),
	    a->cond->value.flags, &folds);
	if (text.p == NULL)
		return;
	line = span_of(arena_printf(p->arena, "%.*s\n", SPAN_FMT(text)));
	for (const struct atom *b = i->atoms; b != NULL; b = b->next) {
		const struct value v = value_text(text), l = value_text(line);
		enum truth says;

		if (b == a || b->cond->kind != COND_MATCH ||
		    (folds && pattern_sees_case(b->cond)))
			continue;
		says = reply_of(p, b->set, b->cond, i->fact, &v);
		if (says != reply_of(p, b->set, b->cond, i->fact, &l))
			continue;
		if (says == TRUTH_YES)
			gate_implies(p->g, a->is.yes, b->is.yes);
		else if (says == TRUTH_NO)
			gate_implies(p->g, a->is.yes, lit_not(b->is.yes));
	}
}

static void
atoms_relate(struct prover *p, struct instance *i, const struct atom *a)
{
	if (a->cond->kind != COND_MATCH)
		return;
	atom_relate(p, i, a);
	for (const struct atom *b = i->atoms; b != NULL; b = b->next)
		if (b->cond->kind == COND_MATCH)
			atom_relate_exact(p, i, b);
}

static struct pair
atom_of(struct prover *p, struct instance *i, size_t set, const struct cond *c)
{
	const char *key = atom_key(p, set, c);
	struct sat *sat = gates_sat(p->g);
	bool dynamic = c->kind == COND_IN_LIST &&
		       p->set[set].rs->list[c->list]->info.kind->dynamic;
	/* Whose entries count is not known here: it may be nobody's. */
	bool owned = c->kind == COND_IN_LIST &&
		     p->set[set].rs->list[c->list]->info.by_rcpt;
	bool bounded = c->kind == COND_MATCH ||
		       (c->kind == COND_IN_LIST && !dynamic && !owned);
	struct atom *a = i->atoms;

	while (a != NULL && strcmp(a->key, key) != 0)
		a = a->next;
	if (a != NULL)
		return a->is;
	a = arena_alloc(p->arena, sizeof(*a));
	*a = (struct atom){ key, { sat_var(sat), 0 }, c, set, i->atoms };
	a->is.no =
	    bounded || dynamic || owned ? sat_var(sat) : lit_not(a->is.yes);
	if (bounded || dynamic || owned)
		gate_implies(p->g, a->is.yes, lit_not(a->is.no));
	if (bounded) {
		const lit l[] = { a->is.yes, a->is.no, p->limit };

		sat_clause(sat, l, 3);
	}
	sat_prefer(sat, a->is.no);
	i->atoms = a;
	if (dynamic)
		atoms_search_same(p, a);
	atoms_relate(p, i, a);
	return a->is;
}

/* ---- questions -------------------------------------------------------------------- */

static const struct asked *
asked_find(const struct pool *pool, const struct cond *c)
{
	for (size_t i = 0; i < pool->asked_n; i++)
		if (pool->asked[i].cond == c &&
		    pool->asked[i].about == ASKED_COND)
			return &pool->asked[i];
	return NULL;
}

/* Of the known values: those that answer so, or can. */
static lit
encode_reply(struct prover *p, const struct instance *i, const struct asked *q,
    enum reply reply, lit free)
{
	size_t n = i->pool->n, count = 0;
	lit *l = arena_array(p->arena, n + 2, sizeof(lit));
	lit *open = arena_array(p->arena, n + 1, sizeof(lit));
	size_t open_n = 0;

	for (size_t k = 0; k < n; k++) {
		if (i->is[k] == gate_false(p->g))
			continue;
		if (q->reply[k] == reply)
			l[count++] = i->is[k];
		else if (q->reply[k] == REPLY_FREE)
			open[open_n++] = i->is[k];
	}
	if (open_n > 0)
		l[count++] = gate_and2(p->g, gate_or(p->g, open, open_n), free);
	return gate_or(p->g, l, count);
}

lit
encode_yes(struct prover *p, const struct instance *i, const struct asked *q)
{
	lit free = i->pool->cut ? sat_var(gates_sat(p->g)) : gate_false(p->g);

	return encode_reply(p, i, q, REPLY_YES, free);
}

static bool
asked_is_free(const struct instance *i, const struct asked *q)
{
	for (size_t k = 0; k < i->pool->n; k++)
		if (q->reply[k] == REPLY_FREE)
			return true;
	return false;
}

static struct pair
encode_one(struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	struct instance *i = instance_of(p, c->subject.fact, slot);
	const struct asked *q = asked_find(i->pool, c);
	struct pair atom = { gate_false(p->g), gate_false(p->g) };
	lit yes, no;

	if (asked_is_free(i, q))
		atom = atom_of(p, i, set, c);
	yes = encode_reply(p, i, q, REPLY_YES, atom.yes);
	no = encode_reply(p, i, q, REPLY_NO, atom.no);
	/* Absent is no, asked one way or the other. */
	if (c->negated && c->subject.type != FACT_NUMBER)
		return (struct pair){ no, gate_or2(p->g, i->absent, yes) };
	return (struct pair){ yes, gate_or2(p->g, i->absent, no) };
}

static bool
candidates_compare(
    const struct cond *c, const struct candidate *a, const struct candidate *b)
{
	switch (c->subject.type) {
	case FACT_NUMBER:
		return eval_compare_numbers(
		    a->value.number, c->op, b->value.number);
	case FACT_BOOL:
		return a->value.yes == b->value.yes;
	case FACT_IP:
		return ip_eq(a->value.ip, b->value.ip);
	case FACT_BYTES:
		return span_eq(a->value.text, b->value.text);
	default:
		return span_case_eq(a->value.text, b->value.text);
	}
}

/* FACT op FACT. */
static struct pair
encode_facts(struct prover *p, const struct cond *c, size_t slot)
{
	const struct instance *a = instance_of(p, c->subject.fact, slot);
	const struct instance *b = instance_of(p, c->other.fact, slot);
	size_t n = a->pool->n;
	bool number = c->subject.type == FACT_NUMBER;
	lit *l = arena_array(p->arena, n + 1, sizeof(lit));
	lit *under = arena_array(p->arena, n + 1, sizeof(lit));
	lit known, like, wild;

	for (size_t i = 0; i < n; i++) {
		size_t count = 0;

		l[i] = gate_false(p->g);
		if (a->is[i] == gate_false(p->g))
			continue;
		/* No two texts of joined facts are alike (values.c). */
		for (size_t k = number ? 0 : i; k < (number ? n : i + 1); k++)
			if (b->is[k] != gate_false(p->g) &&
			    candidates_compare(c, &a->pool->candidate[i],
				&a->pool->candidate[k]))
				under[count++] = b->is[k];
		l[i] = gate_and2(p->g, a->is[i], gate_or(p->g, under, count));
	}
	known = gate_and2(p->g, a->known, b->known);
	like = gate_or(p->g, l, n);
	if (a->pool->cut) {
		/* The last one stands for all there may be besides. */
		wild = gate_or2(p->g, a->is[n - 1], b->is[n - 1]);
		like = gate_or2(p->g, gate_and2(p->g, like, lit_not(wild)),
		    gate_and2(p->g, wild, sat_var(gates_sat(p->g))));
	}
	if (c->negated && c->subject.type != FACT_NUMBER)
		like = lit_not(like);
	return (struct pair){ gate_and2(p->g, known, like),
		gate_or2(p->g, gate_or2(p->g, a->absent, b->absent),
		    gate_and2(p->g, known, lit_not(like))) };
}

/* The score is always known when it counts. */
static struct pair
encode_score(struct prover *p, size_t set, const struct cond *c)
{
	lit yes = gate_true(p->g);

	if (c->kind == COND_UNKNOWN)
		yes = gate_false(p->g);
	else if (c->kind == COND_COMPARE)
		yes = score_compare(p, set, c->op, c->number);
	else if (c->kind == COND_IN_SET) {
		yes = gate_false(p->g);
		for (size_t i = 0; i < c->value_count; i++)
			yes = gate_or2(p->g, yes,
			    score_compare(p, set, TOKEN_EQ, c->numbers[i]));
		yes = c->negated ? lit_not(yes) : yes;
	}
	return (struct pair){ yes, lit_not(yes) };
}

/* FACT contains FACT: of two that are known nothing is said but that both sets
 * answer alike. */
static struct pair
encode_contains(struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	const struct instance *a = instance_of(p, c->subject.fact, slot);
	const struct instance *b = instance_of(p, c->other.fact, slot);
	struct pair has = encode_one(p, set, c, slot);

	return (struct pair){ gate_and2(p->g, has.yes, b->known),
		gate_or2(p->g, gate_or2(p->g, a->absent, b->absent),
		    gate_and2(p->g, has.no, b->known)) };
}

struct pair
encode_question(struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	const struct instance *i;
	struct pair owned;

	if (c->subject.kind == SUBJECT_SCORE)
		return encode_score(p, set, c);
	if (c->kind == COND_HAS) {
		i = instance_of(p, c->subject.fact, slot);
		return (struct pair){ i->known, i->absent };
	}
	if (c->kind == COND_UNKNOWN) {
		i = instance_of(p, c->subject.fact, slot);
		return (struct pair){ i->unknown, lit_not(i->unknown) };
	}
	if (c->kind == COND_COMPARE && c->fact_value)
		return encode_facts(p, c, slot);
	if (c->kind == COND_CONTAINS)
		return encode_contains(p, set, c, slot);
	if (encode_owned(p, set, c, slot, &owned))
		return owned;
	return encode_one(p, set, c, slot);
}
