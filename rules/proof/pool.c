/*
 * Which facts are asked, which of them share their values, and what each
 * value answers.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct pool *
pool_root(struct pool *pool)
{
	while (pool->joined != NULL)
		pool = pool->joined;
	return pool;
}

struct pool *
pool_of(const struct prover *p, fact_id fact)
{
	return p->pool[fact] == NULL ? NULL : pool_root(p->pool[fact]);
}

static struct pool *
pool_make(struct prover *p, fact_id fact)
{
	struct pool *pool = pool_of(p, fact);

	if (pool != NULL)
		return pool;
	pool = arena_alloc(p->arena, sizeof(*pool));
	pool->fact =
	    arena_grow(p->arena, NULL, &pool->fact_cap, 1, sizeof(*pool->fact));
	pool->fact[pool->fact_n++] = fact;
	p->pool[fact] = pool;
	return pool;
}

static void
pool_add_asked(struct prover *p, struct pool *pool, struct asked q)
{
	pool->asked = arena_grow(p->arena, pool->asked, &pool->asked_cap,
	    pool->asked_n + 1, sizeof(*pool->asked));
	pool->asked[pool->asked_n++] = q;
}

void
pool_asked(struct prover *p, struct asked q)
{
	pool_add_asked(p, pool_make(p, q.fact), q);
}

/* Two facts are compared: from now on they have the same values. */
static void
pool_join(struct prover *p, fact_id a, fact_id b)
{
	struct pool *into = pool_make(p, a), *from = pool_make(p, b);

	if (into == from)
		return;
	for (size_t i = 0; i < from->asked_n; i++)
		pool_add_asked(p, into, from->asked[i]);
	for (size_t i = 0; i < from->fact_n; i++) {
		into->fact = arena_grow(p->arena, into->fact, &into->fact_cap,
		    into->fact_n + 1, sizeof(*into->fact));
		into->fact[into->fact_n++] = from->fact[i];
	}
	from->joined = into;
}

static void
pool_ask_one(struct prover *p, size_t set, const struct cond *c)
{
	/* What holds other conditions asks nothing itself. */
	if (c->kind == COND_AND || c->kind == COND_OR || c->kind == COND_NOT ||
	    c->kind == COND_QUANTIFIED || c->subject.kind != SUBJECT_FACT ||
	    c->subject.fact == FACT_NONE || c->subject.type == FACT_GROUP)
		return;
	(void)pool_make(p, c->subject.fact);
	if (c->kind == COND_COMPARE && c->fact_value) {
		pool_join(p, c->subject.fact, c->other.fact);
		return;
	}
	if (c->kind == COND_CONTAINS)
		(void)pool_make(p, c->other.fact);
	if (c->kind == COND_HAS || c->kind == COND_UNKNOWN ||
	    owned_ask(p, set, c))
		return;
	pool_asked(p,
	    (struct asked){ .cond = c, .set = set, .fact = c->subject.fact });
}

/*
 * How many elements a question can tell apart: one that decides `any`, `all`
 * or `no`; for count one more than the number, of those that are meant and
 * of those that are not known. All others can be left away without another
 * answer to any question. One element answers all that ask the same of it.
 */
static void
pool_ask_group(struct prover *p, size_t set, const struct cond *c)
{
	double n = c->number > 0 ? c->number : 0;
	bool count = c->quantifier == QUANTIFIER_COUNT;
	struct said_of_group *said = p->said, like = { c->subject.fact,
		c->quantifier == QUANTIFIER_NO ? QUANTIFIER_ANY : c->quantifier,
		n, c->child == NULL ? 0 : same_of(p, set, c->child)->number,
		p->said };

	for (; said != NULL; said = said->next)
		if (said->group == like.group && said->kind == like.kind &&
		    said->child == like.child && !(said->number < n))
			return;
	said = arena_alloc(p->arena, sizeof(*said));
	*said = like;
	p->said = said;
	if (!count)
		p->slots[c->subject.fact]++;
	else if (n < SLOTS_MAX)
		p->slots[c->subject.fact] += 2 * ((size_t)n + 1);
	else
		p->slots[c->subject.fact] += SLOTS_MAX;
}

void
pool_ask(struct prover *p, size_t set, const struct cond *c)
{
	struct same *same;

	if (c == NULL || c->kind == COND_WORD || c->kind == COND_TAGGED)
		return;
	same = same_of(p, set, c);
	if (same->asked)
		return;
	same->asked = true;
	set = same->set;
	c = same->cond;
	if (c->kind == COND_QUANTIFIED)
		pool_ask_group(p, set, c);
	else if (c->kind == COND_HAS && c->subject.type == FACT_GROUP)
		p->slots[c->subject.fact]++;
	pool_ask_one(p, set, c);
	for (c = c->child; c != NULL; c = c->next)
		pool_ask(p, set, c);
}

static bool
word_is_of(const struct fact_row *row, struct span s)
{
	if (row->words == NULL)
		return true;
	for (const char *const *word = row->words; *word != NULL; word++)
		if (span_is(s, *word))
			return true;
	return false;
}

bool
candidate_fits(const struct candidate *c, const struct fact_row *row)
{
	enum fact_type type = row->type;
	struct span s = c->value.text;
	double least, most;

	if (c->wild)
		return true;
	if (type == FACT_NUMBER && fact_range(row, &least, &most))
		return c->value.number >= least && c->value.number <= most &&
		       ((row->flags & FACT_HOUR) == 0 ||
			   !(floor(c->value.number) < c->value.number));
	if (type == FACT_WORD)
		return word_is_of(row, s);
	if (type == FACT_DOMAIN)
		return s.n > 0 && span_find(s, '@') == SIZE_MAX &&
		       span_find(s, ' ') == SIZE_MAX;
	if (type == FACT_ADDRESS)
		return s.n == 0 || span_find(s, '@') != SIZE_MAX;
	return true;
}

fact_id
address_part(struct prover *p, fact_id address, const char *part)
{
	const char *full = schema_row(p->schema, address)->name;
	struct span name = span_of(full);
	fact_id id;

	if (span_ends(name, SPAN(".address")))
		name = span_slice(name, 0, name.n - 8);
	id = schema_find(p->schema,
	    span_of(arena_printf(p->arena, "%.*s.%s", SPAN_FMT(name), part)));
	if (id == FACT_NONE ||
	    schema_group(p->schema, id) != schema_group(p->schema, address))
		return FACT_NONE;
	return id;
}

/* What is said of an address is said of its parts, and they have pools when
 * anybody asks them. */
static void
pools_share(struct prover *p)
{
	for (size_t i = 0; i < schema_count(p->schema); i++) {
		struct pool *address = pool_of(p, (fact_id)i), *domain, *local;
		fact_id id;

		if (address == NULL ||
		    schema_row(p->schema, (fact_id)i)->type != FACT_ADDRESS)
			continue;
		id = address_part(p, (fact_id)i, "domain");
		domain = id == FACT_NONE ? NULL : pool_of(p, id);
		id = address_part(p, (fact_id)i, "local");
		local = id == FACT_NONE ? NULL : pool_of(p, id);
		if (domain != NULL)
			mentions_share(p, &address->said, &domain->said);
		for (size_t k = 0; local != NULL && k < local->said.text_n;
		     k++) {
			struct mentions *m = &address->said;

			m->local = arena_grow(p->arena, m->local, &m->local_cap,
			    m->local_n + 1, sizeof(*m->local));
			m->local[m->local_n++] = local->said.text[k];
		}
		for (size_t k = 0; local != NULL && k < address->said.local_n;
		     k++) {
			struct mentions *m = &local->said;

			m->text = arena_grow(p->arena, m->text, &m->text_cap,
			    m->text_n + 1, sizeof(*m->text));
			m->text[m->text_n++] = address->said.local[k];
		}
	}
}

/* All that is asked of one value. */
static void
pool_replies_of(struct prover *p, struct pool *pool, size_t k)
{
	const struct candidate *c = &pool->candidate[k];
	const struct asked *before = NULL;

	for (size_t i = 0; i < pool->asked_n; i++) {
		struct asked *q = &pool->asked[i];

		if (!candidate_fits(c, schema_row(p->schema, q->fact))) {
			q->reply[k] = REPLY_NO;
			continue;
		}
		if (before == NULL || before->set != q->set ||
		    before->fact != q->fact)
			reply_state(p, q->set, q->fact, &c->value);
		before = q;
		q->reply[k] = (unsigned char)reply_for(p, q, c);
	}
}

static int
asked_order(const void *a, const void *b)
{
	const struct cond *x = (*(struct asked *const *)a)->cond;
	const struct cond *y = (*(struct asked *const *)b)->cond;

	return (uintptr_t)x < (uintptr_t)y ? -1 : (uintptr_t)x > (uintptr_t)y;
}

static void
pool_order(struct prover *p, struct pool *pool)
{
	pool->by_cond =
	    arena_array(p->arena, pool->asked_n + 1, sizeof(*pool->by_cond));
	for (size_t i = 0; i < pool->asked_n; i++)
		if (pool->asked[i].about == ASKED_COND)
			pool->by_cond[pool->by_cond_n++] = &pool->asked[i];
	if (pool->by_cond_n > 1)
		qsort(pool->by_cond, pool->by_cond_n, sizeof(*pool->by_cond),
		    asked_order);
}

struct asked *
pool_find(const struct pool *pool, const struct cond *c)
{
	const struct asked key = { .cond = c }, *at = &key;
	struct asked **found = NULL;

	if (pool->by_cond_n > 0)
		found = bsearch(&at, pool->by_cond, pool->by_cond_n,
		    sizeof(*pool->by_cond), asked_order);
	return found == NULL ? NULL : *found;
}

static void
pool_replies(struct prover *p, struct pool *pool)
{
	for (size_t i = 0; i < pool->asked_n; i++)
		pool->asked[i].reply = arena_alloc(p->arena, pool->n + 1);
	for (size_t k = 0; k < pool->n; k++)
		pool_replies_of(p, pool, k);
	pool_merge(p, pool);
	pool_order(p, pool);
}

static void
pool_mention(struct prover *p, struct pool *pool, const struct asked *q)
{
	if (q->about == ASKED_COND || q->says)
		mentions_cond(p, &p->set[q->set], &pool->said, q->cond);
	else if (q->about != ASKED_ENTRY)
		mentions_rcpt(p, &pool->said, q->name);
}

/* Where what the facts can be begins and ends. */
static void
pool_mention_ranges(struct prover *p, struct pool *pool)
{
	struct mentions *m = &pool->said;
	double end[2];

	for (size_t i = 0; i < pool->fact_n; i++) {
		if (!fact_range(
			schema_row(p->schema, pool->fact[i]), &end[0], &end[1]))
			continue;
		for (size_t k = 0; k < 2 && !isinf(end[k]); k++) {
			m->number =
			    arena_grow(p->arena, m->number, &m->number_cap,
				m->number_n + 1, sizeof(*m->number));
			m->number[m->number_n++] = end[k];
		}
	}
}

/*
 * Each value is asked each question about its fact. A thousand rules, or one
 * rule of as many terms, are a few million answers; of 10,000 terms they would
 * be a hundred million, and take a minute.
 */
#define REPLIES_MAX 40000000

/* Adds to *replies. False: that is too many. */
static bool
pool_may_reply(struct prover *p, const struct pool *pool, size_t *replies)
{
	size_t all = pool->n * pool->asked_n;

	if (all <= REPLIES_MAX - *replies) {
		*replies += all;
		return true;
	}
	p->refused = arena_printf(p->arena,
	    "up to here rules ask %zu questions about %s, which has %zu values "
	    "for them: that is too much to prove anything",
	    pool->asked_n, schema_row(p->schema, pool->fact[0])->name, pool->n);
	p->refused_at = pool->asked[pool->asked_n - 1].cond->place;
	return false;
}

void
pools_fill(struct prover *p)
{
	size_t count = schema_count(p->schema), replies = 0;

	for (size_t i = 0; i < count; i++) {
		struct pool *pool = p->pool[i];

		if (pool == NULL || pool->joined != NULL)
			continue;
		for (size_t k = 0; k < pool->asked_n; k++)
			pool_mention(p, pool, &pool->asked[k]);
		pool_mention_ranges(p, pool);
	}
	pools_share(p);
	for (size_t i = 0; i < count && p->refused == NULL; i++)
		if (p->pool[i] != NULL && p->pool[i]->joined == NULL) {
			pool_values(p, p->pool[i]);
			if (pool_may_reply(p, p->pool[i], &replies))
				pool_replies(p, p->pool[i]);
		}
}
