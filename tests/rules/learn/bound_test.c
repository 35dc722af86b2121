/*
 * The bound on a share against values worked out with 60 digits from the sum
 * of the binomial distribution, and against what can be said in closed form.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <math.h>

#include "rules/learn/bound.h"

static void
table_near(const char *label, double got, double want)
{
	if (!(fabs(got - want) <= 1e-10))
		table_fail(label, "got %.15f, want %.15f", got, want);
}

static const struct {
	const char *label;
	double a, b, x, want;
} betas[] = {
	{ "nothing below 0", 2, 3, 0, 0 },
	{ "all below 1", 2, 3, 1, 1 },
	{ "even distribution", 1, 1, 0.3, 0.3 },
	{ "a polynomial", 2, 3, 0.4, 0.5248 },
	{ "arc sine", 0.5, 0.5, 0.25, 1.0 / 3 },
	{ "the other side of the mean", 20, 20, 0.9, 0.999999999896609 },
	{ "below the mean", 5, 10, 0.2, 0.129839625830400 },
	{ "a thousand", 101, 900, 0.1, 0.473400918704835 },
	{ "a hundred thousand", 81, 99920, 0.001, 0.977402787674236 },
};

static void
test_beta(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(betas); i++)
		if (table_wants(betas[i].label))
			table_near(betas[i].label,
			    bound_beta(betas[i].a, betas[i].b, betas[i].x),
			    betas[i].want);
	table_end();
}

static const struct {
	const char *label;
	size_t k, n;
	double want;
} uppers[] = {
	{ "none looked at", 0, 0, 1 },
	{ "all marked", 3, 3, 1 },
	{ "one, not marked", 0, 1, 0.95 },
	{ "none of ten", 0, 10, 0.258865550893052 },
	{ "one of ten", 1, 10, 0.394163302436505 },
	{ "nine of ten", 9, 10, 0.994883803108176 },
	{ "just too few for a thousandth", 0, 2994, 0.001000078169847 },
	{ "just enough for a thousandth", 0, 2995, 0.000999744420901 },
	{ "a few of many", 3, 12034, 0.000644185244089 },
	{ "a twentieth", 50, 1000, 0.062863403512380 },
	{ "half", 500, 1000, 0.526482268764309 },
	{ "one of a hundred thousand", 1, 100000, 0.000047437757174 },
	{ "80 of a hundred thousand", 80, 100000, 0.000963421553631 },
};

static void
test_upper(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(uppers); i++)
		if (table_wants(uppers[i].label))
			table_near(uppers[i].label,
			    bound_upper(uppers[i].k, uppers[i].n, 0.95),
			    uppers[i].want);
	/* 1 - .05 ** (1 / n): also where steps must be many. */
	table_near("ten million", bound_upper(0, 10000000, 0.95),
	    -expm1(log(0.05) / 1e7));
	table_end();
}

static const struct {
	const char *label;
	size_t n;
	double share;
	size_t want;
} alloweds[] = {
	{ "no message", 0, 0.5, SIZE_MAX },
	{ "one too few for a thousandth", 2994, 0.001, SIZE_MAX },
	{ "none may be marked", 2995, 0.001, 0 },
	{ "83 may", 100000, 0.001, 83 },
	{ "a hundredth", 1000, 0.01, 4 },
	{ "a twentieth", 59, 0.05, 0 },
	{ "one too few for a twentieth", 58, 0.05, SIZE_MAX },
};

static void
test_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(alloweds); i++)
		if (table_wants(alloweds[i].label))
			table_number(alloweds[i].label, "allowed",
			    (long long)bound_allowed(
				alloweds[i].n, alloweds[i].share, 0.95),
			    (long long)alloweds[i].want);
	table_end();
}

/* The three functions say the same, whatever the numbers. */
static void
test_agree(void **state)
{
	static const double shares[] = { 0.0005, 0.001, 0.01, 0.2, 0.5 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(shares); i++) {
		size_t needed = bound_needed(shares[i], 0.95);

		table_number("needed", "is enough",
		    (long long)bound_allowed(needed, shares[i], 0.95), 0);
		table_number("needed", "one less is not",
		    bound_allowed(needed - 1, shares[i], 0.95) == SIZE_MAX, 1);
		for (size_t n = needed; n < needed * 20; n += needed / 2 + 1) {
			size_t k = bound_allowed(n, shares[i], 0.95);

			if (bound_upper(k, n, 0.95) > shares[i] + 1e-12)
				table_fail("allowed",
				    "%zu of %zu promise more "
				    "than %g",
				    k, n, shares[i]);
			if (bound_upper(k + 1, n, 0.95) <= shares[i])
				table_fail("allowed",
				    "%zu of %zu are not all "
				    "for %g",
				    k, n, shares[i]);
		}
	}
	table_end();
}

/*
 * The promise, kept: with a threshold that is chosen by the messages it is
 * tried on, the share of all mail that is beyond it exceeds what was promised
 * in one case of twenty. Scores are even from 0 to 1, so that share is known.
 */
static void
test_kept(void **state)
{
	enum { CASES = 2000, MAIL = 500 };
	double promised = 0.02;
	size_t k = bound_allowed(MAIL, promised, 0.95), broken = 0;
	uint64_t draw = 1;

	(void)state;
	assert_true(k > 0 && k < 10);
	for (size_t i = 0; i < CASES; i++) {
		double top[10] = { 0 }; /* the k + 1 greatest, falling */

		for (size_t n = 0; n < MAIL; n++) {
			double score;
			size_t at = k + 1;

			draw =
			    draw * 6364136223846793005U + 1442695040888963407U;
			score = (double)(draw >> 11) / 9007199254740992.0;
			while (at > 0 && top[at - 1] < score) {
				if (at <= k)
					top[at] = top[at - 1];
				at--;
			}
			if (at <= k)
				top[at] = score;
		}
		broken += 1 - top[k] > promised ? 1 : 0;
	}
	/* At most 5 %, and at least what the whole number k leaves of it. */
	assert_in_range(broken, CASES / 100, CASES * 6 / 100);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_beta),
	cmocka_unit_test(test_upper),
	cmocka_unit_test(test_allowed),
	cmocka_unit_test(test_agree),
	cmocka_unit_test(test_kept),
};

TABLE_MAIN(tests)
