/*
 * And and or, as clauses.
 */
#include "config.h"

#include "rules/proof/gate.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/base/span.h"

/* A gate that was made: the sorted literals under it, all anded; or what
 * gate_step makes it of. */
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

lit
gate_step(struct gates *g, lit l, lit with, lit without)
{
	/* No gate of gate_and's is over what is always true. */
	const lit key[] = { g->yes, l, with, without };
	lit *mine, out;

	if (with == without)
		return with;
	if (without == lit_not(g->yes))
		return gate_and2(g, l, with);
	if (with == g->yes)
		return gate_or2(g, l, without);
	if (made_find(g, key, ARRAY_COUNT(key), &out))
		return out;
	out = sat_var_follows(g->sat);
	gate_implies(g, without, out);
	gate_implies(g, out, with);
	gate_implies_or(g, out, l, without);
	gate_implies_or(g, l, lit_not(with), out);
	mine = xcalloc(ARRAY_COUNT(key), sizeof(*mine));
	memcpy(mine, key, sizeof(key));
	made_keep(g, mine, ARRAY_COUNT(key), out);
	return out;
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
