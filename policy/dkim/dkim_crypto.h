#ifndef POLICY_DKIM_DKIM_CRYPTO_H
#define POLICY_DKIM_DKIM_CRYPTO_H

/*
 * What DKIM needs of libcrypto: verifying with a public key. Any
 * thread; nothing here waits. Running out of memory panics.
 */

#include "policy/base/hash.h"
#include "policy/dkim/dkim_record.h"
#include "policy/dkim/dkim_sig.h"

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
    const uint8_t hash[HASH_SHA256_OCTETS], struct span signature);

/*
 * The hash over which the holder of the key made an RSA signature (RFC 8017,
 * 8.2.2: what verifying compares): to look for the text that was signed among
 * many for the price of one verification. False when the key is no RSA key or
 * did not make the signature.
 */
bool dkim_pkey_recover(struct dkim_pkey *pkey, struct span signature,
    uint8_t hash[HASH_SHA256_OCTETS]);

/* "OpenSSL 3.0.22", of the library that is loaded. */
void dkim_crypto_library(char *out, size_t size);

#endif
