#ifndef POLICY_LOAD_SNAPSHOT_LOAD_H
#define POLICY_LOAD_SNAPSHOT_LOAD_H

/* From files to a snapshot. */

#include "policy/message/snapshot.h"

struct diags;

struct snapshot_source {
	const struct check_table *checks; /* NULL: all that there are */
	/* NULL: no file, all defaults. */
	const char *file;
	/* Texts instead of files, as case files bring them; p NULL: none. */
	struct span config_text, rules_text;
	/* Read instead of files of these names that rules name. */
	const struct snapshot_file *given;
	size_t given_count;
	/* Rules are read from this directory or file instead of `rules`. */
	const char *rules_path;
	bool compare;  /* second opinions, whatever the file says */
	bool want_all; /* gather every fact, as `verdict check` does */
	/* No rules are read, and of a file with errors the lines without count:
	 * for asking a daemon that runs. There is no ruleset then. */
	bool settings_only;
};

/*
 * Reads and checks everything. NULL when there was an error; warnings leave
 * a snapshot. Reads files; waits for no network. Release with _unref.
 */
struct snapshot *snapshot_load(
    const struct snapshot_source *source, struct diags *diags);

#endif
