#ifndef POLICY_DKIM_CHECK_DKIM_H
#define POLICY_DKIM_CHECK_DKIM_H

/*
 * What the check of DKIM found, for other checks (DMARC, compare): the
 * signatures of a message, the topmost first. dkim_signature returns NULL
 * behind the last, while results are not known yet, and when DKIM does not
 * apply to the message. What it returns lives as long as the message.
 */

#include "policy/dkim/dkim_message.h"

struct message;

/* All results are known, or there will be none. */
bool dkim_settled(struct message *m);
const struct dkim_signature *dkim_signature(struct message *m, size_t i);

#endif
