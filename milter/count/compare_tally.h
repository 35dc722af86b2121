#ifndef MILTER_COUNT_COMPARE_TALLY_H
#define MILTER_COUNT_COMPARE_TALLY_H

/*
 * Where libspf2, libopendmarc and libopendkim would have judged otherwise: a
 * line in the log for each message, and a count by domain for `verdict
 * compare`. Any thread.
 */

#include "policy/message/session.h"
#include "rules/base/buf.h"

void compare_note(struct message *m);
/* The domains that differ most, a line each: COUNT DOMAIN. */
void compare_list(struct buf *out);

#endif
