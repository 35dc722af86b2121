#ifndef POLICY_STORE_STORE_TABLE_H
#define POLICY_STORE_STORE_TABLE_H

/*
 * The hash table of the store: entries in memory, in shards with a lock each,
 * bounded, and, for an engine that writes behind, a note of what has changed.
 * For the engines of the store only. Any thread.
 */

#include "policy/store/store.h"
#include "rules/base/arena.h"

struct store_table;

#define STORE_SHARDS 64

/* noting: changes are noted for store_table_changes. */
struct store_table *store_table_new(uint64_t entries_max, bool noting);
void store_table_free(struct store_table **t);

/* group: on whose behalf (crowd_group). */
void store_table_update(struct store_table *t, uint16_t group, struct span key,
    int64_t now_s, store_change *change, void *ctx);
void store_table_get(struct store_table *t, struct span key, int64_t now_s,
    struct store_record *out);
/* Sets an entry without noting it, unless there is one: what was read from the
 * file is older than what stands here. */
void store_table_load(
    struct store_table *t, struct span key, const struct store_record *r);
/* No lock is held while visit runs. */
void store_table_each(struct store_table *t, struct span prefix, int64_t now_s,
    store_visit *visit, void *ctx);

struct store_changed {
	struct span key;
	struct store_record record; /* count 0: it was removed */
};
/*
 * Takes up to max noted changes of a shard; keys are copied to the arena.
 * Returns how many.
 */
size_t store_table_changes(struct store_table *t, size_t shard, size_t max,
    struct arena *a, struct store_changed *out);
/* Notes every entry: the file is new, or about to be written anew. */
void store_table_note_all(struct store_table *t);
/*
 * Notes are bounded, for entries come and go while nothing can be written.
 * True: some were given up, so that the file must be written anew; until
 * store_table_note_all nothing is noted there.
 */
bool store_table_forgot(struct store_table *t);
/* Gives up all notes: what was taken of them did not reach the file. */
void store_table_forget(struct store_table *t);
uint64_t store_table_noted(struct store_table *t);

/* Forgets expired entries among the next few hundred places of a shard. */
void store_table_expire(struct store_table *t, size_t shard, int64_t now_s);

uint64_t store_table_count(struct store_table *t);
uint64_t store_table_evicted(struct store_table *t);

#endif
