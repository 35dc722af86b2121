/*
 * Whose turn it is to be sent: networks first, then the messages of each.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dns/dns_turns.h"

#define LOOKUPS_MAX_HERE 16

/* Each letter is a lookup, in the order in which they come. */
static const struct {
	const char *label;
	const char *names;
	const char *networks; /* a digit for each */
	const char *messages;
	const char *may; /* the networks that may go; NULL: all */
	const char *leave;
	const char *want; /* the order in which they go */
} rows[] = {
	{ "one message's in the order asked", "abcd", "1111", "1111", NULL, "",
	    "abcd" },
	{ "two messages of a network take turns", "abcdef", "111111", "111222",
	    NULL, "", "adbecf" },
	{ "who comes last with one waits for one", "abcdex", "111112", "111112",
	    NULL, "", "axbcde" },
	{ "many messages of one network are one network", "abcdexy", "1111122",
	    "1234567", NULL, "", "axbycde" },
	{ "who may not go is passed over", "abxy", "1122", "1122", "2", "",
	    "xy" },
	{ "who has left does not come", "abcx", "1112", "1112", NULL, "ax",
	    "bc" },
};

static bool
may_go(void *ctx, const struct dns_lookup *l)
{
	const char *networks = ctx;

	return networks == NULL || strchr(networks, '0' + l->group) != NULL;
}

static struct dns_lookup *
lookup_of(size_t row, size_t at)
{
	char room[DNS_NAME_MAX];
	struct dns_lookup *l;
	struct dns_key key;

	assert_true(dns_key_make(
	    span_make(rows[row].names + at, 1), DNS_A, 1, room, &key));
	l = dns_lookup_new(&key);
	l->group = (uint16_t)(rows[row].networks[at] - '0');
	l->owner = (unsigned)(rows[row].messages[at] - '0');
	return l;
}

static void
test_turns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct dns_turns *t = dns_turns_new();
		struct dns_lookup *all[LOOKUPS_MAX_HERE], *l;
		char got[LOOKUPS_MAX_HERE + 1] = "";
		size_t count = strlen(rows[i].names), n = 0;
		void *may = (void *)(uintptr_t)rows[i].may;

		for (size_t k = 0; k < count; k++)
			dns_turns_add(t, all[k] = lookup_of(i, k));
		assert_int_equal(dns_turns_count(t), count);
		for (size_t k = 0; k < count; k++)
			if (strchr(rows[i].leave, rows[i].names[k]) != NULL)
				dns_turns_leave(all[k]);
		while ((l = dns_turns_next(t, may_go, may)) != NULL) {
			got[n++] = l->node.key.name.p[0];
			dns_turns_leave(l);
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: got %s, want %s", rows[i].label, got,
			    rows[i].want);
		for (size_t k = 0; k < count; k++) {
			dns_turns_leave(all[k]); /* out or not */
			dns_lookup_free(&all[k]);
		}
		assert_int_equal(dns_turns_count(t), 0);
		dns_turns_free(&t);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_turns),
};

TABLE_MAIN(tests)
