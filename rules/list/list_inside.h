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
};

#endif
