#ifndef TESTS_KIT_MESSAGE_FIXTURE_H
#define TESTS_KIT_MESSAGE_FIXTURE_H

/*
 * A message as checks see it, without rules, MTA or network: default
 * settings, an empty zone, a clock that stands still. The test fills in what
 * it is about and calls one check at a time.
 */

#include "policy/judge/judge.h"
#include "policy/load/checks.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/decision_id.h"
#include "policy/message/message.h"
#include "policy/message/snapshot.h"
#include "tests/kit/table.h"

#define FIXTURE_TIME INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

struct fixture {
	struct arena *arena;
	struct snapshot snapshot;
	struct session session;
	struct clock_fixed time;
	struct services judge;
	struct dns_zone *zone;
	struct message *message;
};

static inline void
fixture_begin(struct fixture *f)
{
	const struct check_table *checks = &checks_standard;

	*f = (struct fixture){ .arena = arena_new() };
	f->snapshot.arena = f->arena;
	f->snapshot.schema = schema_new();
	for (size_t i = 0; i < checks->count; i++) {
		f->snapshot.first_fact[i] = schema_add(f->snapshot.schema,
		    checks->check[i]->facts, checks->check[i]->fact_count);
		f->snapshot.wanted[i] = true;
	}
	f->snapshot.wants_all = true;
	f->snapshot.checks = checks;
	snapshot_settings(&f->snapshot);
	f->zone = dns_zone_new();
	f->time.unix_s = FIXTURE_TIME;
	f->judge.clock = clock_of_fixed(&f->time);
	f->judge.ids = decision_ids_new(SPAN("mx.example"), 0);
	f->session.snapshot = &f->snapshot;
	f->session.arena = f->arena;
	f->session.resolver = resolver_zone(f->zone);
	f->session.hostname = SPAN("mx.example");
	assert_true(ip_parse(SPAN("192.0.2.1"), &f->session.client));
	f->session.helo = SPAN("client.example");
	f->message = message_new(&f->session, &f->judge);
	f->session.message = f->message;
	f->message->direction = DIRECTION_INBOUND;
}

static inline void
fixture_end(struct fixture *f)
{
	message_free(&f->message);
	resolver_free(&f->session.resolver);
	dns_zone_free(&f->zone);
	decision_ids_free(&f->judge.ids);
	schema_free(&f->snapshot.schema);
	arena_free(&f->arena);
}

/* Splits text into header and body and puts both into the message. */
static inline void
fixture_message(struct fixture *f, struct span text)
{
	struct span body;

	header_split(
	    text, &f->message->headers, &body, &f->message->header_anomalies);
	(void)buf_add(&f->message->body, body);
}

/* A fact's value as text, "-" when absent, "?" when not known. */
static inline const char *
fixture_value(struct fixture *f, const struct value *v, enum fact_type type)
{
	if (v->state != FACT_KNOWN)
		return v->state == FACT_ABSENT ? "-" : "?";
	if (type == FACT_BOOL)
		return v->yes ? "yes" : "no";
	if (type == FACT_NUMBER)
		return arena_printf(f->arena, "%g", v->number);
	return arena_strdup(f->arena, v->text);
}

static inline const char *
fixture_fact(struct fixture *f, const char *name)
{
	fact_id id = schema_find(f->snapshot.schema, span_of(name));

	assert_int_not_equal(id, FACT_NONE);
	return fixture_value(f, facts_get(f->message->facts, id),
	    schema_row(f->snapshot.schema, id)->type);
}

/* All values of one field of a group, with "|" between. */
static inline const char *
fixture_group(struct fixture *f, const char *field)
{
	fact_id id = schema_find(f->snapshot.schema, span_of(field));
	const char *text = "";
	size_t count;

	assert_int_not_equal(id, FACT_NONE);
	count = facts_count(
	    f->message->facts, schema_group(f->snapshot.schema, id));
	for (size_t i = 0; i < count; i++)
		text = arena_printf(f->arena, "%s%s%s", text, i > 0 ? "|" : "",
		    fixture_value(f, facts_field_get(f->message->facts, id, i),
			schema_row(f->snapshot.schema, id)->type));
	return text;
}

#endif
