#ifndef POLICY_MESSAGE_VERDICT_H
#define POLICY_MESSAGE_VERDICT_H

/*
 * The verdict on one message, or on one recipient at RCPT: what is done, what
 * the client is told, and why. Built by verdict_make.c alone, carried out by
 * milter/protocol/action.c alone; headers, log, journal and JSON only read it.
 */

#include "rules/base/span.h"
#include "rules/fact/fact.h"
#include "rules/lang/outcome.h"

struct reply {
	unsigned code; /* 0: none; else 4yz with TEMPFAIL, 5yz with REJECT */
	const char *enhanced; /* "5.7.1" */
	struct span text;     /* printable ASCII without '%', the decision id
	                         in brackets at its end */
};

/* A rule whose condition was true for the message or one of its recipients. */
struct matched_rule {
	const char *name;
	const char *action; /* the first action's word: "score", "reject" ... */
	double score;       /* what it added */
	bool shadow;        /* matched, but does not act */
	bool decided;       /* this one made the verdict */
	struct span evidence; /* what matched, as text for a person; "" */
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
	double score;
	double junk_at, reject_at; /* NAN: no such threshold */
	const struct matched_rule *matched;
	size_t matched_count;
	const char *const *tag;
	size_t tag_count;
	/* Headers that rules add or set. */
	const struct rule_header {
		bool set; /* replaces fields of that name */
		struct span name, value;
	} * header;
	size_t header_count;
	const struct span *alert; /* texts of alert actions, expanded */
	size_t alert_count;
	/* Rules of which a pattern ran into its bounds, so that they are not
	 * known. */
	const char *const *limited;
	size_t limited_count;
	bool disagreed; /* recipients would have had different answers */
	bool unknown;   /* a permanent refusal was made temporary */
	bool apart;     /* recipients shall come again, and not together */
};

/* "Go on": accept without a reason. */
void verdict_nothing(struct verdict *out, enum stage stage);

#endif
