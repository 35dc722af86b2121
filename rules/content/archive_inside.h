#ifndef RULES_CONTENT_ARCHIVE_INSIDE_H
#define RULES_CONTENT_ARCHIVE_INSIDE_H

/*
 * Between the files that list archives: archive.c goes through them by
 * libarchive, archive_zip.c compares what zip files say twice.
 */

#include "rules/base/buf.h"
#include "rules/content/archive.h"

struct lister {
	const struct archive_limits *limits;
	const struct archive_reader *reader; /* NULL: nobody reads members */
	struct archive_list *out;
	struct arena *arena;
	struct buf names, harmless;
	size_t inside;  /* octets of archives that may still be unpacked */
	unsigned depth; /* archives around this one */
};

/*
 * A name as one line of valid UTF-8. Of one that is too long the beginning and
 * the end are kept, for the extension is what matters.
 */
struct span archive_line(struct lister *l, struct span name);
/* Lists it. An archive of just as many members as are read is read whole. */
void archive_add(struct lister *l, struct span line);

/* Names that zip's headers tell and that are not among those listed. whole:
 * the table of contents could be read. */
void archive_zip(
    struct lister *l, struct span listed, struct span octets, bool whole);

#endif
