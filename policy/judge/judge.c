/*
 * How a session is judged: what arrives is handed to every check, lookups are
 * started as early as their names are known; judge_end.c joins all of them at
 * the end. What is then decided is decide.c's; carrying it out is the
 * milter's.
 */
#include "config.h"

#include "policy/judge/judge.h"

#include <stdlib.h>

#include "policy/judge/decide.h"
#include "policy/judge/judge_run.h"
#include "policy/judge/probe.h"
#include "policy/message/budget.h"
#include "policy/message/check.h"
#include "policy/message/message.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"

struct session_run *
run_of(struct session *s)
{
	return (struct session_run *)s;
}

int64_t
run_now_ms(const struct session_run *run)
{
	return run->judge->clock.monotonic_ms(run->judge->clock.ctx);
}

void
run_gather(struct message *m, enum stage stage)
{
	const struct check_table *checks = checks_of(m);

	m->stage = stage;
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->gather != NULL)
			checks->check[i]->gather(m, m->slot[i], stage);
}

/*
 * Whether the stages before the header are handed to the checks as they
 * come. Behind our own relay they wait for the header, which tells whom to
 * judge.
 */
static bool
gather_early(const struct message *m)
{
	return m->direction != DIRECTION_RELAY;
}

static void
message_begin(struct session_run *run)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct session *s = &run->session;

	s->message = message_new(s, run->judge);
	for (size_t i = 0; i < checks->count; i++)
		run->finished[i] = run->gave_up[i] = false;
	decide_begin(s->message);
}

struct session *
session_new(const struct services *judge, struct snapshot *snapshot)
{
	struct session_run *run = xcalloc(1, sizeof(*run));
	struct session *s = &run->session;

	run->judge = judge;
	run->crash.slot = CRASH_UNNOTED;
	sessions_add(judge->sessions, run);
	s->snapshot = snapshot_ref(snapshot);
	s->resolver = judge->resolver;
	s->store = judge->store;
	s->lent = judge->lent;
	s->learner = judge->learner;
	s->reader = judge->reader;
	s->arena = arena_new();
	s->hostname = span_of(judge->hostname);
	return s;
}

void
session_free(struct session **sp)
{
	struct session *s = *sp;

	if (s == NULL)
		return;
	sessions_remove(run_of(s)->judge->sessions, run_of(s));
	run_crash_pause(run_of(s));
	message_free(&s->message);
	snapshot_unref(&s->snapshot);
	arena_free(&s->arena);
	free(run_of(s));
	*sp = NULL;
}

#define HELOS_MAX       16
#define NAME_MAX_OCTETS ((size_t)1024)

static struct span
session_copy(struct session *s, struct span text)
{
	return arena_dup(s->arena, span_slice(text, 0, NAME_MAX_OCTETS));
}

void
session_connect(struct session *s, struct ip client, uint16_t port,
    struct span name, struct span daemon_name, struct span hostname)
{
	run_claim(run_of(s));
	s->client = client;
	s->client_port = port;
	s->client_name = session_copy(s, name);
	s->daemon_name = session_copy(s, daemon_name);
	if (hostname.n > 0)
		s->hostname = session_copy(s, hostname);
	message_begin(run_of(s));
	if (gather_early(s->message))
		run_gather(s->message, STAGE_CONNECT);
	run_idle(run_of(s));
}

static void
session_tls(struct session *s, const struct client_tls *tls)
{
	if (tls == NULL || (tls->version.n == 0 && s->tls_version.n == 0))
		return;
	if (span_eq(tls->version, s->tls_version) &&
	    span_eq(tls->cipher, s->tls_cipher))
		return;
	s->tls_version = session_copy(s, tls->version);
	s->tls_cipher = session_copy(s, tls->cipher);
	s->tls_subject = session_copy(s, tls->subject);
	s->tls_issuer = session_copy(s, tls->issuer);
	s->tls_bits = tls->bits;
	s->tls_verified = tls->verified;
}

/* A message that is not the first on its connection knows these already. */
static void
message_replay(struct message *m)
{
	run_gather(m, STAGE_CONNECT);
	if (m->helo.n > 0)
		run_gather(m, STAGE_HELO);
}

/*
 * The current transaction; one that is not the first on its connection, or
 * that the MTA begins without connect, is made here with what is known of
 * the session replayed.
 */
struct message *
run_message(struct session *s)
{
	run_claim(run_of(s));
	if (s->message == NULL) {
		run_renew(run_of(s));
		message_begin(run_of(s));
		if (gather_early(s->message))
			message_replay(s->message);
	}
	return s->message;
}

static bool
session_is_probe(const struct session *s)
{
	struct ip probe;

	return span_is(s->helo, PROBE_HELO) &&
	       ip_parse(SPAN(PROBE_CLIENT), &probe) && ip_eq(s->client, probe);
}

void
session_helo(struct session *s, struct span helo, const struct client_tls *tls)
{
	struct message *m = run_message(s);

	/* Once is normal and twice with STARTTLS; each costs memory and a
	 * lookup, so a client that goes on and on is not listened to. */
	if (s->helos == HELOS_MAX) {
		run_idle(run_of(s));
		return;
	}
	s->helos++;
	s->helo = session_copy(s, helo);
	session_tls(s, tls);
	m->helo = s->helo;
	s->probe = session_is_probe(s);
	if (s->probe) {
		s->store = NULL;
		s->lent = NULL;
	}
	if (gather_early(m))
		run_gather(m, STAGE_HELO);
	run_idle(run_of(s));
}

void
session_end_message(struct session *s)
{
	run_claim(run_of(s));
	run_crash_pause(run_of(s));
	if (s->message != NULL)
		s->messages++;
	message_free(&s->message);
	run_idle(run_of(s));
}

void
run_report(const struct session_run *run, const struct verdict *v, size_t rcpt)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct message *m = run->session.message;

	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->learn != NULL)
			checks->check[i]->learn(m, m->slot[i], v, rcpt);
	if (run->judge->judged != NULL)
		run->judge->judged(run->judge->ctx, m, v, rcpt);
}

void
session_mail(struct session *s, const struct mail_parameters *p,
    const struct client_tls *tls, struct verdict *out)
{
	struct message *m = run_message(s);
	enum direction before;

	/* An MTA that forgot to abort the one before. */
	if (m->mail_seen)
		session_end_message(s);
	run_claim(run_of(s));
	run_renew(run_of(s));
	m = run_message(s);
	m->mail_seen = true;
	/* The transaction begins here, however long ago the client came. */
	message_begin_at(
	    m, run_of(s)->judge->clock.unix_s(run_of(s)->judge->clock.ctx));
	m->started_ms = run_now_ms(run_of(s));
	before = m->direction;
	session_tls(s, tls);
	m->auth_user =
	    arena_dup(m->arena, span_slice(p->auth_user, 0, NAME_MAX_OCTETS));
	m->auth_type =
	    arena_dup(m->arena, span_slice(p->auth_type, 0, NAME_MAX_OCTETS));
	m->size_declared = p->size;
	m->smtputf8 = p->smtputf8;
	m->direction = message_direction(m);
	envelope_set(m, &m->sender, p->reverse_path);
	/* AUTH turned a relay's connection into a submission. */
	if (before == DIRECTION_RELAY && gather_early(m))
		message_replay(m);
	if (gather_early(m))
		run_gather(m, STAGE_MAIL);
	decide_envelope(m, STAGE_MAIL, out);
	if (out->action == OUTCOME_TEMPFAIL || out->action == OUTCOME_REJECT)
		run_report(run_of(s), out, RCPT_NONE);
}

/*
 * Asks every unfinished check for what it can state now, and those whose lists
 * rules ask, for there may be more to look up. Never waits.
 */
bool
run_checks(struct session_run *run, enum stage stage)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct message *m = run->session.message;
	bool all = true;

	for (size_t i = 0; i < checks->count; i++) {
		if (!run->finished[i] || checks->check[i]->adds.listed != NULL)
			run->finished[i] =
			    checks->check[i]->judge == NULL ||
			    checks->check[i]->judge(m, m->slot[i], stage);
		all = all && run->finished[i];
	}
	return all;
}

void
run_queue_id(struct message *m, struct span queue_id)
{
	if (m->queue_id.n == 0 && queue_id.n > 0)
		m->queue_id = arena_dup(m->arena, span_slice(queue_id, 0, 64));
}

void
run_given(const struct session_run *run, enum stage stage)
{
	if (run->judge->given != NULL)
		run->judge->given(run->judge->ctx, run->session.message, stage);
}

void
session_unanswered(struct session *s)
{
	s->rcpts_unanswered = true;
}

/* Keeps a refusal for the message's end where the MTA does not hear it now. */
static void
rcpt_keep_untold(struct message *m, const struct verdict *out)
{
	struct verdict *kept;

	if (!m->session->rcpts_unanswered ||
	    (m->untold != NULL && m->untold->action <= out->action))
		return;
	kept = arena_alloc(m->arena, sizeof(*kept));
	*kept = *out;
	m->untold = kept;
}

/* The last recipient has got this answer. */
static void
rcpt_decided(struct session_run *run, const struct verdict *out)
{
	struct message *m = run->session.message;
	struct rcpt *rcpt = &m->rcpt[m->rcpt_count - 1];

	rcpt->refused =
	    out->action == OUTCOME_TEMPFAIL || out->action == OUTCOME_REJECT;
	if (rcpt->refused)
		rcpt_keep_untold(m, out);
	if (rcpt->refused || out->wanted != OUTCOME_ACCEPT)
		run_report(run, out, m->rcpt_count - 1);
}

/* Nothing refuses the last recipient: may he come with the others? */
static void
rcpt_apart(struct session_run *run, struct verdict *out)
{
	struct message *m = run->session.message;

	decide_apart(m, m->rcpt_count - 1, out);
	rcpt_decided(run, out);
}

void
session_rcpt(struct session *s, struct span forward_path, bool refused_by_mta,
    struct span queue_id, struct verdict *out)
{
	struct session_run *run = run_of(s);
	struct message *m = run_message(s);
	struct rcpt *rcpt;

	run_queue_id(m, queue_id);
	decide_nothing(out, STAGE_RCPT);
	if (m->rcpt_count >= s->snapshot->config.rcpt_max) {
		decide_too_many(m, out);
		rcpt_keep_untold(m, out);
		return;
	}
	m->rcpt = arena_grow(m->arena, m->rcpt, &m->rcpt_cap, m->rcpt_count + 1,
	    sizeof(*m->rcpt));
	rcpt = &m->rcpt[m->rcpt_count++];
	envelope_set(m, &rcpt->address, forward_path);
	rcpt->refused = rcpt->refused_by_mta = refused_by_mta;
	if (!gather_early(m)) {
		if (!refused_by_mta)
			rcpt_apart(run, out);
		return;
	}
	run_gather(m, STAGE_RCPT);
	/* Who asks for recipients that are refused is counted by facts. */
	(void)run_checks(run, STAGE_RCPT);
	if (refused_by_mta)
		return;
	run_given(run, STAGE_RCPT);
	decide_rcpt(m, m->rcpt_count - 1, out);
	if (out->wanted == OUTCOME_ACCEPT)
		rcpt_apart(run, out);
	else
		rcpt_decided(run, out);
}

void
session_header(struct session *s, struct span raw_name, struct span raw)
{
	struct message *m = run_message(s);
	const struct check_table *checks = checks_of(m);
	const struct header_field *f;

	/* As it came, and unfolded. */
	if (!room_has(m, 2 * raw.n))
		m->headers.tight = true;
	f = header_add(&m->headers, raw_name, raw);
	if (f == NULL)
		return;
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->header != NULL)
			checks->check[i]->header(m, m->slot[i], f);
}

/* Behind our relay: now it is known whom to judge. */
static void
message_gather_late(struct message *m)
{
	size_t rcpt_count = m->rcpt_count;

	if (!message_find_hop(m)) {
		m->client = (struct ip){ 0 };
		m->helo = SPAN("");
		message_incomplete(m, "relay-hop");
	}
	message_replay(m);
	run_gather(m, STAGE_MAIL);
	for (m->rcpt_count = 1; m->rcpt_count <= rcpt_count; m->rcpt_count++)
		run_gather(m, STAGE_RCPT);
	m->rcpt_count = rcpt_count;
}

void
session_eoh(struct session *s, struct span queue_id, struct verdict *out)
{
	struct session_run *run = run_of(s);
	struct message *m = run_message(s);

	run_queue_id(m, queue_id);
	if (!gather_early(m))
		message_gather_late(m);
	run_gather(m, STAGE_EOH);
	(void)run_checks(run, STAGE_EOH);
	run_given(run, STAGE_EOH);
	decide_nothing(out, STAGE_EOH);
	if ((m->header_anomalies | m->headers.anomalies) & HEADER_OVERFULL)
		decide_own(m, OWN_OVERFULL, out);
	else if (m->room_short)
		decide_own(m, OWN_NO_ROOM, out);
	else
		decide_message(m, STAGE_EOH, false, out);
	if (out->action != OUTCOME_ACCEPT)
		run_report(run, out, RCPT_NONE);
}

/* As it is up to body.max, and what is behind that by its structure. */
static void
run_keep_body(struct message *m, struct span chunk)
{
	uint64_t max = m->session->snapshot->config.body_max.octets;
	uint64_t left = m->body_cut ? 0 : max - m->body.n;
	struct span whole =
	    span_slice(chunk, 0, chunk.n < left ? chunk.n : (size_t)left);
	size_t before;

	if (whole.n > 0 && !room_take_body(m, whole.n)) {
		m->body.over = true;
		return;
	}
	(void)buf_add_some(&m->body, whole);
	if (whole.n == chunk.n)
		return;
	if (!m->body_cut)
		m->body_whole = m->body.n;
	m->body_cut = true;
	before = m->body.n;
	mime_skeleton_add(
	    &m->skeleton, span_slice(chunk, whole.n, chunk.n), &m->body);
	if (m->body.n > before && !room_take_body(m, m->body.n - before))
		m->body.over = true;
}

void
session_body(struct session *s, struct span chunk)
{
	struct message *m = run_message(s);
	const struct check_table *checks = checks_of(m);

	m->body_started = true;
	m->body_octets += chunk.n;
	if (s->snapshot->reads_body && !m->body.over)
		run_keep_body(m, chunk);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->body != NULL)
			checks->check[i]->body(m, m->slot[i], chunk);
}
