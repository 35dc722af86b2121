/*
 * And, or, and sums with a bound, as clauses.
 */
#include "config.h"

#include "rules/proof/gate.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/base/span.h"

/* A gate that was made: the sorted literals under it, all anded. */
struct made {
	lit *l;
	size_t n;
	lit out;
	size_t next; /* in its bucket; SIZE_MAX: none */
};

struct gates {
	struct sat *sat;
	lit yes;
	struct made *made;
	size_t made_n, made_cap;
	size_t *bucket, bucket_n;
};

struct gates *
gates_new(void)
{
	struct gates *g = xcalloc(1, sizeof(*g));

	g->sat = sat_new();
	g->yes = sat_var(g->sat);
	sat_clause(g->sat, &g->yes, 1);
	return g;
}

void
gates_free(struct gates **gates)
{
	struct gates *g = *gates;

	if (g == NULL)
		return;
	for (size_t i = 0; i < g->made_n; i++)
		free(g->made[i].l);
	free(g->made);
	free(g->bucket);
	sat_free(&g->sat);
	free(g);
	*gates = NULL;
}

struct sat *
gates_sat(const struct gates *g)
{
	return g->sat;
}

lit
gate_true(const struct gates *g)
{
	return g->yes;
}

/* ---- and, or --------------------------------------------------------------- */

static uint64_t
made_hash(const lit *l, size_t n)
{
	return span_hash(span_make((const char *)l, n * sizeof(*l)), 0);
}

static void
made_rehash(struct gates *g)
{
	g->bucket_n = g->bucket_n == 0 ? 1024 : g->bucket_n * 4;
	g->bucket = xrealloc(g->bucket, g->bucket_n, sizeof(*g->bucket));
	for (size_t i = 0; i < g->bucket_n; i++)
		g->bucket[i] = SIZE_MAX;
	for (size_t i = 0; i < g->made_n; i++) {
		struct made *m = &g->made[i];
		size_t b = made_hash(m->l, m->n) % g->bucket_n;

		m->next = g->bucket[b];
		g->bucket[b] = i;
	}
}

static bool
made_find(const struct gates *g, const lit *l, size_t n, lit *out)
{
	size_t i;

	if (g->bucket_n == 0)
		return false;
	for (i = g->bucket[made_hash(l, n) % g->bucket_n]; i != SIZE_MAX;
	     i = g->made[i].next) {
		const struct made *m = &g->made[i];

		if (m->n != n || memcmp(m->l, l, n * sizeof(*l)) != 0)
			continue;
		*out = m->out;
		return true;
	}
	return false;
}

/* Takes l over. */
static void
made_keep(struct gates *g, lit *l, size_t n, lit out)
{
	if (g->made_n >= g->bucket_n)
		made_rehash(g);
	if (g->made_n == g->made_cap) {
		g->made_cap = g->made_cap == 0 ? 256 : g->made_cap * 2;
		g->made = xrealloc(g->made, g->made_cap, sizeof(*g->made));
	}
	g->made[g->made_n] = (struct made){ l, n, out,
		g->bucket[made_hash(l, n) % g->bucket_n] };
	g->bucket[made_hash(l, n) % g->bucket_n] = g->made_n++;
}

static int
lit_order(const void *a, const void *b)
{
	lit x = *(const lit *)a, y = *(const lit *)b;

	return x < y ? -1 : x > y;
}

/* Sorted, each once, without those that are always true. SIZE_MAX: one of
 * them and its contrary are there, or one that is never true. */
static size_t
and_tidy(const struct gates *g, lit *l, size_t n)
{
	size_t count = 0;

	qsort(l, n, sizeof(*l), lit_order);
	for (size_t i = 0; i < n; i++) {
		if (l[i] == lit_not(g->yes))
			return SIZE_MAX;
		if (l[i] == g->yes || (count > 0 && l[count - 1] == l[i]))
			continue;
		if (count > 0 && l[count - 1] == lit_not(l[i]))
			return SIZE_MAX;
		l[count++] = l[i];
	}
	return count;
}

lit
gate_and(struct gates *g, const lit *in, size_t n)
{
	lit *l = xcalloc(n + 1, sizeof(*l)), out = g->yes;

	if (n > 0)
		memcpy(l, in, n * sizeof(*l));
	n = and_tidy(g, l, n);
	if (n == SIZE_MAX)
		out = lit_not(g->yes);
	else if (n == 1)
		out = l[0];
	if (n == SIZE_MAX || n < 2 || made_find(g, l, n, &out)) {
		free(l);
		return out;
	}
	out = sat_var_follows(g->sat);
	for (size_t i = 0; i < n; i++)
		gate_implies(g, out, l[i]);
	for (size_t i = 0; i < n; i++)
		l[i] = lit_not(l[i]);
	l[n] = out;
	sat_clause(g->sat, l, n + 1);
	for (size_t i = 0; i < n; i++)
		l[i] = lit_not(l[i]);
	made_keep(g, l, n, out);
	return out;
}

lit
gate_or(struct gates *g, const lit *in, size_t n)
{
	lit *l = xcalloc(n + 1, sizeof(*l)), out;

	for (size_t i = 0; i < n; i++)
		l[i] = lit_not(in[i]);
	out = lit_not(gate_and(g, l, n));
	free(l);
	return out;
}

lit
gate_and2(struct gates *g, lit a, lit b)
{
	const lit l[] = { a, b };

	return gate_and(g, l, 2);
}

lit
gate_or2(struct gates *g, lit a, lit b)
{
	return lit_not(gate_and2(g, lit_not(a), lit_not(b)));
}

void
gate_implies(struct gates *g, lit a, lit b)
{
	const lit l[] = { lit_not(a), b };

	sat_clause(g->sat, l, 2);
}

void
gate_implies_or(struct gates *g, lit a, lit b, lit c)
{
	const lit l[] = { lit_not(a), b, c };

	sat_clause(g->sat, l, 3);
}

void
gate_one_of(struct gates *g, const lit *l, size_t n)
{
	lit before = n > 0 ? l[0] : lit_not(g->yes);

	sat_clause(g->sat, l, n);
	/* before: one of those before is true, and then none of the rest. */
	for (size_t i = 1; i < n; i++) {
		lit now;

		gate_implies(g, before, lit_not(l[i]));
		if (i + 1 == n)
			break;
		now = sat_var_follows(g->sat);
		gate_implies(g, before, now);
		gate_implies(g, l[i], now);
		before = now;
	}
}

/* ---- sums --------------------------------------------------------------------- */

/* From literal `index` on, the node answers alike for all bounds from low
 * (exclusive) to high. */
struct node {
	int64_t low, high;
	lit out;
};

/* Their ranges meet nowhere: in their order. */
struct nodes {
	struct node *node;
	size_t n, cap;
};

struct sum {
	struct gates *g;
	const struct weighted *term;
	size_t n;
	int64_t *rest; /* what those from here on can add at most */
	struct nodes *level;
	size_t made;
};

/* The first of its level that does not end below the bound. */
static size_t
sum_find(const struct nodes *level, int64_t bound)
{
	size_t low = 0, high = level->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (level->node[middle].high < bound)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
sum_keep(struct sum *s, size_t at, struct node node)
{
	struct nodes *level = &s->level[at];
	size_t place = sum_find(level, node.high);

	if (level->n == level->cap) {
		level->cap = level->cap == 0 ? 8 : level->cap * 2;
		level->node =
		    xrealloc(level->node, level->cap, sizeof(*level->node));
	}
	memmove(&level->node[place + 1], &level->node[place],
	    (level->n++ - place) * sizeof(*level->node));
	level->node[place] = node;
	s->made++;
}

/* Abio and others 2012: nodes that answer alike for a range of bounds are
 * one. Recursion is as deep as there are terms, which are bounded. */
static struct node
sum_node(struct sum *s, size_t at, int64_t bound)
{
	const struct nodes *level = &s->level[at];
	struct node with, without, node;
	size_t known;
	int64_t w;

	if (bound <= 0)
		return (struct node){ INT64_MIN, 0, s->g->yes };
	if (bound > s->rest[at])
		return (
		    struct node){ s->rest[at], INT64_MAX, lit_not(s->g->yes) };
	known = sum_find(level, bound);
	if (known < level->n && bound > level->node[known].low)
		return level->node[known];
	if (s->made > GATE_SUM_MAX)
		return (struct node){ bound - 1, bound, s->g->yes };
	w = s->term[at].weight;
	with = sum_node(s, at + 1, bound - w);
	without = sum_node(s, at + 1, bound);
	node.low = with.low == INT64_MIN ? INT64_MIN : with.low + w;
	node.high = with.high == INT64_MAX ? INT64_MAX : with.high + w;
	if (without.low > node.low)
		node.low = without.low;
	if (without.high < node.high)
		node.high = without.high;
	/* Whatever does without it does with it. */
	node.out = gate_or2(
	    s->g, without.out, gate_and2(s->g, s->term[at].l, with.out));
	sum_keep(s, at, node);
	return node;
}

static int
weight_order(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return lit_order(&x->l, &y->l);
}

#define SUM_TERMS_MAX 4000

bool
gate_sum(
    struct gates *g, struct weighted *terms, size_t n, int64_t bound, lit *out)
{
	struct sum s = { .g = g, .term = terms, .n = n };
	struct node top;
	bool good;

	if (n > SUM_TERMS_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (terms[i].weight < 0) {
			/* w * x = w + -w * not x */
			bound -= terms[i].weight;
			terms[i].weight = -terms[i].weight;
			terms[i].l = lit_not(terms[i].l);
		}
	qsort(terms, n, sizeof(*terms), weight_order);
	s.rest = xcalloc(n + 1, sizeof(*s.rest));
	s.level = xcalloc(n + 1, sizeof(*s.level));
	for (size_t i = n; i-- > 0;)
		s.rest[i] = s.rest[i + 1] + terms[i].weight;
	top = sum_node(&s, 0, bound);
	good = s.made <= GATE_SUM_MAX;
	if (good)
		*out = top.out;
	for (size_t i = 0; i <= n; i++)
		free(s.level[i].node);
	free(s.level);
	free(s.rest);
	return good;
}

bool
gate_count(struct gates *g, const lit *l, size_t n, size_t k, lit *out)
{
	struct weighted *terms = xcalloc(n + 1, sizeof(*terms));
	bool good;

	for (size_t i = 0; i < n; i++)
		terms[i] = (struct weighted){ l[i], 1 };
	good = gate_sum(g, terms, n, (int64_t)k, out);
	free(terms);
	return good;
}
