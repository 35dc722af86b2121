/*
 * Conditions as formulas, with the evaluator's three values.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <math.h>
#include <string.h>

static struct pair
pair_not(struct pair a)
{
	return (struct pair){ a.no, a.yes };
}

static struct pair
pair_of(struct prover *p, lit yes)
{
	(void)p;
	return (struct pair){ yes, lit_not(yes) };
}

/* ---- groups ---------------------------------------------------------------- */

/* As many as questions can tell apart of them, too. */
static void
group_rests(struct prover *p, struct group *group)
{
	struct sat *sat = gates_sat(p->g);

	if ((schema_row(p->schema, group->fact)->flags & FACT_RESTS) == 0)
		return;
	group->rests = group->slots;
	group->rest = arena_array(p->arena, group->rests + 1, sizeof(lit));
	for (size_t i = 0; i < group->rests; i++) {
		group->rest[i] = sat_var(sat);
		sat_prefer(sat, lit_not(group->rest[i]));
		gate_implies(p->g, group->rest[i],
		    i > 0 ? group->rest[i - 1] : group->tail);
	}
}

struct group *
group_of(struct prover *p, fact_id fact)
{
	struct group *group = p->group[fact];
	struct sat *sat = gates_sat(p->g);

	if (group != NULL)
		return group;
	group = arena_alloc(p->arena, sizeof(*group));
	group->fact = fact;
	group->slots = p->slots[fact];
	if (group->slots > SLOTS_MAX) {
		group->slots = SLOTS_MAX;
		p->cut = arena_printf(p->arena,
		    "rules tell more than %d elements of %s apart", SLOTS_MAX,
		    schema_row(p->schema, fact)->name);
	}
	group->present = arena_array(p->arena, group->slots + 1, sizeof(lit));
	for (size_t i = 0; i < group->slots; i++) {
		group->present[i] = sat_var(sat);
		/* The first ones first: nothing else tells them apart. */
		if (i > 0)
			gate_implies(
			    p->g, group->present[i], group->present[i - 1]);
	}
	group->tail = sat_var(sat);
	gate_implies(p->g, p->plain, lit_not(group->tail));
	group_rests(p, group);
	p->group[fact] = group;
	return group;
}

/* How many elements are like this: at least n, or beyond n. */
static lit
encode_at_least(
    struct prover *p, const lit *l, size_t count, double n, bool beyond)
{
	double least = beyond ? floor(n) + 1 : ceil(n);
	lit out = gate_false(p->g);

	if (least <= 0)
		return gate_true(p->g);
	if (least > (double)count)
		return out;
	if (!sum_count(p->sums, l, count, (size_t)least, &out))
		p->cut = "a count of elements is too large";
	return out;
}

/*
 * See eval_rest: whether what was not found out leaves the question open. What
 * is known of it can rule out that any of it is such, or that any is not.
 */
static lit
encode_rest(struct prover *p, size_t set, const struct group *group,
    const struct cond *c)
{
	lit *open = arena_array(p->arena, group->rests + 1, sizeof(lit));
	bool any = c->quantifier != QUANTIFIER_ALL;

	if (group->rests == 0)
		return group->tail;
	for (size_t i = 0; i < group->rests; i++) {
		struct pair one = pair_of(p, gate_true(p->g));

		if (c->child != NULL)
			one = encode_cond(p, set, c->child, SLOTS_REST + i);
		open[i] = gate_and2(
		    p->g, group->rest[i], lit_not(any ? one.no : one.yes));
	}
	open[group->rests] = lit_not(group->rest[0]);
	return gate_and2(
	    p->g, group->tail, gate_or(p->g, open, group->rests + 1));
}

/* See eval_count: known when the least and the greatest number agree. */
static struct pair
encode_count(struct prover *p, const struct group *group, const struct cond *c,
    const struct pair *child, lit tail)
{
	lit *is = arena_array(p->arena, group->slots + 1, sizeof(lit));
	lit *may = arena_array(p->arena, group->slots + 1, sizeof(lit));
	lit least_ge, least_gt, most_ge, most_gt, exact, other;
	struct pair ge, gt;

	for (size_t i = 0; i < group->slots; i++) {
		is[i] = gate_and2(p->g, group->present[i], child[i].yes);
		may[i] =
		    gate_and2(p->g, group->present[i], lit_not(child[i].no));
	}
	least_ge = encode_at_least(p, is, group->slots, c->number, false);
	least_gt = encode_at_least(p, is, group->slots, c->number, true);
	most_ge = gate_or2(p->g, tail,
	    encode_at_least(p, may, group->slots, c->number, false));
	most_gt = gate_or2(
	    p->g, tail, encode_at_least(p, may, group->slots, c->number, true));
	ge = (struct pair){ least_ge, lit_not(most_ge) };
	gt = (struct pair){ least_gt, lit_not(most_gt) };
	switch (c->op) {
	case TOKEN_GE:
		return ge;
	case TOKEN_GT:
		return gt;
	case TOKEN_LT:
		return pair_not(ge);
	case TOKEN_LE:
		return pair_not(gt);
	default:
		break;
	}
	exact = gate_and2(p->g, least_ge, lit_not(most_gt));
	other = gate_or2(p->g, least_gt, lit_not(most_ge));
	return c->op == TOKEN_NE ? (struct pair){ other, exact }
				 : (struct pair){ exact, other };
}

static struct pair
encode_any(struct prover *p, const struct group *group,
    const struct pair *child, lit tail)
{
	lit *yes = arena_array(p->arena, group->slots + 1, sizeof(lit));
	lit *no = arena_array(p->arena, group->slots + 1, sizeof(lit));

	for (size_t i = 0; i < group->slots; i++) {
		yes[i] = gate_and2(p->g, group->present[i], child[i].yes);
		no[i] = gate_or2(p->g, lit_not(group->present[i]), child[i].no);
	}
	no[group->slots] = lit_not(tail);
	return (struct pair){ gate_or(p->g, yes, group->slots),
		gate_and(p->g, no, group->slots + 1) };
}

/* `all` of nothing is no. */
static struct pair
encode_all(struct prover *p, const struct group *group,
    const struct pair *child, lit tail)
{
	size_t n = group->slots;
	lit *yes = arena_array(p->arena, n + 2, sizeof(lit));
	lit *no = arena_array(p->arena, n + 1, sizeof(lit));

	for (size_t i = 0; i < n; i++) {
		yes[i] =
		    gate_or2(p->g, lit_not(group->present[i]), child[i].yes);
		no[i] = gate_and2(p->g, group->present[i], child[i].no);
	}
	yes[n] = lit_not(tail);
	yes[n + 1] = gate_or(p->g, group->present, n);
	no[n] = gate_and2(p->g, lit_not(group->tail), lit_not(yes[n + 1]));
	return (struct pair){ gate_and(p->g, yes, n + 2),
		gate_or(p->g, no, n + 1) };
}

static struct pair
encode_quantified(struct prover *p, size_t set, const struct cond *c)
{
	const struct group *group = group_of(p, c->subject.fact);
	struct pair *child =
	    arena_array(p->arena, group->slots + 1, sizeof(*child));
	struct pair any;
	lit tail;

	for (size_t i = 0; i < group->slots; i++)
		child[i] = c->child == NULL ? pair_of(p, gate_true(p->g))
					    : encode_cond(p, set, c->child, i);
	tail = encode_rest(p, set, group, c);
	if (c->quantifier == QUANTIFIER_COUNT)
		return encode_count(p, group, c, child, tail);
	if (c->quantifier == QUANTIFIER_ALL)
		return encode_all(p, group, child, tail);
	any = encode_any(p, group, child, tail);
	return c->quantifier == QUANTIFIER_NO ? pair_not(any) : any;
}

/* has GROUP, GROUP is unknown */
static struct pair
encode_group_state(struct prover *p, const struct cond *c)
{
	const struct group *group = group_of(p, c->subject.fact);
	lit some;

	if (c->kind == COND_UNKNOWN)
		return pair_of(p, group->tail);
	some = gate_or(p->g, group->present, group->slots);
	return (struct pair){ some,
		gate_and2(p->g, lit_not(some), lit_not(group->tail)) };
}

/* ---- conditions ---------------------------------------------------------------- */

static struct pair
encode_chain(struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	bool and = c->kind == COND_AND;
	lit *yes, *no;
	size_t n = 0;

	for (const struct cond *i = c->child; i != NULL; i = i->next)
		n++;
	yes = arena_array(p->arena, n + 1, sizeof(lit));
	no = arena_array(p->arena, n + 1, sizeof(lit));
	n = 0;
	for (c = c->child; c != NULL; c = c->next, n++) {
		struct pair one = encode_cond(p, set, c, slot);

		yes[n] = one.yes;
		no[n] = one.no;
	}
	return (
	    struct pair){ and? gate_and(p->g, yes, n) : gate_or(p->g, yes, n),
		and? gate_or(p->g, no, n) : gate_and(p->g, no, n) };
}

static struct pair
encode_tagged(struct prover *p, size_t set, const struct cond *c)
{
	lit *yes = arena_array(p->arena, c->rule_count + 1, sizeof(lit));
	lit *no = arena_array(p->arena, c->rule_count + 1, sizeof(lit));

	for (size_t i = 0; i < c->rule_count; i++) {
		struct pair one = encode_rule(p, set, c->rules[i]);

		yes[i] = one.yes;
		no[i] = one.no;
	}
	return (struct pair){ gate_or(p->g, yes, c->rule_count),
		gate_and(p->g, no, c->rule_count) };
}

static const char *
cond_written(struct prover *p, struct place place)
{
	struct span s =
	    place.source == NULL
		? SPAN("")
		: span_slice(place.source->text, place.at, place.at + place.n);
	char *out = arena_strdup(p->arena, s), *to = out;
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_space(s.p[i])) {
			space = true;
			continue;
		}
		if (space && to > out)
			*to++ = ' ';
		space = false;
		*to++ = s.p[i];
	}
	*to = '\0';
	return out;
}

/* Two parts of mail are two answers, though the rule is one. */
const char *
word_written(struct prover *p, const struct cond *c)
{
	const struct rule_canary *canary = c->args;

	return c->row->canary ? arena_printf(p->arena, "%s %.10g", c->row->name,
				    canary->share)
			      : cond_written(p, c->place);
}

static bool
word_same(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");

	return n == strcspn(b, " ") && memcmp(a, b, n) == 0;
}

struct pair
encode_word(struct prover *p, const char *key, const struct cond *c, size_t set)
{
	struct sat *sat = gates_sat(p->g);
	struct atom *a = p->words;

	while (a != NULL && strcmp(a->key, key) != 0)
		a = a->next;
	if (a != NULL)
		return a->is;
	a = arena_alloc(p->arena, sizeof(*a));
	*a = (struct atom){ .key = key,
		.is = { sat_var(sat), sat_var(sat) },
		.cond = c,
		.set = set,
		.next = p->words };
	sat_prefer(sat, a->is.no);
	gate_implies(p->g, a->is.yes, lit_not(a->is.no));
	/* Tests say one thing of all that begin with the same word. */
	for (const struct atom *b = a->next; b != NULL; b = b->next) {
		lit no = lit_not(p->search);

		if (!word_same(a->key, b->key))
			continue;
		gate_implies_or(p->g, a->is.yes, b->is.yes, no);
		gate_implies_or(p->g, b->is.yes, a->is.yes, no);
		gate_implies_or(p->g, a->is.no, b->is.no, no);
		gate_implies_or(p->g, b->is.no, a->is.no, no);
	}
	p->words = a;
	return a->is;
}

static struct pair
encode_cond_made(
    struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	switch (c->kind) {
	case COND_AND:
	case COND_OR:
		return encode_chain(p, set, c, slot);
	case COND_NOT:
		return pair_not(encode_cond(p, set, c->child, slot));
	case COND_QUANTIFIED:
		return encode_quantified(p, set, c);
	case COND_TAGGED:
		return encode_tagged(p, set, c);
	case COND_WORD:
		return encode_word(p, word_written(p, c), c, set);
	case COND_HAS:
	case COND_UNKNOWN:
		if (c->subject.kind == SUBJECT_FACT &&
		    c->subject.type == FACT_GROUP)
			return encode_group_state(p, c);
		return encode_question(p, set, c, slot);
	default:
		return encode_question(p, set, c, slot);
	}
}

struct pair
encode_cond(struct prover *p, size_t set, const struct cond *c, size_t slot)
{
	struct same *same = same_of(p, set, c);
	struct pair made;

	if (slot < same->answer_n && same->made[slot])
		return same->answer[slot];
	made = encode_cond_made(p, same->set, same->cond, slot);
	if (slot >= same->answer_n) {
		size_t answer_cap = same->answer_n, made_cap = same->answer_n;

		same->answer = arena_grow(p->arena, same->answer, &answer_cap,
		    slot + 1, sizeof(*same->answer));
		same->made = arena_grow(p->arena, same->made, &made_cap,
		    slot + 1, sizeof(*same->made));
		same->answer_n = answer_cap < made_cap ? answer_cap : made_cap;
	}
	same->answer[slot] = made;
	same->made[slot] = true;
	return made;
}

struct pair
encode_rule(struct prover *p, size_t set, size_t number)
{
	struct proved *s = &p->set[set];
	const struct rule *rule = s->rs->rule[number];

	if (s->made[number])
		return s->rule[number];
	s->rule[number] = rule->cond == NULL
			      ? pair_of(p, gate_true(p->g))
			      : encode_cond(p, set, rule->cond, 0);
	s->made[number] = true;
	return s->rule[number];
}
