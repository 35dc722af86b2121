#ifndef RULES_LANG_OUTCOME_H
#define RULES_LANG_OUTCOME_H

/*
 * What a rule can decide about a message and do besides, and what the client
 * is told when the rule says nothing else.
 */

#include <stdint.h>

#include "rules/base/span.h"

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
/* The decision of that name, as records have it; OUTCOME_NONE for any other. */
enum outcome outcome_find(struct span name);

/*
 * What an action does besides its outcome. Whoever asks what a rule does asks
 * for these, never for the name of an action.
 */
enum action_effects {
	ACTION_SCORES = 1, /* adds the action's number */
	ACTION_TAGS = 2,   /* sets the action's name as a tag */
	ACTION_WRITES = 4, /* its text into the header field of its name */
	ACTION_ALERTS = 8, /* tells the operator its text */
	/* perform answers alike for all recipients. */
	ACTION_PER_MESSAGE = 16,
	/* perform asks what is remembered of other mail: a record without that
	 * can't be asked again, and "later" says nothing about this mail. */
	ACTION_REMEMBERS = 32,
	/* And it acts where somebody has sent too much. */
	ACTION_LIMITS = 64,
};

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
