/*
 * The floor: a milter that negotiates the same steps as verdict-milter, takes
 * in the whole message, adds one header field and accepts. What it costs is
 * what libmilter costs.
 *
 *   accept_milter inet:PORT@127.0.0.1
 */
#include "config.h"

#include <libmilter/mfapi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ACTIONS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE)
#define PROTOCOL                                                        \
	(SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_HDR | SMFIP_NR_BODY | \
	    SMFIP_HDR_LEADSPC)
#define WANTED (SMFIP_RCPT_REJ | SMFIP_NOUNKNOWN | SMFIP_NODATA)

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
    unsigned long f3, unsigned long *pf0, unsigned long *pf1,
    unsigned long *pf2, unsigned long *pf3)
{
	(void)ctx;
	(void)f0;
	(void)f2;
	(void)f3;
	*pf0 = ACTIONS;
	*pf1 = PROTOCOL | (f1 & WANTED);
	*pf2 = 0;
	*pf3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *addr)
{
	(void)ctx;
	(void)name;
	(void)addr;
	return SMFIS_NOREPLY;
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	(void)ctx;
	(void)helo;
	return SMFIS_NOREPLY;
}

static sfsistat
on_path(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return SMFIS_CONTINUE;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx;
	(void)name;
	(void)value;
	return SMFIS_NOREPLY;
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t n)
{
	(void)ctx;
	(void)chunk;
	(void)n;
	return SMFIS_NOREPLY;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	char name[] = "X-Floor", value[] = " accepted";

	return smfi_insheader(ctx, 0, name, value) == MI_SUCCESS
		   ? SMFIS_CONTINUE
		   : SMFIS_TEMPFAIL;
}

static sfsistat
on_end(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static char filter_name[] = "floor";

int
main(int argc, char **argv)
{
	const struct smfiDesc filter = {
		.xxfi_name = filter_name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = ACTIONS,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_path,
		.xxfi_envrcpt = on_path,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_end,
		.xxfi_close = on_end,
		.xxfi_negotiate = on_negotiate,
	};

	if (argc != 2 || smfi_register(filter) != MI_SUCCESS ||
	    smfi_setconn(argv[1]) != MI_SUCCESS) {
		(void)fprintf(stderr, "usage: accept_milter SOCKET\n");
		return 64;
	}
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}
