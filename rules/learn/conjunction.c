/*
 * Looks for conjunctions. For each question a bit for each message; the
 * messages that several are true of are the bits that all have.
 */
#include "config.h"

#include "rules/learn/conjunction.h"

#include <string.h>

#include "rules/learn/bound.h"

/* Questions that are combined: those that tell spam from good mail best. */
#define ITEMS_BEST    200
#define PAIRS_MAX     2000
#define COMPLETE_MAX  2000
#define WORK_STANDARD UINT64_C(2000000000)

struct bits {
	uint64_t *word;
	size_t cap; /* words */
};

struct mails {
	struct bits *item; /* by item */
	size_t count;
};

/* A conjunction while it is looked for. */
struct partial {
	size_t item[CONJUNCTION_ITEMS_MAX], count;
	size_t spam, good;
};

struct conjunctions {
	struct arena *arena;
	size_t items;
	struct mails mail[CONJUNCTION_MAILS];
	/* Of a search. */
	size_t support;
	uint64_t work;
	struct partial *single, *pair, *complete;
	size_t single_count, pair_count, complete_count;
};

struct conjunctions *
conjunctions_new(size_t items, struct arena *a)
{
	struct conjunctions *c = arena_alloc(a, sizeof(*c));

	c->arena = a;
	c->items = items;
	for (size_t i = 0; i < CONJUNCTION_MAILS; i++)
		c->mail[i].item =
		    arena_array(a, items + 1, sizeof(struct bits));
	return c;
}

void
conjunctions_add(
    struct conjunctions *c, enum conjunction_mail kind, const bool *yes)
{
	struct mails *m = &c->mail[kind];
	size_t at = m->count++, word = at / 64;

	for (size_t i = 0; i < c->items; i++) {
		struct bits *b = &m->item[i];

		if (word >= b->cap)
			b->word = arena_grow(c->arena, b->word, &b->cap,
			    word + 1, sizeof(*b->word));
		if (yes[i])
			b->word[word] |= UINT64_C(1) << at % 64;
	}
}

size_t
conjunctions_count(const struct conjunctions *c, enum conjunction_mail kind)
{
	return c->mail[kind].count;
}

/* ---- counting ------------------------------------------------------------------ */

static size_t
bits_in(uint64_t word)
{
	size_t n = 0;

	for (; word != 0; word &= word - 1)
		n++;
	return n;
}

static uint64_t
partial_word(const struct mails *m, const struct partial *p, size_t at)
{
	uint64_t word = m->item[p->item[0]].word[at];

	for (size_t i = 1; i < p->count; i++)
		word &= m->item[p->item[i]].word[at];
	return word;
}

/* Messages that are not in without, or NULL, and that all is true of. */
static size_t
partial_count(struct conjunctions *c, enum conjunction_mail kind,
    const struct partial *p, const uint64_t *without)
{
	const struct mails *m = &c->mail[kind];
	size_t n = 0, words = (m->count + 63) / 64;

	for (size_t at = 0; at < words; at++) {
		uint64_t word = partial_word(m, p, at);

		n += bits_in(without == NULL ? word : word & ~without[at]);
	}
	c->work = c->work > words ? c->work - words : 0;
	return n;
}

/* ---- looking ------------------------------------------------------------------- */

/* What catches more comes first, and then what asks less. */
static bool
partial_better(const struct partial *a, const struct partial *b)
{
	return a->spam != b->spam ? a->spam > b->spam : a->count < b->count;
}

/* What leaves fewer good messages for one that it catches is worth more. */
static bool
partial_nearer(const struct partial *a, const struct partial *b)
{
	return (double)a->spam * (double)(b->good + 1) >
	       (double)b->spam * (double)(a->good + 1);
}

/* Into a table of bounded size, whose worst goes. */
static void
table_put(struct partial *table, size_t *count, size_t max,
    const struct partial *p,
    bool (*better)(const struct partial *a, const struct partial *b))
{
	size_t worst = 0;

	if (*count < max) {
		table[(*count)++] = *p;
		return;
	}
	for (size_t i = 1; i < *count; i++)
		if (better(&table[worst], &table[i]))
			worst = i;
	if (better(p, &table[worst]))
		table[worst] = *p;
}

static bool
complete_has(const struct conjunctions *c, const struct partial *p)
{
	for (size_t i = 0; i < c->complete_count; i++)
		if (c->complete[i].count == p->count &&
		    memcmp(c->complete[i].item, p->item, sizeof(p->item)) == 0)
			return true;
	return false;
}

static void
complete_put(struct conjunctions *c, const struct partial *p)
{
	if (!complete_has(c, p))
		table_put(c->complete, &c->complete_count, COMPLETE_MAX, p,
		    partial_better);
}

/* p with one question more, in order; false: it asks that already. */
static bool
partial_with(const struct partial *p, size_t item, struct partial *out)
{
	size_t at = 0;

	*out = (struct partial){ .count = p->count + 1 };
	while (at < p->count && p->item[at] < item) {
		out->item[at] = p->item[at];
		at++;
	}
	if (at < p->count && p->item[at] == item)
		return false;
	out->item[at] = item;
	for (; at < p->count; at++)
		out->item[at + 1] = p->item[at];
	return true;
}

static void
search_singles(struct conjunctions *c)
{
	for (size_t i = 0; i < c->items; i++) {
		struct partial p = { .item = { i }, .count = 1 };

		p.spam = partial_count(c, CONJUNCTION_SPAM, &p, NULL);
		if (p.spam < c->support)
			continue;
		p.good = partial_count(c, CONJUNCTION_GOOD, &p, NULL);
		if (p.good == 0)
			complete_put(c, &p);
		else
			table_put(c->single, &c->single_count, ITEMS_BEST, &p,
			    partial_nearer);
	}
}

/* p and each question that leaves fewer good messages and enough spam. */
static void
search_extend(struct conjunctions *c, const struct partial *p, size_t from)
{
	for (size_t i = from; i < c->single_count && c->work > 0; i++) {
		struct partial more;

		if (!partial_with(p, c->single[i].item[0], &more))
			continue;
		more.spam = partial_count(c, CONJUNCTION_SPAM, &more, NULL);
		if (more.spam < c->support)
			continue;
		more.good = partial_count(c, CONJUNCTION_GOOD, &more, NULL);
		if (more.good == 0)
			complete_put(c, &more);
		else if (more.good < p->good &&
			 more.count < CONJUNCTION_ITEMS_MAX)
			table_put(c->pair, &c->pair_count, PAIRS_MAX, &more,
			    partial_nearer);
	}
}

static void
search(struct conjunctions *c)
{
	c->single = arena_array(c->arena, ITEMS_BEST, sizeof(struct partial));
	c->pair = arena_array(c->arena, PAIRS_MAX, sizeof(struct partial));
	c->complete =
	    arena_array(c->arena, COMPLETE_MAX, sizeof(struct partial));
	c->single_count = c->pair_count = c->complete_count = 0;
	search_singles(c);
	for (size_t i = 0; i < c->single_count; i++)
		search_extend(c, &c->single[i], i + 1);
	for (size_t i = 0; i < c->pair_count; i++)
		search_extend(c, &c->pair[i], 0);
}

/* ---- choosing ------------------------------------------------------------------- */

/* The one that catches most of what is not caught yet; NULL: too little. */
static struct partial *
choose_next(struct conjunctions *c, const uint64_t *caught)
{
	struct partial *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < c->complete_count; i++) {
		struct partial *p = &c->complete[i];
		size_t n;

		if (p->spam == 0 || p->spam < most)
			continue;
		n = partial_count(c, CONJUNCTION_SPAM, p, caught);
		if (n > most ||
		    (n == most && best != NULL && p->count < best->count)) {
			best = p;
			most = n;
		}
	}
	return most >= c->support ? best : NULL;
}

static struct conjunction
conjunction_of(const struct partial *p)
{
	struct conjunction out = { .count = p->count, .spam = p->spam };

	memcpy(out.item, p->item, sizeof(p->item));
	return out;
}

static size_t
choose(struct conjunctions *c, const struct conjunction_options *o,
    struct conjunction *out)
{
	const struct mails *spam = &c->mail[CONJUNCTION_SPAM];
	size_t words = (spam->count + 63) / 64, count = 0, vetoes = 0;
	uint64_t *caught = arena_array(c->arena, words + 1, sizeof(*caught));

	while (count < o->found_max && vetoes < CONJUNCTION_VETOES_MAX) {
		struct partial *p = choose_next(c, caught);

		if (p == NULL)
			break;
		out[count] = conjunction_of(p);
		if (o->veto != NULL && o->veto(o->ctx, &out[count])) {
			/* It catches nothing any more. */
			p->spam = 0;
			vetoes++;
			continue;
		}
		count++;
		for (size_t at = 0; at < words; at++)
			caught[at] |= partial_word(spam, p, at);
	}
	return count;
}

size_t
conjunctions_find(struct conjunctions *c, const struct conjunction_options *o,
    struct conjunction out[CONJUNCTION_FOUND_MAX])
{
	struct conjunction chosen[CONJUNCTION_FOUND_MAX];
	size_t count, found = 0, held = c->mail[CONJUNCTION_HELD].count;
	double each;

	c->support = o->support > 0 ? o->support : 1;
	c->work = o->work > 0 ? o->work : WORK_STANDARD;
	if (held == 0)
		return 0;
	search(c);
	count = choose(c, o, chosen);
	each =
	    count == 0 ? o->certainty : 1 - (1 - o->certainty) / (double)count;
	for (size_t i = 0; i < count; i++) {
		struct partial p = { .count = chosen[i].count };

		memcpy(p.item, chosen[i].item, sizeof(p.item));
		if (partial_count(c, CONJUNCTION_HELD, &p, NULL) > 0)
			continue;
		out[found] = chosen[i];
		out[found++].bound = bound_upper(0, held, each);
	}
	return found;
}
