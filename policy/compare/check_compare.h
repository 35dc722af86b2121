#ifndef POLICY_COMPARE_CHECK_COMPARE_H
#define POLICY_COMPARE_CHECK_COMPARE_H

/* Where second opinions and ours differ, for the log and for counting. */

#include "rules/base/span.h"

struct message;

enum { COMPARE_SPF, COMPARE_DMARC, COMPARE_BODY, COMPARE_COUNT };

/* On one matter. All texts are static. */
struct compare_opinion {
	const char *matter, *library; /* as the log names them */
	const char *ours;             /* NULL: we have no result */
	const char *theirs;           /* NULL: no opinion */
	const char *why;              /* there is none; NULL: not asked */
};

struct compare_difference {
	struct span domain; /* the author's, or the sender's without one */
	const struct compare_opinion *opinion; /* COMPARE_COUNT of them */
};

/* False when they agree, have no opinion or were not asked. */
bool compare_differs(struct message *m, struct compare_difference *out);

#endif
