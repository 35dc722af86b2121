#ifndef RULES_MIME_MIME_INSIDE_H
#define RULES_MIME_MIME_INSIDE_H

/* What mime_tree.c and mime_leaf.c share while a message is read. */

#include "rules/mime/mime_fields.h"
#include "rules/mime/mime_tree.h"

/* The boundaries of one multipart: more than one where readings differ. */
struct boundaries {
	struct span text[MIME_VIEWS];
	size_t count;
	bool digest; /* parts are messages by default (RFC 2046, 5.1.5) */
};

struct tree {
	struct span in;
	size_t at; /* always at the start of a line */
	struct boundaries *open;
	size_t open_count;
	size_t entities; /* so far, containers included */
	const struct mime_limits *limits;
	struct mime_message *out;
};

/*
 * One reading of the message: adds its parts and flags to *out, which is
 * empty but for its arena and octets_left.
 */
void mime_read(const struct header_list *headers, struct span body,
    const struct mime_limits *limits, struct mime_message *out);
/* The offset behind the line that starts at offset at. */
size_t mime_line_end(struct span in, size_t at);
/* Counts an entity; false, and flagged, where there are too many. */
bool mime_count_entity(struct tree *t);
void mime_add_part(struct tree *t, struct mime_part part, unsigned depth);
/* A part without parts, once in each transfer encoding that it declares. */
void mime_add_leaf(struct tree *t, const struct mime_fields *f, struct span raw,
    unsigned depth);
/* A view of text that no part shows. */
void mime_add_raw(
    struct tree *t, struct span raw, enum mime_place place, unsigned depth);
/* Text before or behind the parts, if it could be meant for a reader. */
void mime_add_beside(
    struct tree *t, struct span raw, enum mime_place place, unsigned depth);

#endif
