/*
 * What all messages under way keep together, and whether one may keep more.
 */
#include "config.h"

#include "policy/message/budget.h"

#include "policy/message/session.h"
#include "policy/message/snapshot.h"

/* What a buffer allocates at first. */
#define BODY_LEAST ((size_t)512)

bool
room_take(struct message *m, size_t octets)
{
	uint64_t total = m->session->snapshot->config.body_total.octets;
	unsigned long long was;

	if (m->room == NULL)
		return true;
	was = atomic_fetch_add(&m->room->held, octets);
	if (was + octets <= total) {
		m->room_held += octets;
		return true;
	}
	(void)atomic_fetch_sub(&m->room->held, octets);
	if (!m->room_short)
		(void)atomic_fetch_add(&m->room->short_messages, 1);
	m->room_short = true;
	return false;
}

void
room_give(struct message *m)
{
	if (m->room != NULL)
		(void)atomic_fetch_sub(&m->room->held, m->room_held);
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
