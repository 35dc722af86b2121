#ifndef POLICY_COMPARE_COMPARE_DMARC_H
#define POLICY_COMPARE_COMPARE_DMARC_H

/*
 * libopendmarc's opinion of what dmarc.c has judged: DMARC as RFC 7489 has it
 * deployed. For people who come from OpenDMARC, and as a differential test of
 * ours. It never decides anything.
 *
 * The library reads the record and chooses the policy. Organizational domains
 * come from the public suffix list, and alignment is worked out here: the
 * library's own lets a.co.uk stand for b.co.uk.
 */

#include "policy/dmarc/dmarc.h"

struct dmarc_second {
	/* NULL when there is an opinion, else why not: static text. */
	const char *why;
	enum dmarc_result result;
	enum dmarc_policy policy; /* with DMARC_FAIL; else DMARC_P_ABSENT */
};

/*
 * Judges the same question over the answers that the batch has, after ours
 * has been judged. Never asks for anything and never waits. Any thread.
 */
void compare_dmarc(const struct dmarc_query *q, struct dns_batch *dns,
    struct dmarc_second *out);

/* "libopendmarc", which does not tell its version; "" without it. */
void compare_dmarc_library(char *out, size_t size);

#endif
