#ifndef POLICY_BASE_SMTP_MAIL_H
#define POLICY_BASE_SMTP_MAIL_H

/* Sending one mail over SMTP (RFC 5321) to a server nearby. Waits. */

#include <netinet/in.h>

#include "policy/base/smtp_client.h"

struct smtp_mail {
	struct sockaddr_storage server;
	const char *helo;
	const char *sender; /* NULL: <> */
	const char *rcpt;
	struct span message; /* lines end in LF */
	int timeout_s;       /* of each step */
	/*
	 * Asked when the server has all of the message but the dot that ends
	 * it, so before which it has promised nothing: whoever must not send
	 * twice notes here that he sends. False: the mail is not sent. NULL:
	 * nobody asks.
	 */
	bool (*last)(void *ctx);
	void *ctx;
};

enum smtp_sent {
	SMTP_SENT,
	SMTP_LATER,    /* not sent; it may be tried again */
	SMTP_REFUSED,  /* not sent, and another try would bring the same */
	SMTP_IN_DOUBT, /* the server did not say whether it has it */
};

/*
 * What stands between the angle brackets of RCPT TO: printable ASCII with one
 * "@" or none, with something on both sides of it; nothing that could end the
 * command, and no mark that RFC 5321, section 4.1.2 allows in quotes alone and
 * that may stand between several.
 */
bool smtp_address_valid(const char *address);
/* What is not SMTP_SENT: why says why. */
enum smtp_sent smtp_send(const struct smtp_mail *mail, char why[SMTP_WHY_MAX]);

#endif
