/*
 * The window onto libcrypto's SHA-256. It is looked up once: libcrypto 3
 * looks up what EVP_sha256() stands for anew at each use, under a lock.
 */
#include "config.h"

#include "policy/base/hash.h"

#include <openssl/evp.h>
#include <pthread.h>

#include "rules/base/panic.h"

static pthread_once_t hash_digest_once = PTHREAD_ONCE_INIT;
static EVP_MD *hash_digest;

static void
hash_digest_fetch(void)
{
	hash_digest = EVP_MD_fetch(NULL, "SHA256", NULL);
}

const EVP_MD *
hash_sha256_method(void)
{
	if (pthread_once(&hash_digest_once, hash_digest_fetch) != 0 ||
	    hash_digest == NULL)
		panic("libcrypto has no SHA-256");
	return hash_digest;
}

static void
hash_need(bool good)
{
	if (!good)
		panic("libcrypto does not hash");
}

void
hash_start(struct hash *h)
{
	h->context = EVP_MD_CTX_new();
	hash_need(h->context != NULL &&
		  EVP_DigestInit_ex(h->context, hash_sha256_method(), NULL));
}

void
hash_copy(struct hash *h, const struct hash *from)
{
	h->context = EVP_MD_CTX_new();
	hash_need(h->context != NULL &&
		  EVP_MD_CTX_copy_ex(h->context, from->context) == 1);
}

void
hash_add(struct hash *h, struct span text)
{
	hash_need(EVP_DigestUpdate(h->context, text.p, text.n) == 1);
}

void
hash_end(struct hash *h, uint8_t out[HASH_SHA256_OCTETS])
{
	hash_need(EVP_DigestFinal_ex(h->context, out, NULL) == 1);
	hash_drop(h);
}

void
hash_drop(struct hash *h)
{
	EVP_MD_CTX_free(h->context);
	h->context = NULL;
}

void
hash_hex(const uint8_t *octet, size_t count, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		*out++ = digit[octet[i] >> 4];
		*out++ = digit[octet[i] & 15];
	}
	*out = '\0';
}

void
hash_sha256(struct span text, uint8_t out[HASH_SHA256_OCTETS])
{
	struct hash h;

	hash_start(&h);
	hash_add(&h, text);
	hash_end(&h, out);
}
