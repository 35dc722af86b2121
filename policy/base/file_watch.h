#ifndef POLICY_BASE_FILE_WATCH_H
#define POLICY_BASE_FILE_WATCH_H

/*
 * The files that a snapshot was read from, as they were then, so that
 * somebody can tell when they have changed. Paths lie in the snapshot's
 * arena. Immutable once the snapshot is loaded.
 */

#include "rules/base/arena.h"

enum watched_kind {
	WATCHED_RULES, /* rules and configuration: go live by a reload only */
	WATCHED_LIST,  /* data that rules name */
};

struct watched_file {
	const char *path;
	enum watched_kind kind;
	uint64_t stamp; /* of time, size and identity; 0: not there */
};

struct watched {
	struct watched_file *file;
	size_t count, cap;
};

/*
 * Notes a file; to be called before it is read, so that nothing is missed. Of
 * a pattern with wildcards it is noted which files match.
 */
void watched_add(struct watched *w, const char *path, enum watched_kind kind,
    struct arena *a);

struct watched_news {
	bool lists, rules; /* some have changed */
	/* One was written less than a second ago: perhaps more is to come. */
	bool busy;
	uint64_t state; /* the same for the same state of all files */
};
/* Looks at all files. Waits for the disk: not for callbacks. */
struct watched_news watched_look(const struct watched *w, int64_t now_s);

#endif
