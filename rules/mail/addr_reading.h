#ifndef RULES_MAIL_ADDR_READING_H
#define RULES_MAIL_ADDR_READING_H

/*
 * Rival readings of an address field: what looks like "@domain" to software
 * that does not know quoting, comments or structure. A helper of addr_list.c.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

struct addr_reading {
	size_t at;       /* offset of the "@" */
	size_t end;      /* offset behind the domain */
	struct span run; /* the domain as written */
	bool dotted;     /* it has a dot inside: could be an author's */
	bool doubtful; /* it may go on, or begin otherwise, for some readers */
};

/*
 * The next "@" at or after *pos, which moves behind what was read. Returns
 * false at the end of the text.
 */
bool addr_reading_next(struct span text, size_t *pos, struct addr_reading *out);

/* Is an octet of a domain as readers without grammar take it. */
bool addr_reading_domain_char(char c);

/*
 * The length of the encoded word (RFC 2047, 2) that begins at offset at, or
 * 0. Its text may hold what the standard forbids but for space, "?" and
 * controls, as clients allow.
 */
size_t addr_encoded_word(struct span text, size_t at);
/* The same with all encoded words that follow with only space between. */
size_t addr_encoded_run(struct span text, size_t at);

#endif
