#ifndef RULES_EVAL_RECORD_H
#define RULES_EVAL_RECORD_H

/*
 * What is told of a ruling besides its decision: which rules matched and on
 * what, and the tags, header fields and alerts that they ask for. A verdict
 * carries it as it is. Texts lie in the message's arena or live as long as its
 * snapshot.
 */

#include "rules/base/span.h"

/* A rule whose condition was true for the message or one of its recipients. */
struct matched {
	size_t rule; /* its number */
	const char *name;
	const char *action; /* the first action's word: "score", "reject" ... */
	unsigned effects;   /* enum action_effects of all its actions */
	double score;       /* what it added */
	bool shadow;        /* matched, but does not act: so is the rule, or it
			       is tried on another part of mail */
	bool decided;       /* this one made the verdict */
	struct span evidence; /* which facts, with their values, cut */
};

/* A header field that a rule adds or sets. */
struct ruled_header {
	bool set; /* replaces fields of that name; an empty value: by nothing */
	struct span name, value;
	bool prefix; /* the value stands before what the field says */
};

struct record {
	const struct matched *matched;
	size_t matched_count;
	const char *const *tag; /* each once */
	size_t tag_count;
	const struct ruled_header *header;
	size_t header_count;
	const struct span *alert; /* texts of alert actions, expanded */
	size_t alert_count;
	/* Rules that are not known because a pattern ran into its bounds. */
	const char *const *limited;
	size_t limited_count;
	double score;
};

#endif
