/*
 * What 500 rules and 20 promises cost, and what it costs to say which mail comes
 * to another end after one edit of the rules: steps of the solver, which are
 * the same on every machine, not time. tests/bench/proof_bench says how long
 * they take.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/proof/proof.h"
#include "tests/kit/proof_kit.h"
#include "tests/kit/rules_edit.h"

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

/* ---- edits ---------------------------------------------------------------------- */

/* What a tenth of the rules asks a list for changes with the list. */
#define EDIT_RULES      300
#define EDIT_LIST_RULES 80
#define EDIT_STEPS_MAX  30000000

/* All classes of mail that come to another end, and that there are no more. */
static void
edit_prove(struct kit *k, struct kit *other, const char *label)
{
	const struct proof_options options = { .work_max = EDIT_STEPS_MAX };
	struct proof *p = proof_new(k->rs, other->rs, &options);
	enum proof_answer answer;
	struct proof_change c;
	const char *why = "";
	size_t count = 0;

	while ((answer = proof_change(p, &c, &why)) == PROOF_BROKEN)
		count++;
	print_message("%s: %zu classes, %llu steps\n", label, count,
	    (unsigned long long)proof_work(p));
	if (answer != PROOF_HOLDS)
		table_fail(
		    label, "not decided after %zu classes: %s", count, why);
	proof_free(&p);
}

static void
edit_try(uint64_t seed, enum rules_edit kind, const char *label)
{
	struct kit k = { 0 }, other = { 0 };
	struct gen g = { seed };
	size_t rules = kind == EDIT_LIST ? EDIT_LIST_RULES : EDIT_RULES;
	static char edited[400000];
	struct buf text;

	buf_init(&text, sizeof(edited));
	proof_kit_text(seed, rules, 0, &text);
	(void)buf_add(&text, span_make("", 1));
	assert_true(
	    rules_edit(buf_span(&text).p, kind, &g, edited, sizeof(edited)));
	assert_true(proof_kit_load(&k, seed, rules, 0));
	assert_true(kit_load(&other, "edited.rules", span_of(edited)));
	edit_prove(&k, &other, label);
	kit_free(&k);
	kit_free(&other);
	buf_free(&text);
}

static void
test_edits(void **state)
{
	static const char *const name[EDIT_COUNT] = {
		[EDIT_SCORE] = "a score",
		[EDIT_THRESHOLD] = "a threshold",
		[EDIT_LIST] = "an entry of a list",
		[EDIT_SWAP] = "two rules swapped",
	};
	char label[60];

	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++)
		for (size_t i = 0; i < EDIT_COUNT; i++) {
			(void)snprintf(label, sizeof(label), "%s, set %u",
			    name[i], (unsigned)seed);
			if (table_wants(label))
				edit_try(seed, (enum rules_edit)i, label);
		}
	table_end();
}

/* Scores of so many decimals that hardly two sums are the same. */
static void
test_many_sums(void **state)
{
	static const enum proof_answer want[] = { PROOF_BROKEN, PROOF_HOLDS,
		PROOF_BROKEN };
	const struct proof_options options = { .work_max = EDIT_STEPS_MAX };
	struct proof_promise o;
	struct kit k = { 0 };
	struct proof *p;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	(void)buf_addz(&text, "verdict junk at 6 reject at 15\n");
	for (unsigned i = 0; i < 200; i++)
		(void)buf_printf(&text,
		    "rule r%u when subject ~ /word%u/ then score %u.%04u\n", i,
		    i, i % 3, 7919 * i % 10000);
	(void)buf_addz(&text,
	    "promise p when spf = pass never reject\n"
	    "promise q when subject is absent never junk, reject\n"
	    "promise r when score < 6.5 never junk\n");
	assert_true(kit_load(&k, "sums.rules", buf_span(&text)));
	p = proof_new(k.rs, NULL, &options);
	for (size_t i = 0; i < ARRAY_COUNT(want); i++) {
		proof_promise(p, i, &o);
		if (o.answer != want[i])
			table_fail("sums", "promise %zu: got %d (%s), want %d",
			    i, (int)o.answer, o.why == NULL ? "" : o.why,
			    (int)want[i]);
	}
	print_message("%llu steps\n", (unsigned long long)proof_work(p));
	proof_free(&p);
	kit_free(&k);
	buf_free(&text);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_edits),
	cmocka_unit_test(test_many_sums),
};

TABLE_MAIN(tests)
