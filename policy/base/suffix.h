#ifndef POLICY_BASE_SUFFIX_H
#define POLICY_BASE_SUFFIX_H

/*
 * The public suffix list: which part of a domain somebody has registered. For
 * reputation, lists of links and comparing names in a header; never for
 * DMARC, which walks the tree instead (RFC 9989, 4.10). Any thread.
 */

#include "rules/base/span.h"

/*
 * "example.co.uk" for "a.b.example.co.uk": the end of domain itself, which is
 * as domain_to_ascii makes it; "" when all of it is a public suffix.
 */
struct span suffix_registrable(struct span domain);
/* A top-level domain that there is, in A-labels or not, in lower case. */
bool suffix_is_tld(struct span label);
/* Both have the same registrable domain, or are the same domain. */
bool suffix_same(struct span a, struct span b);

#endif
