/*
 * Clean names, and the hash table of what is kept by them.
 */
#include "config.h"

#include "policy/dns/dns_table.h"

#include <stdlib.h>

#include "rules/base/panic.h"

bool
dns_key_make(struct span name, enum dns_type type, uint64_t seed,
    char room[DNS_NAME_MAX], struct dns_key *key)
{
	size_t label = 0;

	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n == 0 || name.n > DNS_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (++label > 63) {
			return false;
		}
		room[i] = ascii_lower(name.p[i]);
	}
	if (label == 0)
		return false;
	key->name = span_make(room, name.n);
	key->type = type;
	/* The multiplication spreads the low bits, which tables go by. */
	key->hash = span_hash(key->name, seed + type);
	key->hash =
	    (key->hash ^ key->hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
	key->hash ^= key->hash >> 32;
	return true;
}

static bool
dns_key_eq(const struct dns_key *a, const struct dns_key *b)
{
	return a->hash == b->hash && a->type == b->type &&
	       span_eq(a->name, b->name);
}

static struct dns_node **
dns_table_bucket(const struct dns_table *t, const struct dns_key *key)
{
	return &t->bucket[(size_t)key->hash & (t->buckets - 1)];
}

void
dns_table_free(struct dns_table *t)
{
	free(t->bucket);
	*t = (struct dns_table){ 0 };
}

struct dns_node *
dns_table_find(const struct dns_table *t, const struct dns_key *key)
{
	struct dns_node *n;

	if (t->count == 0)
		return NULL;
	n = *dns_table_bucket(t, key);
	while (n != NULL && !dns_key_eq(&n->key, key))
		n = n->next;
	return n;
}

static void
dns_table_grow(struct dns_table *t)
{
	struct dns_table old = *t;

	t->buckets = old.buckets == 0 ? 16 : old.buckets * 4;
	t->bucket = xcalloc(t->buckets, sizeof(struct dns_node *));
	for (size_t i = 0; i < old.buckets; i++) {
		while (old.bucket[i] != NULL) {
			struct dns_node *n = old.bucket[i];
			struct dns_node **to = dns_table_bucket(t, &n->key);

			old.bucket[i] = n->next;
			n->next = *to;
			*to = n;
		}
	}
	free(old.bucket);
}

void
dns_table_add(struct dns_table *t, struct dns_node *n)
{
	struct dns_node **to;

	if (t->count >= t->buckets)
		dns_table_grow(t);
	to = dns_table_bucket(t, &n->key);
	n->next = *to;
	*to = n;
	t->count++;
}

void
dns_table_remove(struct dns_table *t, struct dns_node *n)
{
	struct dns_node **at = dns_table_bucket(t, &n->key);

	while (*at != NULL && *at != n)
		at = &(*at)->next;
	INVARIANT(*at == n);
	*at = n->next;
	t->count--;
}
