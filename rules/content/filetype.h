#ifndef RULES_CONTENT_FILETYPE_H
#define RULES_CONTENT_FILETYPE_H

/* What a file is by its octets, whatever it is called. Pure; any thread. */

#include "rules/base/span.h"

/* Octets from the start that filetype_of looks at. */
#define FILETYPE_HEAD 36864

enum filetype_kind {
	FILETYPE_OTHER,
	FILETYPE_PROGRAM, /* the system runs it */
	FILETYPE_ARCHIVE, /* archive.h may list its members */
	FILETYPE_HTML,    /* html.h reads it */
	FILETYPE_TEXT,
};

struct filetype {
	const char *type; /* a media type; "application/octet-stream" when it
	                     is not known, "text/plain" for plain text */
	enum filetype_kind kind;
};

struct filetype filetype_of(struct span octets);

#endif
