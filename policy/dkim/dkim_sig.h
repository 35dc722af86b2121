#ifndef POLICY_DKIM_DKIM_SIG_H
#define POLICY_DKIM_DKIM_SIG_H

/*
 * One DKIM-Signature field (RFC 6376, 3.5), or one of ARC's two of the same
 * kind (RFC 8617, 4.1.2 and 4.1.3), taken apart and judged as far as that goes
 * without a key and without the message. Pure; any thread; what is returned
 * points into the field's text or into the arena.
 */

#include "policy/base/hash.h"
#include "policy/dkim/dkim_tags.h"

/* RFC 8601, 2.7.1; the order is that of dkim_result_words. */
enum dkim_result {
	DKIM_PASS,
	DKIM_FAIL,
	DKIM_POLICY,
	DKIM_NEUTRAL,
	DKIM_TEMPERROR,
	DKIM_PERMERROR,
};
#define DKIM_RESULT_COUNT (DKIM_PERMERROR + 1)
/* NULL stands behind the last. */
extern const char *const dkim_result_words[DKIM_RESULT_COUNT + 1];

enum dkim_algorithm {
	DKIM_ALGORITHM_NONE, /* missing or unknown */
	DKIM_RSA_SHA256,
	DKIM_ED25519_SHA256,
	DKIM_RSA_SHA1, /* known, and never accepted (RFC 8301, 3.1) */
};
#define DKIM_ALGORITHM_COUNT (DKIM_RSA_SHA1 + 1)
/* As a= writes them; "" for DKIM_ALGORITHM_NONE. */
extern const char *const dkim_algorithm_names[DKIM_ALGORITHM_COUNT];

enum dkim_canon { DKIM_SIMPLE, DKIM_RELAXED };

/* Longer fields, and lists h= with more names, are not judged. */
#define DKIM_FIELD_OCTETS_MAX 16384
#define DKIM_SIGNED_NAMES_MAX 500

struct dkim_sig {
	struct span domain;   /* d= in A-labels, lower case; "" if unusable */
	struct span selector; /* s= likewise */
	struct span identity; /* i= decoded; "@" and domain when absent; ""
	                         when it is not fit to be shown */
	enum dkim_algorithm algorithm;
	enum dkim_canon header_canon, body_canon;
	struct span b;         /* b= as written, white space and all */
	struct span b_packed;  /* b= without white space; "" if not base64 */
	struct span signature; /* b= decoded */
	struct span body_hash; /* bh= decoded, HASH_SHA256_OCTETS */
	struct span *name;     /* h=: the names in their order */
	size_t name_count;
	bool has_length; /* l= */
	uint64_t length;
	bool has_time;       /* t= */
	int64_t time_s;      /* when it was signed, by the signer's clock */
	bool exact_identity; /* i= is absent or its domain equals d= */
};

/* What a signature comes to. The texts are static or in the arena. */
struct dkim_outcome {
	enum dkim_result result;
	const char *problem; /* NULL for a pass */
	const char *rule;    /* DKIM_POLICY: a word for policy.dkim-rules */
};

struct dkim_sig_limits {
	int64_t now_s;  /* the time to judge at */
	int64_t skew_s; /* how far a clock may be off */
};

/* Which tags a signature has. In ARC's, i= is no identity, and cv= is not
 * read here. */
enum dkim_form {
	DKIM_FORM_SIGNATURE,   /* DKIM-Signature */
	DKIM_FORM_ARC_MESSAGE, /* without v=, and From need not be signed */
	DKIM_FORM_ARC_SEAL,    /* of DKIM's a=, b=, d=, s= and t= alone */
};

/*
 * Reads the text after the colon of a DKIM-Signature field, folds and all.
 * True when a key can decide on it. Otherwise *outcome says what it comes to,
 * and as much of *out is filled in as could be understood. No tag has any
 * effect when the list itself is malformed.
 */
bool dkim_sig_parse(struct arena *a, struct span raw,
    const struct dkim_sig_limits *limits, struct dkim_sig *out,
    struct dkim_outcome *outcome);

/* The same of a list of tags that was taken apart before. */
bool dkim_sig_read(struct arena *a, enum dkim_form form,
    const struct dkim_tags *tags, const struct dkim_sig_limits *limits,
    struct dkim_sig *out, struct dkim_outcome *outcome);

/* The name at which its key is: SELECTOR._domainkey.DOMAIN, in the arena. */
struct span dkim_sig_key_name(struct arena *a, const struct dkim_sig *sig);

#endif
