#ifndef POLICY_DNS_DNS_RESOLVER_H
#define POLICY_DNS_DNS_RESOLVER_H

/*
 * What resolvers and batches agree upon; nobody else includes this.
 *
 * The life of one question: a batch cleans the name and hands the resolver a
 * dns_wait that lies in the batch's arena. The resolver either puts a result
 * into it at once, or keeps it on a list of its own until the answer comes;
 * then it moves the wait to the box of its batch, from where the batch takes
 * it with collect. A batch that loses interest calls drop, and the resolver
 * forgets the wait; the lookup itself goes on.
 *
 * Results are immutable and counted. A resolver with threads changes counts,
 * waits and boxes under its own lock only, so all of that is done by the
 * resolver's functions and never by the batch.
 */

#include "policy/base/wait.h"
#include "policy/dns/dns.h"
#include "policy/dns/dns_table.h"

/* An answer with all its data in one block of memory. */
struct dns_result {
	size_t refs;
	size_t octets; /* of the block */
	struct dns_answer answer;
};

/* A copy of the answer and all it points to, with one reference. */
struct dns_result *dns_result_new(const struct dns_answer *a);
void dns_result_unref(struct dns_result **r);

struct dns_box;

struct dns_wait {
	struct dns_wait *next, **link; /* link NULL: on no list */
	struct dns_box *box;
	struct dns_result *result; /* a reference; NULL while under way */
	uint32_t ttl_s;            /* that is left */
	bool cached;
};

struct dns_box {
	struct dns_wait *arrived;
	/* What a zone that hesitates knows already; a join reveals it. */
	struct dns_wait *held;
	unsigned number;     /* differs from that of most other boxes */
	uint16_t group;      /* on whose behalf (crowd_group); 0: nobody's */
	size_t started;      /* lookups that it was the first to ask for */
	struct waits *waits; /* is posted to for each that arrives */
};

void dns_wait_link(struct dns_wait *w, struct dns_wait **list);
void dns_wait_unlink(struct dns_wait *w);
/* Takes all waits out of the box: a list by next, each with link NULL. */
struct dns_wait *dns_box_empty(struct dns_box *box);

struct resolver_ops {
	/*
	 * Fills w->result when the answer is known; otherwise starts or joins
	 * a lookup, unless start is false. Returns true when the wait is
	 * pending; from then on only collect and drop may touch it.
	 */
	bool (*ask)(struct resolver *r, const struct dns_key *key,
	    struct dns_wait *w, bool start);
	/* Empties the box (dns_box_empty). Never waits. */
	struct dns_wait *(*collect)(struct resolver *r, struct dns_box *box);
	/* The batch wants none of these any more, arrived or not. */
	void (*drop)(struct resolver *r, struct dns_wait *const *w, size_t n);
	void (*stats)(struct resolver *r, struct dns_stats *out);
	/* NULL: all of its answers come at once. */
	size_t (*slowest)(struct resolver *r, enum dns_slow_order order,
	    struct arena *a, struct dns_slow_lookup **out);
	bool (*on_loopback)(struct resolver *r);
	void (*free)(struct resolver *r);
};

/* The first member of each kind of resolver. */
struct resolver {
	const struct resolver_ops *ops;
	uint64_t seed; /* of dns_key_make; does not change */
};

#endif
