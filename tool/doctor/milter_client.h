#ifndef TOOL_DOCTOR_MILTER_CLIENT_H
#define TOOL_DOCTOR_MILTER_CLIENT_H

/*
 * The MTA's side of the milter protocol (version 6), as far as it takes to
 * send one message through a filter and to see what comes back. Waits, each
 * step up to the timeout.
 */

#include "rules/base/buf.h"

struct milter_client {
	int fd;
	uint32_t version, actions, protocol; /* that the filter has chosen */
	char why[200];                       /* after a false */
};

/*
 * "inet:HOST:PORT" or "unix:/PATH", and negotiates. A host is a numeric
 * address or localhost.
 */
bool milter_client_open(
    struct milter_client *c, const char *address, int timeout_s);
void milter_client_close(struct milter_client *c);

struct milter_message {
	const char *client, *helo, *sender, *rcpt;
	struct span header; /* lines "Name: value", each with LF */
	struct span body;   /* with CRLF */
};

struct milter_answer {
	char stage; /* the command it answers: C H M R N E */
	char code;  /* SMFIR_*: 'c' continue, 'a' accept, 'r' 't' 'd' 'y' */
	/* Names of the header fields that it adds, one a line. */
	struct buf added;
};

/* A whole session; answer->added must have been initialised. */
bool milter_client_play(struct milter_client *c, const struct milter_message *m,
    struct milter_answer *answer);

#endif
