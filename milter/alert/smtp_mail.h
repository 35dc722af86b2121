#ifndef MILTER_ALERT_SMTP_MAIL_H
#define MILTER_ALERT_SMTP_MAIL_H

/* Sending one mail over SMTP (RFC 5321) to a server nearby. Waits. */

#include <netinet/in.h>

#include "policy/base/smtp_client.h"

struct smtp_mail {
	struct sockaddr_storage server;
	const char *helo;
	const char *rcpt;    /* the sender is <> */
	struct span message; /* lines end in LF */
	int timeout_s;       /* of each step */
};

/*
 * What stands between the angle brackets of RCPT TO: printable ASCII with one
 * "@" or none, nothing that could end the command.
 */
bool smtp_address_valid(const char *address);
/* False: why says why. It may be tried again. */
bool smtp_send(const struct smtp_mail *mail, char why[SMTP_WHY_MAX]);

#endif
