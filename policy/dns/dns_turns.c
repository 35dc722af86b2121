/*
 * Two rounds, one inside of the other: of networks, and of the messages of
 * each. Networks, and messages of one, whose numbers fall together share a
 * place.
 */
#include "config.h"

#include "policy/dns/dns_turns.h"

#include <stdlib.h>

#include "rules/base/panic.h"

#define TURNS_NETWORKS 64
#define TURNS_MESSAGES 64

struct turns_message {
	struct dns_lookup *first, *last;
};

struct turns_network {
	struct turns_message message[TURNS_MESSAGES];
	size_t count;
	unsigned at;
};

struct dns_turns {
	struct turns_network network[TURNS_NETWORKS];
	size_t count;
	unsigned at;
};

struct dns_turns *
dns_turns_new(void)
{
	return xcalloc(1, sizeof(struct dns_turns));
}

void
dns_turns_free(struct dns_turns **t)
{
	INVARIANT(*t == NULL || (*t)->count == 0);
	free(*t);
	*t = NULL;
}

static struct turns_network *
turns_network(struct dns_turns *t, const struct dns_lookup *l)
{
	return &t->network[l->group % TURNS_NETWORKS];
}

static struct turns_message *
turns_message(struct turns_network *n, const struct dns_lookup *l)
{
	return &n->message[l->owner % TURNS_MESSAGES];
}

void
dns_turns_add(struct dns_turns *t, struct dns_lookup *l)
{
	struct turns_network *n = turns_network(t, l);
	struct turns_message *m = turns_message(n, l);

	INVARIANT(l->turn.in == NULL);
	l->turn.in = t;
	l->turn.next = NULL;
	l->turn.prev = m->last;
	if (m->last == NULL)
		m->first = l;
	else
		m->last->turn.next = l;
	m->last = l;
	n->count++;
	t->count++;
}

void
dns_turns_leave(struct dns_lookup *l)
{
	struct dns_turns *t = l->turn.in;
	struct turns_network *n;
	struct turns_message *m;

	if (t == NULL)
		return;
	n = turns_network(t, l);
	m = turns_message(n, l);
	if (l->turn.prev == NULL)
		m->first = l->turn.next;
	else
		l->turn.prev->turn.next = l->turn.next;
	if (l->turn.next == NULL)
		m->last = l->turn.prev;
	else
		l->turn.next->turn.prev = l->turn.prev;
	l->turn.in = NULL;
	n->count--;
	t->count--;
}

static struct dns_lookup *
turns_next_of(struct turns_network *n,
    bool (*may)(void *ctx, const struct dns_lookup *l), void *ctx)
{
	if (n->count == 0)
		return NULL;
	for (unsigned i = 0; i < TURNS_MESSAGES; i++) {
		struct dns_lookup *l =
		    n->message[n->at++ % TURNS_MESSAGES].first;

		if (l != NULL && (may == NULL || may(ctx, l)))
			return l;
	}
	return NULL;
}

struct dns_lookup *
dns_turns_next(struct dns_turns *t,
    bool (*may)(void *ctx, const struct dns_lookup *l), void *ctx)
{
	if (t->count == 0)
		return NULL;
	for (unsigned i = 0; i < TURNS_NETWORKS; i++) {
		struct turns_network *n = &t->network[t->at++ % TURNS_NETWORKS];
		struct dns_lookup *l = turns_next_of(n, may, ctx);

		if (l != NULL)
			return l;
	}
	return NULL;
}

size_t
dns_turns_count(const struct dns_turns *t)
{
	return t->count;
}
