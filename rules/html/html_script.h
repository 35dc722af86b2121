#ifndef RULES_HTML_HTML_SCRIPT_H
#define RULES_HTML_HTML_SCRIPT_H

/*
 * What a script does, as far as its text shows without running it. Pure; any
 * thread; time in proportion to the text.
 */

#include "rules/base/span.h"

#define HTML_SCRIPT_LINKS_MAX 24 /* of one script */

/* It builds a file, for which no link and no attachment is needed. */
bool html_script_smuggles(struct span script);
/*
 * Where it leads to by itself (location = "...", window.open("...")): absolute
 * URLs, slices of the script, at most max of them. Returns how many.
 */
size_t html_script_links(struct span script, struct span *url, size_t max);

#endif
