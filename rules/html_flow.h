#ifndef RULES_HTML_FLOW_H
#define RULES_HTML_FLOW_H

/*
 * Text of HTML as it flows on the screen, and which elements break it.
 * Between html.c and html_flow.c only. Pure.
 */

#include "rules/buf.h"

/* Text as it is shown: white space is one space, or a line end. */
struct html_flow {
	struct buf text;
	bool space, line; /* to come before the next character */
};

/* Adds valid UTF-8, without what is not drawn. */
void html_flow_add(struct html_flow *f, struct span s);

enum html_element_kind {
	HTML_ELEMENT_INLINE,
	HTML_ELEMENT_BLOCK, /* starts a line */
	HTML_ELEMENT_CELL,  /* is set apart by a space */
	HTML_ELEMENT_QUIET, /* its text is not of the page */
};

/* Of an element's name in lower case. */
enum html_element_kind html_element_kind(const char *name);

#endif
