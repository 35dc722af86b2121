/*
 * Which samples go: the same ones, whenever each of them came.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/hash.h"
#include "policy/learn/learn_cut.h"

#define COUNT 9000

static void
expect(bool ok, const char *label)
{
	if (table_wants(label) && !ok)
		table_fail(label, "it is not so");
}

/* Keys as samples have them; number n is the n-th in time. */
static char keys[COUNT][LEARN_KEY_OCTETS + 1];

static int
keys_make(void **state)
{
	(void)state;
	for (unsigned n = 0; n < COUNT; n++) {
		uint8_t hash[HASH_SHA256_OCTETS];

		hash_sha256(span_make((const char *)&n, sizeof(n)), hash);
		for (size_t i = 0; i < LEARN_KEY_OCTETS; i++)
			keys[n][i] =
			    "0123456789abcdef"[hash[i / 2] >> i % 2 * 4 & 0xf];
	}
	return 0;
}

/* The first that stays of from..end-1, when max may. */
static unsigned
cut(unsigned from, unsigned end, uint64_t max)
{
	struct learn_cut c = { .max = max };
	unsigned first = from;

	for (unsigned n = end; n-- > from;)
		if (!learn_cut_next(&c, n, keys[n]))
			break;
	while (first < end && learn_cut_goes(&c, first, keys[first]))
		first++;
	return first;
}

static void
test_marks(void **state)
{
	unsigned marked = 0;

	(void)state;
	for (unsigned n = 0; n < COUNT; n++)
		marked += learn_key_marked(keys[n]) ? 1 : 0;
	expect(marked > COUNT / LEARN_MARK_ONE_IN * 3 / 4 &&
		   marked < COUNT / LEARN_MARK_ONE_IN * 5 / 4,
	    "about one in so many is marked");
	table_end();
}

static void
test_cut(void **state)
{
	unsigned first = 0, changes = 0, once = 0;

	(void)state;
	expect(cut(0, 20, 5) == 15, "few are cut off exactly");
	/* One after the other, as they come. */
	for (unsigned end = 1; end <= COUNT; end += 7) {
		unsigned before = first;

		if (end - first > 3000)
			first = cut(first, end, 3000);
		changes += first != before ? 1 : 0;
		once = end > 3000 ? cut(0, end, 3000) : 0;
		if (first != once)
			table_fail("the same ones go",
			    "of %u: from %u on one by one, from %u at once",
			    end, first, once);
		if (end - first > 3000)
			table_fail(
			    "no more stay than may", "%u do", end - first);
		if (end > 3000 && end - first < 3000 - 600)
			table_fail(
			    "nearly as many stay as may", "%u do", end - first);
	}
	expect(changes > 20 && changes < 6000 / 7 / 4,
	    "they go by the dozen, not one by one");
	table_end();
}

static void
test_old(void **state)
{
	int64_t before = 0;
	unsigned changes = 0;

	(void)state;
	for (int64_t day = 20000; day < 20700; day++) {
		int64_t now_s = day * LEARN_DAY_S + 5000;
		int64_t oldest_s = learn_oldest_s(now_s);

		if (oldest_s <
			now_s - (int64_t)LEARN_SAMPLE_DAYS * LEARN_DAY_S ||
		    oldest_s >
			now_s - (int64_t)(LEARN_SAMPLE_DAYS - 7) * LEARN_DAY_S)
			table_fail(
			    "none is older than a year, nor much younger",
			    "day %lld", (long long)day);
		changes += oldest_s != before ? 1 : 0;
		before = oldest_s;
	}
	expect(changes == 100 || changes == 101, "by whole weeks");
	expect(learn_oldest_s(2000) == 0, "a clock near its beginning");
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(test_marks, keys_make),
	cmocka_unit_test_setup(test_cut, keys_make),
	cmocka_unit_test(test_old),
};

TABLE_MAIN(tests)
