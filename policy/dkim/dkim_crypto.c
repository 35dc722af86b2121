/*
 * The window onto libcrypto's public keys, made of numbers; hashes are
 * policy/base/hash.c's.
 *
 * A key is made with EVP_PKEY_fromdata from the numbers that dkim_record.c
 * read; d2i_PUBKEY would need 50 times as long and contends for locks.
 */
#include "config.h"

#include "policy/dkim/dkim_crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

/* ---- keys ----------------------------------------------------------------- */

struct dkim_pkey {
	EVP_PKEY *key;
	/* RSA: ready to verify with. Each verification takes a copy: making
	 * one ready takes 30 times as long, most of it looking up names. */
	EVP_PKEY_CTX *ready;
	/* The same to recover with; few keys ever need it, so the first who
	 * does makes it. */
	_Atomic(EVP_PKEY_CTX *) recover;
};

static EVP_PKEY *
dkim_pkey_rsa_of(EVP_PKEY_CTX *ctx, OSSL_PARAM_BLD *build, BIGNUM *n, BIGNUM *e)
{
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || build == NULL || n == NULL || e == NULL ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) != 1 ||
	    (params = OSSL_PARAM_BLD_to_param(build)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	return pkey;
}

static EVP_PKEY *
dkim_pkey_rsa(const struct dkim_record *r)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(
	    (const unsigned char *)r->modulus.p, (int)r->modulus.n, NULL);
	BIGNUM *e = BN_bin2bn(
	    (const unsigned char *)r->exponent.p, (int)r->exponent.n, NULL);
	EVP_PKEY *pkey = dkim_pkey_rsa_of(ctx, build, n, e);

	BN_free(e);
	BN_free(n);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY_CTX *
dkim_pkey_ready(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(ctx, hash_sha256_method()) != 1)
		panic("libcrypto does not verify RSA");
	return ctx;
}

struct dkim_pkey *
dkim_pkey_new(const struct dkim_record *r)
{
	bool rsa = r->type == DKIM_KEY_RSA;
	struct dkim_pkey *pkey;
	EVP_PKEY *key =
	    rsa ? dkim_pkey_rsa(r)
		: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		      (const unsigned char *)r->public.p, r->public.n);

	if (key == NULL)
		return NULL;
	pkey = xcalloc(1, sizeof(*pkey));
	pkey->key = key;
	pkey->ready = rsa ? dkim_pkey_ready(key) : NULL;
	return pkey;
}

void
dkim_pkey_free(struct dkim_pkey **pkey)
{
	if (*pkey != NULL) {
		EVP_PKEY_CTX_free((*pkey)->ready);
		EVP_PKEY_CTX_free(atomic_load(&(*pkey)->recover));
		EVP_PKEY_free((*pkey)->key);
	}
	free(*pkey);
	*pkey = NULL;
}

static bool
dkim_pkey_verify_rsa(const EVP_PKEY_CTX *ready,
    const uint8_t hash[HASH_SHA256_OCTETS], struct span signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(ready);
	bool good = ctx != NULL &&
		    EVP_PKEY_verify(ctx, (const unsigned char *)signature.p,
			signature.n, hash, HASH_SHA256_OCTETS) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

static bool
dkim_pkey_verify_ed25519(EVP_PKEY *key, const uint8_t hash[HASH_SHA256_OCTETS],
    struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
		    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, (const unsigned char *)signature.p,
			signature.n, hash, HASH_SHA256_OCTETS) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

bool
dkim_pkey_verify(const struct dkim_pkey *pkey,
    const uint8_t hash[HASH_SHA256_OCTETS], struct span signature)
{
	return pkey->ready != NULL
		   ? dkim_pkey_verify_rsa(pkey->ready, hash, signature)
		   : dkim_pkey_verify_ed25519(pkey->key, hash, signature);
}

static EVP_PKEY_CTX *
dkim_pkey_recover_ready(struct dkim_pkey *pkey)
{
	EVP_PKEY_CTX *ctx = atomic_load(&pkey->recover), *none = NULL;

	if (ctx != NULL)
		return ctx;
	ctx = EVP_PKEY_CTX_new(pkey->key, NULL);
	if (ctx == NULL || EVP_PKEY_verify_recover_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(ctx, hash_sha256_method()) != 1)
		panic("libcrypto does not recover what RSA signed");
	if (atomic_compare_exchange_strong(&pkey->recover, &none, ctx))
		return ctx;
	EVP_PKEY_CTX_free(ctx); /* another thread was quicker */
	return none;
}

bool
dkim_pkey_recover(struct dkim_pkey *pkey, struct span signature,
    uint8_t hash[HASH_SHA256_OCTETS])
{
	unsigned char out[DKIM_RSA_BITS_MAX / 8];
	size_t n = sizeof(out);
	EVP_PKEY_CTX *ctx;
	bool good;

	if (pkey->ready == NULL)
		return false;
	ctx = EVP_PKEY_CTX_dup(dkim_pkey_recover_ready(pkey));
	good = ctx != NULL &&
	       EVP_PKEY_verify_recover(ctx, out, &n,
		   (const unsigned char *)signature.p, signature.n) == 1 &&
	       n == HASH_SHA256_OCTETS;
	EVP_PKEY_CTX_free(ctx);
	if (good)
		memcpy(hash, out, HASH_SHA256_OCTETS);
	return good;
}

void
dkim_crypto_library(char *out, size_t size)
{
	(void)snprintf(
	    out, size, "OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
}
