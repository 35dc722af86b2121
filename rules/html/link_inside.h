#ifndef RULES_HTML_LINK_INSIDE_H
#define RULES_HTML_LINK_INSIDE_H

/* Between link.c, link_set.c and link_inner.c. */

#include "rules/html/link.h"

/* What is unpacked in all, to look for links in the links of one message. */
#define LINK_INNER_OCTETS ((size_t)1 << 20)

/* Unless it is there already; over is set when there is no room. */
void link_set_append(struct link_set *set, struct link l);
/* Adds the URLs inside of the URL as LINK_REDIRECT. */
void link_set_add_inner(struct link_set *set, struct span url);
/*
 * The URL up to the end of its host, where a character stands that no host
 * has: "https://a.example&x" to "https://a.example". url itself otherwise.
 */
struct span link_host_end(struct span url);

#endif
