#ifndef POLICY_DMARC_DMARC_RECORD_H
#define POLICY_DMARC_DMARC_RECORD_H

/*
 * DMARC policy records (RFC 9989, 4.5 to 4.8). Pure; any thread; spans point
 * into the record's text.
 *
 * A tag whose value is bad counts as if it were not there, unknown tags and
 * what is no tag are passed over, and of a tag that is given twice the first
 * good one holds (the RFC does not say; what follows a first answer can then
 * only be ignored). pct, rf and ri are historic and have no effect.
 */

#include "rules/base/span.h"

enum dmarc_policy {
	DMARC_P_ABSENT,
	DMARC_P_NONE,
	DMARC_P_QUARANTINE,
	DMARC_P_REJECT,
};
/* "none", "quarantine", "reject"; NULL for DMARC_P_ABSENT. */
extern const char *const dmarc_policy_names[DMARC_P_REJECT + 1];

enum dmarc_psd { DMARC_PSD_UNKNOWN, DMARC_PSD_YES, DMARC_PSD_NO };

/* How a record that breaks the rule of 4.10.1 is taken. */
enum dmarc_record_state {
	DMARC_RECORD_GOOD,
	/* p, sp or np is not usable, but reports are wanted: p=none. */
	DMARC_RECORD_MONITOR,
	/* The same without a place for reports: no policy at all. */
	DMARC_RECORD_VOID,
};

struct dmarc_record {
	struct span text;
	enum dmarc_record_state state;
	/* As they apply: p=none, and sp and np absent, for MONITOR. */
	enum dmarc_policy p, sp, np;
	bool dkim_strict, spf_strict;
	enum dmarc_psd psd;
	bool testing;         /* t=y */
	bool historic;        /* pct, rf or ri stands there */
	struct span fo;       /* as written; "" when absent */
	struct span rua, ruf; /* lists as written; "" when absent */
	size_t rua_count;     /* valid URIs in rua */
	const char *problem;  /* the first thing wrong in it, or NULL */
};

/* Is text a DMARC record at all: does it begin with the tag v=DMARC1? */
bool dmarc_record_is(struct span text);
/* Takes a record apart for which dmarc_record_is is true. */
void dmarc_record_parse(struct span text, struct dmarc_record *out);

/*
 * Takes the next URI off a list such as rua's: *uri is without white space
 * around and without an obsolete size limit ("!10m"). Returns false at the
 * end; pieces that are no URI are passed over.
 */
bool dmarc_uri_next(struct span *list, struct span *uri);

#endif
