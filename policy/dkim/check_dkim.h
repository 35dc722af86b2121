#ifndef POLICY_DKIM_CHECK_DKIM_H
#define POLICY_DKIM_CHECK_DKIM_H

/*
 * What the check of DKIM found, for other checks (DMARC, compare): the
 * signatures of a message, the topmost first. dkim_signature returns NULL
 * behind the last, while results are not known yet, and when DKIM does not
 * apply to the message. What it returns lives as long as the message.
 */

#include "policy/dkim/dkim_message.h"
#include "rules/fact/fact.h"

struct message;

/* All results are known, or there will be none. */
bool dkim_settled(struct message *m);
const struct dkim_signature *dkim_signature(struct message *m, size_t i);
/* As dkim_message_key, of a signature that dkim_signature returns. */
struct dkim_key *dkim_signature_key(
    struct message *m, size_t i, bool *pending, bool *temp);
/* States dkim.restored of signature number i: policy/restore finds it out. */
void dkim_state_restored(struct message *m, size_t i, struct value restored);

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
