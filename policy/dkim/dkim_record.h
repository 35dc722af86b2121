#ifndef POLICY_DKIM_DKIM_RECORD_H
#define POLICY_DKIM_DKIM_RECORD_H

/*
 * A DKIM key record (RFC 6376, 3.6.1; RFC 8463), as text and as numbers.
 * Pure; any thread; what is returned lies in the arena or in the text.
 */

#include "policy/dkim/dkim_tags.h"

enum dkim_key_type { DKIM_KEY_RSA, DKIM_KEY_ED25519 };

#define DKIM_RECORD_OCTETS_MAX 8192
#define DKIM_RSA_BITS_MAX      4096
#define DKIM_ED25519_OCTETS    32

struct dkim_record {
	enum dkim_key_type type;
	bool sha256;         /* h= is absent or lists it */
	bool testing;        /* t=y */
	bool exact_identity; /* t=s: i= may not be below d= */
	/* RSA: big-endian, without leading zeros. */
	struct span modulus, exponent;
	unsigned bits;      /* of the modulus; 256 for Ed25519 */
	struct span public; /* Ed25519: 32 octets */
};

/*
 * Of the TXT records at a key's name, the one that is a key record. False
 * with *why when there is none or, since nothing says which to take, more
 * than one (identical copies count as one).
 */
bool dkim_record_choose(const struct span *text, size_t count,
    struct span *chosen, const char **why);

/* False with *why when no signature can be verified with it. */
bool dkim_record_parse(struct arena *a, struct span text,
    struct dkim_record *out, const char **why);

#endif
