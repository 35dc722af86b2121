/*
 * Driving a case through a session, as an MTA would.
 */
#include "config.h"

#include "policy/case/case.h"

#include <stdlib.h>
#include <string.h>

#include "policy/message/check.h"
#include "policy/message/decision_id.h"
#include "policy/message/facts_json.h"
#include "policy/message/snapshot.h"
#include "policy/store/store_json.h"
#include "rules/base/panic.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

/* A body goes to the checks in pieces of this size, as milters get it. */
#define CHUNK_OCTETS ((size_t)65535)

/* What must outlive the session of a case. */
struct case_run {
	struct clock_fixed time;
	struct services judge;
	struct dns_zone *empty;
	struct resolver *own;
	struct store *store; /* what "state" of the case says, no more */
	const struct case_input *input;
};

static struct span
case_macro(const struct case_input *c, const char *name)
{
	struct span text = { NULL, 0 };
	char braced[40] = "{";

	if (jsonr_text(jsonr_get(c->macros, name), &text))
		return text;
	(void)strncat(braced, name, sizeof(braced) - 3);
	(void)strcat(braced, "}");
	(void)jsonr_text(jsonr_get(c->macros, braced), &text);
	return text.p == NULL ? SPAN("") : text;
}

static struct client_tls
case_tls(const struct case_input *c)
{
	struct span verify = case_macro(c, "verify");
	struct client_tls tls = {
		.version = case_macro(c, "tls_version"),
		.cipher = case_macro(c, "cipher"),
		.subject = case_macro(c, "cert_subject"),
		.issuer = case_macro(c, "cert_issuer"),
	};
	uint64_t bits = 0;

	(void)span_number(case_macro(c, "cipher_bits"), &bits);
	tls.bits = bits > 65536 ? 0 : (unsigned)bits;
	tls.verified = verify.n > 0 ? span_is(verify, "OK") : tls.subject.n > 0;
	return tls;
}

/*
 * Answers of rules that read what nobody has kept, such as the body of a
 * message that is gone.
 */
static void
answers_given(struct message *m, struct jsonr answers, enum stage stage)
{
	const struct ruleset *rs = m->session->snapshot->ruleset;
	const void *cursor = NULL;
	struct jsonr answer;
	struct span name;
	bool yes;

	while (jsonr_next(answers, &cursor, &name, &answer)) {
		size_t rule = ruleset_find(rs, name);

		if (rule != SIZE_MAX && jsonr_bool(answer, &yes) &&
		    ruleset_rule(rs, rule).stage <= stage)
			ruling_given(m->ruling, rule, yes);
	}
}

static void
case_given(void *ctx, struct message *m, enum stage stage)
{
	const struct case_run *run = ctx;

	facts_given(m, run->input->facts, stage);
	answers_given(m, run->input->answers, stage);
}

/* Body lines end in CRLF for the checks, whatever they end in here. */
static void
case_body(struct session *s, struct span body)
{
	struct buf chunk;
	char before = '\0';

	buf_init(&chunk, CHUNK_OCTETS + 2);
	for (size_t i = 0; i < body.n; i++) {
		if (body.p[i] == '\n' && before != '\r')
			(void)buf_addc(&chunk, '\r');
		(void)buf_addc(&chunk, body.p[i]);
		before = body.p[i];
		if (chunk.n >= CHUNK_OCTETS) {
			session_body(s, buf_span(&chunk));
			buf_clear(&chunk);
		}
	}
	if (chunk.n > 0)
		session_body(s, buf_span(&chunk));
	buf_free(&chunk);
}

static void
case_content(struct session *s, struct span message, struct verdict *at_eoh)
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
	s->message->header_anomalies |= anomalies;
	session_eoh(s, SPAN(""), at_eoh);
	case_body(s, body);
	arena_free(&a);
}

static void
case_rcpts_run(
    const struct case_input *c, struct session *s, struct case_result *out)
{
	struct case_rcpt *rcpt =
	    arena_array(s->arena, c->rcpt_count, sizeof(*rcpt));

	out->rcpt_left = c->rcpt_count == 0;
	for (size_t i = 0; i < c->rcpt_count; i++) {
		rcpt[i].rcpt = c->rcpt[i];
		session_rcpt(s, c->rcpt[i], false, SPAN(""), &rcpt[i].verdict);
		out->rcpt_left =
		    out->rcpt_left || rcpt[i].verdict.action == OUTCOME_ACCEPT;
	}
	out->rcpt = rcpt;
	out->rcpt_count = c->rcpt_count;
}

static bool
refuses(const struct verdict *v)
{
	return v->action == OUTCOME_TEMPFAIL || v->action == OUTCOME_REJECT;
}

/*
 * Runs on to the end even when something was refused on the way, so that all
 * that can be found out is; the first refusal stays the verdict.
 */
static void
case_session(
    const struct case_input *c, struct session *s, struct case_result *out)
{
	struct client_tls tls = case_tls(c);
	const struct mail_parameters p = {
		.reverse_path = c->mailfrom,
		.auth_user = case_macro(c, "auth_authen"),
		.auth_type = case_macro(c, "auth_type"),
	};
	struct verdict early, at_eoh, end;

	session_connect(s, c->ip, c->port, c->client_name,
	    case_macro(c, "daemon_name"), case_macro(c, "j"));
	session_helo(s, c->helo, &tls);
	session_mail(s, &p, &tls, &early);
	case_rcpts_run(c, s, out);
	verdict_nothing(&at_eoh, STAGE_EOH);
	if (c->message.p != NULL)
		case_content(s, c->message, &at_eoh);
	else
		s->message->envelope_only = true;
	session_eom(s, SPAN(""), &end);
	out->verdict = refuses(&early)    ? early
		       : !out->rcpt_left  ? out->rcpt[0].verdict
		       : refuses(&at_eoh) ? at_eoh
					  : end;
}

static struct store *
case_store(const struct case_input *c)
{
	struct store *s = store_memory();
	const char *why;

	/* What is wrong with it was said when the case was read. */
	(void)store_json_fill(s, c->state, c->time_s, &why);
	return s;
}

static void
case_judge(
    struct case_run *run, const struct case_input *c, struct resolver *live)
{
	run->input = c;
	run->time.unix_s = c->time_s;
	run->judge.clock = clock_of_fixed(&run->time);
	/* Whom it waits for goes by the time that passes. */
	if (live != NULL || c->reader != NULL)
		run->judge.clock.monotonic_ms = clock_system.monotonic_ms;
	run->judge.hostname = "localhost";
	run->judge.ids = decision_ids_new(SPAN("case"), 0);
	run->judge.given = case_given;
	run->judge.store = run->store = case_store(c);
	run->judge.learner = c->learner;
	run->judge.reader = c->reader;
	run->judge.ctx = run;
	if (live == NULL && c->zone == NULL)
		run->empty = dns_zone_new();
	if (live == NULL)
		run->own =
		    resolver_zone(c->zone == NULL ? run->empty : c->zone);
	run->judge.resolver = live == NULL ? run->own : live;
}

void
case_run(const struct case_input *c, struct snapshot *snapshot,
    struct resolver *live, struct case_result *out)
{
	struct case_run *run = xcalloc(1, sizeof(*run));

	*out = (struct case_result){ .run = run };
	case_judge(run, c, live);
	out->session = session_new(&run->judge, snapshot);
	case_session(c, out->session, out);
}

void
case_result_free(struct case_result *r)
{
	struct case_run *run = r->run;

	session_free(&r->session);
	if (run == NULL)
		return;
	store_close(&run->store);
	decision_ids_free(&run->judge.ids);
	resolver_free(&run->own);
	dns_zone_free(&run->empty);
	free(run);
	r->run = NULL;
}
