/*
 * The cache of DNS answers: what stays, what goes, and when.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dns/dns_cache.h"

static void
put_of(
    struct dns_cache *c, int i, size_t octets, int64_t now_ms, uint16_t group)
{
	char name[32], room[DNS_NAME_MAX];
	char *text = calloc(1, octets);
	struct span data = { text, octets };
	struct dns_answer a = {
		.status = DNS_DATA, .type = DNS_TXT, .count = 1, .text = &data
	};
	struct dns_result *r = dns_result_new(&a);
	struct dns_key key;

	(void)snprintf(name, sizeof(name), "n%d", i);
	assert_true(dns_key_make(span_of(name), DNS_TXT, 1, room, &key));
	dns_cache_put(c, &key, r, now_ms, 60, group);
	dns_result_unref(&r);
	free(text);
}

static void
put(struct dns_cache *c, int i, size_t octets, int64_t now_ms)
{
	put_of(c, i, octets, now_ms, 0);
}

static bool
get(struct dns_cache *c, int i, int64_t now_ms)
{
	char name[32], room[DNS_NAME_MAX];
	struct dns_key key;
	uint32_t ttl_s;

	(void)snprintf(name, sizeof(name), "n%d", i);
	assert_true(dns_key_make(span_of(name), DNS_TXT, 1, room, &key));
	return dns_cache_get(c, &key, now_ms, &ttl_s) != NULL;
}

static void
test_cache(void **state)
{
	struct dns_cache *c = dns_cache_new(100);
	int kept = 0;

	(void)state;
	/* What is asked for stays while others come and go. */
	for (int i = 0; i < 1000; i++) {
		put(c, i, 10, 0);
		for (int j = 0; j < 10; j++)
			kept += get(c, j, 0);
	}
	assert_int_equal(dns_cache_count(c), 100);
	assert_int_equal(kept, 10 * 1000 - 45); /* before they were put */
	assert_true(get(c, 999, 0));
	assert_true(get(c, 950, 0));
	assert_false(get(c, 500, 0));
	/* The same again takes no further place. */
	put(c, 999, 10, 0);
	assert_int_equal(dns_cache_count(c), 100);
	/* Nothing is given out after its time. */
	assert_true(get(c, 999, 59999));
	assert_false(get(c, 999, 60000));
	assert_int_equal(dns_cache_count(c), 99);
	/* Long answers push out more than one. */
	for (int i = 2000; i < 2010; i++)
		put(c, i, 30000, 0);
	kept = 0;
	for (int i = 2000; i < 2010; i++)
		kept += get(c, i, 0);
	assert_int_equal(kept, 3);
	dns_cache_free(&c);
}

#define ENTRIES 400
#define OTHERS  100

/* What is left of the others' answers once somebody has asked for thousands. */
static const struct {
	const char *label;
	uint16_t group; /* whose they are; the others' is 7 */
	size_t octets;  /* of each of his */
	bool again;     /* he asks for his own again, all the time */
	bool stay;
} crowd_rows[] = {
	{ "one network fills it: the others' stay", 8, 10, false, true },
	{ "though nobody asks for them, and for his somebody does", 8, 10, true,
	    true },
	{ "with few answers that are long", 8, 6000, false, true },
	{ "nobody's push out whatever nobody asks for", 0, 10, false, false },
};

static void
test_crowd(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(crowd_rows); i++) {
		struct dns_cache *c = dns_cache_new(ENTRIES);
		int stayed = 0;

		for (int k = 0; k < OTHERS; k++)
			put_of(c, k, 10, 0, (uint16_t)(7 + k % 4 * 100));
		for (int k = 0; k < 5000; k++) {
			put_of(c, 1000 + k, crowd_rows[i].octets, 0,
			    crowd_rows[i].group);
			for (int j = 0; crowd_rows[i].again && j < 400; j++)
				(void)get(c, 1000 + k - j, 0);
		}
		assert_true(dns_cache_count(c) <= ENTRIES);
		for (int k = 0; k < OTHERS; k++)
			stayed += get(c, k, 0);
		if ((stayed == OTHERS) != crowd_rows[i].stay)
			fail_msg("%s: %d of %d", crowd_rows[i].label, stayed,
			    OTHERS);
		dns_cache_free(&c);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_cache),
	cmocka_unit_test(test_crowd),
};

TABLE_MAIN(tests)
