#ifndef RULES_HTML_REPAIR_H
#define RULES_HTML_REPAIR_H

/*
 * What browsers read otherwise than libxml2, put so that both read the same.
 * Between html.c and html_repair.c only. Pure.
 */

#include "rules/arena.h"
#include "rules/span.h"

/* A page; itself where there is nothing to repair. */
struct span html_repair(struct span html, struct arena *a);
/*
 * An attribute's URL as the WHATWG URL standard strips it: no line ends, no
 * tabs, no space around it; valid UTF-8.
 */
struct span html_href(const char *href, struct arena *a);

#endif
