/* The slowest lookups: order, time window, bounds, floods. */
#include "config.h"

#include "policy/dns/dns_slow.h"
#include "rules/base/buf.h"
#include "tests/kit/table.h"

#define MINUTE_MS (INT64_C(60) * 1000)
#define BEGIN_MS  (100 * DNS_SLOW_HALF_MS)

static void
add(struct dns_slow *s, const char *name, enum dns_type type, int64_t minute,
    int64_t took_ms)
{
	char room[DNS_NAME_MAX];
	struct dns_key key;

	assert_true(dns_key_make(span_of(name), type, 1, room, &key));
	dns_slow_add(
	    s, &key, BEGIN_MS + minute * MINUTE_MS, took_ms, took_ms >= 5000);
}

/* "name type count/unanswered worst total" of each. */
static void
list(const struct dns_slow *s, enum dns_slow_order order, int64_t minute,
    struct buf *out)
{
	struct arena *a = arena_new();
	struct dns_slow_lookup *l;
	size_t n =
	    dns_slow_list(s, order, BEGIN_MS + minute * MINUTE_MS, a, &l);

	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		(void)buf_printf(out, "%.*s %s %llu/%llu %llu %llu; ",
		    SPAN_FMT(l[i].name), dns_type_name(l[i].type),
		    (unsigned long long)l[i].count,
		    (unsigned long long)l[i].unanswered,
		    (unsigned long long)l[i].worst_ms,
		    (unsigned long long)l[i].total_ms);
	(void)buf_addc(out, '\0');
	arena_free(&a);
}

static const struct {
	const char *label;
	struct {
		const char *name;
		enum dns_type type;
		int64_t minute, took_ms;
	} add[8];
	int64_t minute;
	const char *worst, *total;
} row[] = {
	{ "none", { { NULL, DNS_A, 0, 0 } }, 0, "", "" },
	{ "by the worst and by all together",
	    { { "often.example", DNS_A, 0, 300 },
		{ "Once.example.", DNS_A, 1, 500 },
		{ "often.example", DNS_A, 2, 310 },
		{ "dead.example", DNS_TXT, 3, 5000 } },
	    4,
	    "dead.example TXT 1/1 5000 5000; once.example A 1/0 500 500; "
	    "often.example A 2/0 310 610; ",
	    "dead.example TXT 1/1 5000 5000; often.example A 2/0 310 610; "
	    "once.example A 1/0 500 500; " },
	{ "types are apart",
	    { { "a.example", DNS_A, 0, 2 }, { "a.example", DNS_MX, 0, 1 } }, 0,
	    "a.example A 1/0 2 2; a.example MX 1/0 1 1; ",
	    "a.example A 1/0 2 2; a.example MX 1/0 1 1; " },
	{ "less than a millisecond is not slow",
	    { { "a.example", DNS_A, 0, 0 } }, 0, "", "" },
	{ "two halves of an hour are one window",
	    { { "a.example", DNS_A, 5, 40 }, { "a.example", DNS_A, 35, 90 } },
	    36, "a.example A 2/0 90 130; ", "a.example A 2/0 90 130; " },
	{ "what is older is forgotten",
	    { { "a.example", DNS_A, 5, 40 }, { "b.example", DNS_A, 35, 30 } },
	    61, "b.example A 1/0 30 30; ", "b.example A 1/0 30 30; " },
	{ "and makes room",
	    { { "a.example", DNS_A, 5, 40 }, { "b.example", DNS_A, 65, 30 } },
	    66, "b.example A 1/0 30 30; ", "b.example A 1/0 30 30; " },
	{ "all of it when nothing was asked for long",
	    { { "a.example", DNS_A, 5, 40 } }, 200, "", "" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct dns_slow s = { 0 };
		struct buf text;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&text, 65536);
		for (size_t n = 0; row[i].add[n].name != NULL; n++)
			add(&s, row[i].add[n].name, row[i].add[n].type,
			    row[i].add[n].minute, row[i].add[n].took_ms);
		list(&s, DNS_SLOW_WORST, row[i].minute, &text);
		table_text(row[i].label, "worst", text.p, row[i].worst);
		list(&s, DNS_SLOW_TOTAL, row[i].minute, &text);
		table_text(row[i].label, "total", text.p, row[i].total);
		buf_free(&text);
	}
	table_end();
}

/* Whoever sends mail chooses names: a flood of them hides nothing. */
static void
test_flood(void **state)
{
	struct dns_slow s = { 0 };
	struct buf text;

	(void)state;
	buf_init(&text, 65536);
	add(&s, "worst.example", DNS_A, 0, 4000);
	for (int i = 0; i < 10000; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%d.example", i);
		add(&s, name, DNS_A, 0, 50);
		if (i % 5 == 0)
			add(&s, "often.example", DNS_A, 0, 100);
	}
	list(&s, DNS_SLOW_WORST, 0, &text);
	if (strstr(text.p, "worst.example A 1/0 4000 4000; often") != text.p)
		table_fail("flood", "worst: %s", text.p);
	list(&s, DNS_SLOW_TOTAL, 0, &text);
	if (strstr(text.p, "often.example A 2000/0 100 200000; ") != text.p)
		table_fail("flood", "total: %s", text.p);
	buf_free(&text);
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_flood),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
