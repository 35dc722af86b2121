#ifndef RULES_MAIL_SRS_H
#define RULES_MAIL_SRS_H

/*
 * Reverse-paths of forwarders that write them anew so that SPF passes for
 * themselves (the Sender Rewriting Scheme): SRS0=HASH=TT=domain=local, and
 * SRS1=HASH=forwarder==HASH=TT=domain=local where another one handed it on.
 * Exchange Online writes local+SRS=HASH=TT=domain=local. Anybody can write
 * one: only the forwarder could check the hash. Pure; any thread; spans point
 * into the local part.
 */

#include "rules/base/span.h"

struct srs {
	struct span path;      /* "domain=local", as written */
	struct span domain;    /* of the sender that was written anew */
	struct span local;     /* and his local part */
	struct span forwarder; /* SRS1: who did so first; else "" */
};

/* False when it is none. */
bool srs_read(struct span local, struct srs *out);

#endif
