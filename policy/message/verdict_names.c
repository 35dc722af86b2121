/*
 * The words of a verdict, and the verdict that says nothing.
 */
#include "config.h"

#include <math.h>

#include "policy/message/verdict.h"

const char *const action_names[ACTION_COUNT] = { "accept", "junk", "quarantine",
	"tempfail", "reject", "discard" };

void
verdict_nothing(struct verdict *out, enum stage stage)
{
	*out = (struct verdict){
		.stage = stage, .junk_at = NAN, .reject_at = NAN
	};
}
