#ifndef POLICY_LISTS_DNSLIST_HEALTH_H
#define POLICY_LISTS_DNSLIST_HEALTH_H

/*
 * Whether the lists in DNS are well. Each is asked for its test points
 * (RFC 5782, 5) at start and hourly: an entry that must be listed and one
 * that must not. A list that is dead, lists everything or refuses to answer
 * us is suspended, which raises an alert; nobody asks it then, and it is
 * resumed as soon as its test points are right again. The share of hits is
 * watched, too: a zone that changes hands lists the world.
 *
 * The life of one: dnslist_health_new when the process starts,
 * dnslist_health_watch for each snapshot before sessions get it, then
 * dnslist_health_start, or dnslist_health_tick by hand. What is known of a
 * zone survives reloads. Without it lists are never suspended, as in
 * `verdict check`. Any thread may call anything, but for tick: one at a time.
 */

#include "policy/base/clock.h"
#include "policy/lists/dnslist.h"

struct dnslist_health;
struct jsonw;

struct dnslist_health_options {
	struct resolver *resolver;
	struct clock clock;
	/*
	 * The operator should act, or (resumed) need no longer. Never more than
	 * once an hour for the same key. No lock is held.
	 */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
};

struct dnslist_health *dnslist_health_new(
    const struct dnslist_health_options *o);
/* After the resolver's batches, and when no snapshot is used any more. */
void dnslist_health_free(struct dnslist_health **h);

/* Finds or makes the state of each list; those of before are not probed on. */
void dnslist_health_watch(
    struct dnslist_health *h, const struct dnslists *lists);
/*
 * Probes what is due at the clock's time and waits for the answers, up to ten
 * seconds. Returns how many lists it probed.
 */
size_t dnslist_health_tick(struct dnslist_health *h);
/* A thread that ticks, with all signals blocked in it. False: no thread. */
bool dnslist_health_start(struct dnslist_health *h);

/* For list_lookup.c: not to be asked now; and what an answer was. */
bool dnslist_suspended(const struct dnslist *l);
void dnslist_answered(
    const struct dnslist *l, const struct dnslist_result *result);

struct dnslist_report {
	const char *kind;
	const char *label; /* the zone, numbered where two are named alike */
	struct span zone;  /* without the key */
	bool watched;      /* the current rules have it */
	bool probed;       /* there has been an answer to a probe */
	bool suspended;
	bool ipv6;          /* its test point for IPv6 is listed */
	const char *reason; /* of the suspension, or "" */
	const char *code;   /* that the list answered instead, or NULL */
	int64_t since_s;    /* of this state; 0: from the start */
	uint64_t asked, hits, other, failures, errors, suspensions;
};
/* Each list, in the order in which they came; the texts live as long as h. */
void dnslist_health_each(struct dnslist_health *h,
    void (*each)(void *ctx, const struct dnslist_report *report), void *ctx);

/* A member "lists" of the object that is open: an array of all of it. */
void dnslist_health_json(struct dnslist_health *h, struct jsonw *w);
/* The same as a table for people, or as one JSON object. */
void dnslist_health_print(struct dnslist_health *h, bool json, struct buf *out);

#endif
