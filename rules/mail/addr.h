#ifndef RULES_MAIL_ADDR_H
#define RULES_MAIL_ADDR_H

/*
 * Envelope addresses as mail writes them, in the one form that everything
 * behind compares. Pure; any thread; what is returned lies in the arena or in
 * the argument.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/*
 * A reverse-path or forward-path of RFC 5321, 4.1.2, as an MTA hands it over,
 * with or without angle brackets.
 */
struct envelope_path {
	struct span raw;    /* the addr-spec alone; "" for the null path */
	struct span local;  /* unquoted where quotes change nothing; "" when
	                       there is none or the path is not valid */
	struct span domain; /* as domain_to_ascii; "" likewise, and for a
	                       domain literal */
	bool valid;         /* the null path and a bare local part are */
	bool null;
	bool route;   /* had a source route, which is dropped (5321, C) */
	bool literal; /* the domain is an address literal */
};
void envelope_parse(
    struct span raw, struct arena *a, struct envelope_path *out);

#endif
