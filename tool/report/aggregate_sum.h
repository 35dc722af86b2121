#ifndef TOOL_REPORT_AGGREGATE_SUM_H
#define TOOL_REPORT_AGGREGATE_SUM_H

/*
 * Many reports taken together: who sends in a domain's name, how much of that
 * passes, and since when. A report that came twice counts once.
 */

#include "tool/report/aggregate.h"

/* Sources that are told apart; the rest are one. */
#define AGGREGATE_SOURCES_MAX 200000

/* Where a text lies that others may take the place of: a report may name
 * another signer in each record, and nobody else's memory pays for that. */
struct aggregate_room {
	char *p;
	size_t octets;
};

struct aggregate_source {
	struct span domain, source; /* the author's; the address */
	uint64_t messages, passed, dkim, spf;
	uint64_t quarantined, rejected;
	int64_t first_s, last_s;
	struct span last_receiver;
	/* Who stands behind it, as far as that is authenticated: the last
	 * signer and the last sender that passed. */
	struct span signer, sender;
	struct span reason; /* the last one why a policy was not applied */
	struct aggregate_room receiver_room, signer_room, sender_room,
	    reason_room;
};

struct aggregate_sum {
	struct arena *arena;
	struct span only; /* this domain and all below; "": all */
	struct aggregate_source *source;
	size_t count, cap;
	uint32_t *bucket;
	size_t buckets;
	uint64_t *seen; /* hashes of reports */
	size_t seen_count, seen_cap;
	struct span *receiver;
	size_t receiver_count, receiver_cap;
	uint64_t reports, again, messages, passed;
	int64_t begin_s, end_s;
	struct span p; /* the policy that the last report saw */
	struct aggregate_room p_room;
	bool beyond; /* there were more sources */
};

void aggregate_sum_begin(struct aggregate_sum *s, struct span only);
void aggregate_sum_end(struct aggregate_sum *s);
/* False: it was counted before, or tells nothing of the domain. */
bool aggregate_sum_add(struct aggregate_sum *s, const struct aggregate *r);
/* Those with most failures first, then those with most messages. */
void aggregate_sum_sort(struct aggregate_sum *s);

#endif
