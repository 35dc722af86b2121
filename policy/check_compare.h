#ifndef POLICY_CHECK_COMPARE_H
#define POLICY_CHECK_COMPARE_H

/* Where second opinions and ours differ, for the log and for counting. */

#include "rules/span.h"

struct message;

struct compare_difference {
	struct span domain; /* the author's, or the sender's without one */
	const char *spf, *dmarc;
	const char *libspf2, *libopendmarc; /* NULL: no opinion */
};

/* False when they agree, have no opinion or were not asked. */
bool compare_differs(struct message *m, struct compare_difference *out);

#endif
