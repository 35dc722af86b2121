#ifndef RULES_MAIL_ADDR_LIST_H
#define RULES_MAIL_ADDR_LIST_H

/*
 * The addresses of a header field: From, Sender, Reply-To, To, Cc.
 *
 * One strict parser (RFC 5322, 3.4, with RFC 6532's UTF-8) and, for fields
 * that are not by the book, one question: whatever way some mail client or
 * filter might read this, could it see another domain? Where all readings
 * agree the field is taken, marked ADDR_LENIENT; where they do not it is
 * ambiguous, and nothing may be decided on what one reading shows. So the
 * structure is parsed on the raw text, and the decoded text of encoded words,
 * comments and quoted strings are looked at as rival readings only.
 *
 * Pure; any thread; linear in the length of the field. The results lie in the
 * arena or in the field's value.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define ADDR_VALUE_MAX   65536 /* octets of a field that are parsed */
#define ADDR_MAILBOX_MAX 2000
#define ADDR_SHOWN_MAX   4

struct mailbox {
	struct span name;   /* display name as written, quotes and encoded
	                       words and all; "" when there is none */
	struct span local;  /* without needless quotes */
	struct span domain; /* as domain_to_ascii; "" when it is none */
	struct span text;   /* the addr-spec as written */
};

enum addr_status {
	ADDR_OK,         /* every mailbox has a domain */
	ADDR_EMPTY,      /* no mailbox at all: "", ",", "<>" */
	ADDR_GROUP_ONLY, /* "undisclosed recipients:;" */
	ADDR_MALFORMED,  /* no reading gives usable addresses */
	ADDR_AMBIGUOUS,  /* different software would read different domains */
};
extern const char *const addr_status_names[ADDR_AMBIGUOUS + 1];

enum addr_trait {
	ADDR_LENIENT = 1,         /* not by RFC 5322, but one reading */
	ADDR_GROUP = 2,           /* group syntax */
	ADDR_ROUTE = 4,           /* "<@a,@b:c@d>" */
	ADDR_ENCODED = 8,         /* an encoded word is, or hides, an address */
	ADDR_INVISIBLE = 16,      /* invisible character in an address */
	ADDR_NAME_INVISIBLE = 32, /* the same in a display name */
	ADDR_NAME_ADDRESS = 64,   /* display name or comment shows an address
	                             of another domain */
	ADDR_8BIT = 128,          /* raw octets that are not ASCII ... */
	ADDR_NOT_UTF8 = 256,      /* ... nor UTF-8 */
	ADDR_CONTROL = 512,       /* control characters */
	ADDR_LITERAL = 1024,      /* domain literal */
	ADDR_DOT = 2048,          /* U+3002 or its like in a domain */
	ADDR_LIMIT = 4096,        /* over a limit above */
};

struct addr_list {
	enum addr_status status;
	unsigned traits;     /* enum addr_trait */
	struct mailbox *box; /* what was read; to be trusted when ADDR_OK */
	size_t count, cap;
	/* The first domains that the display name or a comment shows beside
	 * those of the mailboxes; how many there are in all. */
	struct span shown[ADDR_SHOWN_MAX];
	size_t shown_count;
	const char *why; /* malformed, ambiguous: static text */
};

/* value as in struct header_field: unfolded and trimmed. */
void addr_list_parse(struct span value, struct arena *a, struct addr_list *out);

#endif
