/* What libmilter is told where the MTA does not listen; the library and its
 * socket are fakes. */
#include "config.h"

#include "milter/engine/libmilter.h"
#include "tests/kit/table.h"

#include <libmilter/mfapi.h>

#include "milter/daemon/log.h"
#include "milter/engine/libmilter_poll.h"
#include "milter/engine/libmilter_socket.h"
#include "milter/engine/libmilter_thread.h"

#define OFFER_ALL 0x1fffffUL
#define SILENT_NONE \
	(OFFER_ALL & ~(unsigned long)(SMFIP_NR_MAIL | SMFIP_NR_RCPT))

/* ---- the library ---------------------------------------------------------- */

static struct smfiDesc called;
static void *private;

int
smfi_register(struct smfiDesc d)
{
	called = d;
	return MI_SUCCESS;
}

int
smfi_main(void)
{
	return MI_SUCCESS;
}

size_t
smfi_setmaxdatasize(size_t n)
{
	return n;
}

void *
smfi_getpriv(SMFICTX *ctx)
{
	(void)ctx;
	return private;
}

int
smfi_setpriv(SMFICTX *ctx, void *value)
{
	(void)ctx;
	private = value;
	return MI_SUCCESS;
}

char *
smfi_getsymval(SMFICTX *ctx, char *name)
{
	(void)ctx;
	(void)name;
	return NULL;
}

int
smfi_setsymlist(SMFICTX *ctx, int where, char *names)
{
	(void)ctx;
	(void)where;
	(void)names;
	return MI_SUCCESS;
}

int
smfi_setreply(SMFICTX *ctx, char *code, char *enhanced, char *text)
{
	(void)ctx;
	(void)code;
	(void)enhanced;
	(void)text;
	return MI_SUCCESS;
}

int
smfi_insheader(SMFICTX *ctx, int at, char *name, char *value)
{
	(void)ctx;
	(void)at;
	(void)name;
	(void)value;
	return MI_SUCCESS;
}

int
smfi_chgheader(SMFICTX *ctx, char *name, int at, char *value)
{
	return smfi_insheader(ctx, at, name, value);
}

int
smfi_quarantine(SMFICTX *ctx, char *why)
{
	(void)ctx;
	(void)why;
	return MI_SUCCESS;
}

bool
socket_open(const struct config *c, struct arena *a, const char **why)
{
	(void)c;
	(void)a;
	(void)why;
	return true;
}

bool
libmilter_threads_begin(void)
{
	return true;
}

unsigned long
poll_spread_count(void)
{
	return 0;
}

int64_t
poll_controller_ms(void)
{
	return 0;
}

/* ---- handlers that refuse what they may ----------------------------------- */

static unsigned
on_silence(void)
{
	return ENGINE_SILENT_MAIL | ENGINE_SILENT_RCPT | ENGINE_SILENT_EOH;
}

static void
on_connect(struct engine_link *link, struct span hostname, struct ip client,
    uint16_t port)
{
	(void)hostname;
	(void)client;
	(void)port;
	link->session = link;
}

static void
on_mail(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	(void)arguments;
	if ((link->silent & ENGINE_SILENT_MAIL) == 0)
		out->action = ENGINE_REJECT;
}

static void
on_rcpt(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	(void)arguments;
	if ((link->silent & ENGINE_SILENT_RCPT) == 0)
		out->action = ENGINE_REJECT;
}

static void
on_end(struct engine_link *link, struct engine_answer *out)
{
	(void)link;
	out->action = ENGINE_REJECT;
}

static void
on_over(struct engine_link *link)
{
	(void)link;
}

static const struct engine_handlers handlers = {
	.silence = on_silence,
	.connect = on_connect,
	.mail = on_mail,
	.rcpt = on_rcpt,
	.end = on_end,
	.ended = on_over,
	.close = on_over,
};

/* ---- sessions ------------------------------------------------------------- */

static const struct row {
	const char *label;
	unsigned long offered;
	bool another; /* the session is the second one of its connection */
	long long mail, rcpt;
} rows[] = {
	{ "agreed on", OFFER_ALL, false, SMFIS_NOREPLY, SMFIS_NOREPLY },
	{ "the MTA listens", SILENT_NONE, false, SMFIS_REJECT, SMFIS_REJECT },
	/* The library drops a refusal where it was agreed on not to answer. */
	{ "after QUIT_NC the end refuses", OFFER_ALL, true, SMFIS_CONTINUE,
	    SMFIS_CONTINUE },
	{ "after QUIT_NC, where the MTA listened", SILENT_NONE, true,
	    SMFIS_CONTINUE, SMFIS_CONTINUE },
};

static void
row_run(const struct row *row)
{
	char host[] = "mx.example", address[] = "<a@b.example>";
	char *argv[] = { address, NULL };
	unsigned long f[4];

	table_number(row->label, "negotiation",
	    called.xxfi_negotiate(NULL, 0x1ff, row->offered, 0, 0, &f[0], &f[1],
		&f[2], &f[3]),
	    SMFIS_CONTINUE);
	(void)called.xxfi_connect(NULL, host, NULL);
	if (row->another) {
		(void)called.xxfi_close(NULL);
		(void)called.xxfi_connect(NULL, host, NULL);
	}
	table_number(row->label, "MAIL", called.xxfi_envfrom(NULL, argv),
	    row->mail);
	table_number(row->label, "RCPT", called.xxfi_envrcpt(NULL, argv),
	    row->rcpt);
	table_number(
	    row->label, "end", called.xxfi_eom(NULL), SMFIS_REJECT);
	(void)called.xxfi_close(NULL);
}

static void
link_test(void **state)
{
	static struct config config;
	const char *why = NULL;

	(void)state;
	assert_true(engine_libmilter.open(&config, &handlers, NULL, &why));
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			row_run(&rows[i]);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(link_test),
};

TABLE_MAIN(tests)
