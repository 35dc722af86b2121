#ifndef POLICY_JUDGE_APART_H
#define POLICY_JUDGE_APART_H

/*
 * Recipients who must not share a transaction, because one answer would have
 * to cover all of them at the end and they are judged differently: whoever
 * writes to postmaster as well would have his mail accepted for everybody.
 *
 * Where RCPT can tell, a recipient who differs from the first is sent away
 * with 452 4.5.3 and the MTA comes again with him. Where only the end can,
 * the message is deferred once as a whole, and apart_note remembers for an
 * hour who was judged how; by that apart_known takes them apart on the retry.
 * A message that is judged alike for all comes once. While the store is lost
 * each recipient comes by himself.
 *
 * Mail of our own users is left together: their programs do not come again.
 */

#include "policy/message/session.h"
#include "rules/lang/outcome.h"

/* Of one message, more recipients than this are remembered as "each by
 * himself" instead of by name. */
#define APART_RCPTS_MAX 100

/* Whether any of this is done for the message. */
bool apart_applies(const struct message *m);
/*
 * Why this recipient can't share the transaction with those before him, as a
 * clause in the arena; NULL: he can. Asks the store.
 */
const char *apart_why(struct message *m, size_t rcpt);
/* Do these two outcomes need two answers? Accept and junk can share one. */
bool apart_outcomes(enum outcome one, enum outcome other);
/* Remembers how they were judged; each is by the index of rcpt. */
void apart_note(struct message *m, const size_t *rcpt, size_t count,
    const enum outcome *each);

#endif
