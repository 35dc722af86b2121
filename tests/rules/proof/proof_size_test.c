/*
 * What 500 rules and 20 promises cost: steps of the solver, which are the same
 * on every machine, not time. tests/bench/proof_bench says how long they take.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
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

/* Of scores that add up to too many sums that is said, and nothing else. */
static void
test_many_sums(void **state)
{
	const struct proof_options options = { 0 };
	struct proof_promise o;
	struct kit k = { 0 };
	struct proof *p;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	(void)buf_addz(&text, "verdict junk at 6 reject at 150\n");
	for (unsigned i = 0; i < 200; i++)
		(void)buf_printf(&text,
		    "rule r%u when subject ~ /word%u/ then score %u.%04u\n", i,
		    i, i % 3, 7919 * i % 10000);
	(void)buf_addz(&text, "promise p when spf = pass never reject\n");
	assert_true(kit_load(&k, "sums.rules", buf_span(&text)));
	p = proof_new(k.rs, NULL, &options);
	proof_promise(p, 0, &o);
	assert_int_equal(o.answer, PROOF_OPEN);
	table_text("sums", "reason", o.why, "the scores have too many sums");
	proof_free(&p);
	kit_free(&k);
	buf_free(&text);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_many_sums),
};

TABLE_MAIN(tests)
