/*
 * Sends messages through sessions that share a store.
 */
#include "config.h"

#include "tests/kit/state_kit.h"

#include <stdio.h>
#include <string.h>

#include "policy/load/snapshot_load.h"
#include "policy/message/decision_id.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

#define MESSAGE                                     \
	"From: A <a@sender.example>\r\n"            \
	"To: b@here.example\r\nSubject: hello\r\n"  \
	"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n" \
	"Message-ID: <1@sender.example>\r\n\r\nhello\r\n"

void
kit_begin(struct kit *k, const char *config, const char *rules)
{
	struct snapshot_source source = { .config_text = span_of(config),
		.rules_text = span_of(rules) };

	*k = (struct kit){ .time = { KIT_TIME, 0 }, .arena = arena_new() };
	k->snapshot = snapshot_kit(&source, k->arena);
	k->zone = dns_zone_new();
	k->judge.clock = clock_of_fixed(&k->time);
	k->judge.resolver = resolver_zone(k->zone);
	k->judge.ids = decision_ids_new(SPAN("test"), 0);
	k->judge.hostname = "mx.here.example";
	k->judge.store = store_memory();
}

void
kit_end(struct kit *k)
{
	store_close(&k->judge.store);
	decision_ids_free(&k->judge.ids);
	resolver_free(&k->judge.resolver);
	dns_zone_free(&k->zone);
	snapshot_unref(&k->snapshot);
	arena_free(&k->arena);
}

static const char *
given(const char *text, const char *otherwise)
{
	return text == NULL ? otherwise : text;
}

static void
kit_reply(struct kit *k, const struct verdict *v, struct kit_result *out)
{
	if (out->reply[0] != '\0' || v->reply.code == 0)
		return;
	out->reply = arena_strdup(k->arena, v->reply.text);
	out->reply_code =
	    arena_printf(k->arena, "%u %s", v->reply.code, v->reply.enhanced);
}

static void
kit_rcpts(struct kit *k, struct session *s, const struct kit_mail *mail,
    struct kit_result *out)
{
	struct span rest = span_of(given(mail->refused, "")), piece;
	struct verdict v;
	size_t n = 0;

	while (rest.n > 0 && span_cut(&rest, ' ', &piece))
		session_rcpt(s, piece, true, SPAN(""), &v);
	rest = span_of(given(mail->rcpt, "b@here.example"));
	while (rest.n > 0 && span_cut(&rest, ' ', &piece)) {
		session_rcpt(s, piece, false, SPAN(""), &v);
		if (n < ARRAY_COUNT(out->rcpt))
			out->rcpt[n] = v.action;
		n++;
		if (v.action == OUTCOME_TEMPFAIL || v.action == OUTCOME_REJECT)
			out->refused++;
		kit_reply(k, &v, out);
	}
	out->end = out->refused == n ? OUTCOME_REJECT : OUTCOME_ACCEPT;
}

static void
kit_content(struct session *s, const char *text, struct verdict *at_eoh)
{
	struct arena *a = arena_new();
	struct header_list fields;
	unsigned anomalies = 0;
	struct span body;

	header_list_init(&fields, a);
	header_split(span_of(text), &fields, &body, &anomalies);
	for (size_t i = 0; i < fields.count; i++)
		session_header(
		    s, fields.field[i].raw_name, fields.field[i].raw);
	session_eoh(s, SPAN(""), at_eoh);
	session_body(s, body);
	arena_free(&a);
}

void
kit_lose_store(struct kit *k)
{
	const struct store_options o = { .engine = STORE_REDIS,
		.where = "redis://127.0.0.1:1",
		.entries_max = 100,
		.timeout_ms = 50,
		.clock = clock_system };
	char why[STORE_WHY_MAX];

	store_close(&k->judge.store);
	k->judge.store = store_open(&o, why);
}

void
kit_send(struct kit *k, const struct kit_mail *mail, struct kit_result *out)
{
	const struct client_tls tls = { 0 };
	const struct mail_parameters p = {
		.reverse_path = span_of(given(mail->from, "a@sender.example")),
		.auth_user = span_of(given(mail->user, "")),
	};
	struct session *s;
	struct verdict v;
	struct ip ip;

	*out = (struct kit_result){ .reply = "", .reply_code = "" };
	INVARIANT(ip_parse(span_of(given(mail->ip, "203.0.113.9")), &ip));
	k->time.unix_s = KIT_TIME + mail->at;
	s = session_new(&k->judge, k->snapshot);
	session_connect(s, ip, 0, SPAN(""), SPAN(""), SPAN(""));
	session_helo(s, SPAN("client.example"), &tls);
	session_mail(s, &p, &tls, &v);
	kit_rcpts(k, s, mail, out);
	if (out->end == OUTCOME_ACCEPT) {
		kit_content(s, given(mail->message, MESSAGE), &v);
		if (v.action == OUTCOME_ACCEPT)
			session_eom(s, SPAN(""), &v);
		out->end = v.action;
		out->score = v.record.score;
		kit_reply(k, &v, out);
	}
	session_free(&s);
}

const char *
kit_fate(struct kit *k, const struct kit_mail *mail)
{
	struct kit_result r;

	kit_send(k, mail, &r);
	if (r.reply_code[0] == '4')
		return "waits";
	if (r.reply_code[0] == '5')
		return "refused";
	return r.end == OUTCOME_JUNK ? "junk" : "passes";
}
