#ifndef POLICY_RESTORE_RESTORE_HEADER_H
#define POLICY_RESTORE_RESTORE_HEADER_H

/*
 * The header as its author signed it, found behind what a mailing list made
 * of it. Pure; one thread; all lies in the arena.
 */

#include "policy/dkim/dkim_header.h"
#include "policy/dkim/dkim_key.h"
#include "policy/restore/restore_body.h"

struct restore_header_query {
	const struct header_list *list;
	const struct dkim_sig *sig;
	size_t field; /* number of the signature's field in the list */
	const struct dkim_key *key;
	const struct restore_body *body; /* what was found out of it */
	struct span from_domain;         /* of From, as it came */
	/* The domain that handed the message on and authenticates itself: only
	 * a From in it may have been written by it. "" for none. */
	struct span lister;
};

struct restore_header {
	unsigned changes;   /* enum restore_change, without those of the body */
	struct span author; /* the address in From that was signed, where
	                       the list has replaced it; else "" */
	struct span tag;    /* taken out of the Subject, or "" */
	const struct header_list *list; /* as it was signed */
};

/* False when no header that is tried is the one that was signed. */
bool restore_header_find(const struct restore_header_query *q, struct arena *a,
    struct restore_header *out);

/* Do both belong to the same organization? "" belongs to none. */
bool restore_same(struct span a, struct span b);

#endif
