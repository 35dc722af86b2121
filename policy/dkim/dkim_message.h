#ifndef POLICY_DKIM_DKIM_MESSAGE_H
#define POLICY_DKIM_DKIM_MESSAGE_H

/*
 * All DKIM signatures of one message, from the header to the result.
 *
 * The life of one: dkim_message_new; dkim_message_field for each
 * DKIM-Signature field as it passes (which starts the lookup of its key);
 * dkim_message_header once the header has ended; dkim_message_body for each
 * piece of the body; then dkim_message_judge, again and again as DNS answers
 * come, until it returns true. dkim_message_free at any time. One thread at a
 * time; nothing here waits.
 */

#include "policy/dkim/dkim.h"
#include "policy/dkim/dkim_header.h"
#include "policy/dkim/dkim_key.h"
#include "policy/dkim/dkim_sig.h"
#include "policy/dns/dns.h"
#include "rules/mail/header.h"

/* Fields that are kept at all; what is behind them leaves no trace. */
#define DKIM_FIELDS_MAX 64

struct dkim_options {
	size_t signatures; /* how many are verified */
	unsigned bits_min; /* of an RSA key */
	struct dkim_sig_limits limits;
};

/* Is the body what the signature says? Not judged where the key shows that it
 * can't be good anyway. */
enum dkim_body_match {
	DKIM_BODY_NOT_JUDGED,
	DKIM_BODY_GOOD,
	DKIM_BODY_ALTERED,
};

/* One signature, the topmost first. */
struct dkim_signature {
	struct dkim_sig sig;
	struct dkim_outcome outcome; /* once judged */
	enum dkim_body_match body;
	size_t field;               /* number of its field in the header */
	unsigned bits;              /* of the key; 0 while it is not known */
	bool testing;               /* the key says t=y */
	bool over_limit;            /* not verified: too many before it */
	struct span unsigned_names; /* of a good signature: see
	                                dkim_headers_unsigned */
};

struct dkim_message;

/* keys must outlive it; a and dns are the message's. */
struct dkim_message *dkim_message_new(struct arena *a, struct dns_batch *dns,
    struct dkim_keys *keys, const struct dkim_options *options);
void dkim_message_free(struct dkim_message **dm);

/* field is number at of the message's fields. */
void dkim_message_field(
    struct dkim_message *dm, const struct header_field *field, size_t at);
/*
 * Chooses what is verified: the topmost signatures, but those by the domain
 * in From, its parents and its children before all others.
 */
void dkim_message_header(
    struct dkim_message *dm, const struct header_list *headers);
/*
 * The number of this way to hash the body, which is added when it is new: for
 * whoever has other signatures over the same message. Between the header and
 * the first piece of the body.
 */
size_t dkim_message_variant(struct dkim_message *dm, struct dkim_variant v);
/* The index of the header's fields; once the header has ended. */
struct dkim_headers *dkim_message_headers(struct dkim_message *dm);
void dkim_message_body(struct dkim_message *dm, struct span chunk);
/* Ends the body and returns its hashes by number; NULL when there are none. */
const struct dkim_body *dkim_message_hashed(struct dkim_message *dm);
/* The body is complete: false while a key has not come yet. */
bool dkim_message_judge(struct dkim_message *dm);

size_t dkim_message_count(const struct dkim_message *dm);
const struct dkim_signature *dkim_message_get(
    const struct dkim_message *dm, size_t i);
/* There were more fields than DKIM_FIELDS_MAX, or more signatures than the
 * limit lets be verified. Known once the header is. */
bool dkim_message_cut(const struct dkim_message *dm);

/*
 * The key of a judged signature that its domain has published, for whoever
 * tries the signature on another text. NULL when there is none, when it was
 * not asked for (nothing is asked here that was not before) or may not be used
 * for this signature, and while *pending; *temp says that it could not be
 * looked up. The caller gives it back (dkim_key_unref).
 */
struct dkim_key *dkim_message_key(
    struct dkim_message *dm, size_t i, bool *pending, bool *temp);

/*
 * The shortest beginning of b=, of 8 characters or more, that no other
 * signature of the message has (RFC 6008, 4).
 */
struct span dkim_message_b(const struct dkim_message *dm, size_t i);

#endif
