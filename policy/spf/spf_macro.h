#ifndef POLICY_SPF_SPF_MACRO_H
#define POLICY_SPF_SPF_MACRO_H

/*
 * SPF macros (RFC 7208, 7): syntax and expansion. Pure; any thread. The text
 * of a macro and every value that it expands to are a stranger's: the work
 * done is bounded by SPF_EXPANSION_MAX octets read and written.
 */

#include "rules/base/ip.h"
#include "rules/base/span.h"

#define SPF_NAME_MAX 253
/* An expansion that grows over this is given up. */
#define SPF_EXPANSION_MAX 32768
/* Explanations are cut here: they are meant for one SMTP reply. */
#define SPF_TEXT_MAX 1024

/* Where macro text stands decides which letters and characters it may hold. */
enum spf_macro_place {
	SPF_PLACE_DOMAIN,   /* domain-spec: no c, r, t */
	SPF_PLACE_MODIFIER, /* value of an unknown modifier */
	SPF_PLACE_TEXT,     /* explanation: spaces, too */
};

struct spf_macro_values {
	struct span sender;        /* s */
	struct span local;         /* l */
	struct span sender_domain; /* o */
	struct span domain;        /* d: the one that is evaluated now */
	struct span validated;     /* p */
	struct span helo;          /* h */
	struct span receiver;      /* r */
	struct ip client;          /* i, c and v */
	int64_t time_s;            /* t */
};

struct spf_name {
	size_t n;
	char p[SPF_NAME_MAX + 1];
};

/* False for a syntax error, with static text in *why. */
bool spf_macro_check(
    struct span text, enum spf_macro_place place, const char **why);
/* The same for a domain-spec, with its rules about the end (7.1). */
bool spf_domain_spec_check(struct span spec, const char **why);
/* Whether valid text uses one of these lower-case macro letters. */
bool spf_macro_uses(struct span text, const char *letters);

/*
 * Expands a valid domain-spec to a name without trailing dot; whole labels
 * are dropped from the left until it fits in 253 octets, which may leave
 * nothing (7.3). False when the expansion grew out of all proportion.
 */
bool spf_macro_name(
    struct span spec, const struct spf_macro_values *v, struct spf_name *out);
/*
 * Expands valid explanation text; returns the number of octets written, at
 * most size.
 */
size_t spf_macro_text(
    struct span text, const struct spf_macro_values *v, char *out, size_t size);

#endif
