#ifndef TOOL_JUDGE_TEST_H
#define TOOL_JUDGE_TEST_H

/* What `verdict test` counts, and how it says it. */

#include "policy/message/verdict.h"
#include "rules/base/arena.h"

struct snapshot;

enum test_expect { EXPECT_NOTHING, EXPECT_HAM, EXPECT_SPAM };

/* A message whose verdict was not the expected one. */
struct test_wrong {
	const char *name;
	enum outcome action;
	const char *rule; /* that decided; NULL: none */
	double score;
	const char *rules; /* those that matched, with their scores */
};

#define TEST_BANDS 22 /* below 0, 0 to 1, ... 19 to 20, 20 and more */

struct test_tally {
	struct arena *arena; /* the caller's */
	const struct snapshot *snapshot;
	enum test_expect expect;
	size_t messages;
	size_t verdict[OUTCOME_COUNT];
	size_t band[TEST_BANDS];
	size_t *hits; /* by rule */
	struct test_wrong *wrong;
	size_t wrong_count, wrong_cap;
};

void test_tally_init(struct test_tally *t, const struct snapshot *s,
    enum test_expect expect, struct arena *a);
void test_tally_add(
    struct test_tally *t, const char *name, const struct verdict *v);
void test_print(const struct test_tally *t);
void test_print_json(const struct test_tally *t);

#endif
