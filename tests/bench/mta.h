#ifndef TESTS_BENCH_MTA_H
#define TESTS_BENCH_MTA_H

/*
 * The MTA's side of the milter protocol, version 6, for load and soak tests:
 * just what Postfix sends, over one blocking connection.
 *
 * mta_open negotiates. Then follow mta_connect, mta_helo, mta_mail, mta_rcpt
 * and mta_content, each of which returns the milter's answer: SMFIR_CONTINUE
 * and so on as one letter, or 0 when the connection broke. mta_next begins
 * another SMTP session on the same connection, mta_close ends it. One thread
 * at a time.
 */

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/buf.h"
#include "rules/base/span.h"

struct mta {
	int fd;
	uint32_t protocol; /* what was negotiated: SMFIP_ bits */
	struct buf out, in;
};

/* "inet:HOST:PORT" with an IPv4 address, or "unix:PATH". False: errno. */
bool mta_open(struct mta *m, const char *address);
void mta_close(struct mta *m);

char mta_connect(struct mta *m, const char *client_ip);
char mta_helo(struct mta *m, const char *helo);
char mta_mail(struct mta *m, const char *sender);
char mta_rcpt(struct mta *m, const char *rcpt);
/*
 * Header, body and end of message. When the message is accepted and edited is
 * not NULL, it gets the message as the milter changed it: fields that it
 * inserts or adds; changes of fields are counted alone, for none of the
 * milters that are measured changes what the corpus contains.
 */
char mta_content(struct mta *m, struct span message, struct buf *edited);
bool mta_next(struct mta *m);

#endif
