/* Which time it is for those who delete what is old. */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/clock.h"

#define NOW INT64_C(1767225600)
#define DAY INT64_C(86400)

/* Looked at once a minute while so many seconds pass, the clock having been
 * set by so many before. */
static const struct {
	const char *label;
	int64_t last_s; /* what is known at the start, before NOW; 0: nothing */
	struct {
		int64_t set_s, passes_s;
	} step[3];
	int64_t want_s; /* behind NOW */
} rows[] = {
	{ "nothing happens", 0, { { 0, 600 } }, 600 },
	{ "set by half a minute", 0, { { 30, 600 } }, 630 },
	{ "40 days ahead", 0, { { 40 * DAY, 90 } }, 90 },
	{ "and back", 0, { { 40 * DAY, 90 }, { -40 * DAY, 90 } }, 180 },
	{ "40 days back", 0, { { -40 * DAY, 90 } }, -40 * DAY + 90 },
	{ "and forth", 0, { { -40 * DAY, 90 }, { 40 * DAY, 90 } }, 180 },
	{ "for more than an hour", 0, { { 40 * DAY, 3700 } }, 40 * DAY + 3700 },
	{ "twice within an hour", 0, { { 40 * DAY, 3000 }, { 2 * DAY, 3000 } },
	    6000 },
	{ "slowly away", 0, { { 50, 600 }, { 50, 600 }, { 50, 600 } }, 1950 },
	{ "a start soon after the last", 60, { { 0, 60 } }, 60 },
	{ "a start days after the last", 40 * DAY, { { 0, 60 } },
	    -40 * DAY + 60 },
	{ "and an hour later", 40 * DAY, { { 0, 3660 } }, 3660 },
};

static void
test_trust(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct clock_fixed fixed = { NOW, 5000 };
		struct clock clock = clock_of_fixed(&fixed);
		struct clock_trust trust = { .begun = false };
		int64_t got = 0;

		clock_trust_begin(&trust, &clock,
		    rows[i].last_s == 0 ? 0 : NOW - rows[i].last_s);
		for (size_t k = 0; k < ARRAY_COUNT(rows[i].step); k++) {
			fixed.unix_s += rows[i].step[k].set_s;
			for (int64_t s = 0; s < rows[i].step[k].passes_s;
			     s += 10) {
				fixed.unix_s += 10;
				fixed.monotonic_ms += 10000;
				got = clock_trusted_s(&trust, &clock);
			}
		}
		table_number(rows[i].label, "now", got - NOW, rows[i].want_s);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_trust),
};

TABLE_MAIN(tests)
