#ifndef TOOL_JUDGE_LINT_AGAINST_H
#define TOOL_JUDGE_LINT_AGAINST_H

/* For which mail two sets of rules come to different ends. */

#include "rules/proof/proof.h"

/* Tells each class of mail once, with one message of it; returns the exit
 * status. */
int lint_against(const struct ruleset *here, const struct ruleset *there,
    const struct proof_options *options);

#endif
