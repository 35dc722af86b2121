/*
 * Makes libcrypto keys from key records and keeps them. This is the only file
 * that knows libcrypto.
 *
 * A key is made with EVP_PKEY_fromdata from the numbers that dkim_record.c
 * read; d2i_PUBKEY would need 50 times as long and contends for locks. It is
 * still worth keeping: most mail comes from a few signers.
 */
#include "config.h"

#include "policy/dkim_key.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/panic.h"

struct dkim_key {
	atomic_uint refs;
	struct dkim_record record;
	EVP_PKEY *pkey;
};

/* ---- one key -------------------------------------------------------------- */

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

static struct dkim_key *
dkim_key_new(struct span text, const char **why)
{
	struct arena *a = arena_new();
	struct dkim_record record;
	struct dkim_key *key = NULL;
	EVP_PKEY *pkey = NULL;

	if (dkim_record_parse(a, text, &record, why)) {
		pkey = record.type == DKIM_KEY_RSA
			   ? dkim_pkey_rsa(&record)
			   : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
				 (const unsigned char *)record.public.p,
				 record.public.n);
		*why = "the key is unusable";
	}
	if (pkey != NULL) {
		record.modulus = record.exponent = record.public = SPAN("");
		key = xcalloc(1, sizeof(*key));
		atomic_init(&key->refs, 1);
		key->record = record;
		key->pkey = pkey;
	}
	arena_free(&a);
	return key;
}

static struct dkim_key *
dkim_key_ref(struct dkim_key *key)
{
	(void)atomic_fetch_add(&key->refs, 1);
	return key;
}

void
dkim_key_unref(struct dkim_key **key)
{
	if (*key != NULL && atomic_fetch_sub(&(*key)->refs, 1) == 1) {
		EVP_PKEY_free((*key)->pkey);
		free(*key);
	}
	*key = NULL;
}

const struct dkim_record *
dkim_key_record(const struct dkim_key *key)
{
	return &key->record;
}

void
dkim_sha256(struct span text, uint8_t out[DKIM_SHA256_OCTETS])
{
	if (EVP_Digest(text.p, text.n, out, NULL, EVP_sha256(), NULL) != 1)
		panic("libcrypto has no SHA-256");
}

static bool
dkim_key_verify_rsa(const struct dkim_key *key,
    const uint8_t hash[DKIM_SHA256_OCTETS], struct span signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);
	bool good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
		    EVP_PKEY_verify(ctx, (const unsigned char *)signature.p,
			signature.n, hash, DKIM_SHA256_OCTETS) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

static bool
dkim_key_verify_ed25519(const struct dkim_key *key,
    const uint8_t hash[DKIM_SHA256_OCTETS], struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good =
	    ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)signature.p,
		signature.n, hash, DKIM_SHA256_OCTETS) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

bool
dkim_key_verify(const struct dkim_key *key,
    const uint8_t hash[DKIM_SHA256_OCTETS], struct span signature)
{
	return key->record.type == DKIM_KEY_RSA
		   ? dkim_key_verify_rsa(key, hash, signature)
		   : dkim_key_verify_ed25519(key, hash, signature);
}

/* ---- the store ------------------------------------------------------------ */

#define DKIM_NO_PLACE SIZE_MAX

/* A place in the store; next chains those of one bucket. */
struct dkim_place {
	uint64_t hash;
	char *text;
	size_t text_n;
	struct dkim_key *key;
	size_t next;
	bool used; /* since the hand came by */
};

/*
 * Places are handed out in order until all are taken; then a hand goes round
 * and takes the first that was not used since it last came by (CLOCK). An
 * exact LRU list would have to be written to at every hit.
 */
struct dkim_keys {
	pthread_mutex_t lock; /* guards all below */
	struct dkim_place *place;
	size_t *bucket;
	size_t max, bucket_count, taken, hand;
	uint64_t seed;
	struct dkim_keys_stats stats;
};

struct dkim_keys *
dkim_keys_new(size_t max)
{
	struct dkim_keys *k = xcalloc(1, sizeof(*k));

	INVARIANT(max > 0);
	if (pthread_mutex_init(&k->lock, NULL) != 0)
		panic("no mutex");
	k->max = max;
	k->bucket_count = max;
	k->place = xcalloc(max, sizeof(*k->place));
	k->bucket = xcalloc(k->bucket_count, sizeof(*k->bucket));
	for (size_t i = 0; i < k->bucket_count; i++)
		k->bucket[i] = DKIM_NO_PLACE;
	/* A peer who knew the seed could fill one bucket. */
	if (getentropy(&k->seed, sizeof(k->seed)) != 0)
		panic("no entropy");
	return k;
}

void
dkim_keys_free(struct dkim_keys **keys)
{
	struct dkim_keys *k = *keys;

	if (k == NULL)
		return;
	for (size_t i = 0; i < k->taken; i++) {
		free(k->place[i].text);
		dkim_key_unref(&k->place[i].key);
	}
	(void)pthread_mutex_destroy(&k->lock);
	free(k->place);
	free(k->bucket);
	free(k);
	*keys = NULL;
}

/* With the lock held. */
static struct dkim_place *
dkim_keys_find(struct dkim_keys *k, struct span text, uint64_t hash)
{
	size_t at = k->bucket[hash % k->bucket_count];

	for (; at != DKIM_NO_PLACE; at = k->place[at].next)
		if (k->place[at].hash == hash &&
		    span_eq(span_make(k->place[at].text, k->place[at].text_n),
			text))
			return &k->place[at];
	return NULL;
}

static void
dkim_keys_unlink(struct dkim_keys *k, size_t at)
{
	size_t *link = &k->bucket[k->place[at].hash % k->bucket_count];

	while (*link != at)
		link = &k->place[*link].next;
	*link = k->place[at].next;
}

/* An empty place, with the lock held. */
static size_t
dkim_keys_place(struct dkim_keys *k)
{
	size_t at;

	if (k->taken < k->max)
		return k->taken++;
	while (k->place[k->hand].used) {
		k->place[k->hand].used = false;
		k->hand = (k->hand + 1) % k->max;
	}
	at = k->hand;
	k->hand = (k->hand + 1) % k->max;
	dkim_keys_unlink(k, at);
	free(k->place[at].text);
	dkim_key_unref(&k->place[at].key);
	return at;
}

static void
dkim_keys_put(
    struct dkim_keys *k, struct span text, uint64_t hash, struct dkim_key *key)
{
	size_t *bucket = &k->bucket[hash % k->bucket_count];
	size_t at;

	if (dkim_keys_find(k, text, hash) != NULL)
		return; /* another thread was quicker */
	at = dkim_keys_place(k);
	k->place[at] = (struct dkim_place){ .hash = hash,
		.text = xmalloc(text.n + 1),
		.text_n = text.n,
		.key = dkim_key_ref(key),
		.next = *bucket };
	memcpy(k->place[at].text, text.p, text.n);
	*bucket = at;
}

struct dkim_key *
dkim_keys_get(struct dkim_keys *k, struct span record, const char **why)
{
	uint64_t hash = span_hash(record, k->seed);
	struct dkim_key *key = NULL;
	struct dkim_place *place;

	(void)pthread_mutex_lock(&k->lock);
	k->stats.asked++;
	place = dkim_keys_find(k, record, hash);
	if (place != NULL) {
		place->used = true;
		key = dkim_key_ref(place->key);
		k->stats.found++;
	}
	(void)pthread_mutex_unlock(&k->lock);
	if (key != NULL)
		return key;

	key = dkim_key_new(record, why);
	if (key == NULL)
		return NULL;
	(void)pthread_mutex_lock(&k->lock);
	dkim_keys_put(k, record, hash, key);
	(void)pthread_mutex_unlock(&k->lock);
	return key;
}

void
dkim_keys_stats(struct dkim_keys *k, struct dkim_keys_stats *out)
{
	(void)pthread_mutex_lock(&k->lock);
	*out = k->stats;
	out->entries = k->taken;
	(void)pthread_mutex_unlock(&k->lock);
}
