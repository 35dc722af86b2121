/*
 * Memory that all messages share: who takes most of it is put off, and nobody
 * else is judged on less than he sent.
 */
#include "config.h"

#include "policy/message/decision_id.h"
#include "tests/kit/table.h"

#include "policy/base/share.h"
#include "policy/judge/judge.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/budget.h"
#include "policy/message/snapshot.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

static const char rules[] =
    "rule bad when body ~ /special words/ then reject\n"
    "rule signed when any dkim (domain = \"x.example\") then tag signed\n";

struct world {
	struct arena *arena;
	struct snapshot *snapshot;
	struct dns_zone *zone;
	struct room room;
	struct clock_fixed time;
	struct services judge;
};

static void
world_init(struct world *w, const char *config)
{
	struct snapshot_source source = { .config_text = span_of(config),
		.rules_text = span_of(rules),
		.want_all = true };

	*w = (struct world){ .arena = arena_new() };
	w->snapshot = snapshot_kit(&source, w->arena);
	w->zone = dns_zone_new();
	dns_zone_txt(
	    w->zone, SPAN("_dmarc.good.example"), SPAN("v=DMARC1; p=reject"));
	dns_zone_txt(
	    w->zone, SPAN("good.example"), SPAN("v=spf1 ip4:192.0.2.1 -all"));
	w->time = (struct clock_fixed){ 1767225600, 1000 };
	room_init(&w->room);
	w->judge = (struct services){ .clock = clock_of_fixed(&w->time),
		.resolver = resolver_zone(w->zone),
		.ids = decision_ids_new(SPAN("test"), 0),
		.room = &w->room,
		.hostname = "mx.us" };
}

static void
world_free(struct world *w)
{
	assert_int_equal(share_held(w->room.memory), 0);
	room_fini(&w->room);
	decision_ids_free(&w->judge.ids);
	snapshot_unref(&w->snapshot);
	resolver_free(&w->judge.resolver);
	dns_zone_free(&w->zone);
	arena_free(&w->arena);
}

/* What a client sends; fields are "X: x" beside From. */
struct mail {
	const char *client;
	size_t fields, body; /* how many; octets */
	const char *text;    /* the end of the body */
};

/* Up to the end of its header, which is not answered yet, and its body. */
static struct session *
mail_send(struct world *w, const struct mail *mail)
{
	static char line[1024];
	const struct mail_parameters from = { .reverse_path =
						  SPAN("<a@good.example>") };
	struct session *s = session_new(&w->judge, w->snapshot);
	struct verdict v;
	struct ip ip = { 0 };

	memset(line, 'x', sizeof(line));
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	assert_true(ip_parse(span_of(mail->client), &ip));
	session_connect(s, ip, 25, SPAN(""), SPAN("smtp"), SPAN("mx.us"));
	session_helo(s, SPAN("c.example"), NULL);
	session_mail(s, &from, NULL, &v);
	session_rcpt(s, SPAN("<bob@us.example>"), false, SPAN(""), &v);
	session_header(s, SPAN("From"), SPAN(" a@good.example"));
	for (size_t i = 0; i < mail->fields; i++)
		session_header(s, SPAN("X"), SPAN(""));
	for (size_t n = 0; n < mail->body; n += sizeof(line))
		session_body(s, span_make(line, sizeof(line)));
	session_body(s, span_of(mail->text));
	return s;
}

/* "reject 552 5.3.4", by the first answer that ends it. */
static const char *
mail_end(struct world *w, struct session *s, struct verdict *v)
{
	session_eoh(s, SPAN("Q"), v);
	if (v->action == OUTCOME_ACCEPT)
		session_eom(s, SPAN("Q"), v);
	return v->reply.code == 0 ? outcome_names[v->action]
				  : arena_printf(w->arena, "%s %u %s",
					outcome_names[v->action], v->reply.code,
					v->reply.enhanced);
}

#define HELD 20

/* So many of the first stand there, unanswered, while the second comes. */
static const struct {
	const char *label, *config;
	struct mail held;
	size_t count;
	struct mail honest;
	const char *want, *held_want; /* of the last of them */
} rows[] = {
	{ "alone", "body.total 16M\n", { NULL, 0, 0, "" }, 0,
	    { "192.0.2.1", 5, 1 << 20, "x\r\n" }, "accept", NULL },
	{ "a header of 420,000 lines costs no more than what is kept of it",
	    "body.total 64M\n", { "203.0.113.6", 420000, 0, "" }, 1,
	    { "192.0.2.1", 5, 1 << 20, "special words\r\n" },
	    "reject 550 5.7.1", "reject 552 5.3.4" },
	{ "and many of them find their share used up", "body.total 64M\n",
	    { "203.0.113.6", 9000, 0, "" }, HELD,
	    { "192.0.2.1", 5, 1 << 20, "special words\r\n" },
	    "reject 550 5.7.1", "tempfail 452 4.3.1" },
	{ "bodies of one client", "body.total 64M\n",
	    { "203.0.113.6", 0, 8 << 20, "" }, HELD,
	    { "192.0.2.1", 5, 1 << 20, "special words\r\n" },
	    "reject 550 5.7.1", "tempfail 452 4.3.1" },
	{ "his own network gets no more", "body.total 64M\n",
	    { "203.0.113.6", 0, 8 << 20, "" }, HELD,
	    { "203.0.113.99", 5, 1 << 20, "x\r\n" }, "tempfail 452 4.3.1",
	    "tempfail 452 4.3.1" },
	{ "a message larger than half of all", "body.total 4M\n",
	    { NULL, 0, 0, "" }, 0, { "192.0.2.1", 5, 3 << 20, "x\r\n" },
	    "tempfail 452 4.3.1", NULL },
	{ "what it is decoded to counts", "body.total 16M\n",
	    { "203.0.113.6", 0, 700 << 10, "" }, HELD,
	    { "203.0.113.7", 5, 100 << 10, "x\r\n" }, "tempfail 452 4.3.1",
	    "tempfail 452 4.3.1" },
};

static void
test_shares(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct session *held[HELD], *s;
		struct verdict v;
		struct world w;

		if (!table_wants(rows[i].label))
			continue;
		world_init(&w, rows[i].config);
		for (size_t k = 0; k < rows[i].count; k++)
			held[k] = mail_send(&w, &rows[i].held);
		s = mail_send(&w, &rows[i].honest);
		table_text(
		    rows[i].label, "answer", mail_end(&w, s, &v), rows[i].want);
		session_free(&s);
		if (rows[i].count > 0)
			table_text(rows[i].label, "held",
			    mail_end(&w, held[rows[i].count - 1], &v),
			    rows[i].held_want);
		for (size_t k = 0; k < rows[i].count; k++)
			session_free(&held[k]);
		world_free(&w);
	}
	table_end();
}

static const struct value *
fact_of(const struct message *m, const char *name)
{
	fact_id id = schema_find(facts_schema(m->facts), span_of(name));

	return facts_get(m->facts, id);
}

/* Where nothing is refused, what was not kept is not known. */
static void
test_monitor(void **state)
{
	static const struct {
		const char *label, *config;
		struct mail mail;
		const char *wanted, *dmarc;
	} row[] = {
		{ "no room for the body", "mode monitor\nbody.total 6M\n",
		    { "192.0.2.1", 0, 4 << 20, "" }, "tempfail", "pass" },
		{ "none for the header", "mode monitor\nbody.total 1M\n",
		    { "192.0.2.1", 9000, 0, "" }, "tempfail", "temperror" },
		{ "a header that is too large", "mode monitor\n",
		    { "192.0.2.1", 25000, 0, "" }, "reject", "temperror" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct session *s;
		struct world w;
		struct verdict v;

		world_init(&w, row[i].config);
		s = mail_send(&w, &row[i].mail);
		(void)mail_end(&w, s, &v);
		table_text(
		    row[i].label, "action", outcome_names[v.action], "accept");
		table_text(row[i].label, "wanted", outcome_names[v.wanted],
		    row[i].wanted);
		table_number(row[i].label, "attachments",
		    fact_of(s->message, "attachment")->state, FACT_UNKNOWN);
		table_text(row[i].label, "dmarc",
		    arena_strdup(w.arena, fact_of(s->message, "dmarc")->text),
		    row[i].dmarc);
		session_free(&s);
		world_free(&w);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shares),
	cmocka_unit_test(test_monitor),
};

TABLE_MAIN(tests)
