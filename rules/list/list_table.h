#ifndef RULES_LIST_LIST_TABLE_H
#define RULES_LIST_LIST_TABLE_H

/*
 * A compact table of records by key: all records lie one behind the other in
 * one block, and a hash table of 8 octets a slot points into it. Only for
 * the modules behind rules/list/list.h. Written by one thread, then read by any.
 */

#include "rules/base/span.h"

#define LIST_KEY_MAX 255

enum list_record_flags {
	LIST_SELF = 1,  /* domains: the name alone, or the name and ... */
	LIST_BELOW = 2, /* ... what is below it */
	LIST_SHOWN = 4, /* set by the table: .shown differs from .key */
	LIST_EXTRA = 8, /* set by the table: has .until_s or .note */
};

struct list_record {
	struct span key;   /* up to LIST_KEY_MAX octets */
	struct span shown; /* for people; up to 255 octets */
	struct span note;  /* cut to 1,000 octets */
	int64_t until_s;   /* 0: for ever */
	uint32_t line;
	uint16_t source;
	uint8_t flags;
};

struct list_table;

struct list_table *list_table_new(void);
void list_table_free(struct list_table **t);
/* Room for count more without moving anything. */
void list_table_reserve(struct list_table *t, size_t count);
/* Gives back memory that is not used. */
void list_table_trim(struct list_table *t);
size_t list_table_count(const struct list_table *t);
size_t list_table_memory(const struct list_table *t);

enum list_added { LIST_ADDED, LIST_DUPLICATE, LIST_FULL };

/*
 * Copies a record in. It is a duplicate when one with the same key covers at
 * least its flags; that one then ends with the later of both.
 */
enum list_added list_table_add(
    struct list_table *t, const struct list_record *r);

/*
 * The hash of a key, from its last octet to its first, so that the hashes of
 * all ends of a name come in one pass: start with LIST_HASH and step.
 */
#define LIST_HASH UINT64_C(0xcbf29ce484222325)
uint64_t list_hash_step(uint64_t h, char c);
uint64_t list_hash(struct span key);

/*
 * The next record with that key, from *at on (0 at first); false when there
 * are no more. Spans in r point into the table.
 */
bool list_table_find(const struct list_table *t, uint64_t hash, struct span key,
    size_t *at, struct list_record *r);
/* All records in the order of adding: *at is 0 at first. */
bool list_table_next(
    const struct list_table *t, size_t *at, struct list_record *r);

#endif
