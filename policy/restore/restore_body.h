#ifndef POLICY_RESTORE_RESTORE_BODY_H
#define POLICY_RESTORE_RESTORE_BODY_H

/*
 * The body as its author sent it, found behind what a mailing list made of
 * it. Pure; one thread; all lies in the message or in the arena.
 *
 * What may have been added stands at the end, of the message or of its text
 * parts; never before the author's words. It is never more than
 * RESTORE_FLOOR octets or a quarter of what is left, whichever is more, and
 * RESTORE_CEILING at most: this is for footers, not for messages.
 */

#include "policy/dkim/dkim.h"
#include "policy/restore/restore_added.h"

#define RESTORE_FLOOR   ((size_t)2048)
#define RESTORE_CEILING ((size_t)16384)
/* Bodies that are longer are not tried. */
#define RESTORE_BODY_MAX ((size_t)4 << 20)
/* And what is longer is not encoded anew, which takes several times as much
 * memory. */
#define RESTORE_ENCODED_MAX ((size_t)256 << 10)

/* What was changed; bits. restore_change_names[i] names bit 1 << i. */
enum restore_change {
	RESTORE_SUBJECT = 1 << 0,  /* a tag in the Subject */
	RESTORE_FROM = 1 << 1,     /* From names the list */
	RESTORE_REPLY_TO = 1 << 2, /* Reply-To was added or replaced */
	RESTORE_FIELDS = 1 << 3,   /* fields that the signer had sworn off */
	RESTORE_TYPE = 1 << 4,     /* how Content-Type is written */
	RESTORE_TRANSFER = 1 << 5, /* another transfer encoding */
	RESTORE_FOOTER = 1 << 6,   /* text below the text */
	RESTORE_PART = 1 << 7,     /* a part behind the parts */
	RESTORE_WRAPPED = 1 << 8,  /* the message as the first of two parts */
};
#define RESTORE_CHANGE_COUNT 9
extern const char *const restore_change_names[RESTORE_CHANGE_COUNT];

struct restore_body {
	unsigned changes; /* enum restore_change */
	/* The fields that the author's header had, where they are known: raw
	 * values, p NULL for none. */
	bool own_type, own_transfer;
	struct span type_raw, transfer_raw;
	/* The form that the author's words are shown in. */
	struct restore_form form;
	struct span text; /* and themselves, what was added behind them */
	struct restore_added added;
	size_t added_octets; /* of the body, as it came */
	bool unseen;         /* not all was tried, since it is too long */
	const char *refused; /* it was found, but is not believed: a clause */
};

/*
 * The body of a message that is of this form; wanted is bh=. False when it is
 * not found: with out->unseen set it may be there. True with out->refused set when what was added might hide the
 * author's words.
 */
bool restore_body_find(const struct restore_form *form, struct span body,
    enum dkim_canon canon, const uint8_t wanted[HASH_SHA256_OCTETS],
    struct arena *a, struct restore_body *out);

#endif
