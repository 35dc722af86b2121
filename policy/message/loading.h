#ifndef POLICY_MESSAGE_LOADING_H
#define POLICY_MESSAGE_LOADING_H

/*
 * What a check is given while a snapshot is made: the snapshot, whose rules
 * are read by then, and how a file is read that the configuration names.
 */

#include "policy/message/snapshot.h"
#include "rules/source/diag.h"

struct loading {
	struct snapshot *snapshot; /* its arena is for what is loaded */
	/*
	 * Reads the file; a relative name lies below the directory of from,
	 * or of verdict.conf where from is NULL. The text lives until loading
	 * is done. The file is watched for changes, and its text counts for
	 * the snapshot's name. False with *why.
	 */
	bool (*read)(void *ctx, struct span name, const struct source *from,
	    struct span *text, const char **why);
	void *ctx;
	/* The rules came without their files, to be judged again away from the
	 * host that has them: secrets cannot be read. */
	bool away;
};

#endif
