#ifndef RULES_HTML_LINK_H
#define RULES_HTML_LINK_H

/*
 * Links: where a click leads, however the address is written. URLs are read
 * as browsers read them (the WHATWG URL standard), not as RFC 3986 has them:
 * backslashes, missing slashes, user information before the host, percent
 * signs in the host and odd notations of IP addresses all work there.
 * Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

/* Bits; link_flag_names[i] names bit 1 << i. */
enum link_flag {
	LINK_USERINFO = 1 << 0,  /* http://good.example@evil.example/ */
	LINK_IP = 1 << 1,        /* an address instead of a name */
	LINK_IP_ODD = 1 << 2,    /* in decimal, hexadecimal or octal */
	LINK_PORT = 1 << 3,      /* another than the scheme's */
	LINK_IDN = 1 << 4,       /* the host has an A-label */
	LINK_BACKSLASH = 1 << 5, /* for a slash before the path */
	LINK_ESCAPED = 1 << 6,   /* percent signs in the host */
	LINK_INVISIBLE = 1 << 7, /* characters in the host that are not drawn */
	LINK_BAD_HOST = 1 << 8,  /* no domain name */
};
#define LINK_FLAG_COUNT 9
extern const char *const link_flag_names[LINK_FLAG_COUNT];

enum link_kind {
	LINK_TEXT,   /* a URL in text */
	LINK_BARE,   /* a host name in text, which some clients link */
	LINK_ANCHOR, /* of HTML, from here on */
	LINK_IMAGE,
	LINK_ACTION,
	LINK_LOAD,
	LINK_PDF,      /* of a document in a file, up to LINK_QR: in the order of
	                  enum document_kind */
	LINK_OFFICE,   /* Office Open XML, OpenDocument */
	LINK_RTF,
	LINK_SVG,
	LINK_CALENDAR,
	LINK_QR,       /* a code in a picture */
	LINK_REDIRECT, /* a URL inside of another */
};
/* Ends with NULL. */
extern const char *const link_kind_names[LINK_REDIRECT + 2];

struct link {
	enum link_kind kind;
	struct span url;    /* as found, on one line */
	struct span scheme; /* lower case */
	struct span host;   /* A-labels in lower case, or an IP address in its
	                       usual form; "" when there is none */
	struct span text;   /* what is shown for it; "" when that is the URL */
	struct span text_host; /* the host that the text promises, or "" */
	unsigned flags;
};

struct link_set {
	struct arena *arena;
	size_t max; /* 500 */
	struct link *link;
	size_t count, cap;
	size_t unpacked; /* octets, to look for links in links */
	bool over;       /* there were more than max, or too much to unpack */
	/* Whether there is such a top-level domain, in lower case and A-labels;
	 * NULL: only those that clients know best are. */
	bool (*is_tld)(struct span label);
};

void link_set_init(struct link_set *set, size_t max, struct arena *a);

/* Reads one absolute URL, or one that starts with "//" or "www.". */
bool link_parse(struct span url, struct arena *a, struct link *out);

/*
 * Adds a link of HTML. A relative one is resolved against base and dropped
 * when there is none. URLs inside of the URL are added as LINK_REDIRECT. One
 * that is there already is not added again.
 */
void link_set_add(struct link_set *set, enum link_kind kind, struct span href,
    struct span text, struct span base);
/* Adds the links of plain text, which is valid UTF-8. */
void link_set_find(struct link_set *set, struct span text);
/*
 * The host that the reader of a link believes in: that of the first URL in its
 * text, or of a bare host name that the text begins with; "" otherwise.
 */
struct span link_text_host(struct span text, struct arena *a);

#endif
