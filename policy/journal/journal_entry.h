#ifndef POLICY_JOURNAL_JOURNAL_ENTRY_H
#define POLICY_JOURNAL_JOURNAL_ENTRY_H

/*
 * One decision as the journal keeps it: a few columns to search by and the
 * record, a JSON object (packed, jsonpack.h) with everything that the
 * decision rested on:
 *
 *   id, time, ms, queue, host, direction, stage, verdict, wanted, reply,
 *   rule, reason, score, junk_at, reject_at, disagreed, unknown, apart
 *   ip, port, client_name, helo, mailfrom, rcpt: the session
 *   recipients: whether each was refused before
 *   macros: as in a case (TLS, AUTH, listener)
 *   rules: those that matched, with evidence
 *   tags, flags, incomplete, headers_removed, headers_added (names)
 *   dns: every answer that was used, as a zone of verdict-cases(5)
 *   facts: all that were known; pending: those that were still to come;
 *   left_out: those that were known and are not kept (text of the message,
 *   or too long). A fact that was gathered and stands nowhere was absent.
 *   state: entries of the store that were asked, as they were before
 *   report: what the report of all hosts says of the message
 *   (report_row.h), where such are made
 *
 * What may be kept of a message's texts is decided here alone.
 */

#include "policy/message/session.h"
#include "policy/message/verdict.h"

/* An object that whoever adds a decision wants in its record as well. */
struct journal_beside {
	const char *name; /* of the member; NULL: none */
	size_t count;
	const char *const *key;
	const struct span *text;
};

#define JOURNAL_SECRET_OCTETS 32
#define JOURNAL_RECORD_MAX    ((size_t)128 * 1024)

struct journal_entry {
	struct journal_entry *next; /* the journal's queue */
	struct arena *arena;
	struct snapshot *snapshot; /* a reference */
	struct span id;            /* with ".n" for a recipient */
	int64_t time_s;
	struct span queue, client, sender, author;
	struct span rcpt;  /* addresses, a line each */
	struct span rules; /* names of those that matched, a line each */
	const char *verdict, *wanted, *stage, *rule;
	const char
	    *auth; /* "pass none fail": SPF, DKIM, DMARC; "-": not known */
	struct span reply;
	double score;
	struct span record;
	/* The queue's: on whose behalf (crowd_group), and what it counts. */
	uint16_t group;
	size_t octets;
};

/*
 * secret NULL: addresses are kept as they are; beside may be NULL. NULL when the record is longer
 * than it may be. Never waits.
 */
struct journal_entry *journal_entry_new(struct message *m,
    const struct verdict *v, size_t rcpt, int64_t ms,
    const struct journal_beside *beside,
    const uint8_t secret[JOURNAL_SECRET_OCTETS]);
/* NULL inside is fine. */
void journal_entry_free(struct journal_entry **e);

/*
 * An address with its local part replaced by a keyed hash: the same address
 * gives the same text. Without '@' all of it is hashed; "" stays "".
 */
struct span journal_address(struct span address,
    const uint8_t secret[JOURNAL_SECRET_OCTETS], struct arena *a);

#endif
