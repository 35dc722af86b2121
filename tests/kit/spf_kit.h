#ifndef TESTS_KIT_SPF_KIT_H
#define TESTS_KIT_SPF_KIT_H

/*
 * What the tests of SPF share: a zone that knows a little of everything, and
 * a batch over it. The domain that is judged is d.example.
 */

#include "policy/spf/spf.h"

struct bench {
	struct arena *arena;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct dns_batch *dns;
};

/* The record stands at d.example; an empty one does not. */
struct bench bench_new(struct span record, bool hesitate);
void bench_free(struct bench *b);
/* user@d.example from 192.0.2.1, HELO mail.d.example. */
struct spf_query bench_query(void);
/* Runs until the outcome is there; *rounds counts the runs. */
const struct spf_outcome *bench_judge(
    struct bench *b, const struct spf_query *q, unsigned *rounds);

/* start, then piece so many times, then end; in the arena. */
struct span span_repeated(struct arena *a, const char *start, const char *piece,
    size_t times, const char *end);

#endif
