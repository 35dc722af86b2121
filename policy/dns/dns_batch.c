/*
 * Batches: one message's questions and their answers. Keeps each question
 * once, hands out what is known, and waits when told to. Knows nothing of
 * where a resolver has its answers from.
 */
#include "config.h"

#include "policy/dns/dns_resolver.h"

#include <stdatomic.h>
#include <string.h>

#include "policy/base/crowd.h"
#include "policy/base/wait.h"
#include "rules/base/panic.h"

/*
 * No message needs this many; a check that asks for whatever a sender lists
 * meets the end here, whatever its own limits are.
 */
#define DNS_BATCH_MAX 1024

struct dns_row {
	struct dns_node node; /* first */
	struct dns_wait wait;
	struct dns_answer answer;
};

struct dns_batch {
	struct resolver *resolver;
	struct arena *arena;
	struct dns_row **row; /* in the order asked */
	size_t count, cap;
	struct dns_table table;
	size_t chosen, chosen_max; /* of them: what a sender may choose */
	size_t pending;
	bool news;           /* an answer has come since the last join */
	const char *gave_up; /* the problem of all that was not known then */
	struct dns_box box;
};

static atomic_uint batch_number;

struct dns_batch *
dns_batch_new(struct resolver *r, struct arena *a)
{
	struct dns_batch *b = arena_alloc(a, sizeof(*b));

	b->resolver = r;
	b->arena = a;
	b->box.number = atomic_fetch_add(&batch_number, 1);
	b->chosen_max = SIZE_MAX;
	b->box.waits = waits_new(a);
	return b;
}

void
dns_batch_bound(struct dns_batch *b, size_t chosen_max)
{
	b->chosen_max = chosen_max;
}

void
dns_batch_for(struct dns_batch *b, struct ip client)
{
	b->box.group = crowd_group(client);
}

struct waits *
dns_batch_waits(const struct dns_batch *b)
{
	return b->box.waits;
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
	waits_free(&b->box.waits);
	dns_table_free(&b->table);
	b->count = 0;
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
		    { .type = DNS_TLSA, __VA_ARGS__ }, \
	}
#define DNS_TYPES 6
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

static struct dns_row *
dns_row_of(struct dns_wait *w)
{
	return (struct dns_row *)(void *)((char *)w -
					  offsetof(struct dns_row, wait));
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
	row->answer = (struct dns_answer){ .status = DNS_TEMP,
		.type = row->node.key.type,
		.problem = problem };
}

/* Takes in what has come. */
static void
dns_batch_collect(struct dns_batch *b)
{
	struct dns_wait *w = b->resolver->ops->collect(b->resolver, &b->box);

	for (; w != NULL; w = w->next) {
		dns_batch_state(dns_row_of(w));
		INVARIANT(b->pending > 0);
		b->pending--;
		b->news = true;
	}
}

static struct dns_row *
dns_batch_add(struct dns_batch *b, const struct dns_key *key)
{
	struct dns_row *row = arena_alloc(b->arena, sizeof(*row));

	b->row = arena_grow(
	    b->arena, b->row, &b->cap, b->count + 1, sizeof(*b->row));
	row->node.key = *key;
	row->node.key.name = arena_dup(b->arena, key->name);
	row->wait.box = &b->box;
	row->answer.status = DNS_PENDING;
	row->answer.type = key->type;
	b->row[b->count++] = row;
	dns_table_add(&b->table, &row->node);
	return row;
}

static const struct dns_answer *
dns_batch_ask(
    struct dns_batch *b, struct span name, enum dns_type type, bool reserved)
{
	char room[DNS_NAME_MAX];
	struct dns_key key;
	struct dns_row *row;

	if (!dns_key_make(name, type, b->resolver->seed, room, &key))
		return dns_answer_of(dns_impossible, type);
	row = (struct dns_row *)dns_table_find(&b->table, &key);
	if (row != NULL) {
		if (row->answer.status == DNS_PENDING)
			dns_batch_collect(b);
		return &row->answer;
	}
	if (b->count >= DNS_BATCH_MAX ||
	    (!reserved && b->chosen >= b->chosen_max))
		return dns_answer_of(dns_too_many, type);
	b->chosen += !reserved;
	row = dns_batch_add(b, &key);
	if (b->resolver->ops->ask(
		b->resolver, &row->node.key, &row->wait, b->gave_up == NULL))
		b->pending++;
	else if (row->wait.result != NULL)
		dns_batch_state(row);
	else
		dns_batch_fail(row, b->gave_up);
	return &row->answer;
}

const struct dns_answer *
dns_ask(struct dns_batch *b, struct span name, enum dns_type type)
{
	return dns_batch_ask(b, name, type, false);
}

const struct dns_answer *
dns_ask_reserved(struct dns_batch *b, struct span name, enum dns_type type)
{
	return dns_batch_ask(b, name, type, true);
}

size_t
dns_pending(const struct dns_batch *b)
{
	return b->pending;
}

bool
dns_news(struct dns_batch *b)
{
	bool news;

	if (b->pending > 0)
		dns_batch_collect(b);
	news = b->news;
	b->news = false;
	return news;
}

bool
dns_reveal(struct dns_batch *b)
{
	while (b->box.held != NULL) {
		struct dns_wait *w = b->box.held;

		dns_wait_unlink(w);
		dns_wait_link(w, &b->box.arrived);
	}
	return dns_news(b);
}

bool
dns_join(struct dns_batch *b, int64_t deadline_ms)
{
	bool news = dns_news(b) || dns_reveal(b);

	while (!news && b->pending > 0 && waits_join(b->box.waits, deadline_ms))
		news = dns_news(b);
	return news;
}

static void
dns_batch_drop(struct dns_batch *b, struct dns_row *row, const char *problem)
{
	struct dns_wait *w = &row->wait;

	if (row->answer.status != DNS_PENDING)
		return;
	b->resolver->ops->drop(b->resolver, &w, 1);
	dns_batch_fail(row, problem);
	INVARIANT(b->pending > 0);
	b->pending--;
}

void
dns_give_up_one(struct dns_batch *b, struct span name, enum dns_type type,
    const char *problem)
{
	char room[DNS_NAME_MAX];
	struct dns_key key;
	struct dns_row *row;

	if (!dns_key_make(name, type, b->resolver->seed, room, &key))
		return;
	dns_batch_collect(b);
	row = (struct dns_row *)dns_table_find(&b->table, &key);
	if (row != NULL)
		dns_batch_drop(b, row, problem);
}

void
dns_give_up(struct dns_batch *b, const char *problem)
{
	dns_batch_collect(b);
	b->gave_up = problem;
	for (size_t i = 0; i < b->count; i++)
		dns_batch_drop(b, b->row[i], problem);
	INVARIANT(b->pending == 0);
}

void
dns_each(const struct dns_batch *b, dns_seen *seen, void *ctx)
{
	for (size_t i = 0; i < b->count; i++)
		seen(ctx, b->row[i]->node.key.name, &b->row[i]->answer);
}
