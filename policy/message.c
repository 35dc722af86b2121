/*
 * One transaction from nothing to release: its memory, the envelope, its
 * direction.
 */
#include "config.h"

#include "policy/message.h"

#include <stdlib.h>

#include "policy/check.h"
#include "policy/judge.h"
#include "policy/snapshot.h"
#include "rules/addr.h"
#include "rules/panic.h"

#define SENDER_MAX ((size_t)1024)

struct message *
message_new(struct session *s, const struct judge *judge)
{
	struct arena *arena = arena_new();
	struct message *m = arena_alloc(arena, sizeof(*m));

	m->session = s;
	m->arena = arena;
	m->dns = dns_batch_new(s->resolver, arena);
	m->facts = facts_new(s->snapshot->schema, arena);
	m->time_s = judge->clock.unix_s(judge->clock.ctx);
	m->started_ms = judge->clock.monotonic_ms(judge->clock.ctx);
	decision_id(judge->ids, m->time_s, m->id);
	m->client = s->client;
	m->helo = s->helo;
	m->direction = message_direction(m);
	header_list_init(&m->headers, arena);
	buf_init(&m->body, s->snapshot->config.body_max.octets);
	m->slot = arena_array(arena, check_count(), sizeof(*m->slot));
	for (size_t i = 0; i < check_count(); i++)
		m->slot[i] = arena_alloc(arena, checks[i]->slot_size);
	return m;
}

void
message_free(struct message **mp)
{
	struct message *m = *mp;
	struct arena *arena;

	if (m == NULL)
		return;
	for (size_t i = 0; i < check_count(); i++)
		if (checks[i]->release != NULL)
			checks[i]->release(m, m->slot[i]);
	dns_batch_free(&m->dns);
	buf_free(&m->body);
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
nets_hold(const struct setting_nets *nets, struct ip ip)
{
	for (size_t i = 0; i < nets->count; i++)
		if (ip_in(ip, nets->net[i]))
			return true;
	return false;
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

	if (m->auth_user.n > 0 || list_holds(&c->submission, s->daemon_name))
		return DIRECTION_SUBMISSION;
	if (nets_hold(&c->relay, s->client))
		return DIRECTION_RELAY;
	if (nets_hold(&c->trust, s->client))
		return DIRECTION_LOCAL;
	return DIRECTION_INBOUND;
}

/* The last "[address]" of the text, as MTAs write the client's. */
static bool
received_address(struct span text, struct ip *out)
{
	size_t close = text.n;

	while (close > 0) {
		struct span before = span_slice(text, 0, close), inside;
		size_t end = span_find_last(before, ']');
		size_t open;

		if (end == SIZE_MAX)
			return false;
		open = span_find_last(span_slice(before, 0, end), '[');
		if (open == SIZE_MAX)
			return false;
		inside = span_slice(before, open + 1, end);
		if (span_case_starts(inside, SPAN("IPv6:")))
			inside = span_slice(inside, 5, inside.n);
		if (ip_parse(inside, out))
			return true;
		close = open;
	}
	return false;
}

/* "from HELO (name [address]) by ...": the from part's two names. */
static bool
received_hop(struct span value, struct ip *client, struct span *helo)
{
	size_t by = span_case_search(value, SPAN(" by "));
	struct span from = span_slice(value, 0, by);

	if (!span_case_starts(from, SPAN("from ")))
		return false;
	from = span_trim(span_slice(from, 5, from.n));
	*helo = span_slice(from, 0, span_find(from, ' '));
	return received_address(from, client);
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

		if (!received_hop(f->value, &client, &helo))
			return false;
		if (nets_hold(&c->relay, client) ||
		    nets_hold(&c->trust, client))
			continue;
		m->client = client;
		m->helo = arena_dup(m->arena, span_slice(helo, 0, 255));
		return true;
	}
	return false;
}
