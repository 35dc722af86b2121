#ifndef RULES_MIME_MIME_SKELETON_H
#define RULES_MIME_MIME_SKELETON_H

/*
 * What stands behind the part of a body that is kept: the lines that delimit
 * parts, their headers and the first octets of each, so that the names and
 * types of all parts are known whatever the size of a message. Pure; one
 * thread; never fails.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

struct mime_skeleton {
	enum { SKELETON_TEXT, SKELETON_HEADER, SKELETON_HEAD } state;
	unsigned column;  /* 0: at the start of a line; 1: behind its first
	                     octet; more: within it */
	bool dash;        /* that octet was "-" */
	bool blank;       /* nothing stands in the line so far */
	size_t head_left; /* octets of a part that are still kept */
};

/* Zeroed for a body of which nothing has been dropped yet. */
void mime_skeleton_add(
    struct mime_skeleton *s, struct span chunk, struct buf *out);

#endif
