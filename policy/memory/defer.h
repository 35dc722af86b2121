#ifndef POLICY_MEMORY_DEFER_H
#define POLICY_MEMORY_DEFER_H

/*
 * The action `defer`: refuses for now until the same sender has kept coming
 * for some hours. For what can't be found out just now, and what a stranger
 * may have made impossible to find out: the rule below says what becomes of
 * mail that can wait no longer.
 */

#include "rules/lang/ruleset.h"

extern const struct rule_action_row defer_action;

#endif
