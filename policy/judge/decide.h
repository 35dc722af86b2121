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
 * What is answered whatever the rules say, since nobody can judge the message
 * by what there is of it.
 */
enum own_answer {
	OWN_OVERFULL, /* HEADER_OVERFULL: what was dropped could be anything,
	                    forged results among it */
	OWN_NO_ROOM,  /* of the memory of all messages none was left for it */
	OWN_SUSPECT,  /* may have ended the process, as another one may that
	                    is being read just now */
	OWN_GUILTY,   /* it ended the process, and is not read */
	OWN_GUILTY_HELD, /* the same, hours later */
};
/*
 * Puts the answer into a verdict that decide_nothing or decide_message made;
 * what it tells of rules stays.
 */
void decide_own(struct message *m, enum own_answer which, struct verdict *out);
/* message.untold is the answer to the end, or, when somebody else is left, makes
 * that all of them come again: then it is true, and a verdict of its own. */
bool decide_untold(struct message *m, struct verdict *out);
/*
 * Before that stage nothing but "go on" is answered to any message: at MAIL and
 * RCPT, as far as rules and settings tell. What is remembered of recipients who
 * are to come apart (apart.h) is not in it.
 */
enum stage decide_silent_until(const struct snapshot *s);
/* The whole message. final: every fact is stated. */
void decide_message(
    struct message *m, enum stage stage, bool final, struct verdict *out);

#endif
