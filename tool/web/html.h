#ifndef TOOL_WEB_HTML_H
#define TOOL_WEB_HTML_H

/*
 * The one way in which pages are written. Elements, attributes and the pages
 * that links go to are enumerations; all else is text, and every text passes
 * one function that escapes it. There is no call that writes markup as it
 * stands, so that what a sender wrote can't become any: not by an oversight
 * either.
 *
 * Elements are begun, given attributes, filled and ended, the innermost first;
 * html_end knows which one that is. Begun and never ended is a bug of ours
 * (html_done). Void elements (input, br) end by themselves.
 */

#include "rules/base/buf.h"

enum html_element {
	HTML_A,
	HTML_BDI,
	HTML_BODY,
	HTML_BUTTON,
	HTML_CAPTION,
	HTML_CODE,
	HTML_DD,
	HTML_DETAILS,
	HTML_DIV,
	HTML_DL,
	HTML_DT,
	HTML_FIELDSET,
	HTML_FOOTER,
	HTML_FORM,
	HTML_H1,
	HTML_H2,
	HTML_H3,
	HTML_HEAD,
	HTML_HEADER,
	HTML_HTML,
	HTML_INPUT, /* void */
	HTML_LABEL,
	HTML_LEGEND,
	HTML_LI,
	HTML_LINK, /* void */
	HTML_MAIN,
	HTML_META, /* void */
	HTML_NAV,
	HTML_OPTION,
	HTML_P,
	HTML_PRE,
	HTML_SECTION,
	HTML_SELECT,
	HTML_SPAN,
	HTML_STRONG,
	HTML_SUMMARY,
	HTML_TABLE,
	HTML_TBODY,
	HTML_TD,
	HTML_TEXTAREA,
	HTML_TH,
	HTML_THEAD,
	HTML_TIME,
	HTML_TITLE,
	HTML_TR,
	HTML_UL,
	SVG_G,
	SVG_LINE,
	SVG_RECT,
	SVG_SVG,
	SVG_TEXT,
	SVG_TITLE,
};
#define HTML_ELEMENTS (SVG_TITLE + 1)

/* None of them is a script or a style, and none takes an address: those are
 * html_href's. */
enum html_attribute {
	ATTR_ARIA_CURRENT,
	ATTR_ARIA_LABEL,
	ATTR_ARIA_LABELLEDBY,
	ATTR_CHARSET,
	ATTR_CLASS,
	ATTR_CONTENT,
	ATTR_DATETIME,
	ATTR_FOR,
	ATTR_HEIGHT,
	ATTR_ID,
	ATTR_LANG,
	ATTR_METHOD,
	ATTR_NAME,
	ATTR_OPEN,
	ATTR_PLACEHOLDER,
	ATTR_REL,
	ATTR_REQUIRED,
	ATTR_ROLE,
	ATTR_ROWS,
	ATTR_SCOPE,
	ATTR_SELECTED,
	ATTR_TABINDEX,
	ATTR_TITLE,
	ATTR_TYPE,
	ATTR_VALUE,
	ATTR_VIEWBOX,
	ATTR_WIDTH,
	ATTR_X,
	ATTR_Y,
	ATTR_X1,
	ATTR_X2,
	ATTR_Y1,
	ATTR_Y2,
	ATTR_TEXT_ANCHOR,
};
#define HTML_ATTRIBUTES (ATTR_TEXT_ANCHOR + 1)

/* Where a link or a form of ours goes; the paths stand relative, so that a
 * reverse proxy may place all of it anywhere. */
enum html_page {
	PAGE_OVERVIEW,
	PAGE_HISTORY,
	PAGE_DECISION,
	PAGE_RULES,
	PAGE_RULE,
	PAGE_SENDERS,
	PAGE_SENDER,
	PAGE_HEALTH,
	PAGE_LEARNING,
	PAGE_TEACH,
	PAGE_PROMISES,
	PAGE_STYLE,
	PAGE_ICON,
};
#define HTML_PAGES (PAGE_ICON + 1)
/* "history"; the overview's is "". */
const char *html_page_path(enum html_page page);

#define HTML_DEPTH_MAX 32

struct html {
	struct buf *out;
	enum html_element open[HTML_DEPTH_MAX];
	size_t depth;
	bool tag; /* the innermost can still be given attributes */
};

/* out gets the doctype and whatever comes. */
void html_init(struct html *h, struct buf *out);
/* All that was begun was ended. */
void html_done(const struct html *h);

void html_begin(struct html *h, enum html_element e);
/* The same with a class; NULL: without. */
void html_begin_class(
    struct html *h, enum html_element e, const char *class_name);
void html_end(struct html *h);

/* Before anything is put into the innermost element. */
void html_set(struct html *h, enum html_attribute a, struct span value);
void html_setz(struct html *h, enum html_attribute a, const char *value);
void html_setf(struct html *h, enum html_attribute a, const char *fmt, ...)
    ATTR_PRINTF(3, 4);

struct html_pair {
	const char *key;
	struct span value; /* those that are empty are left out */
};
/* Where a link, or a form, goes: one of our pages with a query. */
void html_href(struct html *h, enum html_page page,
    const struct html_pair *pair, size_t count);
/* To the element of this page with that id, which is ours. */
void html_href_here(struct html *h, const char *id);
void html_action(struct html *h, enum html_page page);

/*
 * Text: of anybody, in any octets. What a browser would take for markup, what
 * is not UTF-8, and characters that can't be seen or that turn the reading
 * round are shown for what they are.
 */
void html_text(struct html *h, struct span text);
void html_textz(struct html *h, const char *text);
void html_textf(struct html *h, const char *fmt, ...) ATTR_PRINTF(2, 3);

/* A whole element with a text; class_name may be NULL. */
void html_put(struct html *h, enum html_element e, const char *class_name,
    struct span text);
void html_putz(struct html *h, enum html_element e, const char *class_name,
    const char *text);
void html_putf(struct html *h, enum html_element e, const char *class_name,
    const char *fmt, ...) ATTR_PRINTF(4, 5);
/* A link with a text to a page that takes one value, or none: key NULL. */
void html_link(struct html *h, enum html_page page, const char *key,
    struct span value, struct span text);

#endif
