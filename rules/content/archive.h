#ifndef RULES_CONTENT_ARCHIVE_H
#define RULES_CONTENT_ARCHIVE_H

/*
 * Which files an archive holds: zip, rar, 7z, tar (also compressed), cab, lha
 * and ISO images, by libarchive, ARJ and TNEF. Nothing is unpacked but the
 * compression around a tar file, the packed table of contents of 7z, a single
 * compressed file and, to memory and each within a budget, archives inside of
 * archives and members that somebody reads. Any thread; never fails: what cannot be read is said in
 * the flags.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"
#include "rules/content/filename.h"
#include "rules/content/filetype.h"

struct archive_limits {
	size_t entries;    /* 5000 */
	size_t names;      /* octets of all names together: 512 KB */
	uint64_t unpacked; /* octets passed over where skipping means unpacking:
	                 32 MB */
	size_t inside;     /* octets of archives that are unpacked to be
	                      listed as well: 8 MB */
	size_t read;       /* octets of members that are read, of all archives
	                      of a message: 8 MB */
};
extern const struct archive_limits archive_limits_standard;

/* Bits; archive_flag_names[i] names bit 1 << i. */
enum archive_flag {
	ARCHIVE_ENCRYPTED = 1, /* members, or the names as well */
	ARCHIVE_NESTED = 2,    /* a member is an archive by its name */
	ARCHIVE_NAMELESS = 4,  /* a member whose name cannot be read */
	ARCHIVE_LIMIT = 8,     /* there are more members than are listed */
	ARCHIVE_BROKEN = 16,   /* an error ended the list, or it could not be
	                          opened at all */
	ARCHIVE_MISMATCH = 32, /* zip: the table of contents and the members
	                          tell different names; both are listed */
	ARCHIVE_OUTSIDE = 64,  /* a member's path leads out of where the
	                          archive is unpacked */
};
#define ARCHIVE_FLAG_COUNT 7
extern const char *const archive_flag_names[ARCHIVE_FLAG_COUNT];

struct archive_list {
	struct span names; /* one a line, valid UTF-8 without other line ends;
	                      in the arena */
	size_t count;
	unsigned flags;
	unsigned name_flags; /* enum filename_flag: what names hide */
	/* Names among them that end like a program and hold, by their octets,
	 * something else; one a line. */
	struct span harmless;
	bool harmless_alone; /* so does a single compressed file */
	bool single; /* no archive but one compressed file, which keeps its own
	                name, if it tells one: gzip, bzip2, xz ... */
};

/* Who reads members as well; they are unpacked to memory. */
struct archive_reader {
	/* Whether this one is; encrypted: it can't be, and is only told of. */
	bool (*wants)(void *ctx, const struct filename *name, bool encrypted);
	/* Of one whose name says nothing: whether it is by what it is. */
	bool (*wants_type)(void *ctx, const struct filetype *type);
	/* The whole of it; cut: there is more of it than may be unpacked, and
	 * nothing is handed over. A compressed file alone has the name that it
	 * keeps, or "". */
	void (*member)(
	    void *ctx, struct span name, struct span octets, bool cut);
	size_t *left; /* octets that may be unpacked */
	void *ctx;
};

/* reader may be NULL. */
void archive_list_members(struct span octets,
    const struct archive_limits *limits, const struct archive_reader *reader,
    struct arena *a, struct archive_list *out);

/* "libarchive 3.6.2", of the library that is loaded. */
void archive_library(char *out, size_t size);

#endif
