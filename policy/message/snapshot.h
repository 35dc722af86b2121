#ifndef POLICY_MESSAGE_SNAPSHOT_H
#define POLICY_MESSAGE_SNAPSHOT_H

/*
 * A snapshot is everything that was configured at one moment: settings, the
 * schema of facts, rules and lists. It is immutable and counted: each message
 * holds a reference from MAIL to its end, so a reload changes nothing under
 * one that is on its way.
 */

#include "policy/base/file_watch.h"
#include "policy/config/conf.h"
#include "policy/message/check.h"

struct diags;
struct ruleset;

/* A file that rules name, by the name that they give it. */
struct snapshot_file {
	struct span name, text;
};

/* Files that rules name are kept up to this many octets, for the journal. */
#define SNAPSHOT_FILES_MAX ((size_t)1024 * 1024)

struct snapshot {
	unsigned references; /* changed by snapshot_ref and _unref only */
	struct arena *arena;
	struct config config;
	struct schema *schema;
	const struct check_table *checks; /* which there are */
	void *settings[CHECKS_MAX];       /* by check_index */
	void *data[CHECKS_MAX];           /* what each has loaded; or NULL */
	fact_id first_fact[CHECKS_MAX];
	bool wanted[CHECKS_MAX];   /* some rule or header reads it */
	bool wants_all;            /* every fact is to be told, read or not */
	struct config_parts parts; /* all settings: config's, the checks' */
	struct ruleset *ruleset;
	bool reads_body; /* it is kept: rules read content or header */
	/* What stood in the files, so that a decision can be made again: p NULL
	 * without a file; rules in one piece; and what they name. */
	struct span config_text;
	struct span rules_text;
	const struct snapshot_file *file;
	size_t file_count;
	bool files_cut; /* some were too long to be kept */
	/* Sets of patterns that Hyperscan can help, those whose database was
	 * in the cache, and what was wrong with one that was; or NULL. */
	size_t pattern_sets, pattern_sets_compiled;
	const char *pattern_problem;
	struct watched watched; /* the files it was read from */
	uint64_t rules_hash;
	char name[17]; /* hash of configuration, rules and lists */
};

/*
 * The member "lists" of a case or of a snapshot in the journal: files by the
 * names that rules give them, each a text or an array of lines. In the arena;
 * lists may be absent.
 */
struct jsonr;
size_t snapshot_files_read(
    struct jsonr lists, struct arena *a, const struct snapshot_file **out);

/* Any thread. The last one to let go frees it; NULL inside is fine. */
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot **s);

#endif
