#ifndef POLICY_JUDGE_DECIDE_H
#define POLICY_JUDGE_DECIDE_H

/*
 * From what the rules decided to a verdict. decide.c asks the rules, by stage
 * and recipient; verdict.c turns their decision into {action, reply}. For
 * judge.c; nothing here waits.
 */

#include "policy/message/session.h"
#include "policy/message/verdict.h"

/* Makes the message's ruling; called once, before anything is gathered. */
void decide_begin(struct message *m);
/* "Go on": accept without a reason. */
void decide_nothing(struct verdict *out, enum stage stage);
/* Rules at HELO and MAIL, as far as `refuse from` lets them act. */
void decide_envelope(struct message *m, enum stage stage, struct verdict *out);
/* One recipient, with the facts known so far. */
void decide_rcpt(struct message *m, size_t rcpt, struct verdict *out);
/* One recipient more who may not share the transaction: 452 4.5.3 for him. */
void decide_apart(struct message *m, size_t rcpt, struct verdict *out);
/* The same where it is known that and why he may not. */
void decide_apart_again(
    struct message *m, size_t rcpt, struct span why, struct verdict *out);
/* More recipients than rcpt.max: 452 4.5.3 for this one. */
void decide_too_many(struct message *m, struct verdict *out);
/*
 * The header is over the limits within which it is kept (HEADER_OVERFULL):
 * 552 5.3.4 whatever the rules say, for what was dropped could be anything,
 * forged results among it.
 */
void decide_overfull(struct message *m, struct verdict *out);
/* The whole message. final: every fact is stated. */
void decide_message(
    struct message *m, enum stage stage, bool final, struct verdict *out);

#endif
