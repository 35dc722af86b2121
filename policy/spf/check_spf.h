#ifndef POLICY_SPF_CHECK_SPF_H
#define POLICY_SPF_CHECK_SPF_H

/*
 * What the check of SPF found, for other checks (DMARC, compare). NULL while
 * it is not known and when SPF does not apply to the message. The outcome
 * lives as long as the message.
 */

struct message;
struct spf_outcome;
struct spf_query;

const struct spf_outcome *spf_mailfrom(struct message *m);
const struct spf_outcome *spf_helo(struct message *m);
/* What was asked for the MAIL FROM identity; NULL likewise. */
const struct spf_query *spf_asked(struct message *m);

#endif
