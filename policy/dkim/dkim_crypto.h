#ifndef POLICY_DKIM_DKIM_CRYPTO_H
#define POLICY_DKIM_DKIM_CRYPTO_H

/*
 * What DKIM needs of libcrypto: SHA-256, and verifying with a public key. Any
 * thread; nothing here waits. Running out of memory panics.
 */

#include "policy/dkim/dkim_record.h"
#include "policy/dkim/dkim_sig.h"

/*
 * A hash in the making: dkim_hash_start, dkim_hash_add for each piece, then
 * dkim_hash_end, which gives everything back; dkim_hash_drop at any time.
 */
struct dkim_hash {
	void *context; /* libcrypto's; NULL: not started, or over */
};

void dkim_hash_start(struct dkim_hash *h);
void dkim_hash_add(struct dkim_hash *h, struct span text);
void dkim_hash_end(struct dkim_hash *h, uint8_t out[DKIM_SHA256_OCTETS]);
void dkim_hash_drop(struct dkim_hash *h);

void dkim_sha256(struct span text, uint8_t out[DKIM_SHA256_OCTETS]);

struct dkim_pkey;

/* NULL when the record's numbers make no key. */
struct dkim_pkey *dkim_pkey_new(const struct dkim_record *record);
/* NULL inside is fine. */
void dkim_pkey_free(struct dkim_pkey **pkey);
/*
 * Is signature one by this key over the SHA-256 hash of the header (RFC 6376,
 * 3.3; RFC 8463, 3)? RSA is PKCS#1 v1.5 with SHA-256.
 */
bool dkim_pkey_verify(const struct dkim_pkey *pkey,
    const uint8_t hash[DKIM_SHA256_OCTETS], struct span signature);

/* "OpenSSL 3.0.22", of the library that is loaded. */
void dkim_crypto_library(char *out, size_t size);

#endif
