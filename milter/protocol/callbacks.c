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

	if (alert_is_own(s->helo, s->client)) {
		out->action = ENGINE_ACCEPT;
		return;
	}
	mail_parameters(arguments, &p);
	session_mail(s, &p, &tls, &v);
	action_reply(&v, out);
}

static void
on_rcpt(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	struct verdict v;
	bool refused = span_is(macro(link, "{rcpt_mailer}"), "error");

	session_rcpt(
	    link->session, arguments->arg[0], refused, macro(link, "i"), &v);
	if (!refused)
		action_reply(&v, out);
}

static void
on_header(struct engine_link *link, struct span name, struct span value)
{
	session_header(link->session, name, value);
}

static void
on_eoh(struct engine_link *link, struct engine_answer *out)
{
	struct verdict v;

	session_eoh(link->session, macro(link, "i"), &v);
	action_reply(&v, out);
}

static void
on_body(struct engine_link *link, struct span chunk)
{
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

	action_finish(s->message, v, out);
	end_judging(link, false);
}

static void
on_end(struct engine_link *link, struct engine_answer *out)
{
	struct session *s = link->session;
	struct verdict v;

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
