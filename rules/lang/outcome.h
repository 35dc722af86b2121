#ifndef RULES_LANG_OUTCOME_H
#define RULES_LANG_OUTCOME_H

/*
 * What a rule can decide about a message, and what the client is told then
 * when the rule says nothing else.
 */

#include <stdint.h>

/*
 * What a rule can decide, and what becomes of a message, mildest first: where
 * recipients disagree the mildest wins. Rules, verdicts, the journal and all
 * that counts speak of decisions by this enum and these names alone.
 */
enum outcome {
	OUTCOME_NONE, /* decides nothing */
	OUTCOME_ACCEPT,
	OUTCOME_JUNK,       /* delivered, marked for the mail client */
	OUTCOME_QUARANTINE, /* the MTA's hold queue */
	OUTCOME_TEMPFAIL,
	OUTCOME_REJECT,
	OUTCOME_DISCARD,
};
#define OUTCOME_COUNT (OUTCOME_DISCARD + 1)
extern const char *const outcome_names[OUTCOME_COUNT];

struct outcome_reply {
	unsigned code;        /* 0: the client is told nothing */
	const char *enhanced; /* RFC 3463 */
	const char *text;
};
extern const struct outcome_reply outcome_replies[OUTCOME_COUNT];

/*
 * For the number of a recipient: none of them. Facts about recipients are
 * pending then; behind the last RCPT it stands for the message as a whole.
 */
#define RCPT_NONE SIZE_MAX

#endif
