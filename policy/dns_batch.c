/*
 * Batches: one message's questions and their answers. Keeps each question
 * once, hands out what is known, and waits when told to. Knows nothing of
 * where a resolver has its answers from.
 */
#include "config.h"

#include "policy/dns_resolver.h"

#include <string.h>

#include "rules/panic.h"

/*
 * No message needs this many; a check that asks for whatever a sender lists
 * meets the end here, whatever its own limits are.
 */
#define DNS_BATCH_MAX 4096

struct dns_row {
	struct dns_wait wait; /* first: a wait is its row */
	struct dns_key key;
	struct dns_answer answer;
};

struct dns_batch {
	struct resolver *resolver;
	struct arena *arena;
	struct dns_row **row; /* in the order asked */
	size_t count, cap;
	struct dns_row **slot; /* by hash, open addressing */
	size_t slots;          /* a power of two, or 0 */
	size_t pending;
	const char *gave_up; /* the problem of all that was not known then */
	struct dns_box box;
};

struct dns_batch *
dns_batch_new(struct resolver *r, struct arena *a)
{
	struct dns_batch *b = arena_alloc(a, sizeof(*b));
	pthread_condattr_t attr;

	b->resolver = r;
	b->arena = a;
	INVARIANT(pthread_condattr_init(&attr) == 0);
	INVARIANT(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	INVARIANT(pthread_cond_init(&b->box.wake, &attr) == 0);
	(void)pthread_condattr_destroy(&attr); /* cannot fail on glibc */
	return b;
}

void
dns_batch_free(struct dns_batch **batch)
{
	struct dns_batch *b = *batch;
	struct dns_wait **wait;

	*batch = NULL;
	if (b == NULL)
		return;
	wait = arena_array(b->arena, b->count, sizeof(*wait));
	for (size_t i = 0; i < b->count; i++)
		wait[i] = &b->row[i]->wait;
	b->resolver->ops->drop(b->resolver, wait, b->count);
	INVARIANT(pthread_cond_destroy(&b->box.wake) == 0);
	b->count = 0;
}

/* ---- the table of rows --------------------------------------------------- */

/* Where the key's row is, or the free slot where it belongs. */
static struct dns_row **
dns_batch_slot(const struct dns_batch *b, const struct dns_key *key)
{
	size_t i = (size_t)key->hash & (b->slots - 1);

	while (b->slot[i] != NULL && !dns_key_eq(&b->slot[i]->key, key))
		i = (i + 1) & (b->slots - 1);
	return &b->slot[i];
}

static void
dns_batch_reserve(struct dns_batch *b)
{
	b->row = arena_grow(
	    b->arena, b->row, &b->cap, b->count + 1, sizeof(*b->row));
	if (b->slots > 2 * b->count)
		return;
	b->slots = b->slots == 0 ? 32 : b->slots * 4;
	b->slot = arena_array(b->arena, b->slots, sizeof(struct dns_row *));
	for (size_t i = 0; i < b->count; i++)
		*dns_batch_slot(b, &b->row[i]->key) = b->row[i];
}

/* ---- answers ------------------------------------------------------------- */

/* Answers that no batch needs to keep: one of each type. */
#define DNS_ANSWERS(...)                               \
	{                                              \
		{ .type = DNS_A, __VA_ARGS__ },        \
		    { .type = DNS_PTR, __VA_ARGS__ },  \
		    { .type = DNS_MX, __VA_ARGS__ },   \
		    { .type = DNS_TXT, __VA_ARGS__ },  \
		    { .type = DNS_AAAA, __VA_ARGS__ }, \
	}
#define DNS_TYPES 5
static const struct dns_answer dns_impossible[DNS_TYPES] =
    DNS_ANSWERS(.status = DNS_NXDOMAIN);
static const struct dns_answer dns_too_many[DNS_TYPES] =
    DNS_ANSWERS(.status = DNS_TEMP,
	.problem = "too many questions for one message");

static const struct dns_answer *
dns_answer_of(const struct dns_answer each[DNS_TYPES], enum dns_type type)
{
	for (size_t i = 0; i < DNS_TYPES; i++)
		if (each[i].type == type)
			return &each[i];
	panic("DNS type %d", (int)type);
}

/* Makes the result that has come the row's answer. */
static void
dns_batch_state(struct dns_row *row)
{
	row->answer = row->wait.result->answer;
	row->answer.ttl_s = row->wait.ttl_s;
	row->answer.cached = row->wait.cached;
}

static void
dns_batch_fail(struct dns_row *row, const char *problem)
{
	row->answer = (struct dns_answer){
		.status = DNS_TEMP, .type = row->key.type, .problem = problem
	};
}

/* Takes in what has come. Returns false when that was nothing. */
static bool
dns_batch_collect(struct dns_batch *b, int64_t deadline_ms)
{
	struct dns_wait *w =
	    b->resolver->ops->collect(b->resolver, &b->box, deadline_ms);
	bool any = w != NULL;

	for (; w != NULL; w = w->next) {
		dns_batch_state((struct dns_row *)w);
		INVARIANT(b->pending > 0);
		b->pending--;
	}
	return any;
}

static struct dns_row *
dns_batch_add(struct dns_batch *b, const struct dns_key *key)
{
	struct dns_row *row = arena_alloc(b->arena, sizeof(*row));

	dns_batch_reserve(b);
	row->key = *key;
	row->key.name = arena_dup(b->arena, key->name);
	row->wait.box = &b->box;
	row->answer.status = DNS_PENDING;
	row->answer.type = key->type;
	b->row[b->count++] = row;
	*dns_batch_slot(b, &row->key) = row;
	return row;
}

const struct dns_answer *
dns_ask(struct dns_batch *b, struct span name, enum dns_type type)
{
	char room[DNS_NAME_MAX];
	struct dns_key key;
	struct dns_row *row;

	if (!dns_key_make(name, type, b->resolver->seed, room, &key))
		return dns_answer_of(dns_impossible, type);
	if (b->slots > 0 && (row = *dns_batch_slot(b, &key)) != NULL) {
		if (row->answer.status == DNS_PENDING)
			(void)dns_batch_collect(b, DNS_NOW);
		return &row->answer;
	}
	if (b->count >= DNS_BATCH_MAX)
		return dns_answer_of(dns_too_many, type);
	row = dns_batch_add(b, &key);
	b->resolver->ops->ask(
	    b->resolver, &row->key, &row->wait, b->gave_up == NULL);
	if (row->wait.link != NULL)
		b->pending++;
	else if (row->wait.result != NULL)
		dns_batch_state(row);
	else
		dns_batch_fail(row, b->gave_up);
	return &row->answer;
}

size_t
dns_pending(const struct dns_batch *b)
{
	return b->pending;
}

bool
dns_join(struct dns_batch *b, int64_t deadline_ms)
{
	return b->pending > 0 && dns_batch_collect(b, deadline_ms);
}

void
dns_give_up(struct dns_batch *b, const char *problem)
{
	(void)dns_batch_collect(b, DNS_NOW);
	b->gave_up = problem;
	for (size_t i = 0; i < b->count; i++) {
		struct dns_wait *w = &b->row[i]->wait;

		if (b->row[i]->answer.status != DNS_PENDING)
			continue;
		b->resolver->ops->drop(b->resolver, &w, 1);
		dns_batch_fail(b->row[i], problem);
		b->pending--;
	}
	INVARIANT(b->pending == 0);
}

void
dns_each(const struct dns_batch *b, dns_seen *seen, void *ctx)
{
	for (size_t i = 0; i < b->count; i++)
		seen(ctx, b->row[i]->key.name, &b->row[i]->answer);
}
