/* Who gets how much of what all share, and that all of it comes back. */
#include "config.h"

#include "tests/kit/table.h"

#include <pthread.h>

#include "policy/base/share.h"

#define TOTAL 1000
#define STEPS 6

struct step {
	const char *client; /* NULL: no more */
	int n;              /* to take; negative: to give back */
	bool want;
};

static const struct {
	const char *label;
	struct step step[STEPS];
} rows[] = {
	{ "one alone has half",
	    { { "192.0.2.1", 500, true }, { "192.0.2.1", 1, false } } },
	{ "in steps too",
	    { { "192.0.2.1", 300, true }, { "192.0.2.1", 300, false },
		{ "192.0.2.1", 200, true }, { "192.0.2.1", 1, false } } },
	{ "a neighbour in his network is he himself",
	    { { "192.0.2.1", 500, true }, { "192.0.2.200", 1, false } } },
	{ "another finds room beside him",
	    { { "192.0.2.1", 500, true }, { "198.51.100.1", 250, true },
		{ "198.51.100.1", 1, false }, { "203.0.113.1", 100, true } } },
	{ "IPv6 by /48",
	    { { "2001:db8:1::1", 500, true }, { "2001:db8:1:2::1", 1, false },
		{ "2001:db8:2::1", 1, true } } },
	{ "those without an address are one",
	    { { "", 500, true }, { "", 1, false } } },
	{ "what is given back is there again",
	    { { "192.0.2.1", 500, true }, { "192.0.2.1", -500, true },
		{ "192.0.2.1", 500, true } } },
	{ "more than there is", { { "192.0.2.1", 1001, false } } },
};

static void
test_shares(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct share *s = share_new();
		struct share_holder *h[STEPS] = { NULL };
		long long held[STEPS] = { 0 };
		size_t at;

		for (at = 0; at < STEPS && rows[i].step[at].client; at++) {
			const struct step *step = &rows[i].step[at];
			struct ip ip = { 0 };

			(void)ip_parse(span_of(step->client), &ip);
			h[at] = share_join(s, ip);
			if (step->n < 0)
				share_give(h[at], (size_t)-step->n);
			else
				table_number(rows[i].label, "taken",
				    share_take(h[at], (size_t)step->n, TOTAL),
				    step->want);
			if (step->want)
				held[at] = step->n;
		}
		for (size_t k = 0; k < at; k++)
			if (held[k] > 0 && (k + 1 >= at || held[k + 1] >= 0))
				share_give(h[k], (size_t)held[k]);
		table_number(rows[i].label, "held at the end",
		    (long long)share_held(s), 0);
		for (size_t k = 0; k < at; k++)
			share_leave(&h[k]);
		share_free(&s);
	}
	table_end();
}

/* What is used already counts whatever the bound is, and against its user. */
static void
test_force(void **state)
{
	struct share *s = share_new();
	struct ip a, b;
	struct share_holder *one, *other;

	(void)state;
	assert_true(ip_parse(SPAN("192.0.2.1"), &a));
	assert_true(ip_parse(SPAN("198.51.100.1"), &b));
	one = share_join(s, a);
	other = share_join(s, b);
	share_force(one, 900);
	assert_false(share_take(one, 1, TOTAL));
	assert_true(share_take(other, 50, TOTAL));
	share_force(one, 500);
	assert_false(share_take(other, 1, TOTAL));
	share_give(one, 1400);
	share_give(other, 50);
	assert_int_equal(share_held(s), 0);
	share_leave(&one);
	share_leave(&other);
	share_free(&s);
}

/* For the thread sanitizer, and that nothing is lost. */
static void *
thread_share(void *arg)
{
	struct share *s = arg;

	for (unsigned i = 0; i < 2000; i++) {
		struct ip ip = { 4, { 192, 0, (uint8_t)(i % 7), 1 } };
		struct share_holder *h = share_join(s, ip);

		if (share_take(h, i % 50, TOTAL))
			share_give(h, i % 50);
		share_leave(&h);
	}
	return NULL;
}

static void
test_threads(void **state)
{
	struct share *s = share_new();
	pthread_t thread[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(thread); i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, thread_share, s), 0);
	for (size_t i = 0; i < ARRAY_COUNT(thread); i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_int_equal(share_held(s), 0);
	share_free(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shares),
	cmocka_unit_test(test_force),
	cmocka_unit_test(test_threads),
};

TABLE_MAIN(tests)
