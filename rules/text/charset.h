#ifndef RULES_TEXT_CHARSET_H
#define RULES_TEXT_CHARSET_H

/* What labels of charsets mean. Converting is decode.c's. Pure; any thread. */

#include "rules/base/span.h"

enum charset_kind {
	CHARSET_UTF8,
	CHARSET_ASCII, /* and undeclared: repaired */
	CHARSET_WESTERN,
	CHARSET_ICONV,
};

struct charset {
	enum charset_kind kind;
	const char *iconv;  /* its name for iconv */
	const char *labels; /* each between blanks */
};

#define CHARSETS 44
/* In any case and with blanks around it; NULL for one that is not known. */
const struct charset *charset_find(struct span label);
/* Below CHARSETS, another one for each. */
size_t charset_number(const struct charset *c);
const struct charset *charset_at(size_t number);

/*
 * The label that the first octets of a text give it, whatever was declared,
 * and how many of them are a mark and no text: a byte order mark, or markup
 * whose every other octet is NUL. "" for none.
 */
struct span charset_of_mark(struct span text, size_t *octets);

#endif
