/*
 * Sums with a bound as decision diagrams (Abio and others 2012): a node asks
 * whether the rest of the terms, from one on, is at least so much, and bounds
 * for which that is answered alike are one node.
 *
 * The rest of a sum is one object for all sums that end alike, whichever bound
 * is asked for. So two sets of rules of which one score, or one threshold, is
 * another one have nearly all nodes in common; and what is at least so much is
 * at least all that is less, which the solver is told of each two neighbours:
 * it would find out no sooner than by going through all of the rest.
 */
#include "config.h"

#include "rules/proof/sum.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define TERMS_MAX 4000
#define BUCKETS   4096
#define NOT_MADE  ((lit)-1)
#define NODES_MAX 100000
#define GATES_MAX 2000000 /* of all sums whose terms are sorted */

/* For all bounds from low (exclusive) to high the answer is the same. */
struct node {
	int64_t low, high;
	lit out; /* or NOT_MADE */
};

/* Terms from one on, and what was asked of them: nodes whose ranges meet
 * nowhere, in their order. */
struct rest {
	struct weighted term; /* the first; its weight is above 0 */
	struct rest *next;    /* NULL: this is nothing any more */
	int64_t most;         /* that all of them add */
	struct node *node;
	size_t n, cap;
	struct rest *in_bucket;
};

struct sums {
	struct arena *arena;
	struct gates *g;
	struct rest *bucket[BUCKETS];
	struct rest nothing;
	size_t nodes; /* counted for the question that is asked */
	size_t nodes_max, gates_left;
	const struct rest *leaf; /* from here on terms are sorted, or NULL */
	bool failed;             /* by sorting: too many gates */
};

struct term {
	struct weighted is;
	int64_t greatest; /* weight of the same in either sum */
	bool shared;
};

struct sum {
	int64_t base; /* what it is without any term */
	struct term *term;
	size_t n;
	struct rest *first;  /* NULL: not asked for anything yet */
	struct rest *shared; /* from here on the other sum has the same */
};

struct sums *
sums_new(struct arena *a, struct gates *g)
{
	struct sums *s = arena_alloc(a, sizeof(*s));

	s->arena = a;
	s->g = g;
	s->nodes_max = NODES_MAX;
	s->gates_left = GATES_MAX;
	return s;
}

void
sums_nodes_max(struct sums *s, size_t nodes)
{
	s->nodes_max = nodes;
}

/* ---- terms ----------------------------------------------------------------- */

static int
term_order_lit(const void *a, const void *b)
{
	const struct term *x = a, *y = b;

	return x->is.l < y->is.l ? -1 : x->is.l > y->is.l;
}

/* What both sums have comes last; the greatest come first, where the diagram
 * is small. */
static int
term_order(const void *a, const void *b)
{
	const struct term *x = a, *y = b;

	if (x->shared != y->shared)
		return x->shared ? 1 : -1;
	if (x->greatest != y->greatest)
		return x->greatest > y->greatest ? -1 : 1;
	return term_order_lit(a, b);
}

/* Those of one variable are one, and none takes anything away:
 * w * x = w + -w * not x. Returns where the next variable begins. */
static size_t
sum_tidy(struct sum *sum, const struct sums *s, size_t n, size_t at)
{
	lit l = sum->term[at].is.l & ~1U;
	int64_t weight = 0;

	for (; at < n && (sum->term[at].is.l & ~1U) == l; at++) {
		int64_t one = sum->term[at].is.weight;

		if (sum->term[at].is.l != l) {
			sum->base += one;
			one = -one;
		}
		weight += one;
	}
	if (l == (gate_true(s->g) & ~1U)) {
		sum->base += gate_true(s->g) == l ? weight : 0;
		return at;
	}
	if (weight < 0) {
		sum->base += weight;
		weight = -weight;
		l = lit_not(l);
	}
	if (weight > 0)
		sum->term[sum->n++] =
		    (struct term){ { l, weight }, weight, false };
	return at;
}

struct sum *
sum_new(struct sums *s, const struct weighted *terms, size_t n)
{
	struct sum *sum = arena_alloc(s->arena, sizeof(*sum));

	if (n > TERMS_MAX)
		return NULL;
	sum->term = arena_array(s->arena, n + 1, sizeof(*sum->term));
	for (size_t i = 0; i < n; i++)
		sum->term[i].is = terms[i];
	qsort(sum->term, n, sizeof(*sum->term), term_order_lit);
	for (size_t i = 0; i < n;)
		i = sum_tidy(sum, s, n, i);
	qsort(sum->term, sum->n, sizeof(*sum->term), term_order);
	return sum;
}

void
sums_order(struct sum *a, struct sum *b)
{
	INVARIANT(a->first == NULL && b->first == NULL);
	qsort(a->term, a->n, sizeof(*a->term), term_order_lit);
	qsort(b->term, b->n, sizeof(*b->term), term_order_lit);
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		struct term *x = &a->term[i], *y = &b->term[k];
		lit of_x = x->is.l >> 1, of_y = y->is.l >> 1;

		i += of_x <= of_y;
		k += of_y <= of_x;
		if (of_x != of_y)
			continue;
		x->shared = y->shared =
		    x->is.l == y->is.l && x->is.weight == y->is.weight;
		if (x->greatest < y->greatest)
			x->greatest = y->greatest;
		y->greatest = x->greatest;
	}
	qsort(a->term, a->n, sizeof(*a->term), term_order);
	qsort(b->term, b->n, sizeof(*b->term), term_order);
}

/* The one that stands for it, whichever sum ends so. */
static struct rest *
rest_of(struct sums *s, struct weighted term, struct rest *next)
{
	const uintptr_t key[] = { term.l, (uintptr_t)term.weight,
		(uintptr_t)next };
	uint64_t hash = span_hash(span_make((const char *)key, sizeof(key)), 1);
	struct rest **bucket = &s->bucket[hash % BUCKETS], *rest = *bucket;

	while (rest != NULL &&
	       (rest->term.l != term.l || rest->term.weight != term.weight ||
		   rest->next != next))
		rest = rest->in_bucket;
	if (rest != NULL)
		return rest;
	rest = arena_alloc(s->arena, sizeof(*rest));
	*rest = (struct rest){ .term = term,
		.next = next,
		.most = term.weight + next->most,
		.in_bucket = *bucket };
	*bucket = rest;
	return rest;
}

/* ---- nodes ----------------------------------------------------------------- */

/* The first that does not end below the bound. */
static size_t
node_find(const struct rest *rest, int64_t bound)
{
	size_t low = 0, high = rest->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rest->node[middle].high < bound)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
node_keep(struct sums *s, struct rest *rest, struct node node)
{
	size_t place = node_find(rest, node.high);

	rest->node = arena_grow(
	    s->arena, rest->node, &rest->cap, rest->n + 1, sizeof(*rest->node));
	memmove(&rest->node[place + 1], &rest->node[place],
	    (rest->n++ - place) * sizeof(*rest->node));
	rest->node[place] = node;
	s->nodes++;
}

/*
 * Finds out which nodes there are, before any gate is made. Beyond the bound
 * of all, what it returns is nothing that is kept. Recursion is as deep as
 * there are terms, which are bounded.
 */
static struct node
node_count(struct sums *s, struct rest *rest, int64_t bound)
{
	struct node with, without, node = { .out = NOT_MADE };
	int64_t w = rest->term.weight;
	size_t known;

	if (bound <= 0)
		return (struct node){ INT64_MIN, 0, 0 };
	if (bound > rest->most)
		return (struct node){ rest->most, INT64_MAX, 0 };
	known = node_find(rest, bound);
	if (known < rest->n && bound > rest->node[known].low)
		return rest->node[known];
	if (rest == s->leaf)
		return (struct node){ bound - 1, bound, NOT_MADE };
	if (s->nodes > s->nodes_max)
		return node;
	with = node_count(s, rest->next, bound - w);
	without = node_count(s, rest->next, bound);
	node.low = with.low == INT64_MIN ? INT64_MIN : with.low + w;
	node.high = with.high == INT64_MAX ? INT64_MAX : with.high + w;
	if (without.low > node.low)
		node.low = without.low;
	if (without.high < node.high)
		node.high = without.high;
	/* What was kept while terms were sorted is narrower than it could be. */
	if (known > 0 && rest->node[known - 1].high > node.low)
		node.low = rest->node[known - 1].high;
	if (known < rest->n && rest->node[known].low < node.high)
		node.high = rest->node[known].low;
	if (s->nodes <= s->nodes_max)
		node_keep(s, rest, node);
	return node;
}

/* What is at least this much is at least as much as its neighbours. */
static void
node_chain(struct sums *s, const struct rest *rest, size_t at)
{
	lit out = rest->node[at].out;

	for (size_t i = at; i-- > 0;) {
		if (rest->node[i].out == NOT_MADE)
			continue;
		gate_implies(s->g, out, rest->node[i].out);
		break;
	}
	for (size_t i = at + 1; i < rest->n; i++) {
		if (rest->node[i].out == NOT_MADE)
			continue;
		gate_implies(s->g, rest->node[i].out, out);
		break;
	}
}

/* Of the leaf: by sorting its terms. */
static lit
node_sort(struct sums *s, struct rest *leaf, int64_t bound)
{
	struct node node = { bound - 1, bound, NOT_MADE };
	struct weighted *term;
	size_t n = 0, at = node_find(leaf, bound);

	if (at < leaf->n && bound > leaf->node[at].low &&
	    leaf->node[at].out != NOT_MADE)
		return leaf->node[at].out;
	for (const struct rest *i = leaf; i->next != NULL; i = i->next)
		n++;
	term = arena_array(s->arena, n + 1, sizeof(*term));
	n = 0;
	for (const struct rest *i = leaf; i->next != NULL; i = i->next)
		term[n++] = i->term;
	if (!sorter_at_least(
		s->arena, s->g, term, n, bound, &s->gates_left, &node.out)) {
		s->failed = true;
		return gate_true(s->g);
	}
	if (at < leaf->n && bound > leaf->node[at].low)
		leaf->node[at].out = node.out;
	else
		node_keep(s, leaf, node);
	node_chain(s, leaf, at);
	return node.out;
}

/* Of one that was counted. */
static lit
node_make(struct sums *s, struct rest *rest, int64_t bound)
{
	lit with, without;
	size_t at;

	if (bound <= 0)
		return gate_true(s->g);
	if (bound > rest->most)
		return gate_false(s->g);
	if (rest == s->leaf)
		return node_sort(s, rest, bound);
	at = node_find(rest, bound);
	INVARIANT(at < rest->n && bound > rest->node[at].low);
	if (rest->node[at].out != NOT_MADE)
		return rest->node[at].out;
	with = node_make(s, rest->next, bound - rest->term.weight);
	without = node_make(s, rest->next, bound);
	if (s->failed)
		return gate_true(s->g);
	rest->node[at].out = gate_step(s->g, rest->term.l, with, without);
	node_chain(s, rest, at);
	return rest->node[at].out;
}

static void
sum_begin(struct sums *s, struct sum *sum)
{
	sum->first = &s->nothing;
	for (size_t i = sum->n; i-- > 0;) {
		sum->first = rest_of(s, sum->term[i].is, sum->first);
		if (sum->term[i].shared)
			sum->shared = sum->first;
	}
}

/* A diagram; else one of what the other sum has not, and the rest is sorted;
 * else all of it is. */
bool
sum_at_least(struct sums *s, struct sum *sum, int64_t bound, lit *out)
{
	const struct rest *leaf[3] = { NULL };

	if (sum->first == NULL)
		sum_begin(s, sum);
	leaf[1] = sum->shared;
	leaf[2] = sum->first;
	bound -= sum->base;
	s->failed = false;
	for (size_t i = 0; i < ARRAY_COUNT(leaf); i++) {
		if (i == 1 && leaf[1] == NULL)
			continue;
		s->nodes = 0;
		s->leaf = leaf[i];
		(void)node_count(s, sum->first, bound);
		if (s->nodes <= s->nodes_max)
			break;
	}
	*out = node_make(s, sum->first, bound);
	return !s->failed;
}

bool
sum_count(struct sums *s, const lit *l, size_t n, size_t k, lit *out)
{
	struct weighted *terms = arena_array(s->arena, n + 1, sizeof(*terms));
	struct sum *sum;

	for (size_t i = 0; i < n; i++)
		terms[i] = (struct weighted){ l[i], 1 };
	sum = sum_new(s, terms, n);
	return sum != NULL && sum_at_least(s, sum, (int64_t)k, out);
}
