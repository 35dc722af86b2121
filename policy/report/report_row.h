#ifndef POLICY_REPORT_REPORT_ROW_H
#define POLICY_REPORT_REPORT_ROW_H

/*
 * From a message that was judged to what an aggregate report says of it (RFC
 * 9990, 3.1). A row is text already: two messages of which a report says the
 * same have the same texts, so that counting them needs nothing but comparing.
 *
 * A message has a row when it came from outside, its author's domain has a
 * DMARC record that names an address for reports, and DMARC came to pass or
 * fail. No row is made of mail that is put off, since it comes again; of
 * reports on us, or two hosts would report on each other's reports for ever;
 * and of answers to our own.
 *
 * What is kept of the envelope is the sender's domain. Local parts and
 * recipients are in no row.
 */

#include "policy/message/session.h"
#include "policy/message/verdict.h"

/* DKIM results of one row (RFC 9990, 3.1.3). */
#define REPORT_SIGNATURES_MAX 100
/* Octets of the rest of a row; DKIM results beyond are left out. */
#define REPORT_REST_MAX ((size_t)16384)

struct report_row {
	struct report_row *next; /* the book's queue */
	struct arena *arena;     /* of all below */
	size_t octets;           /* of memory, about */
	uint16_t group;          /* the book's: on whose behalf (crowd_group) */
	/* The record, as it was found. */
	struct span domain;    /* where */
	struct span published; /* what stands inside of policy_published */
	struct span rua;       /* as written */
	struct span problem;   /* "" for none */
	/* The row. */
	struct span ip;
	struct span rest; /* what stands behind count, up to </record> */
};

/*
 * NULL when the message has no row. Pure but for the arena of the row; in the
 * thread of the message, once it has been judged.
 */
struct report_row *report_row_new(
    struct message *m, const struct verdict *v, size_t rcpt);
/* NULL inside is fine. */
void report_row_free(struct report_row **r);

/* A row as texts with names, for who carries it elsewhere. */
#define REPORT_ROW_PARTS 6
extern const char *const report_row_part_names[REPORT_ROW_PARTS];
void report_row_parts(
    const struct report_row *r, struct span part[REPORT_ROW_PARTS]);
/* And back, copied; NULL when they can be no row. */
struct report_row *report_row_of(const struct span part[REPORT_ROW_PARTS]);

#endif
