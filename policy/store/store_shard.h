#ifndef POLICY_STORE_STORE_SHARD_H
#define POLICY_STORE_STORE_SHARD_H

/*
 * One part of the store's table, with a lock of its own: open addressing with
 * linear probing over pointers; an entry is one allocation with its key behind
 * it, so that a million of them fit in some 120 MB. For store_table.c only. Any
 * thread that holds the lock, which is the caller's to take.
 */

#include <pthread.h>

#include "policy/base/crowd.h"
#include "policy/store/store.h"

struct entry {
	uint32_t hash;
	uint32_t expires_s;
	uint16_t group; /* who changed it last; 0: read from the file */
	uint8_t count;
	uint8_t key_n;
	bool noted;       /* stands in the shard's notes */
	bool gone;        /* left the table; the notes alone hold it */
	int64_t number[]; /* count of them, then the key */
};
_Static_assert(STORE_KEY_MAX <= UINT8_MAX, "key_n holds any key's length");

struct shard {
	pthread_mutex_t lock;
	size_t max;  /* entries */
	bool noting; /* what changes is noted */
	struct entry **place;
	size_t places; /* a power of two, or 0 */
	size_t count;
	size_t hand; /* where expiry goes on */
	struct entry **note;
	size_t note_count, note_cap;
	size_t note_max; /* beyond it they are given up */
	bool forgot;     /* they were: the file is to be written anew */
	uint64_t evicted;
	struct crowd *of; /* entries; NULL while there are no places */
};

/* No more than max entries; noting: changes are noted, for as many entries as
 * there can be and as many that have left. */
void shard_init(struct shard *s, size_t max, bool noting);
void shard_end(struct shard *s);

/* The key, which lives as long as the entry. */
struct span entry_key(const struct entry *e);
void entry_read(const struct entry *e, struct store_record *out);

/* NULL: there is none. hash: of the key, the same for each call. */
struct entry *shard_find(const struct shard *s, struct span key, uint32_t hash);
/* A record of count 0 where there is none or it has expired. */
void shard_read(const struct shard *s, struct span key, uint32_t hash,
    int64_t now_s, struct store_record *out);
/*
 * Puts a record in place of what stands there, or at a new place, for which
 * another entry may have to go. group: on whose behalf (crowd_group). Notes
 * nothing of this entry.
 */
struct entry *shard_set(struct shard *s, uint16_t group, struct span key,
    uint32_t hash, const struct store_record *r);
/* Removes it, if it is there. */
void shard_drop(struct shard *s, struct span key, uint32_t hash);
/* Removes what has expired among the next so many places. */
void shard_expire(struct shard *s, size_t places, int64_t now_s);

/* Notes that an entry has changed; beyond the bound all notes are given up. */
void shard_note(struct shard *s, struct entry *e);
void shard_note_all(struct shard *s);
/* Gives up all notes. */
void shard_forget(struct shard *s);

#endif
