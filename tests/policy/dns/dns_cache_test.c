/*
 * The cache of DNS answers: what stays, what goes, and when.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dns/dns_cache.h"

static void
put(struct dns_cache *c, int i, size_t octets, int64_t now_ms)
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
	dns_cache_put(c, &key, r, now_ms, 60);
	dns_result_unref(&r);
	free(text);
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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_cache),
};

TABLE_MAIN(tests)
