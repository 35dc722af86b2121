#ifndef TESTS_KIT_ARC_KIT_H
#define TESTS_KIT_ARC_KIT_H

/*
 * Seals messages (RFC 8617, 5.1), for tests of what validates them. It has a
 * canonicalization of its own, the relaxed one for header and body.
 */

#include "policy/dns/dns.h"
#include "rules/base/arena.h"

struct arc_kit;

/* With a key of each algorithm, made anew; RSA's of so many bits. */
struct arc_kit *arc_kit_new(unsigned bits);
void arc_kit_free(struct arc_kit **kit);

/* Adds their records under SELECTOR._domainkey.DOMAIN: rsa's, or ed25519's. */
void arc_kit_publish(const struct arc_kit *kit, struct dns_zone *zone,
    const char *domain, const char *selector, bool ed25519);

/* Whoever adds a set; what is NULL or 0 is as it ought to be. */
struct arc_kit_hop {
	const char *domain;   /* a.example */
	const char *selector; /* s */
	const char *results;  /* behind "i=N; ": "DOMAIN; none" */
	const char *names;    /* h=: "from:to:subject:date" */
	const char *cv;       /* none for the first, pass for others */
	const char *more;     /* tags of the message signature: " l=5;" */
	const char *seal;     /* tags of the seal: " h=from;" */
	const char *added;    /* to the end of the body, before it signs */
	bool ed25519;
	bool forged;    /* with nobody's key */
	bool backwards; /* the fields of the set in another order */
};

/*
 * The message with one more set on top, number instance (1: the first). All
 * sets of it up to that are sealed. In the arena.
 */
struct span arc_kit_seal(const struct arc_kit *kit, struct arena *a,
    struct span message, size_t instance, const struct arc_kit_hop *hop);

#endif
