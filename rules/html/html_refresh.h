#ifndef RULES_HTML_HTML_REFRESH_H
#define RULES_HTML_HTML_REFRESH_H

#include "rules/base/span.h"

/*
 * Where a refresh leads (the "shared declarative refresh steps" of the HTML
 * standard): a time, a separator, then "url=", which may be missing, and the
 * URL, which may stand in quotes.
 * "" for none; it lies in s. Pure; any thread.
 */
struct span html_refresh_url(struct span s);

#endif
