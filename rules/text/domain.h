#ifndef RULES_TEXT_DOMAIN_H
#define RULES_TEXT_DOMAIN_H

/*
 * Domain names in the one form that everything behind compares: A-labels,
 * lower case, no trailing dot. Pure; any thread; what is returned lies in the
 * arena or in the argument.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

#define DOMAIN_OCTETS_MAX 253
#define LABEL_OCTETS_MAX  63

/*
 * U-labels become A-labels (UTS 46 non-transitional, RFC 5891), letters
 * become lower case, the ideographic and fullwidth full stops become dots and
 * one trailing dot goes. What comes out has labels of letters, digits, "-",
 * "_" and, since zones have such names, nothing else. Refused, with *why set
 * to static text: empty names and labels, labels over 63 and names over 253
 * octets, control and invisible characters, anything that could mean
 * something else in a header field (RFC 8601, 7.2), IP addresses with or
 * without brackets.
 */
bool domain_to_ascii(struct span name, struct arena *a, struct span *out,
    const char **why) ATTR_USE_RESULT;
/*
 * Could be a host's name (RFC 1123, 2.1): no underscore and no label that
 * begins or ends with a hyphen. For what domain_to_ascii made.
 */
bool domain_is_host(struct span domain);
/* A domain literal of RFC 5321, 4.1.3: "[192.0.2.1]", "[IPv6:2001:db8::1]". */
bool domain_literal(struct span text, struct ip *ip);
/* name is parent or lies below it; "" has nothing below it. Case-blind. */
bool domain_is_sub(struct span name, struct span parent);
/* 0 for "". */
size_t domain_labels(struct span domain);
/* Without its leftmost label; "" when that was the only one. */
struct span domain_parent(struct span domain);
/* The rightmost count labels, or all when it has fewer. */
struct span domain_suffix(struct span domain, size_t count);

#endif
