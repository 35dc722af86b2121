#ifndef RULES_EVAL_TRIAL_H
#define RULES_EVAL_TRIAL_H

/* The tests that stand in rule files. */

#include "rules/lang/ruleset.h"

/*
 * Runs the tests that stand in the files; those that fail are errors with
 * their place. message states the facts of a message file that a test names
 * (NULL: such tests are passed over and counted in *skipped).
 */
struct ruleset_test_options {
	bool (*message)(void *ctx, struct span file, const struct source *from,
	    struct facts *facts, const char **why);
	void *ctx;
	int64_t now_s;
};
bool ruleset_test(const struct ruleset *rs,
    const struct ruleset_test_options *o, struct diags *diags, size_t *run,
    size_t *skipped);

#endif
