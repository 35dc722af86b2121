/*
 * The words of what rules decide, and the standard replies.
 */
#include "config.h"

#include "rules/lang/outcome.h"

const char *const outcome_names[OUTCOME_COUNT] = { "none", "accept", "junk",
	"quarantine", "tempfail", "reject", "discard" };

enum outcome
outcome_find(struct span name)
{
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if (span_is(name, outcome_names[i]))
			return (enum outcome)i;
	return OUTCOME_NONE;
}

const struct outcome_reply outcome_replies[OUTCOME_COUNT] = {
	[OUTCOME_TEMPFAIL] = { 451, "4.7.1", "please try again later" },
	[OUTCOME_REJECT] = { 550, "5.7.1", "message refused by local policy" },
};
