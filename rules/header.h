#ifndef RULES_HEADER_H
#define RULES_HEADER_H

/*
 * A header field as it came, and the message's list of them. The daemon gets
 * fields from the MTA one by one; `verdict check` gets them by splitting a
 * file. Both end up as the same structures, so that everything behind them
 * judges the same.
 */

#include "rules/arena.h"
#include "rules/span.h"

struct header_field {
	struct span name;     /* without white space before the colon */
	struct span raw_name; /* as written, what stood before the colon */
	struct span raw;      /* all after the colon: leading space and folds
	                         (LF or CRLF before the white space) as they came,
	                         without the final line end */
	struct span value;    /* raw unfolded (line ends removed, RFC 5322
	                         2.2.3) and trimmed; NUL and 8-bit stay */
	size_t index;         /* 1-based among fields of the same name, as
	                         smfi_chgheader counts */
};

struct header_list {
	struct header_field *field;
	size_t count;
	size_t cap;
	struct arena *arena;
	size_t octets; /* of names and values together */
};

void header_list_init(struct header_list *h, struct arena *a);
/*
 * Appends a field; name and raw are copied. Returns the new field, whose
 * address is valid until the next call.
 */
const struct header_field *header_add(
    struct header_list *h, struct span raw_name, struct span raw);
/* How many fields have this name, in any case. */
size_t header_count(const struct header_list *h, const char *name);
/* The nth (0-based, from the top) of this name, or NULL. */
const struct header_field *header_get(
    const struct header_list *h, const char *name, size_t nth);

/*
 * Splits a message as an MTA would (STANDARDS: RFC 5322 2.2; Postfix ends the
 * header at the first line that is no field). Adds the fields to h and sets
 * *body to what follows; lines may end in CRLF or LF. Bits of
 * enum header_anomaly that the split itself shows are or-ed into *anomalies.
 */
enum header_anomaly {
	HEADER_NO_COLON = 1,      /* a line that is no field ended the header */
	HEADER_LEADING_SPACE = 2, /* the first line begins with white space */
	HEADER_SPACE_COLON = 4,   /* "Name :" */
	HEADER_NUL = 8,
	HEADER_BARE_CR = 16,
	HEADER_LONG_LINE = 32, /* over 998 octets */
	HEADER_8BIT = 64,
	HEADER_LIMIT = 128, /* over a limit: the rest was not kept */
};
void header_split(struct span message, struct header_list *h, struct span *body,
    unsigned *anomalies);

#endif
