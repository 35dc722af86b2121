/*
 * The solver and its gates against trying all assignments.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/proof/sum.h"

static uint64_t seed;

static unsigned
chance(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

#define VARS    9
#define CLAUSES 38

static bool
clauses_hold(lit c[CLAUSES][3], size_t count, unsigned all)
{
	for (size_t i = 0; i < count; i++) {
		bool yes = false;

		for (size_t k = 0; k < 3; k++)
			yes = yes ||
			      (all >> (c[i][k] >> 1) & 1U) != (c[i][k] & 1U);
		if (!yes)
			return false;
	}
	return true;
}

static void
test_clauses(void **state)
{
	size_t found = 0;

	(void)state;
	for (unsigned set = 0; set < 600; set++) {
		struct sat *s = sat_new();
		lit c[CLAUSES][3];
		bool can = false, all_hold = true;

		seed = set;
		for (size_t i = 0; i < VARS; i++)
			(void)sat_var(s);
		for (size_t i = 0; i < CLAUSES; i++) {
			for (size_t k = 0; k < 3; k++)
				c[i][k] = chance(2 * VARS);
			sat_clause(s, c[i], 3);
		}
		for (unsigned all = 0; all < 1U << VARS && !can; all++)
			can = clauses_hold(c, CLAUSES, all);
		if ((sat_solve(s, NULL, 0, 100000) == SAT_YES) != can)
			table_fail("clauses", "set %u: should be %d", set, can);
		for (size_t i = 0; can && i < CLAUSES; i++)
			all_hold = all_hold && (sat_value(s, c[i][0]) ||
						   sat_value(s, c[i][1]) ||
						   sat_value(s, c[i][2]));
		if (!all_hold)
			table_fail("clauses", "set %u: no solution", set);
		found += can;
		/* Again, with assumptions. */
		for (unsigned i = 0; i < 8; i++) {
			const lit assume[] = { chance(2 * VARS),
				chance(2 * VARS) };
			bool may = false;

			for (unsigned all = 0; all < 1U << VARS && !may; all++)
				may = clauses_hold(c, CLAUSES, all) &&
				      (all >> (assume[0] >> 1) & 1U) !=
					  (assume[0] & 1U) &&
				      (all >> (assume[1] >> 1) & 1U) !=
					  (assume[1] & 1U);
			if ((sat_solve(s, assume, 2, 100000) == SAT_YES) != may)
				table_fail("assumptions",
				    "set %u: should be %d", set, may);
		}
		sat_free(&s);
	}
	assert_in_range(found, 100, 500);
	table_end();
}

#define SUM_VARS  5
#define SUM_TERMS 7

struct added {
	struct weighted term[SUM_TERMS];
	struct sum *sum;
	int64_t bound[2];
	lit out[2];
};

/* The same literal more than once, its contrary, and what is always true. */
static void
added_make(struct added *a, const struct gates *g, const lit *var)
{
	for (size_t i = 0; i < SUM_TERMS; i++) {
		unsigned which = chance(SUM_VARS + 1);
		lit l = which == SUM_VARS ? gate_true(g) : var[which];

		a->term[i] = (struct weighted){ chance(3) == 0 ? lit_not(l) : l,
			(int64_t)chance(13) - 4 };
	}
}

static int64_t
added_is(const struct added *a, const struct gates *g, unsigned all)
{
	int64_t sum = 0;

	for (size_t i = 0; i < SUM_TERMS; i++) {
		lit l = a->term[i].l;
		bool yes = l >> 1 == gate_true(g) >> 1 ||
			   (all >> ((l >> 1) - 1) & 1U) != 0;

		if (yes == ((l & 1U) == (gate_true(g) & 1U)))
			sum += a->term[i].weight;
	}
	return sum;
}

/* Whatever the variables are, all bounds of both sums say what adding says. */
static void
added_compare(struct gates *g, const struct added *both, unsigned set)
{
	for (unsigned all = 0; all < 1U << SUM_VARS; all++)
		for (unsigned k = 0; k < 4; k++) {
			const struct added *a = &both[k / 2];
			lit assume[SUM_VARS + 1], out = a->out[k % 2];
			bool is = added_is(a, g, all) >= a->bound[k % 2];

			for (unsigned i = 0; i < SUM_VARS; i++)
				assume[i] = 2 * (i + 1) + !(all >> i & 1U);
			assume[SUM_VARS] = is ? lit_not(out) : out;
			if (sat_solve(gates_sat(g), assume, SUM_VARS + 1,
				1000) != SAT_NO)
				table_fail("sums", "set %u, values %u, sum %u",
				    set, all, k);
		}
}

static void
test_sums(void **state)
{
	(void)state;
	for (unsigned set = 0; set < 400; set++) {
		struct arena *a = arena_new();
		struct gates *g = gates_new();
		struct sums *sums = sums_new(a, g);
		struct added both[2];
		lit var[SUM_VARS];

		seed = set;
		/* Every second one by sorting, of a part or of all. */
		if (set % 2 == 0)
			sums_nodes_max(sums, chance(6));
		for (size_t i = 0; i < SUM_VARS; i++)
			var[i] = sat_var(gates_sat(g));
		added_make(&both[0], g, var);
		both[1] = both[0];
		both[1].term[chance(SUM_TERMS)].weight += chance(4);
		if (chance(3) == 0)
			added_make(&both[1], g, var);
		for (size_t i = 0; i < 2; i++)
			both[i].sum = sum_new(sums, both[i].term, SUM_TERMS);
		if (chance(4) > 0)
			sums_order(both[0].sum, both[1].sum);
		for (size_t i = 0; i < 4; i++) {
			struct added *one = &both[i % 2];

			one->bound[i / 2] = (int64_t)chance(40) - 12;
			assert_true(sum_at_least(sums, one->sum,
			    one->bound[i / 2], &one->out[i / 2]));
		}
		added_compare(g, both, set);
		gates_free(&g);
		arena_free(&a);
	}
	table_end();
}

static void
test_bounded(void **state)
{
	/* Seven pigeons in six holes take more than a few conflicts. */
	struct sat *s = sat_new();
	lit in[7][6];

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		for (size_t k = 0; k < 6; k++)
			in[i][k] = sat_var(s);
		sat_clause(s, in[i], 6);
	}
	for (size_t k = 0; k < 6; k++)
		for (size_t i = 0; i < 7; i++)
			for (size_t j = 0; j < i; j++) {
				const lit l[] = { lit_not(in[i][k]),
					lit_not(in[j][k]) };

				sat_clause(s, l, 2);
			}
	assert_int_equal(sat_solve(s, NULL, 0, 10), SAT_OPEN);
	assert_int_equal(sat_solve(s, NULL, 0, 1000000), SAT_NO);
	sat_free(&s);
}

/* Wishes come true in their order, as far as the clauses and those before let
 * them; what is assumed goes first, and no answer changes. */
static void
test_wishes(void **state)
{
	struct sat *s = sat_new();
	lit a = sat_var(s), b = sat_var(s), c = sat_var(s), d = sat_var(s);
	const lit not_both[] = { lit_not(a), lit_not(b) },
		  not_c_and_d[] = { lit_not(c), lit_not(d) },
		  wish[] = { a, b, c, d }, none_of_a = lit_not(a);
	const struct {
		const char *label;
		const lit *assume;
		size_t assume_n, wish_n;
		bool a, b, c, d;
	} rows[] = {
		{ "none: false is tried first", NULL, 0, 0, false, false, false,
		    false },
		{ "the first of two that exclude one another", NULL, 0, 4, true,
		    false, true, false },
		{ "the second where the first cannot be", &none_of_a, 1, 4,
		    false, true, true, false },
		{ "what is assumed though it costs a wish", &wish[3], 1, 4,
		    true, false, false, true },
		{ "no longer", NULL, 0, 0, false, false, false, false },
	};

	(void)state;
	sat_clause(s, not_both, 2);
	sat_clause(s, not_c_and_d, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sat_wish(s, wish, rows[i].wish_n);
		if (sat_solve(s, rows[i].assume, rows[i].assume_n, 100) !=
			SAT_YES ||
		    sat_value(s, a) != rows[i].a ||
		    sat_value(s, b) != rows[i].b ||
		    sat_value(s, c) != rows[i].c ||
		    sat_value(s, d) != rows[i].d)
			table_fail(rows[i].label, "%d%d%d%d", sat_value(s, a),
			    sat_value(s, b), sat_value(s, c), sat_value(s, d));
	}
	sat_free(&s);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_clauses),
	cmocka_unit_test(test_sums),
	cmocka_unit_test(test_bounded),
	cmocka_unit_test(test_wishes),
};

TABLE_MAIN(tests)
