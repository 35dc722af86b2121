#ifndef POLICY_MEMORY_LIMIT_H
#define POLICY_MEMORY_LIMIT_H

/*
 * Rates: `limit KEY {, KEY} to N [UNIT] per T [burst B] [unit UNIT]`, as a
 * condition that is true above the limit, and as an action that refuses what
 * is above it. Counted by GCRA (the virtual scheduling of ITU-T I.371): an
 * entry of the store holds the time at which it would be empty again.
 *
 * Each message, or recipient, is counted once for a limit however often the
 * rules are asked; what is refused is not counted.
 */

#include <stddef.h>

struct message;

/*
 * The limits that this message has been found above so far, in a condition
 * or in an action, whatever the rules made of it. *at begins as 0; returns
 * the limit in the words of the rule language, or NULL when there are no
 * more. Its life is that of the snapshot.
 */
const char *limit_over_next(struct message *m, size_t *at);

#endif
