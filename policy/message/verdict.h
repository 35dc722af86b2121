#ifndef POLICY_MESSAGE_VERDICT_H
#define POLICY_MESSAGE_VERDICT_H

/*
 * The verdict on one message, or on one recipient at RCPT: what is done, what
 * the client is told, and why. Built by verdict_make.c alone, carried out by
 * milter/protocol/action.c alone; headers, log, journal and JSON only read it.
 */

#include "rules/base/span.h"
#include "rules/eval/record.h"
#include "rules/fact/fact.h"
#include "rules/lang/outcome.h"

struct header_edits;

struct reply {
	unsigned code; /* 0: none; else 4yz with TEMPFAIL, 5yz with REJECT */
	const char *enhanced; /* "5.7.1" */
	struct span text;     /* printable, without '%', the decision id in
	                         brackets at its end; ASCII unless the client
	                         has said SMTPUTF8 (RFC 6531, 3.5) */
};

struct verdict {
	/* Never OUTCOME_NONE: where nothing decided the message is accepted. */
	enum outcome action; /* what is done */
	enum outcome wanted; /* what would be done in mode enforce */
	struct reply reply;
	enum stage stage;   /* at which it was decided */
	const char *rule;   /* the rule that decided, or "junk threshold", or
	                         NULL when nothing did */
	struct span reason; /* one short clause for the log */
	double junk_at, reject_at; /* NAN: no such threshold */
	struct record record; /* what matched, and what rules want besides */
	/* How its header fields are edited, where the message goes on
	 * (policy/tell/headers.h); else NULL. */
	const struct header_edits *edits;
	bool disagreed; /* recipients would have had different answers */
	bool unknown;   /* a permanent refusal was made temporary */
	bool apart;     /* recipients shall come again, and not together */
};

/* "Go on": accept without a reason. */
void verdict_nothing(struct verdict *out, enum stage stage);

#endif
