#ifndef POLICY_DKIM_RELAX_H
#define POLICY_DKIM_RELAX_H

/*
 * White space of a body as the "relaxed" canonicalization wants it (RFC 6376,
 * 3.4.4 a): none at the end of a line, one space for any other run. Pure; one
 * thread at a time; starts zeroed.
 */

#include "rules/span.h"

struct dkim_relax {
	bool space; /* a run of white space is pending */
	bool cr;    /* and behind it a CR */
	bool text;  /* more than line ends has come out */
};

#define DKIM_RELAX_MORE 2 /* octets that may come out beyond those put in */

/*
 * Takes in, which may be split anywhere, and writes what is certain by now to
 * out, which has room for in.n + DKIM_RELAX_MORE octets. Returns how many.
 * A line ends in CRLF; a CR or LF alone is an octet like others.
 */
size_t dkim_relax(struct dkim_relax *r, struct span in, char *out);

#endif
