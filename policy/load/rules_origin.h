#ifndef POLICY_LOAD_RULES_ORIGIN_H
#define POLICY_LOAD_RULES_ORIGIN_H

/* Which rules are in force: a file of one's own turns the shipped ones off,
 * and a slip in the setting `rules` turns them on. */

#include "rules/base/arena.h"

struct snapshot;

/* Whether no file matched and the shipped rules are in force. */
bool rules_are_shipped(const struct snapshot *s);
/* "12 rules from a.rules, b.rules; the shipped rules are not in force beside
 * them". In the arena. */
const char *rules_origin(const struct snapshot *s, struct arena *a);

#endif
