#include "config.h"

#include "tests/kit/message_kit.h"

#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

static const char *
kit_or(const char *text, const char *otherwise)
{
	return text == NULL ? otherwise : text;
}

static struct snapshot *
kit_snapshot(struct message_kit *k, const struct message_kit_options *options)
{
	const struct snapshot_source source = {
		.checks = options->checks,
		.config_text = span_of(kit_or(options->config, "")),
		.rules_text = span_of(kit_or(options->rules, "")),
		.want_all = !options->read_only,
	};

	return snapshot_kit(&source, k->arena);
}

void
message_kit_begin(
    struct message_kit *k, const struct message_kit_options *options)
{
	static const struct message_kit_options none;
	const char *client;

	options = options == NULL ? &none : options;
	*k = (struct message_kit){ .arena = arena_new() };
	k->snapshot = kit_snapshot(k, options);
	k->zone = options->zone == NULL ? dns_zone_new() : options->zone;
	k->time.unix_s = MESSAGE_KIT_TIME;
	k->judge.clock = clock_of_fixed(&k->time);
	k->judge.ids = decision_ids_new(SPAN("mx.example"), 0);
	k->session.snapshot = k->snapshot;
	k->session.arena = k->arena;
	k->session.resolver = resolver_zone(k->zone);
	k->session.hostname = SPAN("mx.example");
	client = kit_or(options->client, "192.0.2.1");
	assert_true(
	    client[0] == '\0' || ip_parse(span_of(client), &k->session.client));
	k->session.helo = span_of(kit_or(options->helo, "client.example"));
	k->message = message_new(&k->session, &k->judge);
	k->session.message = k->message;
	k->message->direction = DIRECTION_INBOUND;
}

void
message_kit_end(struct message_kit *k)
{
	message_free(&k->message);
	resolver_free(&k->session.resolver);
	dns_zone_free(&k->zone);
	decision_ids_free(&k->judge.ids);
	snapshot_unref(&k->snapshot);
	arena_free(&k->arena);
}

void
message_kit_text(struct message_kit *k, struct span text)
{
	struct span body;

	header_split(
	    text, &k->message->headers, &body, &k->message->header_anomalies);
	(void)buf_add(&k->message->body, body);
}

void *
message_kit_slot(struct message_kit *k, const struct check *c)
{
	return k->message->slot[check_index(k->snapshot, c)];
}

void
message_kit_gather(
    struct message_kit *k, const struct check *c, enum stage last)
{
	for (int stage = STAGE_CONNECT; stage <= (int)last; stage++) {
		k->message->stage = (enum stage)stage;
		c->gather(
		    k->message, message_kit_slot(k, c), k->message->stage);
	}
}

/* ---- facts ------------------------------------------------------------------- */

const char *
message_kit_value(
    struct message_kit *k, const struct value *v, enum fact_type type)
{
	char ip[IP_TEXT_MAX];

	if (v->state != FACT_KNOWN)
		return v->state == FACT_ABSENT    ? "-"
		       : v->state == FACT_PENDING ? "pending"
						  : "?";
	switch (type) {
	case FACT_BOOL:
		return v->yes ? "yes" : "no";
	case FACT_NUMBER:
		return arena_printf(k->arena, "%g", v->number);
	case FACT_IP:
		return arena_strdup(k->arena, span_of(ip_format(v->ip, ip)));
	default:
		return arena_strdup(k->arena, v->text);
	}
}

const char *
message_kit_fact(struct message_kit *k, const char *name)
{
	const struct schema *s = k->snapshot->schema;
	const struct facts *facts = k->message->facts;
	fact_id id = schema_find(s, span_of(name)), group;
	const char *text = "";

	assert_int_not_equal(id, FACT_NONE);
	group = schema_group(s, id);
	if (group == FACT_NONE)
		return message_kit_value(
		    k, facts_get(facts, id), schema_row(s, id)->type);
	for (size_t i = 0; i < facts_count(facts, group); i++)
		text = arena_printf(k->arena, "%s%s%s", text, i > 0 ? "|" : "",
		    message_kit_value(k, facts_field_get(facts, id, i),
			schema_row(s, id)->type));
	return text;
}
