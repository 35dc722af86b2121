#ifndef POLICY_MESSAGE_RECALL_H
#define POLICY_MESSAGE_RECALL_H

/*
 * The store as the judging of a message asks it. What an entry was before the
 * message came to it is noted, so that the journal can keep what a verdict
 * rested on and the message can be judged again without the store.
 */

#include "policy/message/session.h"
#include "policy/store/store.h"
#include "rules/base/jsonw.h"

/* Whether the key of an entry may hold an address or other words that tell of
 * a person: who makes the key says so. */
enum recall_key { RECALL_PERSONAL, RECALL_IMPERSONAL };

/* An entry before the message changed it; count 0: there was none. */
struct recalled {
	enum recall_key kind;
	struct span key;
	struct store_record was;
	size_t rcpt_count; /* recipients named by then */
};

/* As store_get and store_update; the session has a store. */
bool recall_get(struct message *m, enum recall_key kind, struct span key,
    struct store_record *out);
bool recall_update(struct message *m, enum recall_key kind, struct span key,
    store_change *change, void *ctx);

/*
 * Writes the member "state" (verdict-cases(5)) of what was asked so far for the
 * message, or for one recipient; an entry that was not there is null.
 * personal: entries of such keys too. Without any nothing is written.
 */
void recall_write(
    const struct message *m, size_t rcpt, bool personal, struct jsonw *w);

#endif
