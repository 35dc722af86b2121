/*
 * Sums with a bound by sorting (Eén and Sörensson 2006, section 5): of each
 * binary digit the weights that have it are sorted, what is true first, with
 * every second one of the digit below as carry. A constant is added so that the
 * bound is a number of whole units of the greatest digit: then one output of
 * that says whether it is reached.
 *
 * It takes some n log n gates a digit, however many sums there are; but what is
 * known of a part of the terms says less than in a decision diagram, so this is
 * for sums of which that would be too large.
 */
#include "config.h"

#include "rules/proof/sum.h"

#include <string.h>

struct sorter {
	struct arena *arena;
	struct gates *g;
	size_t left; /* gates that may still be made */
};

/* Literals, what is true first. */
struct sorted {
	lit *l;
	size_t n;
};

static struct sorted
sorted_new(struct sorter *s, size_t n)
{
	return (struct sorted){ arena_array(s->arena, n + 1, sizeof(lit)), n };
}

/* Every second one, from the first or the second on. */
static struct sorted
sorted_half(struct sorter *s, const struct sorted *of, size_t from)
{
	struct sorted out = sorted_new(s, (of->n + 1 - from) / 2);

	for (size_t i = 0; i < out.n; i++)
		out.l[i] = of->l[2 * i + from];
	return out;
}

/* Batcher 1968, of any two lengths. Recursion is as deep as their logarithm. */
static struct sorted
sorted_merge(struct sorter *s, const struct sorted *a, const struct sorted *b)
{
	struct sorted out = sorted_new(s, a->n + b->n), half[4], even, odd;
	size_t at = 1;

	if (a->n == 0 || b->n == 0)
		return a->n == 0 ? *b : *a;
	if (s->left < 2)
		return out;
	if (a->n == 1 && b->n == 1) {
		s->left -= 2;
		out.l[0] = gate_or2(s->g, a->l[0], b->l[0]);
		out.l[1] = gate_and2(s->g, a->l[0], b->l[0]);
		return out;
	}
	for (size_t i = 0; i < 4; i++)
		half[i] = sorted_half(s, i % 2 == 0 ? a : b, i / 2);
	even = sorted_merge(s, &half[0], &half[1]);
	odd = sorted_merge(s, &half[2], &half[3]);
	out.l[0] = even.l[0];
	for (size_t i = 0; i < odd.n; i++) {
		if (i + 1 == even.n) {
			out.l[at++] = odd.l[i];
			continue;
		}
		if (s->left < 2)
			return out;
		s->left -= 2;
		out.l[at++] = gate_or2(s->g, even.l[i + 1], odd.l[i]);
		out.l[at++] = gate_and2(s->g, even.l[i + 1], odd.l[i]);
	}
	if (even.n == odd.n + 2)
		out.l[at] = even.l[even.n - 1];
	return out;
}

static struct sorted
sorted_make(struct sorter *s, const lit *l, size_t n)
{
	struct sorted a, b;

	if (n < 2) {
		a = sorted_new(s, n);
		if (n == 1)
			a.l[0] = l[0];
		return a;
	}
	a = sorted_make(s, l, n / 2);
	b = sorted_make(s, l + n / 2, n - n / 2);
	return sorted_merge(s, &a, &b);
}

static int64_t
weights_divisor(const struct weighted *term, size_t n)
{
	int64_t a = 0;

	for (size_t i = 0; i < n; i++)
		for (int64_t b = term[i].weight; b != 0;) {
			int64_t rest = a % b;

			a = b;
			b = rest;
		}
	return a;
}

bool
sorter_at_least(struct arena *a, struct gates *g, struct weighted *term,
    size_t n, int64_t bound, size_t *left, lit *out)
{
	struct sorter s = { a, g, *left };
	int64_t divisor = weights_divisor(term, n), greatest = 0, constant;
	lit *digit = arena_array(a, n + 1, sizeof(*digit)), yes = gate_true(g);
	const struct sorted one = { &yes, 1 };
	struct sorted carry = { NULL, 0 };
	unsigned last = 0;

	for (size_t i = 0; i < n; i++) {
		term[i].weight /= divisor;
		if (term[i].weight > greatest)
			greatest = term[i].weight;
	}
	bound = (bound + divisor - 1) / divisor;
	while (greatest >> last > 1)
		last++;
	constant = -bound & (((int64_t)1 << last) - 1);
	for (unsigned k = 0;; k++) {
		struct sorted all;
		size_t count = 0;

		for (size_t i = 0; i < n; i++)
			if ((term[i].weight >> k & 1) != 0)
				digit[count++] = term[i].l;
		all = sorted_make(&s, digit, count);
		all = sorted_merge(&s, &carry, &all);
		if (k == last) {
			carry = all;
			break;
		}
		if ((constant >> k & 1) != 0)
			all = sorted_merge(&s, &one, &all);
		carry = sorted_half(&s, &all, 1);
	}
	*left = s.left;
	bound = (bound + constant) >> last;
	*out = (size_t)bound <= carry.n ? carry.l[bound - 1] : gate_false(g);
	return s.left >= 2;
}
