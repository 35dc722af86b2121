#ifndef POLICY_MEMORY_LIMIT_PARSE_H
#define POLICY_MEMORY_LIMIT_PARSE_H

/* What a limit says, between the file that reads it and the one that counts. */

#include "policy/memory/limit.h"
#include "rules/lang/rule_parser.h"

enum limit_unit {
	LIMIT_MESSAGES,
	LIMIT_RECIPIENTS,
	LIMIT_BYTES,
	LIMIT_REFUSALS,
};

struct limit {
	fact_id fact[RULE_PARSER_FACTS_MAX];
	size_t fact_count;
	bool per_rcpt; /* some of them differs by recipient */
	enum limit_unit unit;
	int64_t interval_us; /* of one unit */
	int64_t burst;       /* units that may come at once */
	/* Facts, rate and burst in short: limits that say the same are one. */
	const char *spec;
	/* The same for people: "auth.user to 500 messages per 1h". */
	const char *text;
};

bool limit_parse(struct rule_parser *p, struct limit **out);

#endif
