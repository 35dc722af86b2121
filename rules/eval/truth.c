/*
 * Answers with four values.
 */
#include "config.h"

#include "rules/eval/truth.h"

const char *const truth_names[4] = { "no", "yes", "unknown", "pending" };

enum truth
truth_of(bool yes)
{
	return yes ? TRUTH_YES : TRUTH_NO;
}

enum truth
truth_not(enum truth t)
{
	return t == TRUTH_YES ? TRUTH_NO : t == TRUTH_NO ? TRUTH_YES : t;
}

enum truth
truth_join(enum truth a, enum truth b, enum truth settles)
{
	if (a == settles || b == settles)
		return settles;
	if (a == TRUTH_PENDING || b == TRUTH_PENDING)
		return TRUTH_PENDING;
	if (a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN)
		return TRUTH_UNKNOWN;
	return a;
}

enum truth
truth_of_state(enum fact_state state)
{
	switch (state) {
	case FACT_PENDING:
		return TRUTH_PENDING;
	case FACT_UNKNOWN:
		return TRUTH_UNKNOWN;
	case FACT_ABSENT:
		return TRUTH_NO;
	default:
		return TRUTH_YES;
	}
}
