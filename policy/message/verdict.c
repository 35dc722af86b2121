/*
 * The verdict that says nothing.
 */
#include "config.h"

#include <math.h>

#include "policy/message/verdict.h"

void
verdict_nothing(struct verdict *out, enum stage stage)
{
	*out = (struct verdict){ .action = OUTCOME_ACCEPT,
		.wanted = OUTCOME_ACCEPT,
		.stage = stage,
		.junk_at = NAN,
		.reject_at = NAN };
}
