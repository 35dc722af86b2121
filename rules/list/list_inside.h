#ifndef RULES_LIST_LIST_INSIDE_H
#define RULES_LIST_LIST_INSIDE_H

/*
 * The inside of a list, shared by what looks up (list.c) and what reads the
 * text of lists (list_read.c).
 */

#include "rules/base/arena.h"
#include "rules/list/list.h"
#include "rules/list/list_line.h"
#include "rules/list/list_table.h"

/* An entry of a list of patterns; its number is the pattern's. */
struct list_pattern {
	struct span text;
	struct span note;
	const char *source;
	size_t line;
	int64_t until_s;
};

/*
 * By recipient, the number of an entry's owner stands behind its key: keys are
 * hashed from their end, so that the names above a name are still found in one
 * pass. Owners are numbered from 1.
 */
#define LIST_OWNER_OCTETS 4

struct list_owners {
	struct list_table *table; /* their addresses; .line is the number */
	struct span *name;        /* by number - 1 */
	size_t count, cap;
};

struct list {
	enum list_kind kind;
	struct list_options options;
	struct list_table *table; /* empty for patterns */
	struct arena *arena;      /* names of sources, patterns' entries */
	const char **sources;     /* by the number that records have */
	size_t source_count;
	size_t source_cap;
	uint64_t lengths[2][3]; /* networks: which prefix lengths there are */
	struct patterns_builder *builder; /* until list_finish */
	struct patterns *patterns;
	struct list_pattern *entries;
	size_t entry_count;
	size_t entry_cap;
	bool any_until; /* of entries */
	struct list_owners owners; /* table NULL: not by recipient */
};

/* Puts an owner's number there. */
void list_owner_put(char room[LIST_OWNER_OCTETS], uint32_t owner);
/* And the number that stands at the end of a key. */
uint32_t list_owner_of(struct span key);
/*
 * Takes whose it is off a line's text. False with *fault. *owner: his number,
 * a new one where he had none.
 */
bool list_owner_take(struct list *l, struct list_file *file, struct span *text,
    uint32_t *owner, struct list_fault *fault);

#endif
