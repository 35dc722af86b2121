#ifndef RULES_HTML_HTML_CHARSET_H
#define RULES_HTML_HTML_CHARSET_H

/* What must be known of a page before it can be read. Pure; any thread. */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/*
 * The charset that a page names in a meta element near its start (the
 * prescan of the HTML standard), or that XML names in its declaration; "" for
 * none. It points into the octets, which may be in any charset that has ASCII
 * in it.
 */
struct span html_charset(struct span octets);

/*
 * XML as html.h can read it: without the prefixes of names, so that <s:script>
 * and x:href are what they are to an XML reader, and with the text of CDATA
 * sections as text. A copy in the arena.
 */
struct span html_of_xml(struct span xml, struct arena *a);

#endif
