#ifndef TOOL_JUDGE_CORPUS_H
#define TOOL_JUDGE_CORPUS_H

/*
 * A corpus is a file or a tree of them: messages, mailboxes in the mbox
 * format, Maildirs. corpus_find lists its files; corpus_each goes through the
 * messages of one of them.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

struct corpus_file {
	const char *path;
	uint64_t octets;
};

struct corpus {
	struct arena *arena; /* the caller's */
	struct corpus_file *file;
	size_t count, cap;
	uint64_t octets;
};

/*
 * Adds the file, or all files below the directory in the order of their
 * names. Names that begin with a dot are passed over, and of a Maildir all
 * but new and cur. False after a message on standard error.
 */
bool corpus_find(struct corpus *c, const char *path);

/*
 * Calls visit for each message, whose text lives until it returns. name is
 * the path, with "#n" behind it for the nth of a mailbox. False after a
 * message on standard error.
 */
bool corpus_each(const struct corpus_file *file,
    void (*visit)(void *ctx, const char *name, struct span message), void *ctx);

#endif
