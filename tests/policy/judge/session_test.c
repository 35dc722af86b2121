/*
 * Whole SMTP sessions, step by step: what each step answers and what the
 * message has come to at its end. The clock stands still and DNS is a zone.
 */
#include "config.h"

#include "policy/message/decision_id.h"
#include "tests/kit/table.h"

#include <pthread.h>

#include "policy/judge/judge.h"
#include "policy/judge/sessions.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/snapshot.h"
#include "policy/store/store.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

/* ---- the world ------------------------------------------------------------ */

static const char world_config[] =
    "trust 127.0.0.0/8 10.0.0.0/8\nrelay 198.51.100.25\nauthserv-id mx.us\n";
static const char world_rules[] =
    "verdict junk at 6 reject at 15\n"
    "rule help when rcpt.local = \"postmaster\" then accept\n"
    "rule trap when rcpt.local = \"trap\" then reject 550 5.1.1 \"no\"\n"
    "rule later when rcpt.local = \"later\" then tempfail\n"
    "rule no-tls when helo.domain = \"strict.example\" and not tls\n"
    "  then reject 550 5.7.10 \"use TLS\"\n"
    "rule forged when direction in (inbound, relay) and dmarc = fail\n"
    "  then reject 550 5.7.1 \"DMARC %{from.domain}\"\n"
    "rule abuse when rcpt.local = \"abuse\" then accept\n"
    "rule held when rcpt.local = \"held\" and subject ~ /offer/\n"
    "  then quarantine\n"
    "rule bob-wants-junk when rcpt.local = \"bob\" and subject ~ /offer/\n"
    "  then junk\n"
    "rule carol-wants-none when rcpt.local = \"carol\" and subject ~ /offer/\n"
    "  then reject\n"
    "rule user when auth and subject ~ /blocked/ then reject\n";

struct world {
	struct arena *arena;
	struct snapshot *snapshot;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct clock_fixed time;
	struct services judge;
	bool in_steps; /* ends are not waited for */
};

static struct dns_zone *
world_zone(void)
{
	struct dns_zone *z = dns_zone_new();

	dns_zone_txt(
	    z, SPAN("good.example"), SPAN("v=spf1 ip4:192.0.2.1 -all"));
	dns_zone_txt(
	    z, SPAN("_dmarc.good.example"), SPAN("v=DMARC1; p=reject"));
	dns_zone_txt(z, SPAN("evil.example"), SPAN("v=spf1 +all"));
	return z;
}

static void
world_init(struct world *w)
{
	struct snapshot_source source = { .config_text = span_of(world_config),
		.rules_text = span_of(world_rules),
		.want_all = true };

	*w = (struct world){ .arena = arena_new() };
	w->snapshot = snapshot_kit(&source, w->arena);
	w->zone = world_zone();
	w->resolver = resolver_zone(w->zone);
	w->time = (struct clock_fixed){ 1767225600, 1000 };
	w->judge = (struct services){ .clock = clock_of_fixed(&w->time),
		.resolver = w->resolver,
		.ids = decision_ids_new(SPAN("test"), 0),
		.hostname = "mx.us" };
}

static void
world_free(struct world *w)
{
	decision_ids_free(&w->judge.ids);
	snapshot_unref(&w->snapshot);
	resolver_free(&w->resolver);
	dns_zone_free(&w->zone);
	arena_free(&w->arena);
}

/* ---- scripts --------------------------------------------------------------- */

/*
 * A session is a list of steps, each with what it should come to. CONNECT
 * names the client and, behind a blank, the MTA's listener. For RCPT
 * and END that is the action; for STATE it is the message's direction, the
 * client that is judged, and what is incomplete.
 */
enum step_kind {
	CONNECT,
	HELO,
	STARTTLS, /* HELO again, encrypted */
	AUTH,     /* for the MAIL that follows */
	MAIL,
	RCPT,
	REFUSED_RCPT, /* by the MTA itself */
	FIELD,        /* "Name: value" */
	EOH,
	BODY,
	END,
	RESET,
	STATE,
	DONE,
};

struct step {
	enum step_kind kind;
	const char *text;
	const char *want; /* NULL: anything */
};

struct script {
	const char *label;
	struct step step[28];
};

#define GOOD_START                                                         \
	{ CONNECT, "192.0.2.1", NULL }, { HELO, "mx.good.example", NULL }, \
	{                                                                  \
		MAIL, "<a@good.example>", "accept"                         \
	}

/* What the rules about recipients are about, and what it comes to. */
#define OFFER(end)                                                      \
	{ FIELD, "From: a@good.example", NULL },                        \
	    { FIELD, "Subject: offer", NULL }, { EOH, NULL, "accept" }, \
	{                                                               \
		END, NULL, end                                          \
	}

static const struct script scripts[] = {
	{ "a good message is accepted",
	    { GOOD_START, { RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { BODY, "hello\r\n", NULL },
		{ STATE, NULL, "inbound 192.0.2.1" },
		{ END, NULL, "accept" } } },
	{ "a forged author is refused at the end",
	    { { CONNECT, "203.0.113.6", NULL },
		{ HELO, "mx.evil.example", NULL },
		{ MAIL, "<x@evil.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "reject" } } },
	{ "one refused recipient does not touch the others",
	    { GOOD_START, { RCPT, "<trap@us.example>", "reject" },
		{ RCPT, "<later@us.example>", "tempfail" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "accept" } } },
	{ "recipients who disagree come again, each for his own answer",
	    { GOOD_START, { RCPT, "<bob@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" }, OFFER("tempfail"),
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "tempfail" }, OFFER("junk"),
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" }, OFFER("reject") } },
	{ "and they alone: who agreed stays together",
	    { GOOD_START, { RCPT, "<ann@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" }, OFFER("tempfail"),
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<ann@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "tempfail" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ RCPT, "<late@us.example>", "tempfail" }, OFFER("accept") } },
	{ "from another network of a large sender, too",
	    { GOOD_START, { RCPT, "<ann@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" }, OFFER("tempfail"),
		{ CONNECT, "203.0.113.77", NULL },
		{ HELO, "mx9.good.example", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<ann@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "tempfail" },
		{ FIELD, "From: x@elsewhere.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "accept" } } },
	{ "accept and junk share a transaction: the milder mark",
	    { GOOD_START, { RCPT, "<bob@us.example>", "accept" },
		{ RCPT, "<ann@us.example>", "accept" }, OFFER("accept") } },
	{ "where RCPT can tell, no body is sent for both",
	    { GOOD_START, { RCPT, "<postmaster@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "tempfail" },
		{ RCPT, "<bob@us.example>", "tempfail" }, OFFER("accept"),
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" },
		{ RCPT, "<postmaster@us.example>", "tempfail" },
		OFFER("reject") } },
	{ "below a rule that is not known yet, too",
	    { { CONNECT, "203.0.113.6", NULL },
		{ HELO, "mx.evil.example", NULL },
		{ MAIL, "<x@evil.example>", "accept" },
		{ RCPT, "<abuse@us.example>", "accept" },
		{ RCPT, "<ann@us.example>", "tempfail" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "reject" } } },
	{ "the first who is refused is nobody to differ from",
	    { GOOD_START, { RCPT, "<trap@us.example>", "reject" },
		{ REFUSED_RCPT, "<postmaster@us.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" }, OFFER("reject") } },
	{ "our own users do not come again: together",
	    { { CONNECT, "203.0.113.6", NULL }, { HELO, "laptop", NULL },
		{ AUTH, "ann", NULL }, { MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<postmaster@else.example>", "accept" },
		{ RCPT, "<carol@else.example>", "accept" }, OFFER("accept") } },
	{ "behind our relay they come again as well",
	    { { CONNECT, "198.51.100.25", NULL }, { HELO, "mx2.us", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<held@us.example>", "accept" },
		{ RCPT, "<ann@us.example>", "accept" }, OFFER("tempfail"),
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<held@us.example>", "accept" },
		{ RCPT, "<ann@us.example>", "tempfail" },
		OFFER("quarantine") } },
	{ "behind our relay nobody is refused: they agree",
	    { { CONNECT, "198.51.100.25", NULL }, { HELO, "mx2.us", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" },
		{ RCPT, "<ann@us.example>", "accept" }, OFFER("accept") } },
	{ "the stricter one alone gets what it wants",
	    { GOOD_START, { RCPT, "<carol@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ FIELD, "Subject: offer", NULL }, { EOH, NULL, "accept" },
		{ END, NULL, "reject" } } },
	{ "a second message on the connection is judged anew",
	    { GOOD_START, { RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "accept" },
		{ MAIL, "<x@evil.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "reject" } } },
	{ "what was reset leaves nothing behind",
	    { GOOD_START, { RCPT, "<carol@us.example>", "accept" },
		{ FIELD, "Subject: offer", NULL }, { RESET, NULL, NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<carol@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "accept" } } },
	{ "without TLS the strict one is refused",
	    { { CONNECT, "192.0.2.1", NULL }, { HELO, "strict.example", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "reject" } } },
	{ "HELO again after STARTTLS tells of TLS",
	    { { CONNECT, "192.0.2.1", NULL }, { HELO, "strict.example", NULL },
		{ STARTTLS, "strict.example", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" } } },
	{ "AUTH makes it submission, and DMARC is not asked",
	    { { CONNECT, "203.0.113.6", NULL }, { HELO, "laptop", NULL },
		{ AUTH, "ann", NULL }, { MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@else.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" },
		{ STATE, NULL, "submission 203.0.113.6" },
		{ END, NULL, "accept" } } },
	{ "rules judge submission",
	    { { CONNECT, "203.0.113.6", NULL }, { HELO, "laptop", NULL },
		{ AUTH, "ann", NULL }, { MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@else.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ FIELD, "Subject: blocked", NULL },
		{ EOH, NULL, "reject" } } },
	{ "a listener's name makes no stranger one of our users",
	    { { CONNECT, "203.0.113.6 submission", NULL },
		{ HELO, "mx.evil.example", NULL },
		{ MAIL, "<x@evil.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "inbound 203.0.113.6" },
		{ END, NULL, "reject" } } },
	{ "behind that listener our relay stays our relay",
	    { { CONNECT, "198.51.100.25 submission", NULL },
		{ HELO, "mx2.us", NULL },
		{ MAIL, "<x@evil.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" },
		{ STATE, NULL, "relay - relay-hop" } } },
	{ "a trusted network hands in by that listener",
	    { { CONNECT, "10.1.2.3 submission", NULL },
		{ HELO, "webmail", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@else.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "submission 10.1.2.3" },
		{ END, NULL, "accept" } } },
	{ "a trusted network is local",
	    { { CONNECT, "10.1.2.3", NULL }, { HELO, "printer", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "local 10.1.2.3" },
		{ END, NULL, "accept" } } },
	{ "behind our relay the first foreign hop is judged: good",
	    { { CONNECT, "198.51.100.25", NULL }, { HELO, "mx2.us", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD,
		    "Received: from mx2.us (mx2.us [10.0.0.2]) by mx2.us "
		    "(Postfix) with ESMTP id 2; Thu, 1 Jan 2026 00:00:00 +0000",
		    NULL },
		{ FIELD,
		    "Received: from mx.good.example (unknown [192.0.2.1]) by "
		    "mx2.us (Postfix) with ESMTP id 1; Thu, 1 Jan 2026 00:00:00 "
		    "+0000",
		    NULL },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "relay 192.0.2.1" },
		{ END, NULL, "accept" } } },
	{ "behind our relay the first foreign hop is judged: forged",
	    { { CONNECT, "198.51.100.25", NULL }, { HELO, "mx2.us", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD,
		    "Received: from mx.good.example (x [203.0.113.6]) by mx2.us "
		    "(Postfix) with ESMTP id 1; Thu, 1 Jan 2026 00:00:00 +0000",
		    NULL },
		{ FIELD,
		    "Received: from mx.good.example (unknown [192.0.2.1]) by x "
		    "with ESMTP id 0; Thu, 1 Jan 2026 00:00:00 +0000",
		    NULL },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "relay 203.0.113.6" },
		{ END, NULL, "junk" } } },
	{ "behind our relay a HELO name does not say who the client is",
	    { { CONNECT, "198.51.100.25", NULL }, { HELO, "mx2.us", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD,
		    "Received: from x (y [192.0.2.1]) by z (x [203.0.113.6])\n"
		    "\tby mx2.us (Postfix) with ESMTP id 1;\n"
		    "\tThu, 1 Jan 2026 00:00:00 +0000",
		    NULL },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "relay 203.0.113.6" },
		{ END, NULL, "junk" } } },
	{ "behind our relay without a hop it is incomplete",
	    { { CONNECT, "198.51.100.25", NULL }, { HELO, "mx2.us", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "relay - relay-hop" },
		{ END, NULL, "accept" } } },
	{ "recipients that the MTA refused are not judged",
	    { GOOD_START, { REFUSED_RCPT, "<trap@us.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { END, NULL, "accept" } } },
	{ "a client without address is judged without SPF",
	    { { CONNECT, "", NULL }, { HELO, "x.example", NULL },
		{ MAIL, "<a@good.example>", "accept" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@nowhere.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "inbound -" },
		{ END, NULL, "accept" } } },
};

/* ---- playing them ---------------------------------------------------------- */

struct player {
	struct world *world;
	struct session *session;
	const char *label;
	const char *auth;
};

static void
expect(const struct player *p, const struct step *s, const char *got)
{
	if (s->want != NULL && strcmp(got, s->want) != 0)
		table_fail(p->label, "step %d %s: got %s, want %s",
		    (int)s->kind, s->text == NULL ? "" : s->text, got, s->want);
}

static void
play_state(const struct player *p, const struct step *s)
{
	const struct message *m = p->session->message;
	char ip[IP_TEXT_MAX], got[256];

	(void)snprintf(got, sizeof(got), "%s %s%s%s",
	    direction_names[m->direction],
	    m->client.family == 0 ? "-" : ip_format(m->client, ip),
	    m->incomplete_count == 0 ? "" : " ",
	    m->incomplete_count == 0 ? "" : m->incomplete[0]);
	expect(p, s, got);
}

static void
play_mail(struct player *p, const struct step *s)
{
	const struct mail_parameters mail = { .reverse_path = span_of(s->text),
		.auth_user = span_of(p->auth) };
	struct verdict v;

	session_mail(p->session, &mail, NULL, &v);
	p->auth = NULL;
	expect(p, s, outcome_names[v.action]);
}

static void
play_field(struct player *p, const struct step *s)
{
	struct span text = span_of(s->text);
	size_t colon = span_find(text, ':');

	session_header(p->session, span_slice(text, 0, colon),
	    span_slice(text, colon + 1, text.n));
}

static void
play_hello(struct player *p, const struct step *s)
{
	const struct client_tls tls = { .version = SPAN("TLSv1.3"),
		.cipher = SPAN("TLS_AES_256_GCM_SHA384"),
		.bits = 256 };

	session_helo(
	    p->session, span_of(s->text), s->kind == STARTTLS ? &tls : NULL);
}

static void
play_connect(struct player *p, const struct step *s)
{
	struct span listener = span_of(s->text), client;
	struct ip ip = { 0 };

	if (span_cut(&listener, ' ', &client))
		(void)ip_parse(client, &ip);
	session_connect(p->session, ip, 25, SPAN(""),
	    listener.n > 0 ? listener : SPAN("smtp"), SPAN("mx.us"));
}

/* The end, waited for or in steps: both come to the same. */
static void
end_message(struct player *p, struct verdict *v)
{
	int64_t again_ms;

	if (!p->world->in_steps) {
		session_eom(p->session, SPAN("Q1"), v);
		return;
	}
	if (session_eom_begin(p->session, SPAN("Q1"), v, &again_ms))
		return;
	do {
		assert_true(again_ms > p->world->judge.clock.monotonic_ms(
					   p->world->judge.clock.ctx));
		(void)dns_join(p->session->message->dns, again_ms);
	} while (!session_eom_again(p->session, v, &again_ms));
}

static void
play_step(struct player *p, const struct step *s)
{
	struct verdict v;

	switch (s->kind) {
	case CONNECT:
		play_connect(p, s);
		break;
	case HELO:
	case STARTTLS:
		play_hello(p, s);
		break;
	case AUTH:
		p->auth = s->text;
		break;
	case MAIL:
		play_mail(p, s);
		break;
	case RCPT:
	case REFUSED_RCPT:
		session_rcpt(p->session, span_of(s->text),
		    s->kind == REFUSED_RCPT, SPAN(""), &v);
		expect(p, s, outcome_names[v.action]);
		break;
	case FIELD:
		play_field(p, s);
		break;
	case EOH:
		session_eoh(p->session, SPAN("Q1"), &v);
		expect(p, s, outcome_names[v.action]);
		break;
	case BODY:
		session_body(p->session, span_of(s->text));
		break;
	case END:
		end_message(p, &v);
		expect(p, s, outcome_names[v.action]);
		session_end_message(p->session);
		break;
	case RESET:
		session_end_message(p->session);
		break;
	case STATE:
		play_state(p, s);
		break;
	case DONE:
		break;
	}
}

static void
play(struct world *w, const struct script *script)
{
	struct services judge = w->judge;
	struct player p = { .world = w, .label = script->label };

	judge.store = store_memory(); /* its own: nothing from other scripts */
	p.session = session_new(&judge, w->snapshot);

	for (size_t i = 0; i < ARRAY_COUNT(script->step); i++)
		if (script->step[i].text != NULL ||
		    script->step[i].want != NULL ||
		    script->step[i].kind == RESET)
			play_step(&p, &script->step[i]);
	session_free(&p.session);
	store_close(&judge.store);
}

static void
test_scripts(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < ARRAY_COUNT(scripts); i++)
		if (table_wants(scripts[i].label))
			play(&w, &scripts[i]);
	/* Answers that come late change nothing. */
	dns_zone_hesitate(w.zone, true);
	for (size_t i = 0; i < 2 * ARRAY_COUNT(scripts); i++) {
		const struct script *script = &scripts[i / 2];

		w.in_steps = i % 2 == 1;
		if (table_wants(script->label))
			play(&w, script);
	}
	world_free(&w);
	table_end();
}

/* The client may hang up after any step: nothing is lost, nothing leaks. */
static void
test_hanging_up(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < ARRAY_COUNT(scripts); i++)
		for (size_t n = 0; n < ARRAY_COUNT(scripts[i].step); n++) {
			struct script cut = scripts[i];

			cut.step[n] = (struct step){ DONE, NULL, NULL };
			for (size_t k = n; k < ARRAY_COUNT(cut.step); k++)
				cut.step[k] = (struct step){ DONE, NULL, NULL };
			play(&w, &cut);
		}
	world_free(&w);
	table_end();
}

/* ---- a snapshot that is replaced ------------------------------------------ */

static struct snapshot *now_current;

static struct snapshot *
current_ref(void *ctx)
{
	(void)ctx;
	return snapshot_ref(now_current);
}

static struct player
begin_at(struct world *w, const struct services *judge, enum step_kind last)
{
	static const struct step good[] = { { CONNECT, "192.0.2.1", NULL },
		{ HELO, "mx.good.example", NULL },
		{ MAIL, "<a@good.example>", "accept" } };
	struct player p = { .world = w, .label = "a snapshot is replaced" };

	p.session = session_new(judge, now_current);
	for (size_t i = 0; i < ARRAY_COUNT(good) && good[i].kind <= last; i++)
		play_step(&p, &good[i]);
	return p;
}

/*
 * A session between messages lets go of it, whenever that is; a message keeps
 * it, and the next one has the new.
 */
static void
test_replaced(void **state)
{
	static const enum step_kind last[] = { CONNECT, HELO, MAIL, END };
	static const struct step rest[] = { { MAIL, "<a@good.example>",
						"accept" },
		{ RCPT, "<trap@us.example>", "reject" },
		{ RCPT, "<bob@us.example>", "accept" },
		{ FIELD, "From: a@good.example", NULL },
		{ EOH, NULL, "accept" }, { STATE, NULL, "inbound 192.0.2.1" },
		{ END, NULL, "accept" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(last); i++) {
		struct world w, fresh;
		struct services judge;
		struct player p;

		world_init(&w);
		world_init(&fresh);
		now_current = w.snapshot;
		judge = w.judge;
		judge.sessions = sessions_new();
		judge.snapshot = current_ref;
		p = begin_at(&w, &judge, last[i]);
		if (last[i] == END)
			for (size_t k = 1; k < ARRAY_COUNT(rest); k++)
				play_step(&p, &rest[k]);
		now_current = fresh.snapshot;
		sessions_refresh(judge.sessions);
		assert_int_equal(
		    w.snapshot->references, last[i] == MAIL ? 2 : 1);
		for (size_t k = last[i] == MAIL; k < ARRAY_COUNT(rest); k++)
			play_step(&p, &rest[k]);
		play_step(&p, &rest[0]);
		assert_ptr_equal(p.session->snapshot, fresh.snapshot);
		assert_int_equal(w.snapshot->references, 1);
		session_free(&p.session);
		sessions_free(&judge.sessions);
		world_free(&w);
		world_free(&fresh);
	}
	table_end();
}

/* At MAIL, though nobody said that it was replaced. */
static void
test_replaced_at_mail(void **state)
{
	struct world w, fresh;
	struct services judge;
	struct player p;

	(void)state;
	world_init(&w);
	world_init(&fresh);
	now_current = w.snapshot;
	judge = w.judge;
	judge.snapshot = current_ref;
	p = begin_at(&w, &judge, HELO);
	now_current = fresh.snapshot;
	play_step(&p, &(struct step){ MAIL, "<a@good.example>", "accept" });
	assert_ptr_equal(p.session->snapshot, fresh.snapshot);
	assert_true(span_is(p.session->message->helo, "mx.good.example"));
	session_free(&p.session);
	world_free(&w);
	world_free(&fresh);
	table_end();
}

/* Many sessions share one world; for the thread sanitizer. */
static void *
thread_play(void *arg)
{
	struct world *w = arg;

	for (int round = 0; round < 5; round++)
		for (size_t i = 0; i < ARRAY_COUNT(scripts); i++)
			play(w, &scripts[i]);
	return NULL;
}

static void
test_threads(void **state)
{
	pthread_t thread[4];
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < ARRAY_COUNT(thread); i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, thread_play, &w), 0);
	for (size_t i = 0; i < ARRAY_COUNT(thread); i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	world_free(&w);
	table_end();
}

/* ---- decision ids --------------------------------------------------------- */

static void
test_ids(void **state)
{
	struct decision_ids *ids = decision_ids_new(SPAN("mx1.example"), 31);
	char a[24], b[24], later[24];

	(void)state;
	decision_id(ids, 1767225600, a);
	decision_id(ids, 1767225600, b);
	decision_id(ids, 1767225601, later);
	assert_int_equal(strlen(a), 14);
	assert_string_not_equal(a, b);
	assert_true(strcmp(a, later) < 0 && strcmp(b, later) < 0);
	decision_ids_free(&ids);
}

/*
 * A header that cannot be kept is refused whatever the rules say: what was
 * dropped could be our own results, forged.
 */
static void
test_overfull_header(void **state)
{
	static char big[100000];
	static const struct {
		const char *label;
		size_t fields, octets;
		const char *want;
	} row[] = {
		{ "as many fields as are kept", 10000, 2, "accept" },
		{ "one more", 10001, 2, "reject" },
		{ "many more", 50000, 2, "reject" },
		{ "as many octets as are kept", 20, 100000, "accept" },
		{ "more octets", 22, 100000, "reject" },
	};
	struct world w;

	(void)state;
	world_init(&w);
	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct session *s = session_new(&w.judge, w.snapshot);
		const struct mail_parameters mail = { .reverse_path =
							  SPAN("<a@b.c>") };
		struct ip ip;
		struct verdict v;

		assert_true(ip_parse(SPAN("192.0.2.9"), &ip));
		session_connect(
		    s, ip, 25, SPAN(""), SPAN("smtp"), SPAN("mx.us"));
		session_mail(s, &mail, NULL, &v);
		session_rcpt(s, SPAN("<bob@us>"), false, SPAN(""), &v);
		session_header(s, SPAN("From"), SPAN(" ann@good.example"));
		for (size_t k = 1; k < row[i].fields; k++)
			session_header(
			    s, SPAN("X"), span_make(big, row[i].octets));
		session_eoh(s, SPAN("Q1"), &v);
		table_text(row[i].label, "at the end of the header",
		    outcome_names[v.action], row[i].want);
		if (v.action == OUTCOME_REJECT) {
			table_number(row[i].label, "code", v.reply.code, 552);
			table_text(
			    row[i].label, "status", v.reply.enhanced, "5.3.4");
		}
		session_free(&s);
	}
	world_free(&w);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_scripts),
	cmocka_unit_test(test_hanging_up),
	cmocka_unit_test(test_replaced),
	cmocka_unit_test(test_replaced_at_mail),
	cmocka_unit_test(test_threads),
	cmocka_unit_test(test_ids),
	cmocka_unit_test(test_overfull_header),
};

TABLE_MAIN(tests)
