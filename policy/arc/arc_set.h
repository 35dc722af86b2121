#ifndef POLICY_ARC_ARC_SET_H
#define POLICY_ARC_ARC_SET_H

/*
 * The sets of ARC fields that a message carries (RFC 8617, 4): one of each
 * kind from everybody who handed it on and sealed it, numbered by i= from 1.
 *
 * The life of one: arc_sets_new, arc_sets_add for each field in the order of
 * the header, then arc_sets_problem. Pure: no key, no hash, no clock. One
 * thread at a time; all lies in the arena and in the fields.
 */

#include "policy/arc/arc_said.h"
#include "policy/dkim/dkim_sig.h"
#include "rules/mail/header.h"

/* RFC 8617, 4.2.1. A chain with more is broken. */
#define ARC_SETS_MAX 50

enum arc_kind {
	ARC_RESULTS, /* ARC-Authentication-Results */
	ARC_MESSAGE, /* ARC-Message-Signature */
	ARC_SEAL,    /* ARC-Seal */
};
#define ARC_KINDS (ARC_SEAL + 1)

/* What a seal says of the chain that it found (cv=). */
enum arc_cv { ARC_CV_ODD, ARC_CV_NONE, ARC_CV_PASS, ARC_CV_FAIL };

/* One of the two signatures of a set. */
struct arc_signature {
	struct dkim_sig sig;
	const char *problem; /* why no key can decide on it; NULL: one can */
};

struct arc_set {
	bool has[ARC_KINDS];
	size_t field[ARC_KINDS]; /* its number in the header */
	struct arc_signature message, seal;
	enum arc_cv cv;
	bool spoken; /* its results can be read */
	struct arc_said said;
};

struct arc_sets;

/* limits must live as long. */
struct arc_sets *arc_sets_new(
    struct arena *a, const struct dkim_sig_limits *limits);

/* Is a field of this name one of ARC's, and of which kind? */
bool arc_kind_of(struct span name, enum arc_kind *kind);

/*
 * field is number at of the header. Returns the signature in it, or NULL when
 * it is none, belongs to no set or is the second of its kind there.
 */
struct arc_signature *arc_sets_add(struct arc_sets *sets, enum arc_kind kind,
    const struct header_field *field, size_t at);

/* The number of the newest set; 0: there is none. Fields that belong to no set
 * are a broken chain all the same. */
size_t arc_sets_count(const struct arc_sets *sets);
/* Set number i, from 1; NULL: no field of it was there. */
struct arc_set *arc_sets_get(const struct arc_sets *sets, size_t i);

/*
 * Why the chain fails by what stands in its fields (RFC 8617, 5.2, steps 1 to
 * 3), or NULL. Static text or in the arena. Once all fields were added.
 */
const char *arc_sets_problem(const struct arc_sets *sets);

#endif
