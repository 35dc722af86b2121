#ifndef RULES_MAIL_HEADER_HIDDEN_H
#define RULES_MAIL_HEADER_HIDDEN_H

/*
 * The fields that other readers may see inside a field. For us, as for
 * RFC 5322, a line that begins with white space continues the field above it,
 * and a CR without LF is an octet like any other. Some mail programs take a
 * continuation line that looks like a field for one; some take a CR for the
 * end of a line, and with it what follows for a field, or, where nothing
 * follows, for the end of the header. What such readers see is listed here;
 * what it means is for others to say.
 *
 * Pure; any thread; a walk takes linear time.
 */

#include "rules/base/span.h"

/* A walk through one field: zero it but for the two texts. */
struct header_walk {
	struct span raw_name, raw; /* as in struct header_field */
	size_t at;                 /* header_hidden.c's */
	bool begun;
};

struct header_hidden {
	struct span name;  /* without white space around; "" when end */
	struct span value; /* behind the colon, up to the next field that the
	                      same reader would see: folds and all */
	bool fold;         /* seen by those who do not know folds, rather than
	                      by those for whom a CR ends a line */
	bool end;          /* no field: an empty line, the end of the header */
};

/* The next one, from the top; false when there are no more. */
bool header_hidden_next(struct header_walk *w, struct header_hidden *out);

#endif
