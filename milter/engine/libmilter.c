/*
 * libmilter as an engine: its callbacks translated into the handlers' calls,
 * and their answers into its calls. Nothing is judged here.
 *
 * Callbacks of one connection come one after another but from changing
 * threads, so nothing is kept in a thread. After QUIT_NC the MTA begins
 * another SMTP session on the same milter connection without negotiating
 * again: close releases everything and connect starts from nothing, where the
 * library gets that far (that of Debian does not).
 */
#include "config.h"

#include "milter/engine/libmilter.h"

#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "milter/daemon/log.h"
#include "milter/engine/libmilter_poll.h"
#include "milter/engine/libmilter_socket.h"
#include "milter/engine/libmilter_thread.h"
#include "rules/base/panic.h"

#define ACTIONS_WANTED (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE)
/* Without these headers would be judged wrongly or far too slowly. */
#define PROTOCOL_NEEDED (SMFIP_NR_HDR | SMFIP_NR_BODY | SMFIP_HDR_LEADSPC)
#define PROTOCOL_WANTED (SMFIP_RCPT_REJ | SMFIP_NOUNKNOWN | SMFIP_NODATA)
/* Connect and HELO are answered by nothing where the MTA can do without. */
#define PROTOCOL_QUIET (SMFIP_NR_CONN | SMFIP_NR_HELO)
#define ARGUMENTS_MAX  64

/* What is left unanswered where nothing is refused. */
static const struct {
	enum engine_silence of;
	unsigned long protocol;
} silences[] = {
	{ ENGINE_SILENT_MAIL, SMFIP_NR_MAIL },
	{ ENGINE_SILENT_RCPT, SMFIP_NR_RCPT },
	{ ENGINE_SILENT_EOH, SMFIP_NR_EOH },
};

struct libmilter_link {
	struct engine_link link; /* first */
	SMFICTX *ctx;
	bool quiet; /* PROTOCOL_QUIET was agreed on */
	bool negotiated; /* not after QUIT_NC, where it is not known any more */
	bool connected;
};

static const struct engine_handlers *handlers;

/* ---- links ----------------------------------------------------------------- */

static struct span
link_macro(struct engine_link *link, const char *name)
{
	SMFICTX *ctx = ((struct libmilter_link *)link)->ctx;
	char z[32];

	(void)snprintf(z, sizeof(z), "%s", name);
	return span_of(smfi_getsymval(ctx, z));
}

static const struct engine_link_ops link_ops = { link_macro, NULL };

/* That of this connection; makes it, as after QUIT_NC there is none. */
static struct libmilter_link *
link_make(SMFICTX *ctx)
{
	struct libmilter_link *l = smfi_getpriv(ctx);

	if (l == NULL) {
		l = xcalloc(1, sizeof(*l));
		l->link.ops = &link_ops;
		(void)smfi_setpriv(ctx, l);
	}
	l->ctx = ctx;
	return l;
}

/* NULL when the MTA never said connect. */
static struct engine_link *
link_of(SMFICTX *ctx)
{
	struct libmilter_link *l = smfi_getpriv(ctx);

	if (l == NULL || !l->connected)
		return NULL;
	l->ctx = ctx;
	return &l->link;
}

static sfsistat
no_answer(SMFICTX *ctx)
{
	return link_make(ctx)->quiet ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* ---- answers --------------------------------------------------------------- */

/* libmilter's prototypes want char * for what it does not change. */
static char *
unconst(const char *z)
{
	union {
		const char *in;
		char *out;
	} u = { z };

	return u.out;
}

static void
answer_text(SMFICTX *ctx, const struct reply *r)
{
	char code[4], text[512];

	if (r->code == 0)
		return;
	(void)snprintf(code, sizeof(code), "%u", r->code % 1000);
	(void)snprintf(text, sizeof(text), "%.*s", SPAN_FMT(r->text));
	if (smfi_setreply(ctx, code, unconst(r->enhanced), text) != MI_SUCCESS)
		log_write(LOG_LEVEL_ERROR,
		    "the MTA did not take the reply %.*s", SPAN_FMT(r->text));
}

static sfsistat
answer_give(SMFICTX *ctx, const struct engine_answer *answer)
{
	static const sfsistat status[] = {
		[ENGINE_CONTINUE] = SMFIS_CONTINUE,
		[ENGINE_ACCEPT] = SMFIS_ACCEPT,
		[ENGINE_TEMPFAIL] = SMFIS_TEMPFAIL,
		[ENGINE_REJECT] = SMFIS_REJECT,
		[ENGINE_DISCARD] = SMFIS_DISCARD,
	};

	answer_text(ctx, &answer->reply);
	return status[answer->action];
}

/* NUL-terminated, and with the space that HDR_LEADSPC makes ours to give. */
static char *
field_text(struct arena *a, struct span value)
{
	return arena_printf(a, " %.*s", SPAN_FMT(value));
}

static bool
edits_apply(SMFICTX *ctx, const struct header_edits *edits, struct arena *a)
{
	bool ok = true;

	for (size_t i = 0; i < edits->removal_count; i++) {
		const struct header_edit *e = &edits->removal[i];

		ok = smfi_chgheader(ctx, arena_strdup(a, e->name),
			 (int)e->index, NULL) == MI_SUCCESS &&
		     ok;
	}
	for (size_t i = 0; i < edits->addition_count; i++) {
		const struct header_edit *e = &edits->addition[i];

		ok = smfi_insheader(ctx, 0, arena_strdup(a, e->name),
			 field_text(a, e->value)) == MI_SUCCESS &&
		     ok;
	}
	return ok;
}

static sfsistat
answer_give_unless(SMFICTX *ctx, const struct engine_link *link,
    enum engine_silence silence, const struct engine_answer *answer)
{
	const struct libmilter_link *l = (const struct libmilter_link *)link;

	if ((link->silent & silence) == 0)
		return answer_give(ctx, answer);
	INVARIANT(answer->action == ENGINE_CONTINUE);
	/* The library knows whether the MTA waits for it. */
	return l->negotiated ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* Header edits, hold queue, and the answer. */
static sfsistat
answer_finish(SMFICTX *ctx, const struct engine_answer *answer)
{
	struct arena *a;
	bool taken = true;

	if (answer->edits != NULL) {
		a = arena_new();
		taken = edits_apply(ctx, answer->edits, a);
		arena_free(&a);
	}
	if (answer->quarantine != NULL)
		taken = smfi_quarantine(ctx, unconst(answer->quarantine)) ==
			    MI_SUCCESS &&
			taken;
	if (taken)
		return answer_give(ctx, answer);
	log_write(LOG_LEVEL_ERROR, "the MTA did not take what changes the "
				   "message: it is deferred");
	return SMFIS_TEMPFAIL;
}

/* ---- callbacks ------------------------------------------------------------- */

_Static_assert(SMFIM_CONNECT == 0 && SMFIM_HELO == 1 && SMFIM_ENVFROM == 2 &&
		   SMFIM_ENVRCPT == 3 && SMFIM_EOM == 5 && SMFIM_EOH == 6,
    "engine_macros has the protocol's numbers");

static void
macros_ask(SMFICTX *ctx)
{
	for (size_t i = 0; i < ENGINE_MACROS; i++) {
		char names[256];

		(void)snprintf(
		    names, sizeof(names), "%s", engine_macros[i].names);
		(void)smfi_setsymlist(ctx, (int)engine_macros[i].stage, names);
	}
}

static unsigned long
silence_agree(struct engine_link *link, unsigned long offered)
{
	unsigned silence = handlers->silence();
	unsigned long agreed = 0;

	link->silent = 0;
	for (size_t i = 0; i < ARRAY_COUNT(silences); i++)
		if ((offered & silences[i].protocol) != 0 &&
		    (silence & silences[i].of) != 0) {
			agreed |= silences[i].protocol;
			link->silent |= silences[i].of;
		}
	return agreed;
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
		link_make(ctx)->quiet = true;
	}
	link_make(ctx)->negotiated = true;
	*pf1 |= silence_agree(&link_make(ctx)->link, f1);
	*pf2 = 0;
	*pf3 = 0;
	if ((f0 & SMFIF_SETSYMLIST) != 0) {
		*pf0 |= SMFIF_SETSYMLIST;
		macros_ask(ctx);
	}
	return SMFIS_CONTINUE;
}

/*
 * What was agreed on went with the session before, while the library still
 * keeps to it and drops what the MTA is not to hear: a refusal would be lost
 * and the message accepted. So all refusals are for the end.
 */
static void
silence_assume(struct libmilter_link *l)
{
	for (size_t i = 0; !l->negotiated && i < ARRAY_COUNT(silences); i++)
		l->link.silent |= silences[i].of;
}

/* The client's address and port; family 0 when the MTA has none. */
static struct ip
client_address(const _SOCK_ADDR *addr, uint16_t *port)
{
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
	return (struct ip){ 0 };
}

static sfsistat
on_connect(SMFICTX *ctx, char *hostname, _SOCK_ADDR *addr)
{
	struct libmilter_link *l = link_make(ctx);
	uint16_t port;
	struct ip client = client_address(addr, &port);

	silence_assume(l);
	l->connected = true;
	handlers->connect(&l->link, span_of(hostname), client, port);
	return no_answer(ctx);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct engine_link *link = link_of(ctx);

	if (link != NULL)
		handlers->helo(link, span_of(helo));
	return no_answer(ctx);
}

static size_t
arguments_read(char **argv, struct span arg[ARGUMENTS_MAX])
{
	size_t n = 0;

	while (n < ARGUMENTS_MAX && argv[n] != NULL) {
		arg[n] = span_of(argv[n]);
		n++;
	}
	return n;
}

static sfsistat
on_envelope(SMFICTX *ctx, char **argv,
    void (*handler)(struct engine_link *, const struct engine_arguments *,
	struct engine_answer *),
    enum engine_silence silence)
{
	struct engine_link *link = link_of(ctx);
	struct span arg[ARGUMENTS_MAX];
	const struct engine_arguments arguments = { arg,
		arguments_read(argv, arg) };
	struct engine_answer answer = { 0 };

	if (link == NULL || arguments.count == 0)
		return SMFIS_TEMPFAIL;
	handler(link, &arguments, &answer);
	return answer_give_unless(ctx, link, silence, &answer);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	return on_envelope(ctx, argv, handlers->mail, ENGINE_SILENT_MAIL);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	return on_envelope(ctx, argv, handlers->rcpt, ENGINE_SILENT_RCPT);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct engine_link *link = link_of(ctx);

	if (link != NULL)
		handlers->header(link, span_of(name), span_of(value));
	return SMFIS_NOREPLY;
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct engine_link *link = link_of(ctx);
	struct engine_answer answer = { 0 };

	if (link == NULL)
		return SMFIS_TEMPFAIL;
	handlers->eoh(link, &answer);
	return answer_give_unless(ctx, link, ENGINE_SILENT_EOH, &answer);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t n)
{
	struct engine_link *link = link_of(ctx);

	if (link != NULL)
		handlers->body(link, span_make((const char *)chunk, n));
	return SMFIS_NOREPLY;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct engine_link *link = link_of(ctx);
	struct engine_answer answer = { 0 };
	sfsistat status;

	if (link == NULL)
		return SMFIS_TEMPFAIL;
	handlers->end(link, &answer);
	status = answer_finish(ctx, &answer);
	handlers->ended(link);
	return status;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct engine_link *link = link_of(ctx);

	if (link != NULL)
		handlers->abort(link);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct libmilter_link *l = smfi_getpriv(ctx);

	if (l == NULL)
		return SMFIS_CONTINUE;
	if (l->connected)
		handlers->close(&l->link);
	free(l);
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

static char filter_name[] = "verdict-milter";

static const struct smfiDesc callbacks = {
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

/* ---- the row --------------------------------------------------------------- */

static bool
libmilter_open(const struct config *c, const struct engine_handlers *h,
    struct arena *a, const char **why)
{
	handlers = h;
	if (smfi_register(callbacks) != MI_SUCCESS) {
		*why = "libmilter is of another version";
		return false;
	}
	(void)smfi_setmaxdatasize((size_t)c->header_max.octets);
	return socket_open(c, a, why);
}

static bool
libmilter_run(void)
{
	if (!libmilter_threads_begin())
		log_write(LOG_LEVEL_DEBUG,
		    "threads that libmilter cannot have are not waited for");
	return smfi_main() == MI_SUCCESS;
}

static void
libmilter_version(char *out, size_t size)
{
	(void)snprintf(out, size, "libmilter %d.%d.%d",
	    SM_LM_VRS_MAJOR(SMFI_VERSION), SM_LM_VRS_MINOR(SMFI_VERSION),
	    SM_LM_VRS_PLVL(SMFI_VERSION));
}

const struct engine engine_libmilter = {
	.name = "libmilter",
	.open = libmilter_open,
	.run = libmilter_run,
	.alive_ms = poll_controller_ms,
	.spread = poll_spread_count,
	.version = libmilter_version,
};
