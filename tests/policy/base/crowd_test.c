/* Who counts as one, who is greedy, and who may have more. */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/crowd.h"

static uint16_t
group_of(const char *client)
{
	struct ip ip = { 0 };

	(void)ip_parse(span_of(client), &ip);
	return crowd_group(ip);
}

static const struct {
	const char *label, *one, *other;
	bool same;
} group_rows[] = {
	{ "one /24", "192.0.2.1", "192.0.2.254", true },
	{ "two of them", "192.0.2.1", "192.0.3.1", false },
	{ "one /48", "2001:db8:1::1", "2001:db8:1:ffff::1", true },
	{ "two of them", "2001:db8:1::1", "2001:db8:2::1", false },
	{ "an IPv4 client over IPv6", "192.0.2.1", "::ffff:192.0.2.9", true },
	{ "none and none", "", "", true },
};

static void
test_groups(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(group_rows); i++) {
		uint16_t one = group_of(group_rows[i].one);
		uint16_t other = group_of(group_rows[i].other);

		assert_true(one < CROWD_GROUPS && other < CROWD_GROUPS);
		assert_int_equal(one == 0, group_rows[i].one[0] == '\0');
		/* Once in a thousand runs two networks fall together. */
		if (group_rows[i].same && one != other)
			fail_msg(
			    "%s: %u and %u", group_rows[i].label, one, other);
	}
}

/* Networks are spread: what one attacker has falls on few others. */
static void
test_spread(void **state)
{
	size_t of[CROWD_GROUPS] = { 0 }, most = 0;
	char text[32];

	(void)state;
	for (int i = 0; i < 16 * CROWD_GROUPS; i++) {
		(void)snprintf(
		    text, sizeof(text), "10.%d.%d.1", i / 256, i % 256);
		of[group_of(text)]++;
	}
	assert_int_equal(of[0], 0);
	for (size_t i = 0; i < CROWD_GROUPS; i++)
		most = of[i] > most ? of[i] : most;
	assert_true(most < 64);
}

static const struct {
	const char *label;
	uint16_t group;
	size_t has, held, n, total;
	bool fits, greedy;
} rows[] = {
	{ "nothing yet", 1, 0, 0, 1, 100, true, false },
	{ "half of it", 1, 49, 49, 1, 100, true, true },
	{ "more than half", 1, 50, 50, 1, 100, false, true },
	{ "beside another who has half", 1, 24, 74, 1, 100, true, true },
	{ "and no more than is free", 1, 25, 75, 1, 100, false, true },
	{ "the first of one more network", 1, 0, 98, 1, 100, true, false },
	{ "nobody's: all there is", 0, 99, 99, 1, 100, true, false },
	{ "and not more", 0, 100, 100, 1, 100, false, false },
	{ "at once", 1, 0, 0, 51, 100, false, false },
	{ "a total that has shrunk", 1, 0, 200, 1, 100, false, false },
	{ "an eighth is not greedy", 1, 12, 12, 1, 100, true, false },
};

static void
test_crowd(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct crowd c = { { 0 } };

		if (!table_wants(rows[i].label))
			continue;
		crowd_add(&c, rows[i].group, rows[i].has + 3);
		crowd_sub(&c, rows[i].group, 3);
		table_number(rows[i].label, "fits",
		    crowd_fits(&c, rows[i].group, rows[i].n, rows[i].held,
			rows[i].total),
		    rows[i].fits);
		table_number(rows[i].label, "greedy",
		    crowd_greedy(&c, rows[i].group, rows[i].total),
		    rows[i].greedy);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_groups),
	cmocka_unit_test(test_spread),
	cmocka_unit_test(test_crowd),
};

TABLE_MAIN(tests)
