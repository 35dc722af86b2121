#ifndef RULES_HTML_HTML_ENTITY_H
#define RULES_HTML_HTML_ENTITY_H

/*
 * Character references of HTML, numeric and named, as the HTML standard reads
 * them (13.2.5.72 to 13.2.5.80). Between html*.c only. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define HTML_ENTITY_OCTETS 8 /* that one reference can stand for, at most */

/*
 * s starts with '&'. Returns how many octets of it are a reference, and
 * writes what it stands for, as UTF-8, into out (*n octets); 0 when the '&'
 * stands for itself. In the value of an attribute some need a semicolon
 * that need none in text. Looks at most at as many octets as it takes, and
 * 32 more.
 */
size_t html_entity_read(
    struct span s, bool in_attribute, char out[HTML_ENTITY_OCTETS], size_t *n);

/* The value of an attribute without references: s itself when it has none. */
struct span html_entity_value(struct span s, struct arena *a);

#endif
