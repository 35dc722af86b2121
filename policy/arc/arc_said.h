#ifndef POLICY_ARC_ARC_SAID_H
#define POLICY_ARC_ARC_SAID_H

/*
 * What a sealer says that SPF, DKIM and DMARC were where the message came to
 * it. It is worth as much as the sealer is. Pure; any thread.
 */

#include "rules/mail/authres_read.h"

/* Each is a word of the list below, or NULL where nothing clear is said. */
struct arc_said {
	struct span server; /* the authserv-id; "" when it can't be shown */
	const char *spf, *dkim, *dmarc;
	/* header.from of its DMARC: A-labels, lower case; "": none. */
	struct span author;
	/* Who handed it the message: smtp.remote-ip (RFC 8617, 6), or what it
	 * looked up reverse DNS for (RFC 8601, 3). "": none, or no address. */
	struct span remote_ip;
};

extern const char *const arc_spf_words[];
extern const char *const arc_dkim_words[];
extern const char *const arc_dmarc_words[];

/*
 * Of several results of SPF that of MAIL FROM, or else the first; of DKIM a
 * pass, or else the first. Of DMARC there is one for one author: several
 * results, or several authors, are not clear and say nothing. What comes out
 * lies in the arena, or is static, and needs said no more.
 */
struct arc_said arc_said_of(struct arena *a, const struct authres_said *said);

#endif
