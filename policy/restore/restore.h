#ifndef POLICY_RESTORE_RESTORE_H
#define POLICY_RESTORE_RESTORE_H

/*
 * A signature that fails on a message that a mailing list or forwarder has
 * changed: what such programs do is undone, and the signature tried again.
 * Where it holds then, its domain is proved to have written the rest.
 *
 * The proof speaks of the rest alone, and an attacker may have a genuine
 * message too and be the list himself. So it is restored only where a reader
 * sees the author's words as they were and what was added behind them:
 *
 *   - added text stands at the end, and there is little of it (restore_body.h)
 *   - added HTML can neither hide nor move anything (restore_added.h)
 *   - no field that people see stands twice, unsigned; the Subject is signed
 *   - where Content-Type is not signed it can't have made the author's words
 *     unreadable: parts begin where the body does, and the charset is one in
 *     which ASCII is ASCII; nor can a transfer encoding that is not signed
 *   - From is believed to be rewritten only by a list that it names
 *   - signatures with l= are not tried, for whoever made one lets others add
 *
 * Pure; one thread; all lies in the message or in the arena; nothing waits.
 */

#include "policy/dkim/dkim_message.h"
#include "policy/restore/restore_header.h"

struct restore_query {
	const struct header_list *headers;
	struct span body; /* all of it */
	const struct dkim_signature *signature;
	const struct dkim_key *key;
	struct span from_domain; /* of From, which is one */
	struct span lister;      /* see restore_header.h */
};

struct restored {
	unsigned changes;        /* enum restore_change */
	struct span author;      /* in the place of From, or "" */
	struct span added;       /* what was taken away, as people see it */
	size_t octets;           /* of it as it came, the tag among them */
	const struct span *link; /* restore_added.h */
	size_t link_count;
	/* A mailbox of the lister's organization stands in a signed To or Cc:
	 * the author wrote to the list. */
	bool addressed;
	const char *refused; /* it holds, but is not believed: a clause */
};

/* The body alone, which needs no key: is it worth asking for one? */
bool restore_find_body(
    const struct restore_query *q, struct arena *a, struct restore_body *out);
/* The header, for a body that was found. */
bool restore_find(const struct restore_query *q,
    const struct restore_body *body, struct arena *a, struct restored *out);

#endif
