#ifndef RULES_HTML_HTML_H
#define RULES_HTML_HTML_H

/*
 * HTML as a person sees it and as a client follows it: visible text, links
 * with the text beside them, and the constructs that phishing uses. Read as
 * the HTML standard has browsers read it, but without a tree, so time and
 * memory are linear; pages inside of it, in frames, in data: URLs and in what
 * scripts write, belong to it. Any thread; never fails: what is over a limit is cut and
 * flagged.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

struct html_limits {
	size_t octets; /* of HTML: 4 MB */
	size_t text;   /* of visible and of hidden text, each: 1 MB */
	size_t links;  /* 500 */
	size_t depth;  /* elements inside one another whose style counts: 512 */
};
extern const struct html_limits html_limits_standard;

/* Bits; html_flag_names[i] names bit 1 << i. */
enum html_flag {
	HTML_HIDDEN = 1 << 0,     /* text that is not shown */
	HTML_FORM = 1 << 1,       /* a form */
	HTML_PASSWORD = 1 << 2,   /* an input of type password */
	HTML_BASE = 1 << 3,       /* base href: relative links go elsewhere */
	HTML_REFRESH = 1 << 4,    /* meta refresh */
	HTML_SCRIPT = 1 << 5,     /* script, or an event attribute */
	HTML_SMUGGLING = 1 << 6,  /* script that builds a file */
	HTML_DATA = 1 << 7,       /* a link or frame to a data: URL */
	HTML_JAVASCRIPT = 1 << 8, /* a link to javascript: or vbscript: */
	HTML_FRAME = 1 << 9,      /* iframe, object, embed */
	HTML_DEPTH = 1 << 10,     /* some style may not have counted */
	HTML_LIMIT = 1 << 11,     /* not all text or links were read */
	HTML_BUILT = 1 << 12,     /* a script goes where its text does not
	                             show */
};
#define HTML_FLAG_COUNT 13
extern const char *const html_flag_names[HTML_FLAG_COUNT];

enum html_link_kind {
	HTML_LINK,   /* what a click follows */
	HTML_IMAGE,  /* what is loaded to be shown */
	HTML_ACTION, /* where a form is sent */
	HTML_LOAD,   /* frames, and what a refresh goes to */
};

struct html_link {
	enum html_link_kind kind;
	struct span href; /* without white space around and line ends inside,
	                     entities decoded; not resolved against base */
	struct span text; /* what is shown for it; "" when nothing is */
};

struct html_page {
	struct span text;   /* visible, white space as it is shown */
	struct span hidden; /* what is not shown */
	struct span base;   /* base href, or "" */
	struct html_link *link;
	size_t link_count, link_cap;
	struct span *picture; /* the octets of those in data: URLs */
	size_t picture_count, picture_cap;
	size_t images;        /* elements that show one, whatever its source */
	size_t remote_images; /* loaded from elsewhere: http, https or // */
	unsigned flags;
};

/*
 * Reads html, which is UTF-8 whatever it says of itself. Texts of the page
 * are valid UTF-8 without invisible characters and lie in the arena.
 */
void html_read(struct span html, const struct html_limits *limits,
    struct arena *a, struct html_page *out);

#endif
