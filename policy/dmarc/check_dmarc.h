#ifndef POLICY_DMARC_CHECK_DMARC_H
#define POLICY_DMARC_CHECK_DMARC_H

/*
 * What the check of DMARC found, and what it asked, for those that tell it or
 * give a second opinion. NULL while it is not known, and when DMARC does not
 * apply to the message. Lives as long as the message.
 */

#include "policy/dmarc/dmarc.h"

struct message;

const struct dmarc_outcome *dmarc_judged(struct message *m);
const struct dmarc_query *dmarc_asked(struct message *m);

#endif
