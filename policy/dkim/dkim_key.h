#ifndef POLICY_DKIM_DKIM_KEY_H
#define POLICY_DKIM_DKIM_KEY_H

/*
 * Public keys, ready to verify with, and the ones that were used lately.
 *
 * The life of a key: dkim_keys_get makes it from the text of its record, or
 * finds the one that was made from the same text before, and hands out a
 * reference; dkim_key_unref gives that back. The store keeps a reference of
 * its own until the key's place is needed. A store may be used from any
 * thread; a key never changes.
 */

#include "policy/base/hash.h"
#include "policy/dkim/dkim_record.h"
#include "policy/dkim/dkim_sig.h"

struct dkim_key;
struct dkim_keys;

/* A store of at most max keys (> 0). */
struct dkim_keys *dkim_keys_new(size_t max);
/* Keys that are still out stay valid. NULL inside is fine. */
void dkim_keys_free(struct dkim_keys **k);

/* NULL with *why (static text) when the record gives no usable key. */
struct dkim_key *dkim_keys_get(
    struct dkim_keys *k, struct span record, const char **why);
void dkim_key_unref(struct dkim_key **key);

struct dkim_keys_stats {
	uint64_t asked, found;
	size_t entries;
};
void dkim_keys_stats(struct dkim_keys *k, struct dkim_keys_stats *out);

/* What the record says; modulus, exponent and public are empty. */
const struct dkim_record *dkim_key_record(const struct dkim_key *key);

/* As dkim_pkey_verify. */
bool dkim_key_verify(const struct dkim_key *key,
    const uint8_t hash[HASH_SHA256_OCTETS], struct span signature);
/* As dkim_pkey_recover. */
bool dkim_key_recover(const struct dkim_key *key, struct span signature,
    uint8_t hash[HASH_SHA256_OCTETS]);

#endif
