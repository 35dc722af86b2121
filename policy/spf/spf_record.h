#ifndef POLICY_SPF_SPF_RECORD_H
#define POLICY_SPF_SPF_RECORD_H

/*
 * An SPF record as a list of terms (RFC 7208, 4.5, 4.6, 5, 6 and 12). The
 * whole record is read before any of it is evaluated: a syntax error anywhere
 * makes it worthless. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
};

/* Spans point into the record's text. */
struct spf_term {
	uint8_t mechanism;    /* enum spf_mechanism */
	char qualifier;       /* + - ~ ? */
	uint8_t bits4, bits6; /* a and mx: the prefix lengths */
	struct span text;     /* the term as written */
	union {
		struct span spec;  /* domain-spec; "" when left out */
		struct ip_net net; /* ip4 and ip6 */
	};
};

struct spf_record {
	const struct spf_term *term;
	size_t count;
	struct span redirect;      /* its domain-spec, or "" */
	struct span redirect_text; /* the term as written */
	struct span exp;           /* its domain-spec, or "" */
	const char *why;           /* a syntax error, or NULL */
	struct span where;         /* the term that has it */
};

/* Whether a TXT record is an SPF record (4.5). */
bool spf_record_is(struct span text);

/*
 * Reads the record; terms are in the arena and point into text. False for a
 * syntax error, which .why and .where tell. Terms that can never be reached,
 * behind "all" or behind more counted ones than may be evaluated, are checked
 * but not kept.
 */
bool spf_record_parse(
    struct arena *a, struct span text, struct spf_record *out);

/* Whether evaluating it counts as a lookup (4.6.4). */
bool spf_mechanism_counts(enum spf_mechanism m);

/* Lookups that one evaluation may count (4.6.4). */
#define SPF_LOOKUPS_MAX 10

#endif
