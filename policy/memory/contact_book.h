#ifndef POLICY_MEMORY_CONTACT_BOOK_H
#define POLICY_MEMORY_CONTACT_BOOK_H

/*
 * Who writes to whom, as entries of the store under keyed hashes: a pair of
 * addresses, a domain outside, a name that people show. The key is made by the
 * first who needs it and lies in the store, so hosts that share a store share
 * it; who has a copy of single entries learns no address from them.
 */

#include "policy/message/recall.h"

#define BOOK_KEY_OCTETS 36

struct book {
	struct message *m;
	uint8_t key[BOOK_KEY_OCTETS];
};

/* False when the store is lost or, with make false, has no key yet. */
bool book_open(struct book *b, struct message *m, bool make);

/* What the store keeps of each pair and domain. */
enum book_number {
	BOOK_SENT,     /* mails of our users to it */
	BOOK_RECEIVED, /* mails of it that we accepted, authenticated */
	BOOK_FIRST,    /* unix time */
	BOOK_NUMBERS,
};

/* Keys of entries; in the message's arena. Case does not matter. */
struct span book_pair_key(
    const struct book *b, struct span outside, struct span inside);
struct span book_domain_key(const struct book *b, struct span domain);
/*
 * Of the name as people read it, in any order of its words. "" for what does
 * not tell one person: a single word, or an address.
 */
struct span book_name_key(const struct book *b, struct span name);

/* One more mail, sent or received, that is remembered for so long. */
bool book_count(const struct book *b, struct span key, enum book_number which,
    int64_t lifetime_s);

/*
 * A name is remembered with up to BOOK_ADDRESSES addresses; one that more
 * people have tells nothing any more.
 */
#define BOOK_ADDRESSES 5
bool book_name_add(const struct book *b, struct span key, struct span address,
    int64_t lifetime_s);
enum book_name {
	BOOK_NAME_UNKNOWN,
	BOOK_NAME_THIS,   /* this address shows it */
	BOOK_NAME_OTHER,  /* others do, this one does not */
	BOOK_NAME_COMMON, /* too many do */
	BOOK_NAME_LOST,   /* the store does not answer */
};
enum book_name book_name_of(
    const struct book *b, struct span key, struct span address);

#endif
