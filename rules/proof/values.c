/*
 * The values that stand for all there are: those that rules and lists name,
 * and for each class between them one that nobody names.
 *
 * Domains are compared label by label, so each name that is said parts those
 * below it from the rest: a name, something below it, and a stranger are all
 * there is (of a longer name that is said the same holds again). Numbers and
 * IP addresses are parted where a comparison or network begins and ends.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <stdlib.h>

#include "rules/text/domain.h"

/* Entries of one list that become values; a longer one is a list of which
 * strangers may be, too. */
#define LIST_VALUES_MAX 3000
#define LIST_VALUES_BIG 40
/* And values of one fact. */
#define VALUES_MAX 12000

bool
list_is_big(const struct list *l)
{
	return list_count(l) > LIST_VALUES_MAX;
}

/* ---- what is said ---------------------------------------------------------- */

static void
say_span(
    struct prover *p, struct span **list, size_t *n, size_t *cap, struct span s)
{
	*list = arena_grow(p->arena, *list, cap, *n + 1, sizeof(**list));
	(*list)[(*n)++] = arena_lower(p->arena, s);
}

static void
say_text(struct prover *p, struct mentions *m, struct span s)
{
	m->text = arena_grow(
	    p->arena, m->text, &m->text_cap, m->text_n + 1, sizeof(*m->text));
	m->text[m->text_n++] = arena_dup(p->arena, s);
}

static void
say_domain(struct prover *p, struct mentions *m, struct span s)
{
	if (s.n > 0)
		say_span(p, &m->domain, &m->domain_n, &m->domain_cap, s);
}

/* local@domain, local@, @domain */
static void
say_address(struct prover *p, struct mentions *m, struct span s)
{
	size_t at = span_find_last(s, '@');
	struct span domain = span_slice(s, at == SIZE_MAX ? at : at + 1, s.n);

	if (at == SIZE_MAX) {
		say_domain(p, m, s);
		return;
	}
	say_domain(p, m, domain);
	if (at > 0 && domain.n > 0)
		say_span(p, &m->full, &m->full_n, &m->full_cap, s);
	if (at > 0)
		say_span(p, &m->local, &m->local_n, &m->local_cap,
		    span_slice(s, 0, at));
}

static void
say_number(struct prover *p, struct mentions *m, double number)
{
	m->number = arena_grow(p->arena, m->number, &m->number_cap,
	    m->number_n + 1, sizeof(*m->number));
	m->number[m->number_n++] = number;
}

static void
say_ip(struct prover *p, struct mentions *m, struct ip ip)
{
	m->ip = arena_grow(
	    p->arena, m->ip, &m->ip_cap, m->ip_n + 1, sizeof(*m->ip));
	m->ip[m->ip_n++] = ip;
}

/* The one behind it; false behind the last. */
static bool
ip_next(struct ip *ip)
{
	for (size_t i = ip->family == 4 ? 4 : 16; i-- > 0;)
		if (++ip->octets[i] != 0)
			return true;
	return false;
}

/* Where the network begins, and where what is behind it does. */
static void
say_network(struct prover *p, struct mentions *m, struct ip_net net)
{
	struct ip end = net.base;
	size_t octets = end.family == 4 ? 4 : 16;

	say_ip(p, m, net.base);
	for (size_t i = 0; i < octets; i++) {
		unsigned kept = net.bits < 8 * i ? 0
				: net.bits >= 8 * i + 8
				    ? 8
				    : net.bits - (unsigned)(8 * i);

		end.octets[i] |= (uint8_t)(0xffU >> kept);
	}
	if (ip_next(&end))
		say_ip(p, m, end);
}

struct saying {
	struct prover *p;
	struct mentions *m;
	enum list_kind kind;
	size_t left;
};

static bool
say_entry(void *context, const struct list_hit *hit)
{
	struct saying *s = context;
	struct ip_net net;

	if (s->left-- == 0)
		return false;
	switch (s->kind) {
	case LIST_DOMAINS:
		say_domain(s->p, s->m, hit->entry);
		break;
	case LIST_ADDRESSES:
		say_address(s->p, s->m, hit->entry);
		break;
	case LIST_NETWORKS:
		if (ip_net_parse(hit->entry, &net))
			say_network(s->p, s->m, net);
		break;
	case LIST_WORDS:
		say_text(s->p, s->m, hit->entry);
		break;
	case LIST_PATTERNS:
		break;
	}
	return true;
}

static void
say_list(struct prover *p, struct mentions *m, const struct list *l)
{
	struct saying s = { p, m, list_kind(l),
		list_is_big(l) ? LIST_VALUES_BIG : LIST_VALUES_MAX };

	list_each(l, p->now_s, say_entry, &s);
}

static void
say_literal(struct prover *p, struct mentions *m, const struct cond *c)
{
	switch (c->subject.type) {
	case FACT_NUMBER:
		say_number(p, m, c->number);
		break;
	case FACT_IP:
		say_network(p, m,
		    (struct ip_net){ c->ip, c->ip.family == 4 ? 32 : 128 });
		break;
	case FACT_DOMAIN:
		say_domain(p, m, c->text);
		break;
	case FACT_ADDRESS:
		if (c->text.n > 0)
			say_address(p, m, c->text);
		break;
	case FACT_BOOL:
	case FACT_WORD:
	case FACT_GROUP:
		break;
	default:
		say_text(p, m, c->text);
	}
}

void
mentions_cond(struct prover *p, const struct proved *set, struct mentions *m,
    const struct cond *c)
{
	const struct rule_list_info *info;

	switch (c->kind) {
	case COND_COMPARE:
		say_literal(p, m, c);
		break;
	case COND_IN_LIST:
	case COND_LOOKALIKE:
		info = &set->rs->list[c->list]->info;
		if (!info->kind->dynamic)
			say_list(p, m, info->items);
		break;
	case COND_IN_SET:
		if (c->set != NULL)
			say_list(p, m, c->set);
		for (size_t i = 0; c->numbers != NULL && i < c->value_count;
		     i++)
			say_number(p, m, c->numbers[i]);
		break;
	default:
		break;
	}
}

/* Of ann@h.example, ann+x@h.example is of her, too. */
void
mentions_rcpt(struct prover *p, struct mentions *m, struct span name)
{
	size_t at = span_find_last(name, '@');

	say_address(p, m, name);
	if (at != SIZE_MAX && at > 0)
		say_span(p, &m->tagged, &m->tagged_n, &m->tagged_cap,
		    span_slice(name, 0, at));
}

void
mentions_share(struct prover *p, struct mentions *a, struct mentions *b)
{
	size_t a_n = a->domain_n, b_n = b->domain_n;

	for (size_t i = 0; i < a_n; i++)
		say_domain(p, b, a->domain[i]);
	for (size_t i = 0; i < b_n; i++)
		say_domain(p, a, b->domain[i]);
}

/* ---- values ------------------------------------------------------------------ */

static bool
value_same(const struct value *a, const struct value *b)
{
	return a->yes == b->yes && !(a->number < b->number) &&
	       !(a->number > b->number) && ip_eq(a->ip, b->ip) &&
	       (a->text.p == NULL) == (b->text.p == NULL) &&
	       span_case_eq(a->text, b->text);
}

static void
value_add(struct prover *p, struct pool *pool, struct value v, bool open)
{
	/* Where facts are compared, equal values have to be one. */
	for (size_t i = 0; pool->fact_n > 1 && i < pool->n; i++)
		if (value_same(&pool->candidate[i].value, &v))
			return;
	if (pool->n >= VALUES_MAX) {
		pool->cut = true;
		return;
	}
	pool->candidate = arena_grow(p->arena, pool->candidate, &pool->cap,
	    pool->n + 1, sizeof(*pool->candidate));
	pool->candidate[pool->n] =
	    (struct candidate){ v, open, false, pool->n };
	pool->n++;
}

static void
value_add_text(struct prover *p, struct pool *pool, const char *text, bool open)
{
	value_add(p, pool, value_text(span_of(text)), open);
}

/* Sorted, each once. */
static int
text_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static size_t
texts_tidy(struct span *list, size_t n)
{
	size_t count = 0;

	if (n > 1)
		qsort(list, n, sizeof(*list), text_order);
	for (size_t i = 0; i < n; i++)
		if (count == 0 || !span_eq(list[count - 1], list[i]))
			list[count++] = list[i];
	return count;
}

static bool
texts_have(const struct span *list, size_t n, struct span s)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = span_compare(list[middle], s);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* A name below parent ("" for a stranger) that is not said, nor below one
 * that is: number tells several apart. */
static struct span
domain_unsaid(struct prover *p, const struct mentions *m, struct span parent,
    size_t number)
{
	static const char *const top[] = { "example", "test", "invalid" };

	for (size_t i = 0;; i++) {
		const char *tail = i % 4 < 3 ? top[i % 4] : "zz";
		struct span name, above;
		bool said = false;

		if (parent.n > 0)
			name = span_of(arena_printf(p->arena, "%s%zu.%.*s",
			    "sub", number + 100 * i, SPAN_FMT(parent)));
		else
			name = span_of(arena_printf(p->arena,
			    i < 4 ? "stranger%zu.%s" : "stranger%zu.%s%zu",
			    number, tail, i));
		for (above = name; above.n > parent.n && !said;
		     above = domain_parent(above))
			said = texts_have(m->domain, m->domain_n, above);
		if (!said)
			return name;
	}
}

/* Something below a name, if a name can be that long. */
static void
value_below(
    struct prover *p, struct pool *pool, struct span parent, size_t number)
{
	struct span name = domain_unsaid(p, &pool->said, parent, number);

	if (name.n <= DOMAIN_OCTETS_MAX)
		value_add(p, pool, value_text(name), true);
}

static void
values_domains(struct prover *p, struct pool *pool)
{
	const struct mentions *m = &pool->said;

	for (size_t k = 0; k < pool->fact_n; k++)
		value_below(p, pool, SPAN(""), k);
	for (size_t i = 0; i < m->domain_n; i++) {
		value_add(p, pool, value_text(m->domain[i]), false);
		for (size_t k = 0; k < pool->fact_n; k++)
			value_below(p, pool, m->domain[i], k);
	}
}

/* local@ each domain that is said, something below it, and a stranger. */
static void
values_mailboxes(
    struct prover *p, struct pool *pool, struct span local, bool open)
{
	const struct mentions *m = &pool->said;

	for (size_t i = 0; i <= 2 * m->domain_n; i++) {
		struct span domain =
		    i == 0       ? domain_unsaid(p, m, SPAN(""), 0)
		    : i % 2 == 1 ? m->domain[i / 2]
				 : domain_unsaid(p, m, m->domain[i / 2 - 1], 0);

		if (domain.n > DOMAIN_OCTETS_MAX)
			continue;
		value_add_text(p, pool,
		    arena_printf(p->arena, "%.*s@%.*s", SPAN_FMT(local),
			SPAN_FMT(domain)),
		    open || i % 2 == 0);
	}
}

/* ann+tag, of which nobody speaks. */
static struct span
local_tagged(struct prover *p, const struct mentions *m, struct span local,
    size_t number)
{
	struct span out;

	do
		out = span_of(arena_printf(
		    p->arena, "%.*s+tag%zu", SPAN_FMT(local), number++));
	while (texts_have(m->local, m->local_n, out));
	return out;
}

static void
values_addresses(struct prover *p, struct pool *pool)
{
	struct mentions *m = &pool->said;
	const char *stranger = "somebody";

	while (texts_have(m->local, m->local_n, span_of(stranger)))
		stranger = arena_printf(p->arena, "%s1", stranger);
	for (size_t k = 0; k < pool->fact_n; k++)
		values_mailboxes(p, pool,
		    span_of(
			k == 0 ? stranger
			       : arena_printf(p->arena, "%s-%zu", stranger, k)),
		    true);
	for (size_t i = 0; i < m->full_n; i++)
		value_add(p, pool, value_text(m->full[i]), false);
	for (size_t i = 0; i < m->local_n && !pool->cut; i++)
		values_mailboxes(p, pool, m->local[i], false);
	for (size_t k = 0; k < pool->fact_n; k++)
		for (size_t i = 0; i < m->tagged_n && !pool->cut; i++)
			values_mailboxes(
			    p, pool, local_tagged(p, m, m->tagged[i], k), true);
}

static void
values_texts(struct prover *p, struct pool *pool)
{
	const struct mentions *m = &pool->said;
	const char *stranger = "something else";

	while (texts_have(m->text, m->text_n, span_of(stranger)))
		stranger = arena_printf(p->arena, "%s!", stranger);
	for (size_t k = 0; k < pool->fact_n; k++)
		value_add_text(p, pool,
		    k == 0 ? stranger
			   : arena_printf(p->arena, "%s %zu", stranger, k),
		    true);
	for (size_t i = 0; i < m->text_n; i++)
		value_add(p, pool, value_text(m->text[i]), false);
	value_add_text(p, pool, "", false);
}

static int
number_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Between two numbers, whole where that goes. */
static double
number_between(double a, double b, size_t k, size_t n)
{
	double whole = (double)(int64_t)a + 1 + (double)k;

	if (a > -1e15 && b < 1e15 && whole > a && whole < b)
		return whole;
	return a + (b - a) * (double)(k + 1) / (double)(n + 1);
}

static void
values_numbers(struct prover *p, struct pool *pool)
{
	struct mentions *m = &pool->said;
	size_t n = pool->fact_n;
	double last = 0;

	if (m->number_n > 1)
		qsort(m->number, m->number_n, sizeof(*m->number), number_order);
	for (size_t k = 0; m->number_n == 0 && k < n; k++)
		value_add(p, pool, value_number((double)k), false);
	for (size_t i = 0; i < m->number_n; i++) {
		double now = m->number[i];

		for (size_t k = 0; k < n; k++)
			if (i > 0 && last < now)
				value_add(p, pool,
				    value_number(
					number_between(last, now, k, n)),
				    false);
			else if (i == 0)
				value_add(p, pool,
				    value_number(now > (double)k
						     ? (double)k
						     : now - 1 - (double)k),
				    false);
		if (i == 0 || last < now)
			value_add(p, pool, value_number(now), false);
		last = now;
	}
	for (size_t k = 0; m->number_n > 0 && k < n; k++)
		value_add(p, pool, value_number(last + 1 + (double)k), false);
}

static void
values_ips(struct prover *p, struct pool *pool)
{
	struct mentions *m = &pool->said;
	static const char *const usual[] = { "::", "0.0.0.0", "2001:db8::1",
		"192.0.2.1" };

	for (size_t i = 0; i < ARRAY_COUNT(usual); i++) {
		struct ip ip;

		if (ip_parse(span_of(usual[i]), &ip))
			say_ip(p, m, ip);
	}
	/* The usual ones first: of those that answer alike they are told. */
	for (size_t i = m->ip_n; i-- > 0;) {
		struct ip ip = m->ip[i];

		for (size_t k = 0; k < pool->fact_n; k++) {
			value_add(p, pool, value_ip(ip), false);
			if (!ip_next(&ip))
				break;
		}
	}
}

static void
values_words(struct prover *p, struct pool *pool)
{
	for (size_t i = 0; i < pool->fact_n; i++) {
		const char *const *word =
		    schema_row(p->schema, pool->fact[i])->words;

		for (; word != NULL && *word != NULL; word++) {
			size_t k = 0;

			while (k < pool->n &&
			       !span_is(pool->candidate[k].value.text, *word))
				k++;
			if (k == pool->n)
				value_add_text(p, pool, *word, false);
		}
	}
}

static bool
pool_has_type(
    const struct prover *p, const struct pool *pool, enum fact_type type)
{
	for (size_t i = 0; i < pool->fact_n; i++)
		if (schema_row(p->schema, pool->fact[i])->type == type)
			return true;
	return false;
}

static void
values_of_texts(struct prover *p, struct pool *pool)
{
	struct mentions *m = &pool->said;

	m->domain_n = texts_tidy(m->domain, m->domain_n);
	m->text_n = texts_tidy(m->text, m->text_n);
	m->local_n = texts_tidy(m->local, m->local_n);
	m->full_n = texts_tidy(m->full, m->full_n);
	m->tagged_n = texts_tidy(m->tagged, m->tagged_n);
	if (pool_has_type(p, pool, FACT_WORD))
		values_words(p, pool);
	if (pool_has_type(p, pool, FACT_DOMAIN) || m->domain_n > 0)
		values_domains(p, pool);
	if (pool_has_type(p, pool, FACT_ADDRESS) || m->full_n + m->local_n > 0)
		values_addresses(p, pool);
	if (pool_has_type(p, pool, FACT_TEXT) ||
	    pool_has_type(p, pool, FACT_BYTES) || m->text_n > 0)
		values_texts(p, pool);
}

void
pool_values(struct prover *p, struct pool *pool)
{
	enum fact_type type = schema_row(p->schema, pool->fact[0])->type;

	switch (type) {
	case FACT_BOOL:
		value_add(p, pool, value_bool(false), false);
		value_add(p, pool, value_bool(true), false);
		break;
	case FACT_NUMBER:
		values_numbers(p, pool);
		break;
	case FACT_IP:
		values_ips(p, pool);
		break;
	default:
		values_of_texts(p, pool);
	}
	if (pool->cut) {
		pool->n--;
		value_add(p, pool, value_text(SPAN("")), false);
		pool->candidate[pool->n - 1].wild = true;
	}
}
