/*
 * Makes keys from key records and keeps them. A key that is there is worth
 * keeping, though making one is cheap here: most mail comes from a few
 * signers.
 */
#include "config.h"

#include "policy/dkim/dkim_key.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/dkim/dkim_crypto.h"
#include "rules/base/panic.h"

struct dkim_key {
	atomic_uint refs;
	struct dkim_record record;
	struct dkim_pkey *pkey;
};

/* ---- one key -------------------------------------------------------------- */

static struct dkim_key *
dkim_key_new(struct span text, const char **why)
{
	struct arena *a = arena_new();
	struct dkim_record record;
	struct dkim_key *key = NULL;
	struct dkim_pkey *pkey = NULL;

	if (dkim_record_parse(a, text, &record, why)) {
		pkey = dkim_pkey_new(&record);
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
		dkim_pkey_free(&(*key)->pkey);
		free(*key);
	}
	*key = NULL;
}

const struct dkim_record *
dkim_key_record(const struct dkim_key *key)
{
	return &key->record;
}

bool
dkim_key_verify(const struct dkim_key *key,
    const uint8_t hash[HASH_SHA256_OCTETS], struct span signature)
{
	return dkim_pkey_verify(key->pkey, hash, signature);
}

bool
dkim_key_recover(const struct dkim_key *key, struct span signature,
    uint8_t hash[HASH_SHA256_OCTETS])
{
	return dkim_pkey_recover(key->pkey, signature, hash);
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
