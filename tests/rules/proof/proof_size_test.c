/*
 * What 500 rules and 20 promises cost: steps of the solver, which are the same
 * on every machine, not time. tests/bench/proof_bench says how long they take.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/proof/proof.h"
#include "tests/kit/proof_kit.h"

/* Of some fourteen million a second that a processor does. */
#define STEPS_MAX 8000000

static void
test_many(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		size_t answers[PROOF_OPEN + 1] = { 0 };
		struct kit k = { 0 };
		uint64_t steps;

		assert_true(proof_kit_load(&k, seed, 500, 20));
		steps = proof_kit_all(&k, answers);
		print_message("%llu steps\n", (unsigned long long)steps);
		if (steps > STEPS_MAX)
			table_fail("500 rules", "took %llu steps",
			    (unsigned long long)steps);
		if (answers[PROOF_OPEN] > 0)
			table_fail("500 rules", "%zu are not decided",
			    answers[PROOF_OPEN]);
		if (answers[PROOF_BROKEN] == 0)
			table_fail("500 rules", "none is broken");
		kit_free(&k);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_many),
};

TABLE_MAIN(tests)
