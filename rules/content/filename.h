#ifndef RULES_CONTENT_FILENAME_H
#define RULES_CONTENT_FILENAME_H

/*
 * File names of attachments and archive members, as a person sees them and as
 * the system behind the client takes them. Pure; any thread; never fails.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Bits; filename_flag_names[i] names bit 1 << i. */
enum filename_flag {
	FILENAME_BIDI = 1,      /* characters that turn the reading direction */
	FILENAME_INVISIBLE = 2, /* characters that are not drawn */
	FILENAME_CONTROL = 4,   /* control characters other than NUL */
	FILENAME_NUL = 8,       /* where C programs stop reading */
	FILENAME_PATH = 16,     /* directories before the name */
	FILENAME_TRAILING = 32, /* dots or spaces that Windows drops */
	FILENAME_SPACES = 64,   /* so many that the end is out of sight */
	FILENAME_DOUBLE = 128,  /* "invoice.pdf.exe" */
	FILENAME_LONG = 256,    /* over 255 octets */
	FILENAME_STREAM = 512,  /* "a.pdf:b.exe", a second file in the first on
	                           NTFS, or "b.exe::$DATA", the first itself */
};
#define FILENAME_FLAG_COUNT 10
/* What a member's name may hide; paths and long ones are ordinary there. */
#define FILENAME_MEMBER_FLAGS                                       \
	(FILENAME_BIDI | FILENAME_INVISIBLE | FILENAME_CONTROL |    \
	    FILENAME_TRAILING | FILENAME_SPACES | FILENAME_DOUBLE | \
	    FILENAME_STREAM)
extern const char *const filename_flag_names[FILENAME_FLAG_COUNT];

struct filename {
	struct span clean;     /* valid UTF-8 of one line: the last part of the
	                          path, without what cannot be seen and without
	                          trailing dots and spaces */
	struct span extension; /* of clean: what decides which program opens
	                          it; lower case, without the dot, or "" */
	unsigned flags;
};

/* Reads name, which is valid UTF-8; the results lie in the arena. */
void filename_read(struct span name, struct arena *a, struct filename *out);

/*
 * Whether a name that ends like this runs only if the file is a program by
 * its octets too: "logo-example.com" is a picture called after a site.
 */
bool filename_runs_by_content(struct span extension);
/* What a double click runs: programs, scripts, shortcuts, disk images. */
bool filename_runs(struct span extension);
/* An archive by its extension. */
bool filename_archive(struct span extension);

#endif
