#ifndef POLICY_HEADER_HEADER_FLAGS_H
#define POLICY_HEADER_HEADER_FLAGS_H

/*
 * What is odd about the structure of a header, as flags: names that stand in
 * X-Verdict, in the journal, and as anomaly.name for rules. Flags of the From
 * field come from rules/mail/author.h.
 */

#include "policy/message/session.h"

struct header_flag {
	const char *name;
	const char *help; /* for the manual */
};
extern const struct header_flag header_flags[];
extern const size_t header_flag_count;

/* Flags the message once its header is complete. */
void header_flag_message(struct message *m);
/*
 * The same at the end, for what only the body shows: a header that ended
 * early, because the MTA and a mail client differ in what a field is.
 */
void header_flag_body(struct message *m);

#endif
