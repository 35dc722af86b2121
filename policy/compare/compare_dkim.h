#ifndef POLICY_COMPARE_COMPARE_DKIM_H
#define POLICY_COMPARE_COMPARE_DKIM_H

/*
 * libopendkim's opinion of what dkim.c has hashed: for people who come from
 * OpenDKIM, and as a differential test of ours. It never decides anything.
 */

#include "policy/base/hash.h"
#include "policy/dkim/dkim.h"

/* Longer bodies are not worth hashing twice. */
#define COMPARE_DKIM_OCTETS_MAX ((size_t)1 << 20)

struct dkim_second {
	uint8_t hash[HASH_SHA256_OCTETS];
	int64_t octets; /* of the canonical body that went into it */
};

/*
 * Hashes the whole body anew, for each variant; out has room for count. False
 * with *why (static text) when there is no opinion: a body that is too long,
 * or that the library is known to misread, is not given to it. Any thread.
 */
bool compare_dkim(const struct dkim_variant *variant, size_t count,
    struct span body, struct dkim_second *out,
    const char **why) ATTR_USE_RESULT;

/* "libopendkim 2.11.0", of the library that is loaded; "" without it. */
void compare_dkim_library(char *out, size_t size);

#endif
