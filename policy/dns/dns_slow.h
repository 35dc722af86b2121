#ifndef POLICY_DNS_DNS_SLOW_H
#define POLICY_DNS_DNS_SLOW_H

/*
 * Which lookups were the slowest lately: for dns_network.c, which adds each
 * one that has ended, under its own lock. Memory is bounded whatever names
 * peers bring, and a flood of new names does not push out the slow ones.
 *
 * Lately is the time that runs and the one before it, DNS_SLOW_HALF_MS each.
 */

#include "policy/dns/dns_table.h"

#define DNS_SLOW_HALF_MS (INT64_C(30) * 60 * 1000)
#define DNS_SLOW_PLACES  48

struct dns_slow_entry {
	uint64_t hash; /* with the name's length and type it is the key */
	char name[DNS_NAME_MAX];
	uint8_t name_n;
	enum dns_type type;
	uint64_t count, unanswered, total_ms, worst_ms;
	/* What the entry that it took the place of had: others of this name
	 * may have been among that. */
	uint64_t inherited_ms;
};

struct dns_slow_table {
	struct dns_slow_entry entry[DNS_SLOW_PLACES];
	size_t count;
};

/* Zeroed at the start. */
struct dns_slow {
	struct dns_slow_half {
		int64_t half; /* of DNS_SLOW_HALF_MS, since the clock's zero */
		struct dns_slow_table table[DNS_SLOW_ORDERS];
	} lately[2];
};

/* A lookup took so long; unanswered when nobody had an answer in the end. */
void dns_slow_add(struct dns_slow *s, const struct dns_key *key, int64_t now_ms,
    int64_t took_ms, bool unanswered);
/* As resolver_slowest. */
size_t dns_slow_list(const struct dns_slow *s, enum dns_slow_order order,
    int64_t now_ms, struct arena *a, struct dns_slow_lookup **out);

#endif
