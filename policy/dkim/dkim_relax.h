#ifndef POLICY_DKIM_DKIM_RELAX_H
#define POLICY_DKIM_DKIM_RELAX_H

/*
 * White space of a body as the "relaxed" canonicalization wants it (RFC 6376,
 * 3.4.4 a): none at the end of a line, one space for any other run. Pure; one
 * thread at a time; starts zeroed.
 */

#include "rules/base/span.h"

/* What is undecided at the end of a piece. */
struct dkim_relax {
	bool space; /* white space, which may end a line */
	bool cr;    /* and behind it a CR, which may do so */
};

#define DKIM_RELAX_ROOM 4096

/*
 * Takes text from the front of *in, which may be split anywhere, until there
 * is a piece of canonical text or *in is used up. Returns the piece, which is
 * a part of *in where that needs no change and otherwise stands in out; it
 * may be "". A line ends in CRLF; a CR or LF alone is an octet like others.
 */
struct span dkim_relax(
    struct dkim_relax *r, struct span *in, char out[DKIM_RELAX_ROOM]);

#endif
