/*
 * One transaction from nothing to release: its memory, the envelope, its
 * direction.
 */
#include "config.h"

#include "policy/message/message.h"

#include <stdlib.h>

#include "policy/base/wait.h"
#include "policy/message/budget.h"
#include "policy/message/check.h"
#include "policy/message/decision_id.h"
#include "policy/message/services.h"
#include "policy/message/snapshot.h"
#include "policy/store/store.h"
#include "rules/base/panic.h"
#include "rules/mail/addr.h"
#include "rules/mail/received.h"

#define SENDER_MAX ((size_t)1024)

void
message_begin_at(struct message *m, int64_t unix_s)
{
	struct store *store = m->session->store;

	m->time_s = unix_s;
	m->kept_s = store == NULL ? unix_s : store_time(store, unix_s);
}

struct message *
message_new(struct session *s, const struct services *judge)
{
	const struct check_table *checks = s->snapshot->checks;
	struct arena *arena = arena_new();
	struct message *m = arena_alloc(arena, sizeof(*m));

	m->session = s;
	m->arena = arena;
	room_enter(m, judge->room);
	m->dns = dns_batch_new(s->resolver, arena);
	m->waits = dns_batch_waits(m->dns);
	waits_tell(m->waits, s->tell, s->tell_ctx);
	dns_batch_bound(m->dns, DNS_CHOSEN_MAX);
	dns_batch_for(m->dns, s->client);
	m->facts = facts_new(s->snapshot->schema, arena);
	message_begin_at(m, judge->clock.unix_s(judge->clock.ctx));
	m->started_ms = judge->clock.monotonic_ms(judge->clock.ctx);
	decision_id(judge->ids, m->time_s, m->id);
	m->client = s->client;
	m->helo = s->helo;
	m->direction = message_direction(m);
	header_list_init(&m->headers, arena);
	buf_init(
	    &m->body, s->snapshot->config.body_max.octets + BODY_SKELETON_MAX);
	m->slot = arena_array(arena, checks->count, sizeof(*m->slot));
	for (size_t i = 0; i < checks->count; i++)
		m->slot[i] = arena_alloc(arena, checks->check[i]->slot_size);
	return m;
}

void
message_free(struct message **mp)
{
	struct message *m = *mp;
	const struct check_table *checks;
	struct arena *arena;

	if (m == NULL)
		return;
	checks = checks_of(m);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->release != NULL)
			checks->check[i]->release(m, m->slot[i]);
	dns_batch_free(&m->dns);
	buf_free(&m->body);
	room_leave(m);
	arena = m->arena;
	arena_free(&arena);
	*mp = NULL;
}

void
envelope_set(struct message *m, struct envelope_address *out, struct span raw)
{
	struct envelope_path path;

	raw = arena_dup(m->arena, span_slice(raw, 0, SENDER_MAX));
	envelope_parse(raw, m->arena, &path);
	out->raw = path.raw;
	out->local = path.local;
	out->domain = path.domain;
}

static bool
list_holds(const struct setting_list *list, struct span text)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_case_eq(list->item[i], text))
			return true;
	return false;
}

enum direction
message_direction(const struct message *m)
{
	const struct session *s = m->session;
	const struct config *c = &s->snapshot->config;

	if (m->auth_user.n > 0)
		return DIRECTION_SUBMISSION;
	if (setting_nets_hold(&c->relay, s->client))
		return DIRECTION_RELAY;
	/* The name of a listener proves nothing: one that was left open to
	 * strangers would make them our users. */
	if (setting_nets_hold(&c->trust, s->client))
		return list_holds(&c->submission, s->daemon_name)
			   ? DIRECTION_SUBMISSION
			   : DIRECTION_LOCAL;
	return DIRECTION_INBOUND;
}

bool
message_find_hop(struct message *m)
{
	const struct config *c = &m->session->snapshot->config;
	size_t hops = header_count(&m->headers, "Received");

	for (size_t i = 0; i < hops && i < 30; i++) {
		const struct header_field *f =
		    header_get(&m->headers, "Received", i);
		struct ip client;
		struct span helo;

		if (!received_hop(f->raw, &client, &helo))
			return false;
		if (setting_nets_hold(&c->relay, client) ||
		    setting_nets_hold(&c->trust, client))
			continue;
		m->client = client;
		m->helo = arena_dup(m->arena, span_slice(helo, 0, 255));
		return true;
	}
	return false;
}
