/*
 * The milter protocol's events, translated into calls of policy/judge/judge.h and
 * back into its answers. Nothing is judged here.
 *
 * A connection's private data is its struct connection. Callbacks of one
 * connection come one after another but from changing threads, so nothing is
 * kept in a thread. After QUIT_NC the MTA begins another SMTP session on the
 * same milter connection without negotiating again: close releases everything
 * and connect starts from nothing, which is why all that matters of what is
 * negotiated is one constant set.
 */
#include "config.h"

#include "milter/protocol/callbacks.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "milter/protocol/action.h"
#include "milter/alert/alert.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/protocol/watchdog.h"
#include "rules/base/panic.h"

#define ACTIONS_WANTED (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE)
/* Without these headers would be judged wrongly or far too slowly. */
#define PROTOCOL_NEEDED (SMFIP_NR_HDR | SMFIP_NR_BODY | SMFIP_HDR_LEADSPC)
#define PROTOCOL_WANTED (SMFIP_RCPT_REJ | SMFIP_NOUNKNOWN | SMFIP_NODATA)
/* Connect and HELO are answered by nothing where the MTA can do without. */
#define PROTOCOL_QUIET (SMFIP_NR_CONN | SMFIP_NR_HELO)

struct connection {
	struct session *session; /* NULL before connect */
	bool quiet;              /* PROTOCOL_QUIET was agreed on */
};

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

/* That of this connection; makes it, as after QUIT_NC there is none. */
static struct connection *
connection_of(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	if (c == NULL) {
		c = xcalloc(1, sizeof(*c));
		(void)smfi_setpriv(ctx, c);
	}
	return c;
}

/* NULL when the MTA never said connect. */
static struct session *
session_of(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	return c == NULL ? NULL : c->session;
}

static sfsistat
no_answer(SMFICTX *ctx)
{
	return connection_of(ctx)->quiet ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static struct span
macro(SMFICTX *ctx, const char *name)
{
	char z[32];

	(void)strncpy(z, name, sizeof(z) - 1);
	z[sizeof(z) - 1] = '\0';
	return span_of(smfi_getsymval(ctx, z));
}

static const struct {
	int stage;
	const char *names;
} macro_lists[] = {
	{ SMFIM_CONNECT, "j {daemon_name} {client_addr} {client_name} "
			 "{client_port} {client_resolve}" },
	{ SMFIM_HELO, "{tls_version} {cipher} {cipher_bits} {cert_subject} "
		      "{cert_issuer} {verify}" },
	{ SMFIM_ENVFROM,
	    "i {auth_type} {auth_authen} {tls_version} {cipher} "
	    "{cipher_bits} {cert_subject} {cert_issuer} {verify}" },
	{ SMFIM_ENVRCPT, "i {rcpt_mailer} {rcpt_host} {rcpt_addr}" },
	{ SMFIM_EOH, "i" },
	{ SMFIM_EOM, "i" },
};

static void
macros_ask(SMFICTX *ctx)
{
	for (size_t i = 0; i < ARRAY_COUNT(macro_lists); i++) {
		char names[256];

		(void)strncpy(names, macro_lists[i].names, sizeof(names) - 1);
		names[sizeof(names) - 1] = '\0';
		(void)smfi_setsymlist(ctx, macro_lists[i].stage, names);
	}
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
    unsigned long f3, unsigned long *pf0, unsigned long *pf1,
    unsigned long *pf2, unsigned long *pf3)
{
	(void)f2;
	(void)f3;
	if ((f0 & ACTIONS_WANTED) != ACTIONS_WANTED ||
	    (f1 & PROTOCOL_NEEDED) != PROTOCOL_NEEDED) {
		log_write(LOG_LEVEL_ERROR,
		    "the MTA speaks too old a milter protocol: set "
		    "milter_protocol = 6 in Postfix");
		return SMFIS_REJECT;
	}
	*pf0 = ACTIONS_WANTED;
	*pf1 = PROTOCOL_NEEDED | (f1 & PROTOCOL_WANTED);
	if ((f1 & PROTOCOL_QUIET) == PROTOCOL_QUIET) {
		*pf1 |= PROTOCOL_QUIET;
		connection_of(ctx)->quiet = true;
	}
	*pf2 = 0;
	*pf3 = 0;
	if ((f0 & SMFIF_SETSYMLIST) != 0) {
		*pf0 |= SMFIF_SETSYMLIST;
		macros_ask(ctx);
	}
	return SMFIS_CONTINUE;
}

/* The client's address and port; family 0 when the MTA has none. */
static struct ip
client_address(SMFICTX *ctx, const _SOCK_ADDR *addr, uint16_t *port)
{
	struct ip ip = { 0 };

	*port = 0;
	if (addr != NULL && addr->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, addr, sizeof(in));
		*port = ntohs(in.sin_port);
		return ip_from_v4(&in.sin_addr);
	}
	if (addr != NULL && addr->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, addr, sizeof(in6));
		*port = ntohs(in6.sin6_port);
		return ip_from_v6(&in6.sin6_addr);
	}
	(void)ip_parse(macro(ctx, "{client_addr}"), &ip);
	return ip;
}

/* The verified name, or "". */
static struct span
client_name(SMFICTX *ctx, const char *hostname)
{
	struct span name = span_of(hostname);
	struct span resolve = macro(ctx, "{client_resolve}");

	if (name.n == 0 || name.p[0] == '[' || span_case_is(name, "unknown") ||
	    (resolve.n > 0 && !span_case_is(resolve, "OK")))
		return SPAN("");
	return name;
}

static sfsistat
on_connect(SMFICTX *ctx, char *hostname, _SOCK_ADDR *addr)
{
	struct snapshot *snapshot = daemon_snapshot();
	struct connection *c = connection_of(ctx);
	uint16_t port;
	struct ip client = client_address(ctx, addr, &port);

	if (c->session == NULL) {
		(void)atomic_fetch_add(&sessions_open, 1);
		(void)atomic_fetch_add(&sessions_total, 1);
	}
	session_free(&c->session);
	c->session = session_new(&daemon_self()->judge, snapshot);
	snapshot_unref(&snapshot);
	session_connect(c->session, client, port, client_name(ctx, hostname),
	    macro(ctx, "{daemon_name}"), macro(ctx, "j"));
	return no_answer(ctx);
}

static struct client_tls
client_tls(SMFICTX *ctx)
{
	struct span verify = macro(ctx, "{verify}");
	struct client_tls tls = {
		.version = macro(ctx, "{tls_version}"),
		.cipher = macro(ctx, "{cipher}"),
		.subject = macro(ctx, "{cert_subject}"),
		.issuer = macro(ctx, "{cert_issuer}"),
	};
	uint64_t bits = 0;

	(void)span_number(macro(ctx, "{cipher_bits}"), &bits);
	tls.bits = bits > 65536 ? 0 : (unsigned)bits;
	/* Postfix gives the names of certificates that it trusts only;
	 * Sendmail says so in {verify}. */
	tls.verified =
	    verify.p != NULL ? span_is(verify, "OK") : tls.subject.n > 0;
	return tls;
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct session *s = session_of(ctx);
	struct client_tls tls = client_tls(ctx);

	if (s != NULL)
		session_helo(s, span_of(helo), &tls);
	return no_answer(ctx);
}

/* ESMTP parameters of MAIL: SIZE=n and SMTPUTF8. */
static void
mail_parameters(char **argv, struct mail_parameters *p)
{
	for (size_t i = 1; argv[i] != NULL; i++) {
		struct span arg = span_of(argv[i]);

		if (span_case_starts(arg, SPAN("SIZE=")))
			(void)span_number(span_slice(arg, 5, arg.n), &p->size);
		else if (span_case_is(arg, "SMTPUTF8"))
			p->smtputf8 = true;
	}
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct session *s = session_of(ctx);
	struct client_tls tls = client_tls(ctx);
	struct mail_parameters p = {
		.reverse_path = span_of(argv[0]),
		.auth_user = macro(ctx, "{auth_authen}"),
		.auth_type = macro(ctx, "{auth_type}"),
	};
	struct verdict v;

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	if (alert_is_own(s->helo, s->client))
		return SMFIS_ACCEPT;
	mail_parameters(argv, &p);
	session_mail(s, &p, &tls, &v);
	return action_reply(ctx, &v);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct session *s = session_of(ctx);
	struct verdict v;
	bool refused = span_is(macro(ctx, "{rcpt_mailer}"), "error");

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	session_rcpt(s, span_of(argv[0]), refused, macro(ctx, "i"), &v);
	return refused ? SMFIS_CONTINUE : action_reply(ctx, &v);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *s = session_of(ctx);

	if (s != NULL)
		session_header(s, span_of(name), span_of(value));
	return SMFIS_NOREPLY;
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);
	struct verdict v;

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	session_eoh(s, macro(ctx, "i"), &v);
	return action_reply(ctx, &v);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t n)
{
	struct session *s = session_of(ctx);

	if (s != NULL)
		session_body(s, span_make((const char *)chunk, n));
	return SMFIS_NOREPLY;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);
	struct verdict v;
	sfsistat answer;

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	watchdog_judging(true);
	session_eom(s, macro(ctx, "i"), &v);
	answer = action_finish(ctx, s->message, &v);
	session_end_message(s);
	watchdog_judging(false);
	return answer;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);

	if (s != NULL)
		session_end_message(s);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	if (c == NULL)
		return SMFIS_CONTINUE;
	if (c->session != NULL)
		(void)atomic_fetch_sub(&sessions_open, 1);
	session_free(&c->session);
	free(c);
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

static char filter_name[] = "verdict-milter";

const struct smfiDesc callbacks = {
	.xxfi_name = filter_name,
	.xxfi_version = SMFI_VERSION,
	.xxfi_flags = ACTIONS_WANTED | SMFIF_SETSYMLIST,
	.xxfi_connect = on_connect,
	.xxfi_helo = on_helo,
	.xxfi_envfrom = on_mail,
	.xxfi_envrcpt = on_rcpt,
	.xxfi_header = on_header,
	.xxfi_eoh = on_eoh,
	.xxfi_body = on_body,
	.xxfi_eom = on_eom,
	.xxfi_abort = on_abort,
	.xxfi_close = on_close,
	.xxfi_negotiate = on_negotiate,
};
