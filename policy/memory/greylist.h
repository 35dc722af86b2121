#ifndef POLICY_MEMORY_GREYLIST_H
#define POLICY_MEMORY_GREYLIST_H

/*
 * Greylisting, as an action of rules: mail from a sender who is new here is
 * refused for the time being, and accepted when it comes again. The state is
 * in the store: "grey:WHO|SENDER|RECIPIENT" while one waits and after one has
 * passed, "known:WHO" for those who have passed often enough.
 */

#include "rules/lang/ruleset.h"

/* For ruleset_options.actions; ctx of the ruling is the message. */
extern const struct rule_action_row greylist_action;

#endif
