#ifndef RULES_CONTENT_ARCHIVE_INSIDE_H
#define RULES_CONTENT_ARCHIVE_INSIDE_H

/*
 * Between the files that list archives: archive.c goes through them by
 * libarchive, archive_member.c looks into members, and archive_zip.c compares
 * what zip files say twice.
 */

#include "rules/base/buf.h"
#include "rules/content/archive.h"

#define ARCHIVE_DEPTH 2 /* archives inside one another that are listed */

struct archive;
struct archive_entry;

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

/* Lists an archive inside of this one, as far as the budget goes. */
void archive_inside(struct lister *l, struct span octets, bool cut);

/* One that ar stands at, or that lies where it can be read: ar NULL. */
struct member {
	struct archive *ar;
	struct archive_entry *entry;
	struct span line, octets;
	struct span head; /* unpacked so far */
	struct filename name;
};

/* Looks into it, as its name and its first octets ask for. */
void archive_look(struct lister *l, struct member *m, bool encrypted);
/* Known by its first octets, and no program. */
bool archive_is_harmless(struct span head);
/* The octets of the member that ar stands at, of which head was read; cut is
 * whether there are more. */
struct span archive_data(struct lister *l, struct archive *ar,
    struct span head, size_t max, bool *cut);
/* Files and texts of TNEF. */
void archive_tnef(struct lister *l, struct span octets);

/* Names that zip's headers tell and that are not among those listed. whole:
 * the table of contents could be read. */
void archive_zip(
    struct lister *l, struct span listed, struct span octets, bool whole);

#endif
