#ifndef RULES_HTML_HTML_INSIDE_H
#define RULES_HTML_HTML_INSIDE_H

/*
 * Between the files that read a page: html.c goes through its tokens and keeps
 * its text, html_element.c knows what elements and attributes do beside that, and
 * html_follow.c where they lead.
 * Pages inside of the page are read on the way.
 */

#include "rules/html/html.h"
#include "rules/html/html_flow.h"
#include "rules/html/html_lex.h"
#include "rules/html/html_sheet.h"
#include "rules/html/html_tree.h"

/* The link that is open. */
struct html_anchor {
	bool open;
	size_t link;  /* its index */
	size_t from;  /* where in visible its text starts */
	size_t level; /* how many <a> are in force, with it */
	size_t depth; /* how many elements are open, with it */
};

struct html_reader {
	const struct html_limits *limits;
	struct html_page *out;
	struct arena *arena;
	struct html_flow visible, hidden;
	struct html_tree tree;
	struct html_sheet sheet;
	bool sheet_counts;      /* of the style element that is open */
	bool in_comment;        /* of Outlook's conditional ones */
	unsigned inside;        /* pages around this one */
	bool mute;              /* text is not of this page */
	size_t octets;          /* of pages inside that may still be read */
	size_t built;           /* octets that scripts may still put together */
	struct js_names *names; /* what their names stand for */
	struct html_anchor anchor;
};

/* ---- html.c ---------------------------------------------------------------- */

/* Text of an attribute that is shown, set apart by spaces. */
void html_text_apart(
    struct html_reader *r, const struct html_style *style, struct span text);
/*
 * Reads a page inside of the page; mute: its links and what it does count, and
 * its text is not shown here.
 */
void html_page_inside(struct html_reader *r, struct span html, bool mute);

/* ---- html_element.c -------------------------------------------------------- */

/* Attributes that any element may have. */
struct html_style html_element_style(
    struct html_reader *r, const struct html_token *token);
/* What CSS says of an element, in its attribute and in style sheets. */
void html_element_sheet(struct html_reader *r, const struct html_token *token,
    struct html_style *own);
/*
 * A frame, whose style of its own is known: shows the page that is in it,
 * unless that is elsewhere.
 */
void html_element_frame(struct html_reader *r, const struct html_token *token,
    const struct html_style *own);
/* What some elements do beside holding text. */
void html_element_open(struct html_reader *r, const struct html_token *token,
    const struct html_style *style);
/* What stands in an element that is open: scripts and style sheets. */
void html_element_text(
    struct html_reader *r, enum html_tag tag, struct span text);

/* ---- html_follow.c --------------------------------------------------------- */

bool html_token_has(const struct html_token *token, enum html_attribute id);
/* Without references; "" when it is not there. */
struct span html_token_value(struct html_reader *r,
    const struct html_token *token, enum html_attribute id);

/*
 * An address as the WHATWG URL standard strips it: no line ends, no tabs. Most
 * have nothing to strip.
 */
struct span html_follow_clean(struct html_reader *r, struct span href);
/* It names a host of its own. */
bool html_follow_absolute(struct span url);
/*
 * Adds a link. One that is a page itself is read; mute: what that shows is no
 * text of this page. Returns the index of the new link, or SIZE_MAX.
 */
size_t html_follow_add(struct html_reader *r, enum html_link_kind kind,
    struct span value, bool mute);
/* The same, mute. */
size_t html_follow(
    struct html_reader *r, enum html_link_kind kind, struct span value);
/* A picture, which counts where it is loaded from elsewhere. */
void html_follow_image(struct html_reader *r, struct span src);
/*
 * "URL 2x, URL 800w": other sizes of an image that is counted by its src, each
 * of which some screen loads.
 */
void html_follow_srcset(struct html_reader *r, struct span set);
/*
 * A link's text ends where the <a> is not in force any more, which may be
 * outside of the element; that of links of SVG and of Outlook's buttons ends
 * with their element.
 */
void html_anchor_begin(struct html_reader *r, const struct html_token *token);
/* Ends the link that is open, or the one that is not in force any more. */
void html_anchor_end(struct html_reader *r);
void html_anchor_check(struct html_reader *r);

#endif
