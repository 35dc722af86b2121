#ifndef RULES_HTML_HTML_NAME_H
#define RULES_HTML_HTML_NAME_H

/*
 * The names of HTML that mean something here: elements with all that the
 * tokenizer, the nesting and the text need to know of them, and attributes.
 * Between html*.c only. Pure; any thread.
 */

#include "rules/base/span.h"

/* Known elements, by letter; TAG_OTHER is any other name. */
enum html_tag {
	TAG_OTHER,
/* The second constant of a letter only takes the count back by one. */
/* clang-format off */
#define LETTER(l) \
	TAG_##l##_FIRST, TAG_##l##_BEFORE = TAG_##l##_FIRST - 1,
/* clang-format on */
#define X(id, name, nest, f) TAG_##id,
#include "rules/html/html_elements.def"
#undef X
#undef LETTER
	TAG_FRAGMENT, /* no element: what stands in a comment for Outlook */
	TAG_COUNT
};

/* How an element opens and closes others (HTML standard, 13.2.6.4). */
enum html_nest {
	NEST_ORDINARY, /* its end tag reaches up to the nearest special one */
	NEST_BLOCK,    /* its end tag reaches up to the end of scope */
	NEST_P,
	NEST_LI,
	NEST_DD,
	NEST_HEADING,
	NEST_FORM,
	NEST_BR,
	NEST_LINK,       /* formatting, and ends an open one of its name */
	NEST_FORMATTING, /* stays in force where a block ends before it does */
	NEST_BUTTON,
	NEST_OPTION,
	NEST_TABLE,
	NEST_SECTION, /* right inside a table */
	NEST_ROW,
	NEST_CELL,
	NEST_TEMPLATE,
	NEST_ROOT,    /* html and body: only their attributes count */
	NEST_NOTHING, /* its tags are passed over */
};

enum html_element_flag {
	EL_LINE = 1 << 0,      /* starts and ends a line */
	EL_CELL = 1 << 1,      /* is set apart by a space */
	EL_SPECIAL = 1 << 2,   /* what the standard calls special */
	EL_CLOSES_P = 1 << 3,  /* ends an open p */
	EL_IMPLIED = 1 << 4,   /* its end tag may be left out */
	EL_VOID = 1 << 5,      /* has no end tag and no content */
	EL_INLINE = 1 << 6,    /* formatting is taken up again before it */
	EL_SCOPE = 1 << 7,     /* end tags in it don't close what is outside */
	EL_MARKER = 1 << 8,    /* formatting in it ends with it */
	EL_FOSTER = 1 << 9,    /* text right inside is shown before the table */
	EL_QUIET = 1 << 10,    /* its text is not of the page */
	EL_UNSHOWN = 1 << 11,  /* its text is for clients that lack something */
	EL_FOREIGN = 1 << 12,  /* SVG, MathML: other rules for the tokenizer */
	EL_HTML_IN = 1 << 13,  /* inside of it, within those, is HTML again */
	EL_BREAKOUT = 1 << 14, /* ends those */
	EL_RCDATA = 1 << 15,   /* text without tags, but with references */
	EL_RAWTEXT = 1 << 16,  /* text without either */
	EL_SCRIPT = 1 << 17,   /* the same, and "<!--" hides end tags */
	EL_PLAIN = 1 << 18,    /* text to the end of the page */
	EL_FRAME = 1 << 19,    /* shows another page */
};
#define EL_BLOCK (EL_LINE | EL_SPECIAL | EL_CLOSES_P)
#define EL_RAW   (EL_RCDATA | EL_RAWTEXT | EL_SCRIPT | EL_PLAIN)

struct html_element {
	struct span name;
	enum html_nest nest;
	unsigned flags;
};
/* By enum html_tag. */
extern const struct html_element html_element[TAG_COUNT];

enum html_attribute {
	ATTR_OTHER,
	ATTR_ACTION,
	ATTR_ALT,
	ATTR_BACKGROUND,
	ATTR_BGCOLOR,
	ATTR_CLASS,
	ATTR_COLOR,
	ATTR_CONTENT,
	ATTR_DATA,
	ATTR_FORMACTION,
	ATTR_HIDDEN,
	ATTR_HREF,
	ATTR_HTTP_EQUIV,
	ATTR_ID,
	ATTR_MEDIA,
	ATTR_PING,
	ATTR_PLACEHOLDER,
	ATTR_POSTER,
	ATTR_SRC,
	ATTR_SRCDOC,
	ATTR_SRCSET,
	ATTR_STYLE,
	ATTR_TEXT,
	ATTR_TO,
	ATTR_TYPE,
	ATTR_VALUE,
	ATTR_VALUES,
	ATTR_XLINK_HREF,
	ATTR_EVENT, /* any name that starts with "on" */
	ATTR_COUNT
};

/* Both take ASCII letters of either case. */
enum html_tag html_name_tag(struct span name);
enum html_attribute html_name_attribute(struct span name);

#endif
