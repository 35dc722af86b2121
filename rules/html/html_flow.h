#ifndef RULES_HTML_HTML_FLOW_H
#define RULES_HTML_HTML_FLOW_H

/*
 * Text as it is shown: white space of any kind and number is one space, or a
 * line end where a block ends, and what can't be seen is left out. Between
 * html*.c only; one thread at a time.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

struct html_flow {
	struct buf text;  /* the owner's to initialise and free */
	bool space, line; /* to come before the next character */
};

/* Octets that are no UTF-8 are left out, too. */
void html_flow_add(struct html_flow *flow, struct span s);

#endif
