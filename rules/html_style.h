#ifndef RULES_HTML_STYLE_H
#define RULES_HTML_STYLE_H

/*
 * What a style attribute does to the visibility of text (CSS, as far as mail
 * uses it to hide text). Between html_style.c and html.c only. Pure.
 */

#include "rules/span.h"

#define STYLE_NO_COLOUR UINT32_MAX

/* What an element gives on to those in it. */
struct html_style {
	bool hidden;
	uint32_t colour, background; /* 0xrrggbb */
};

/* Changes *style, which holds what is inherited, by a style attribute. */
void html_style_apply(struct html_style *style, struct span css);
/* Reads "#fff", "#ffffff", "white", "rgb(...)" and the like. */
uint32_t html_style_colour(struct span value);
/* True when text in this style cannot be seen. */
bool html_style_hides(const struct html_style *style);

#endif
