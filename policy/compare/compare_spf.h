#ifndef POLICY_COMPARE_COMPARE_SPF_H
#define POLICY_COMPARE_COMPARE_SPF_H

/*
 * libspf2's opinion of what spf.c has judged: for people who come from a
 * filter that is built on it, and as a differential test of ours. It never
 * decides anything.
 */

#include "policy/spf/spf.h"

struct spf_second {
	/* NULL when there is an opinion, else why not: static text. */
	const char *why;
	enum spf_result result;
};

/*
 * Judges the same question over the answers that the batch has, after ours
 * has been judged. Never asks for anything and never waits. What the library
 * is known to stumble over (records of more than 4 KB, terms of more than 255
 * octets or 50 macros) is not given to it. Any thread.
 */
void compare_spf(
    const struct spf_query *q, struct dns_batch *dns, struct spf_second *out);

/* "libspf2 1.2.10", of the library that is loaded; "" without it. */
void compare_spf_library(char *out, size_t size);

#endif
