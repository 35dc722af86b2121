/*
 * What the MTA says (milter/engine/engine.h), translated into calls of
 * policy/judge/judge.h and back into its answers. Nothing is judged here.
 *
 * A link's session is a struct session. Handlers of one link come one after
 * another but from changing threads, so nothing is kept in a thread.
 */
#include "config.h"

#include "milter/protocol/callbacks.h"

#include <stdatomic.h>

#include "milter/alert/alert.h"
#include "milter/daemon/daemon.h"
#include "milter/protocol/action.h"
#include "milter/protocol/watchdog.h"
#include "policy/judge/decide.h"

static atomic_ulong sessions_open, sessions_total;

unsigned long
callbacks_sessions_open(void)
{
	return atomic_load(&sessions_open);
}

unsigned long
callbacks_sessions_total(void)
{
	return atomic_load(&sessions_total);
}

static struct span
macro(struct engine_link *link, const char *name)
{
	return link->ops->macro(link, name);
}

/* The verified name, or "". */
static struct span
client_name(struct engine_link *link, struct span name)
{
	struct span resolve = macro(link, "{client_resolve}");

	if (name.n == 0 || name.p[0] == '[' || span_case_is(name, "unknown") ||
	    (resolve.n > 0 && !span_case_is(resolve, "OK")))
		return SPAN("");
	return name;
}

/* ---- answers that are not heard at once ---------------------------------- */

/*
 * Who is remembered to come apart from others hears so at RCPT, an hour long
 * (judge/apart.c), and it is known when a connection begins neither who comes
 * nor what a shared store remembers of him. So when one such message has been
 * put off, new connections answer RCPT for that long.
 */
#define RCPTS_ANSWERED_MS (3600 * INT64_C(1000))

static atomic_llong rcpts_answered_until_ms;

static int64_t
callbacks_now_ms(void)
{
	const struct clock *clock = &daemon_self()->judge.clock;

	return clock->monotonic_ms(clock->ctx);
}

/*
 * Postfix holds back what needs no answer until something does, and then hears
 * of the sender when his message is coming in. That is soon enough where DNS is
 * in the cache, but what has to be looked up is better asked for while he still
 * says whom he writes to. So MAIL is answered as long as more than one in
 * AWAITED_ONE_IN of the last messages had to wait for DNS at their end.
 */
#define AWAITED_ONE_IN 32
#define AWAITED_ALL    65536
#define AWAITED_OF     64

static atomic_int awaited; /* their share, of AWAITED_ALL */

/* Between two threads one of their messages may be lost; that is no matter. */
static void
awaited_count(bool waited)
{
	int share = atomic_load(&awaited);

	atomic_store(&awaited,
	    share + ((waited ? AWAITED_ALL : 0) - share) / AWAITED_OF);
}

static unsigned
on_silence(void)
{
	struct snapshot *snapshot = daemon_snapshot();
	enum stage until = decide_silent_until(snapshot);
	/* Nobody is spared anything by an answer before the body comes: MTAs
	 * ask when they have all of the message. */
	unsigned silence = ENGINE_SILENT_EOH;

	snapshot_unref(&snapshot);
	/* Where RCPT decides, lookups begin at MAIL: Postfix holds a command
	 * back that nobody answers. */
	if (until > STAGE_RCPT &&
	    atomic_load(&awaited) <= AWAITED_ALL / AWAITED_ONE_IN)
		silence |= ENGINE_SILENT_MAIL;
	if (until > STAGE_RCPT &&
	    callbacks_now_ms() >= atomic_load(&rcpts_answered_until_ms))
		silence |= ENGINE_SILENT_RCPT;
	return silence;
}

/* Keeps an answer that the MTA does not listen to: it is the end's. */
static void
answer_late(struct engine_link *link, enum engine_silence silence,
    struct engine_answer *out)
{
	if ((link->silent & silence) == 0 || out->action == ENGINE_CONTINUE)
		return;
	link->answered = true;
	link->answer = *out;
	*out = (struct engine_answer){ .action = ENGINE_CONTINUE };
}

/* The end was put off, or refused what a recipient should have heard. */
static void
answer_apart(const struct message *m, const struct verdict *v)
{
	if (v->apart || m->untold != NULL)
		atomic_store(&rcpts_answered_until_ms,
		    callbacks_now_ms() + RCPTS_ANSWERED_MS);
}

/* ---- what the MTA says --------------------------------------------------- */

static void
on_told(void *ctx)
{
	struct engine_link *link = ctx;

	link->ops->tell(link);
}

static void
on_connect(struct engine_link *link, struct span hostname, struct ip client,
    uint16_t port)
{
	struct snapshot *snapshot = daemon_snapshot();
	struct session *s = link->session;

	if (client.family == 0)
		(void)ip_parse(macro(link, "{client_addr}"), &client);
	if (s == NULL) {
		(void)atomic_fetch_add(&sessions_open, 1);
		(void)atomic_fetch_add(&sessions_total, 1);
	}
	session_free(&s);
	s = link->session = session_new(&daemon_self()->judge, snapshot);
	snapshot_unref(&snapshot);
	if (link->ops->tell != NULL)
		session_tell(s, on_told, link);
	if ((link->silent & ENGINE_SILENT_RCPT) != 0)
		session_unanswered(s);
	link->answered = false;
	session_connect(s, client, port, client_name(link, hostname),
	    macro(link, "{daemon_name}"), macro(link, "j"));
}

static struct client_tls
client_tls(struct engine_link *link)
{
	struct span verify = macro(link, "{verify}");
	struct client_tls tls = {
		.version = macro(link, "{tls_version}"),
		.cipher = macro(link, "{cipher}"),
		.subject = macro(link, "{cert_subject}"),
		.issuer = macro(link, "{cert_issuer}"),
	};
	uint64_t bits = 0;

	(void)span_number(macro(link, "{cipher_bits}"), &bits);
	tls.bits = bits > 65536 ? 0 : (unsigned)bits;
	/* Postfix gives the names of certificates that it trusts only;
	 * Sendmail says so in {verify}. */
	tls.verified =
	    verify.p != NULL ? span_is(verify, "OK") : tls.subject.n > 0;
	return tls;
}

static void
on_helo(struct engine_link *link, struct span helo)
{
	struct client_tls tls = client_tls(link);

	session_helo(link->session, helo, &tls);
}

/* ESMTP parameters of MAIL: SIZE=n and SMTPUTF8. */
static void
mail_parameters(
    const struct engine_arguments *arguments, struct mail_parameters *p)
{
	for (size_t i = 1; i < arguments->count; i++) {
		struct span arg = arguments->arg[i];

		if (span_case_starts(arg, SPAN("SIZE=")))
			(void)span_number(span_slice(arg, 5, arg.n), &p->size);
		else if (span_case_is(arg, "SMTPUTF8"))
			p->smtputf8 = true;
	}
}

static void
on_mail(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	struct session *s = link->session;
	struct client_tls tls = client_tls(link);
	struct mail_parameters p = {
		.reverse_path = arguments->arg[0],
		.auth_user = macro(link, "{auth_authen}"),
		.auth_type = macro(link, "{auth_type}"),
	};
	struct verdict v;

	link->answered = false;
	if (alert_is_own(s->helo, s->client)) {
		out->action = ENGINE_ACCEPT;
	} else {
		mail_parameters(arguments, &p);
		session_mail(s, &p, &tls, &v);
		action_reply(&v, out);
	}
	answer_late(link, ENGINE_SILENT_MAIL, out);
}

static void
on_rcpt(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	struct verdict v;
	bool refused = span_is(macro(link, "{rcpt_mailer}"), "error");

	if (link->answered)
		return;
	session_rcpt(
	    link->session, arguments->arg[0], refused, macro(link, "i"), &v);
	if (!refused && (link->silent & ENGINE_SILENT_RCPT) == 0)
		action_reply(&v, out);
}

static void
on_header(struct engine_link *link, struct span name, struct span value)
{
	if (!link->answered)
		session_header(link->session, name, value);
}

static void
on_eoh(struct engine_link *link, struct engine_answer *out)
{
	struct verdict v;

	if (link->answered)
		return;
	session_eoh(link->session, macro(link, "i"), &v);
	action_reply(&v, out);
	answer_late(link, ENGINE_SILENT_EOH, out);
}

static void
on_body(struct engine_link *link, struct span chunk)
{
	if (!link->answered)
		session_body(link->session, chunk);
}

/* A link may be lost while its message is judged: that has ended, too. */
static void
end_judging(struct engine_link *link, bool begins)
{
	if (link->judging == begins)
		return;
	link->judging = begins;
	watchdog_judging(begins);
}

static void
end_finish(struct engine_link *link, const struct verdict *v,
    struct engine_answer *out)
{
	const struct session *s = link->session;

	answer_apart(s->message, v);
	awaited_count(s->message->dns_awaited);
	action_finish(s->message, v, out);
	end_judging(link, false);
}

/* The message had its answer before. */
static bool
end_answered(const struct engine_link *link, struct engine_answer *out)
{
	if (link->answered)
		*out = link->answer;
	return link->answered;
}

static void
on_end(struct engine_link *link, struct engine_answer *out)
{
	struct session *s = link->session;
	struct verdict v;

	if (end_answered(link, out))
		return;
	end_judging(link, true);
	session_eom(s, macro(link, "i"), &v);
	end_finish(link, &v, out);
}

static bool
on_end_begin(
    struct engine_link *link, struct engine_answer *out, int64_t *again_ms)
{
	struct session *s = link->session;
	struct verdict v;

	if (end_answered(link, out))
		return true;
	end_judging(link, true);
	if (!session_eom_begin(s, macro(link, "i"), &v, again_ms))
		return false;
	end_finish(link, &v, out);
	return true;
}

static bool
on_end_again(
    struct engine_link *link, struct engine_answer *out, int64_t *again_ms)
{
	struct session *s = link->session;
	struct verdict v;

	if (!session_eom_again(s, &v, again_ms))
		return false;
	end_finish(link, &v, out);
	return true;
}

/* The message's end was answered, or it is aborted. */
static void
on_over(struct engine_link *link)
{
	end_judging(link, false);
	link->answered = false;
	session_end_message(link->session);
}

static void
on_close(struct engine_link *link)
{
	struct session *s = link->session;

	end_judging(link, false);
	if (s == NULL)
		return;
	(void)atomic_fetch_sub(&sessions_open, 1);
	session_free(&s);
	link->session = NULL;
}

const struct engine_handlers callbacks = {
	.silence = on_silence,
	.connect = on_connect,
	.helo = on_helo,
	.mail = on_mail,
	.rcpt = on_rcpt,
	.header = on_header,
	.eoh = on_eoh,
	.body = on_body,
	.end = on_end,
	.end_begin = on_end_begin,
	.end_again = on_end_again,
	.ended = on_over,
	.abort = on_over,
	.close = on_close,
};
