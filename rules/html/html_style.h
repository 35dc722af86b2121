#ifndef RULES_HTML_HTML_STYLE_H
#define RULES_HTML_HTML_STYLE_H

/*
 * What declarations of CSS do to the visibility of text, as far as mail uses
 * it to hide text. Between html*.c only. Pure.
 */

#include "rules/base/span.h"

#define STYLE_NO_COLOUR   UINT32_MAX       /* not known */
#define STYLE_TRANSPARENT (UINT32_MAX - 1) /* of text */
#define STYLE_INHERIT     (UINT32_MAX - 2) /* that of what it stands in */

/* Of an element: what it says itself, or what is true for text in it. */
struct html_style {
	bool hidden;
	uint32_t colour, background; /* 0xrrggbb, or one of the above */
};
extern const struct html_style html_style_none; /* of one that says nothing */
extern const struct html_style html_style_page; /* of a page's own text */

/* A list of declarations; bits are those of enum style_bit in html_style.c. */
struct html_declared {
	unsigned set;       /* what they speak of */
	unsigned yes;       /* of it, what hides */
	unsigned important; /* of it, what is "!important" */
	uint32_t colour, background;
};

/* Reads "display:none; color:#fff"; the last of a name counts. */
struct html_declared html_style_read(struct span css);
/* Adds declarations that override those that are there already. */
void html_style_override(struct html_declared *all,
    const struct html_declared *more, bool important_only);
/* Changes *own, which holds what the element's attributes say without CSS. */
void html_style_settle(struct html_style *own, const struct html_declared *all);
/*
 * What both say, own where it says something. What is true for text in an
 * element that says own, when other is what is true around it.
 */
struct html_style html_style_merge(
    struct html_style other, struct html_style own);
bool html_style_equal(struct html_style a, struct html_style b);
/* True when they say something about the background. */
bool html_style_has_background(const struct html_declared *d);
/* Reads "#fff", "#ffffff", "white", "rgb(...)" and the like. */
uint32_t html_style_colour(struct span value);
/* True when text in this style cannot be seen. */
bool html_style_hides(const struct html_style *style);

#endif
