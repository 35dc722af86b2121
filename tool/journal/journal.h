#ifndef TOOL_JOURNAL_JOURNAL_H
#define TOOL_JOURNAL_JOURNAL_H

/* What the commands that read the journal share. */

#include "policy/base/json.h"
#include "policy/journal/journal_read.h"
#include "tool/base/tool.h"

/* Which journal, and which of its decisions. */
struct journal_choice {
	const char *config; /* -c; NULL: the default */
	/* --journal: a file, or postgresql://...; NULL: where the configuration
	 * says */
	const char *journal;
	bool all_hosts;           /* --all-hosts: where journal.copy says */
	int64_t since_s, until_s; /* 0: no bound */
};

/*
 * Opens it; says why not on standard error and returns NULL. *path: its file,
 * in the arena; "" where it is none.
 */
struct journal_reader *tool_journal(
    const struct journal_choice *o, const char **path, struct arena *a);
/*
 * A moment: 7d, 2h, 30m ago; the beginning of today, yesterday or the last
 * tuesday; 2026-01-31, 2026-01-31T10:00 or with seconds in local time, with Z
 * in UTC, with +01:00 there; or a unix time. False when it is none of these,
 * which is said on standard error.
 */
bool tool_moment(const char *text, int64_t now_s, int64_t *out);
/* The same without a word. */
bool tool_moment_read(const char *text, int64_t now_s, int64_t *out);
/* "2026-01-31 10:00:00" in local time. */
void tool_time(int64_t unix_s, char out[24]);
/* Appends text of a peer for a person: printable, what is not as ?. */
void tool_clean(struct buf *out, struct span text);
/* Is the decision about mail from outside? Mail of our own users and machines
 * is none that could be taken for spam. */
bool tool_from_outside(struct jsonr record);
/*
 * What was taught, which lies beside the journal, or in the state directory
 * where that is no file (""); *out NULL where nothing was, which is said. False
 * when it can't be read, which is said.
 */
struct learn_db;
bool tool_taught(const char *journal, const char *state, struct arena *a,
    struct learn_db **out);
/*
 * The snapshot of a decision, loaded again from what the journal kept. NULL:
 * *why.
 */
struct snapshot *tool_snapshot_then(
    const struct journal_snapshot *then, struct arena *a, const char **why);

#endif
