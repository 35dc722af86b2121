#ifndef RULES_MAIL_HEADER_H
#define RULES_MAIL_HEADER_H

/*
 * A header field as it came, and the message's list of them. The daemon gets
 * fields from the MTA one by one; `verdict check` gets them by splitting a
 * file. Both end up as the same structures, so that everything behind them
 * judges the same.
 *
 * Limits. A sender may send any number of fields. Over HEADER_FIELDS_SEEN
 * fields or HEADER_OCTETS_SEEN octets the list is flagged HEADER_LIMIT, and
 * header_is_seen tells which fields content checks still look at; all are
 * kept, for signatures and for the removal of forged results. Over
 * HEADER_OCTETS_MAX a field is kept with its first HEADER_CUT octets only,
 * and over HEADER_FIELDS_MAX only what decides who the author is and what
 * claims to be our result (up to as many again). What is left then is no basis
 * for a judgement, nor for the removal of what is forged: HEADER_OVERFULL says
 * that such a message is to be refused. Each function takes time in proportion to what it is given.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define HEADER_FIELDS_SEEN 1000
#define HEADER_OCTETS_SEEN (256U << 10)
#define HEADER_FIELDS_MAX  10000
#define HEADER_OCTETS_MAX  (2U << 20)
#define HEADER_CUT         256
#define HEADER_LINE_MAX    998 /* RFC 5322, 2.1.1; without the line end */

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
	bool cut;             /* raw is only the beginning: HEADER_CUT */
	size_t same_next;     /* header.c's: the next of this name */
};

struct header_list {
	struct header_field *field;
	size_t count;
	size_t cap;
	struct arena *arena;
	size_t octets; /* of names and values together */
	bool tight;    /* the owner has no memory for more: of what comes
	                       the first HEADER_CUT octets of fields that
	                       decide who the author is, at most
	                       HEADER_FIELDS_SEEN of them */
	size_t tight_kept;
	size_t dropped;     /* fields that were not kept at all */
	size_t cut;         /* that were kept in part */
	unsigned anomalies; /* enum header_anomaly that single fields show */
	struct header_name *name; /* header.c's: one a name, hashed */
	size_t name_count, name_cap;
	uint32_t *bucket;
};

/* What is wrong with the structure of a header; bits. */
enum header_anomaly {
	HEADER_NO_COLON = 1,      /* a line that is no field ended the header */
	HEADER_LEADING_SPACE = 2, /* the first line begins with white space */
	HEADER_SPACE_COLON = 4,   /* "Name :" */
	HEADER_NUL = 8,
	HEADER_BARE_CR = 16,
	HEADER_LONG_LINE = 32, /* over HEADER_LINE_MAX octets */
	HEADER_8BIT = 64,
	HEADER_LIMIT = 128,      /* over a limit: see above */
	HEADER_BLANK_FOLD = 256, /* a continuation line of white space only */
	HEADER_FROM_LIKE = 512,  /* the line that is no field and ended the
	                            header looks like the start of a From */
	HEADER_HIDDEN_FIELD = 1024, /* where a CR ends a line, a field or the
	                               end of the header stands behind one */
	HEADER_OVERFULL = 2048,     /* so large that a field was dropped or cut:
	                           not to be judged by what is left */
};

void header_list_init(struct header_list *h, struct arena *a);
/*
 * Appends a field; name and raw are copied, and what is wrong with it is
 * or-ed into h->anomalies. Returns the new field, whose address is valid
 * until the next call, or NULL when it was dropped for being too many.
 */
const struct header_field *header_add(
    struct header_list *h, struct span raw_name, struct span raw);
/*
 * A value without line ends, CR before LF included, and without white space
 * around. In the arena, or in raw.
 */
struct span header_unfold(struct span raw, struct arena *a);
/* Fields were dropped or cut: what is not in the list may have been there. */
bool header_lost(const struct header_list *h);
/*
 * Whether a field's name is the wanted one, in any case; a "*" at the end of
 * want stands for any end.
 */
bool header_name_is(struct span name, struct span want);
/* How many fields have this name, in any case. */
size_t header_count(const struct header_list *h, const char *name);
/* The nth (0-based, from the top) of this name, or NULL. */
const struct header_field *header_get(
    const struct header_list *h, const char *name, size_t nth);
/* The next field of the same name, or NULL: to go through all of them. */
const struct header_field *header_next(
    const struct header_list *h, const struct header_field *f);
/* How many of the first fields content checks look at. */
size_t header_seen(const struct header_list *h);

/*
 * Could some reader take this line of a body, or of what is no header any
 * more, for a From field: " From:..." or "From" alone, with the colon on the
 * next line perhaps? A CR begins one more line.
 */
bool header_line_is_from(struct span line);

/*
 * Splits a message as Postfix does: the header ends
 * at the first line that is no field, be it empty or not, and a first line
 * that begins with white space is none. A "From " line before all fields, as
 * mailboxes have it, becomes X-Mailbox-Line. Adds the fields to h and sets
 * *body to what follows; lines may end in CRLF or LF. All anomalies, those of
 * h included, are or-ed into *anomalies.
 */
void header_split(struct span message, struct header_list *h, struct span *body,
    unsigned *anomalies);

#endif
