#ifndef POLICY_DNS_DNS_TABLE_H
#define POLICY_DNS_DNS_TABLE_H

/*
 * Questions as keys, and a hash table of whatever is kept by question: rows
 * of a batch, names of a zone, cached answers, lookups under way. A node is
 * the first member of what is kept; the table owns its buckets only. No
 * locks: one thread at a time, or under the owner's.
 */

#include "policy/dns/dns.h"

#define DNS_NAME_MAX 253 /* octets of a name without its trailing dot */

/* Names are in lower case and without the final dot. */
struct dns_key {
	struct span name;
	enum dns_type type;
	uint64_t hash;
};

/*
 * Writes the clean form of name into room and makes it a key; seed keeps
 * whoever chooses names from choosing hashes. Returns false for a name that
 * cannot stand in DNS. Any octet may stand in a label; there are no escapes.
 */
bool dns_key_make(struct span name, enum dns_type type, uint64_t seed,
    char room[DNS_NAME_MAX], struct dns_key *key);

struct dns_node {
	struct dns_node *next; /* in its bucket */
	struct dns_key key;    /* the name's memory is the owner's matter */
};

struct dns_table {
	struct dns_node **bucket;
	size_t buckets; /* a power of two, or 0 */
	size_t count;
};

/* A zeroed table is empty. Frees the buckets, not the nodes. */
void dns_table_free(struct dns_table *t);
/* NULL when it is not there. */
struct dns_node *dns_table_find(
    const struct dns_table *t, const struct dns_key *key);
/* The key must be set and not yet in the table. */
void dns_table_add(struct dns_table *t, struct dns_node *n);
/* Panics when it is not there. */
void dns_table_remove(struct dns_table *t, struct dns_node *n);

#endif
