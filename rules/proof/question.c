/*
 * Facts as variables, and questions about one of them as formulas over what
 * each of its values answers.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

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
 * A text that holds one literal text holds whatever is a part of that. The
 * part may be looser about case, never stricter.
 */
static void
atom_relate(struct prover *p, const struct atom *whole, const struct atom *part)
{
	if (whole->literal.p == NULL || part->literal.p == NULL ||
	    part->literal.n > whole->literal.n)
		return;
	if (part->folds
		? span_case_search(whole->literal, part->literal) != SIZE_MAX
		: !whole->folds &&
		      span_search(whole->literal, part->literal) != SIZE_MAX)
		gate_implies(p->g, whole->is.yes, part->is.yes);
}

/* The only text that a pattern matches, but for a line end behind it. */
static struct span
pattern_only(struct prover *p, const struct cond *c)
{
	struct span text = c->value.text;
	bool folds;

	if (text.n < 3 || text.p[0] != '^' || text.p[text.n - 1] != '$' ||
	    span_find(c->value.flags, 'm') != SIZE_MAX)
		return (struct span){ NULL, 0 };
	return sample_literal(
	    p->arena, span_slice(text, 1, text.n - 1), c->value.flags, &folds);
}

/* What all patterns of the pool that ask the same fact say of a text: its
 * sets of patterns are looked for in it once, not once for each. */
static void
texts_asked(struct prover *p, const struct pool *pool, fact_id fact,
    struct span text, unsigned char *says)
{
	const struct value v = value_text(text);

	for (size_t set = 0; set < p->set_n; set++) {
		reply_state(p, set, fact, &v);
		for (size_t i = 0; i < pool->asked_n; i++) {
			const struct asked *q = &pool->asked[i];

			if (q->set == set && q->fact == fact &&
			    q->about == ASKED_COND &&
			    q->cond->kind == COND_MATCH)
				says[i] = (unsigned char)reply_ask(
				    p, set, q->cond);
		}
	}
}

/* NULL: more texts match, or none is known. */
static const unsigned char *
asked_of_only(struct prover *p, const struct pool *pool, struct asked *q)
{
	struct span only, line;
	unsigned char *with_end;

	if (q->only_looked)
		return q->of_only;
	q->only_looked = true;
	only = pattern_only(p, q->cond);
	if (only.p == NULL)
		return NULL;
	line = span_of(arena_printf(p->arena, "%.*s\n", SPAN_FMT(only)));
	p->related += pool->asked_n;
	q->of_only = arena_alloc(p->arena, pool->asked_n + 1);
	with_end = arena_alloc(p->arena, pool->asked_n + 1);
	texts_asked(p, pool, q->fact, only, q->of_only);
	texts_asked(p, pool, q->fact, line, with_end);
	for (size_t i = 0; i < pool->asked_n; i++)
		if (q->of_only[i] != with_end[i])
			q->of_only[i] = TRUTH_UNKNOWN;
	return q->of_only;
}

/*
 * Of a pattern that only one text matches it is certain what another says of
 * that text.
 */
static void
atom_relate_exact(struct prover *p, const struct instance *i,
    const struct atom *exact, const struct atom *other)
{
	const unsigned char *of_only = asked_of_only(p, i->pool, exact->asked);
	enum truth says;

	if (of_only == NULL || (exact->folds && pattern_sees_case(other->cond)))
		return;
	says = (enum truth)of_only[other->asked - i->pool->asked];
	if (says == TRUTH_YES)
		gate_implies(p->g, exact->is.yes, other->is.yes);
	else if (says == TRUTH_NO)
		gate_implies(p->g, exact->is.yes, lit_not(other->is.yes));
}

/* Beyond it patterns say nothing of one another: what is proved then holds all
 * the same, and some is not decided. */
#define RELATED_MAX 8000000

/* A new one with each that is there. */
static void
atoms_relate(struct prover *p, struct instance *i, struct atom *a)
{
	if (a->cond->kind != COND_MATCH)
		return;
	a->literal = sample_literal(p->arena, a->cond->value.text,
	    a->cond->value.flags, &a->folds);
	for (const struct atom *b = i->atoms;
	     b != NULL && p->related < RELATED_MAX; b = b->next) {
		if (b == a || b->cond->kind != COND_MATCH)
			continue;
		p->related++;
		atom_relate(p, a, b);
		atom_relate(p, b, a);
		atom_relate_exact(p, i, a, b);
		atom_relate_exact(p, i, b, a);
	}
}

static struct pair
atom_of(struct prover *p, struct instance *i, size_t set, struct asked *q)
{
	const struct cond *c = q->cond;
	const char *key = atom_key(p, set, c);
	uint64_t hash = span_hash(span_of(key), 0);
	struct sat *sat = gates_sat(p->g);
	bool dynamic = c->kind == COND_IN_LIST &&
		       p->set[set].rs->list[c->list]->info.kind->dynamic;
	/* Whose entries count is not known here: it may be nobody's. */
	bool owned = c->kind == COND_IN_LIST &&
		     p->set[set].rs->list[c->list]->info.by_rcpt;
	bool bounded = c->kind == COND_MATCH ||
		       (c->kind == COND_IN_LIST && !dynamic && !owned);
	struct atom *a = i->atoms;

	while (a != NULL && (a->hash != hash || strcmp(a->key, key) != 0))
		a = a->next;
	if (a != NULL)
		return a->is;
	a = arena_alloc(p->arena, sizeof(*a));
	*a = (struct atom){ .key = key,
		.is = { sat_var(sat), 0 },
		.cond = c,
		.set = set,
		.next = i->atoms,
		.hash = hash,
		.asked = q };
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

/* Of the known values: those that answer so, or can. */
static lit
encode_reply(struct prover *p, const struct instance *i, const struct asked *q,
    enum reply reply, lit opened)
{
	size_t n = i->pool->n, count = 0;
	lit *l = xcalloc(n + 2, sizeof(lit));
	lit *open = xcalloc(n + 1, sizeof(lit)), out;
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
		l[count++] = gate_and2(p->g, gate_or(p->g, open, open_n), opened);
	out = gate_or(p->g, l, count);
	free(l);
	free(open);
	return out;
}

lit
encode_yes(struct prover *p, const struct instance *i, const struct asked *q)
{
	lit opened = i->pool->cut ? sat_var(gates_sat(p->g)) : gate_false(p->g);

	return encode_reply(p, i, q, REPLY_YES, opened);
}

/* Of the known values, how many answer in which way. */
struct replies {
	size_t yes, no, free;
};

static struct replies
replies_count(
    const struct prover *p, const struct instance *i, const struct asked *q)
{
	struct replies n = { 0 };

	for (size_t k = 0; k < i->pool->n; k++)
		if (i->is[k] != gate_false(p->g))
			*(q->reply[k] == REPLY_YES      ? &n.yes
			    : q->reply[k] == REPLY_NO ? &n.no
						      : &n.free) += 1;
	return n;
}

/*
 * The values of one answer, made of those that give the other and of those
 * that are free: ten thousand questions, each about one of as many values,
 * would else be a hundred million literals.
 */
static lit
encode_others(struct prover *p, const struct instance *i, const struct asked *q,
    enum reply other, bool any_free, lit opened)
{
	lit of_other = encode_reply(p, i, q, other, gate_false(p->g));
	lit out = gate_and2(p->g, i->known, lit_not(of_other)), settled;

	if (!any_free)
		return out;
	settled = encode_reply(p, i, q, other, gate_true(p->g));
	return gate_and2(
	    p->g, out, gate_or2(p->g, lit_not(settled), opened));
}

static struct pair
encode_one(struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	struct instance *i = instance_of(p, c->subject.fact, slot);
	struct asked *q = pool_find(i->pool, c);
	struct pair atom = { gate_false(p->g), gate_false(p->g) };
	struct replies count = replies_count(p, i, q);
	lit yes, no;

	if (count.free > 0)
		atom = atom_of(p, i, set, q);
	yes = count.yes > count.no + count.free
		  ? encode_others(p, i, q, REPLY_NO, count.free > 0, atom.yes)
		  : encode_reply(p, i, q, REPLY_YES, atom.yes);
	no = count.no > count.yes + count.free
		 ? encode_others(p, i, q, REPLY_YES, count.free > 0, atom.no)
		 : encode_reply(p, i, q, REPLY_NO, atom.no);
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
