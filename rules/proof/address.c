/*
 * An address and its local part and domain are stated together: what one of
 * them can be hangs on the others.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <string.h>

static bool
texts_same(const struct span *a, size_t a_n, const struct span *b, size_t b_n)
{
	if (a_n != b_n)
		return false;
	for (size_t i = 0; i < a_n; i++)
		if (!span_eq(a[i], b[i]))
			return false;
	return true;
}

/* The literal of the part's value that stands for this text, if any does. */
static bool
part_find(const struct instance *part, struct span text, lit *out)
{
	const struct pool *pool = part->pool;

	for (size_t i = 0; i < pool->all; i++)
		if (span_case_eq(pool->candidate[i].value.text, text)) {
			*out = part->is[pool->candidate[i].stands_for];
			return true;
		}
	return false;
}

/* What the domain is, when the address is this one. */
static lit
link_domain(struct prover *p, const struct instance *domain, struct span text,
    bool open)
{
	size_t at = span_find_last(text, '@');
	lit l;

	if (!part_find(domain, span_slice(text, at + 1, text.n), &l))
		return gate_true(p->g);
	/* A domain literal is no domain; nobody names those. */
	return open ? gate_or2(p->g, l, domain->absent) : l;
}

/* A local part that nobody names is one of those that stand for the rest. */
static lit
link_local(struct prover *p, const struct instance *local, struct span text)
{
	const struct pool *pool = local->pool;
	lit *others = arena_array(p->arena, pool->all + 1, sizeof(lit)), l;
	size_t n = 0;

	if (part_find(
		local, span_slice(text, 0, span_find_last(text, '@')), &l))
		return l;
	for (size_t i = 0; i < pool->all; i++)
		if (pool->candidate[i].open || pool->candidate[i].wild)
			others[n++] = local->is[pool->candidate[i].stands_for];
	return gate_or(p->g, others, n);
}

/* Each value implies one of the pairs of parts that it stands for. */
static void
link_values(struct prover *p, struct instance *address,
    const struct instance *local, const struct instance *domain)
{
	const struct pool *pool = address->pool;
	lit *l = arena_array(p->arena, pool->all + 2, sizeof(lit));

	for (size_t i = 0; i < pool->n; i++) {
		size_t n = 0;

		if (address->is[i] == gate_false(p->g) ||
		    pool->candidate[i].wild ||
		    pool->candidate[i].value.text.n == 0)
			continue;
		l[n++] = lit_not(address->is[i]);
		for (size_t k = i; k < pool->all; k++) {
			const struct candidate *c = &pool->candidate[k];
			lit one = gate_true(p->g);

			if (c->stands_for != i ||
			    span_find(c->value.text, '@') == SIZE_MAX)
				continue;
			if (local != NULL)
				one = link_local(p, local, c->value.text);
			if (domain != NULL)
				one = gate_and2(p->g, one,
				    link_domain(
					p, domain, c->value.text, c->open));
			l[n++] = one;
		}
		sat_clause(gates_sat(p->g), l, n);
	}
}

/* Only where both sides part the same classes is the link exact. */
static const struct instance *
link_domains(struct prover *p, struct instance *address)
{
	fact_id id = address_part(p, address->fact, "domain");
	const struct mentions *a = &address->pool->said, *b;

	if (id == FACT_NONE || pool_of(p, id) == NULL)
		return NULL;
	b = &pool_of(p, id)->said;
	if (!texts_same(a->domain, a->domain_n, b->domain, b->domain_n))
		return NULL;
	return instance_of(p, id, address->slot);
}

static const struct instance *
link_locals(struct prover *p, struct instance *address)
{
	fact_id id = address_part(p, address->fact, "local");
	const struct mentions *a = &address->pool->said, *b;

	if (id == FACT_NONE || pool_of(p, id) == NULL)
		return NULL;
	b = &pool_of(p, id)->said;
	for (size_t i = 0; i < b->text_n; i++) {
		size_t k = 0;

		while (k < a->local_n && !span_case_eq(a->local[k], b->text[i]))
			k++;
		if (k == a->local_n)
			return NULL;
	}
	return instance_of(p, id, address->slot);
}

void
address_link(struct prover *p, struct instance *address)
{
	const struct instance *local, *domain, *null;
	const struct pool *pool = address->pool;
	fact_id id = address_part(p, address->fact, "null");

	if (!pool->cut) {
		local = link_locals(p, address);
		domain = link_domains(p, address);
		if (local != NULL || domain != NULL)
			link_values(p, address, local, domain);
	}
	if (id == FACT_NONE || pool_of(p, id) == NULL)
		return;
	null = instance_of(p, id, address->slot);
	for (size_t i = 0; i < null->pool->n; i++)
		if (null->pool->candidate[i].value.yes)
			gate_implies(
			    p->g, null->is[i], lit_not(address->known));
}
