#ifndef POLICY_CASE_RULE_TEXT_H
#define POLICY_CASE_RULE_TEXT_H

/*
 * Rules as they stand in a text: whether one has stayed as it was. A rule is
 * meant by where its name begins.
 */

#include "rules/base/span.h"

/* From its name to the next statement, without space around it. */
struct span rule_text_at(struct span text, size_t at);
/* Where a rule of this very text stands, or SIZE_MAX. */
size_t rule_text_find(struct span rules, struct span wanted);
/* Where the rule of this name stands, or SIZE_MAX. */
size_t rule_text_named(struct span rules, struct span name);

#endif
