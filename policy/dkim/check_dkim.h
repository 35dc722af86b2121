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

/*
 * What the check works with, for ARC, whose signatures are of the same kind:
 * keys, limits, and the hashes of the body, which is gone over once. Message
 * is that of dkim_message.h; it may be asked for from the end of the header on
 * (STAGE_EOH, in a check that comes after this one) and lives as long as m.
 */
struct dkim_keys *dkim_keys_of_all(void);
struct dkim_options dkim_options_of(const struct message *m);
struct dkim_message *dkim_message_of(struct message *m);

#endif
