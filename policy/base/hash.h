#ifndef POLICY_BASE_HASH_H
#define POLICY_BASE_HASH_H

/*
 * SHA-256: of a text at once or of pieces as they come. Any thread; nothing
 * here waits. Running out of memory panics.
 */

#include <stdint.h>

#include "rules/base/span.h"

#define HASH_SHA256_OCTETS 32

/*
 * A hash in the making: hash_start, or hash_copy of another one, hash_add for
 * each piece, then hash_end, which gives everything back; hash_drop at any
 * time.
 */
struct hash {
	void *context; /* libcrypto's; NULL: not started, or over */
};

void hash_start(struct hash *h);
/* Starts h with what has been added to from, which goes on by itself. */
void hash_copy(struct hash *h, const struct hash *from);
void hash_add(struct hash *h, struct span text);
void hash_end(struct hash *h, uint8_t out[HASH_SHA256_OCTETS]);
void hash_drop(struct hash *h);

/* The octets as twice as many hexadecimal digits, in lower case, and a NUL. */
void hash_hex(const uint8_t *octet, size_t count, char *out);

void hash_sha256(struct span text, uint8_t out[HASH_SHA256_OCTETS]);

/* libcrypto's own word for SHA-256, an EVP_MD; it lives as long as we do. */
struct evp_md_st;
const struct evp_md_st *hash_sha256_method(void);

#endif
