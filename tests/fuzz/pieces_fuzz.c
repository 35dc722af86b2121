/*
 * A message is judged alike whether its body comes in one piece or in many:
 * one run with all of it at once, one with pieces of up to 64 octets, by the
 * length of the input. It is as message_kit.c reads it.
 */
#include "config.h"

#include "policy/message/decision_id.h"
#include "tests/fuzz/message_kit.c"

#include "policy/judge/judge.h"
#include "policy/message/facts_json.h"
#include "policy/message/message.h"
#include "policy/store/store.h"

#define OUT_MAX ((size_t)64 << 20)

struct run {
	struct services judge;
	struct clock_fixed time;
	struct resolver *resolver;
};

static void
run_begin(struct run *r, const struct case_input *c)
{
	*r = (struct run){ .time = { .unix_s = c->time_s } };
	r->resolver = resolver_zone(c->zone);
	r->judge.clock = clock_of_fixed(&r->time);
	r->judge.resolver = r->resolver;
	r->judge.ids = decision_ids_new(SPAN("fuzz"), 0);
	r->judge.hostname = "localhost";
	r->judge.store = store_memory();
}

static void
run_end(struct run *r)
{
	store_close(&r->judge.store);
	decision_ids_free(&r->judge.ids);
	resolver_free(&r->resolver);
}

static void
run_envelope(struct session *s, const struct case_input *c)
{
	const struct mail_parameters p = { .reverse_path = c->mailfrom };
	struct client_tls tls = { .bits = 0 };
	struct verdict v;

	session_connect(
	    s, c->ip, c->port, c->client_name, SPAN(""), SPAN("mx.example"));
	session_helo(s, c->helo, &tls);
	session_mail(s, &p, &tls, &v);
	for (size_t i = 0; i < c->rcpt_count; i++)
		session_rcpt(s, c->rcpt[i], false, SPAN(""), &v);
}

static void
run_message(
    struct session *s, struct span message, size_t piece, struct verdict *v)
{
	struct arena *a = arena_new();
	struct header_list fields;
	unsigned anomalies = 0;
	struct span body;

	header_list_init(&fields, a);
	header_split(message, &fields, &body, &anomalies);
	for (size_t i = 0; i < fields.count; i++)
		session_header(
		    s, fields.field[i].raw_name, fields.field[i].raw);
	session_eoh(s, SPAN(""), v);
	for (size_t i = 0; i < body.n; i += piece)
		session_body(s, span_slice(body, i, i + piece));
	session_eom(s, SPAN(""), v);
	arena_free(&a);
}

static void
run_say(const struct message *m, const struct verdict *v, struct buf *out)
{
	struct facts_writing how = { .value_max = 0 };
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_textz(&w, "verdict", outcome_names[v->action]);
	jsonw_textz(&w, "rule", v->rule);
	jsonw_number(&w, "score", v->record.score);
	jsonw_number(&w, "octets", (double)m->body_octets);
	jsonw_number(&w, "flags", (double)m->flag_count);
	facts_write(m->facts, &how, &w, "facts");
	jsonw_end(&w);
}

static void
run_all(const struct case_input *c, size_t piece, struct buf *out)
{
	struct session *s;
	struct verdict v;
	struct run r;

	run_begin(&r, c);
	s = session_new(&r.judge, kit_snapshot());
	run_envelope(s, c);
	run_message(s, c->message, piece, &v);
	run_say(s->message, &v, out);
	session_free(&s);
	run_end(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, pieces;
	struct kit k;

	kit_read(&k, span_make((const char *)data, size));
	buf_init(&whole, OUT_MAX);
	buf_init(&pieces, OUT_MAX);
	run_all(&k.input, SIZE_MAX / 2, &whole);
	run_all(&k.input, size % 64 + 1, &pieces);
	INVARIANT(span_eq(buf_span(&whole), buf_span(&pieces)));
	buf_free(&whole);
	buf_free(&pieces);
	kit_free(&k);
	return 0;
}
