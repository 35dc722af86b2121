#ifndef POLICY_RESTORE_RESTORE_ENCODE_H
#define POLICY_RESTORE_RESTORE_ENCODE_H

/*
 * Transfer encodings as the author's program is likely to have written them
 * (RFC 2045, 6.7 and 6.8), and the places at which a text may have ended
 * before something was added to it. Pure; any thread; all lies in the arena.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/*
 * One way to take the end off a text: everything up to at, then tail, then
 * everything from end on. What is removed by it is told in the terms of what
 * a reader gets, that is before it was encoded.
 */
struct restore_cut {
	size_t at, end;
	struct span tail;
	struct span removed;
};

/* A text with its cuts, in the order of at. */
struct restore_text {
	struct span text;
	struct restore_cut *cut;
	size_t count;
};

/* The last so many places are tried. */
#define RESTORE_CUTS_MAX 64

/* Where a text may have ended. */
struct restore_ends {
	size_t removed_max; /* octets that may be taken away */
	size_t max;         /* cuts, at most RESTORE_CUTS_MAX */
	bool part;       /* it is a part: its last line end is the delimiter's,
	                    so a line may also end before its line end */
	bool html;       /* also before each tag, and before the closing tags
	                    of the page */
	bool separators; /* only where a line of the kind "-- " or "____" is
	                    first behind it */
};

/* Cuts in a text as it stands. */
void restore_cuts(struct arena *a, struct span text,
    const struct restore_ends *ends, struct restore_text *out);

/* A text with CRLF for every line end, be it LF or CRLF. */
struct span restore_crlf(struct arena *a, struct span text);
/*
 * The text in quoted-printable, in lines of at most 76 characters that are as
 * long as can be, and in base64 in lines of 76, with the cuts of plain in the
 * terms of what comes out. open: without the last line end.
 */
void restore_quoted(struct arena *a, const struct restore_text *plain,
    struct restore_text *out);
void restore_base64(struct arena *a, const struct restore_text *plain,
    bool open, struct restore_text *out);

#endif
