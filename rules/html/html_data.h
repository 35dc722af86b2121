#ifndef RULES_HTML_HTML_DATA_H
#define RULES_HTML_HTML_DATA_H

/*
 * data: URLs (RFC 2397): a page or a picture that stands in its own address.
 * Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

struct html_data {
	struct span type;    /* as it stands there, without parameters */
	struct span charset; /* "" for none */
	struct span octets;
};

/*
 * False: it is none, or has more than max octets when decoded. What comes out
 * lies in the arena or in the URL.
 */
bool html_data_read(
    struct span url, size_t max, struct arena *a, struct html_data *out);
/* A browser shows it as a page: HTML, XHTML or SVG. */
bool html_data_page(const struct html_data *d, bool *xml);
/* The page as UTF-8, by mark, parameter or its own declaration. */
struct span html_data_text(const struct html_data *d, struct arena *a);

#endif
