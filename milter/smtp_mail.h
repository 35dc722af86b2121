#ifndef MILTER_SMTP_MAIL_H
#define MILTER_SMTP_MAIL_H

/* Sending one mail over SMTP (RFC 5321) to a server nearby. Waits. */

#include <netinet/in.h>

#include "rules/span.h"

struct smtp_mail {
	struct sockaddr_storage server;
	const char *helo;
	const char *rcpt;    /* the sender is <> */
	struct span message; /* lines end in LF */
	int timeout_s;       /* of each step */
};

/*
 * "127.0.0.1", "127.0.0.1:25" or "[::1]:25"; the port is 25 by default.
 */
bool smtp_server_parse(
    struct span text, struct sockaddr_storage *out, const char **why);
/*
 * What stands between the angle brackets of RCPT TO: printable ASCII with one
 * "@" or none, nothing that could end the command.
 */
bool smtp_address_valid(const char *address);
/*
 * False: *why says why, in why_text when the server has said it. It may be
 * tried again.
 */
bool smtp_send(const struct smtp_mail *mail, char why_text[256]);

#endif
