/*
 * What all messages under way keep together, and whether one may keep more.
 */
#include "config.h"

#include "policy/message/budget.h"

#include "policy/base/share.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"

/* What a buffer allocates at first. */
#define BODY_LEAST ((size_t)512)

void
room_init(struct room *r)
{
	r->memory = share_new();
	atomic_init(&r->short_messages, 0);
}

void
room_fini(struct room *r)
{
	share_free(&r->memory);
}

static void
room_refused(struct message *m)
{
	if (!m->room_short)
		(void)atomic_fetch_add(&m->room->short_messages, 1);
	m->room_short = true;
}

bool
room_take(struct message *m, size_t octets)
{
	uint64_t total = m->session->snapshot->config.body_total.octets;

	if (m->room == NULL)
		return true;
	if (!share_take(m->room_holder, octets, (size_t)total)) {
		room_refused(m);
		return false;
	}
	m->room_held += octets;
	return true;
}

bool
room_has(struct message *m, size_t octets)
{
	if (m->room == NULL)
		return true;
	if (m->room_short || !room_take(m, octets))
		return false;
	share_give(m->room_holder, octets);
	m->room_held -= octets;
	return true;
}

/* A block of the arena: it is used whatever the answer is. */
static bool
room_ask(void *ctx, size_t octets)
{
	struct message *m = ctx;
	bool fits = room_take(m, octets);

	if (!fits) {
		share_force(m->room_holder, octets);
		m->room_held += octets;
	}
	return fits;
}

void
room_enter(struct message *m, struct room *r)
{
	if (r == NULL)
		return;
	m->room = r;
	m->room_holder = share_join(r->memory, m->session->client);
	(void)room_ask(m, arena_size(m->arena));
	arena_watch(m->arena, room_ask, m);
}

void
room_leave(struct message *m)
{
	if (m->room == NULL)
		return;
	arena_watch(m->arena, NULL, NULL);
	share_give(m->room_holder, m->room_held);
	share_leave(&m->room_holder);
	m->room = NULL;
	m->room_held = 0;
}

/* A buffer doubles, up to its limit: at most twice what it has to hold. */
bool
room_take_body(struct message *m, size_t n)
{
	const struct buf *b = &m->body;
	size_t left = b->max - b->n;
	size_t need = b->n + (n < left ? n : left), most = 2 * need;

	if (need <= b->cap)
		return true;
	most = most < BODY_LEAST ? BODY_LEAST : most;
	most = most > b->max ? b->max : most;
	if (most <= m->room_body)
		return true;
	if (!room_take(m, most - m->room_body))
		return false;
	m->room_body = most;
	return true;
}
