#ifndef RULES_EVAL_TRIAL_INSIDE_H
#define RULES_EVAL_TRIAL_INSIDE_H

/* Between the two files that run the tests in rule files; see trial.c. */

#include "rules/eval/trial.h"
#include "rules/lang/ast.h"

/* One test while it runs. */
struct trial {
	const struct ruleset *rs;
	const struct rule_test *test;
	const struct ruleset_test_options *options;
	struct diags *diags;
	struct arena *arena;
	struct facts *facts;
	bool failed; /* was reported */
};

void trial_error(struct trial *t, struct place at, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
/* Makes everything absent, as on a message that has nothing of what is asked;
 * the direction is inbound. */
void trial_clear(struct trial *t);
/* States the facts that the test gives. */
void trial_give(struct trial *t);

#endif
