#ifndef TOOL_DOCTOR_TLS_H
#define TOOL_DOCTOR_TLS_H

/*
 * The seam to libssl: what a server shows in a TLS handshake. Nothing is
 * refused here, however old or wrong; what it means is the caller's matter.
 */

#include "policy/base/smtp_client.h"

#define TLS_TEXT_MAX 200

struct tls_question {
	const char *host; /* whose name the certificate should have; SNI */
	/* Of TLSA records, as struct dns_answer has them. */
	const struct span *tlsa;
	size_t tlsa_count;
};

struct tls_answer {
	char why[TLS_TEXT_MAX]; /* the handshake failed; printable ASCII */
	const char *protocol;   /* "TLSv1.3" */
	bool old;               /* below TLS 1.2 */

	bool name_matches;
	char names[TLS_TEXT_MAX]; /* that the certificate has, some of them */
	/* Why no authority that this machine trusts stands behind it; "" when
	 * one does. That it has expired is told by days_left alone. */
	char chain[TLS_TEXT_MAX];
	bool too_early;
	int days_left;  /* negative: expired */
	char until[16]; /* "2026-12-31" */

	size_t tlsa_usable; /* of the records: those that SMTP uses */
	bool tlsa_matches;
	bool tlsa_pins_key;  /* by usage 3, for which names do not matter */
	char tlsa_right[80]; /* "3 1 1 ..." that would match */
};

/*
 * Takes the connection over after the reply to STARTTLS; it is of no use
 * afterwards. Ends within the step that the caller has begun. False: why.
 */
bool tls_look(
    struct smtp *s, const struct tls_question *question, struct tls_answer *a);

#endif
