#ifndef POLICY_RESTORE_RESTORE_ADDED_H
#define POLICY_RESTORE_RESTORE_ADDED_H

/*
 * What was taken off a message to restore it, as a reader gets to see it: may
 * a list have added it without touching what the author's words look like?
 * Pure; any thread; all lies in the arena.
 */

#include "policy/restore/restore_parts.h"

/* Octets of what was taken away that are told. */
#define RESTORE_ADDED_MAX ((size_t)4096)

/* One piece, still in its transfer encoding. */
struct restore_piece {
	struct span text;
	bool html;
	enum mime_transfer encoding;
	struct span charset;
};

struct restore_added {
	struct span text;        /* all pieces as people see them, UTF-8 */
	const struct span *link; /* hosts that they lead to, "" where a link
	                            has none that is a domain name */
	size_t link_count;
};

/*
 * False when a piece holds HTML that could hide or move what stands before
 * it: any element, attribute or style that is not among those that lists use
 * for a line of text with a link.
 */
bool restore_added_read(const struct restore_piece *piece, size_t count,
    struct arena *a, struct restore_added *out);

#endif
