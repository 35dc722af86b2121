#ifndef RULES_DOCUMENT_COMPOUND_H
#define RULES_DOCUMENT_COMPOUND_H

/*
 * The compound file ([MS-CFB]) in which Office kept documents before it kept
 * them in zip files, and Outlook keeps messages today: storages, which are like
 * folders, and streams in them. Pure; one thread at a time; never fails. Chains
 * of sectors are claims of the sender's: one that leads out of the file or in a
 * circle ends there, and broken says so.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define COMPOUND_ENTRIES_MAX 4096 /* storages and streams */
#define COMPOUND_NONE        SIZE_MAX

struct compound_entry {
	struct span name; /* valid UTF-8 */
	size_t parent;    /* the storage around it, or COMPOUND_NONE */
	bool storage;     /* or the root, which is number 0 */
	uint32_t first;   /* sector */
	uint64_t size;    /* octets */
};

/* Sectors of one size, and the table that says which follows each. */
struct compound_sectors {
	struct span octets;
	size_t size;
	struct span next;
};

struct compound {
	struct span octets;
	struct arena *arena;
	struct compound_sectors large; /* behind the head */
	struct compound_sectors small; /* of the root's stream */
	uint64_t small_max; /* octets; shorter streams lie in small ones */
	struct compound_entry *entry;
	size_t count;
	bool broken; /* not all of it is there */
};

/* The octets that such a file begins with. */
extern const struct span compound_mark;
bool compound_is(struct span octets);
/* What it says lies in the arena. False: there is not even a root. */
bool compound_open(struct span octets, struct arena *a, struct compound *out);
/*
 * What stands in the stream; what is taken for it goes off *budget. *cut: there
 * should be more.
 */
struct span compound_read(
    struct compound *c, size_t number, size_t *budget, bool *cut);
/* The entry of that name in the storage, in any case; COMPOUND_NONE. */
size_t compound_find(const struct compound *c, size_t parent, const char *name);

#endif
