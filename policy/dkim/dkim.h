#ifndef POLICY_DKIM_DKIM_H
#define POLICY_DKIM_DKIM_H

/*
 * The body hashes of DKIM (RFC 6376, 3.4.3, 3.4.4 and 3.7), computed as the
 * body comes in.
 *
 * The life of one: dkim_body_new when the header has ended and some signature
 * is worth judging, with one variant for each hash that is wanted; then
 * dkim_body_feed for each piece of the body, dkim_body_end, and the answers
 * from dkim_body_hash and dkim_body_octets; dkim_body_free at any time. One
 * thread at a time; nothing here waits.
 */

#include "policy/dkim/dkim_sig.h"

#define DKIM_LENGTH_ALL INT64_MAX

struct dkim_variant {
	enum dkim_canon canon;
	int64_t length; /* l=: octets to hash, or DKIM_LENGTH_ALL */
};

struct dkim_body;

/* count > 0. */
struct dkim_body *dkim_body_new(
    const struct dkim_variant *variant, size_t count);
/*
 * Has *copy, which was made with the same variants, go on from where b is,
 * whatever it was fed before and whether or not it has ended: to try several
 * ends of one body without hashing again what they share.
 */
void dkim_body_copy(struct dkim_body *copy, const struct dkim_body *b);
/* NULL inside is fine. */
void dkim_body_free(struct dkim_body **b);

/* CRLF line ends; pieces may be split anywhere. */
void dkim_body_feed(struct dkim_body *b, struct span chunk);
/* Ends the body; a missing CRLF at its end is supplied (3.4.3, 3.4.4). */
void dkim_body_end(struct dkim_body *b);

/* SHA-256 of variant number i. Only after dkim_body_end. */
const uint8_t *dkim_body_hash(const struct dkim_body *b, size_t i);
/* How many octets of the canonical body went into it. */
int64_t dkim_body_octets(const struct dkim_body *b, size_t i);

#endif
