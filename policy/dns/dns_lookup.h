#ifndef POLICY_DNS_DNS_LOOKUP_H
#define POLICY_DNS_DNS_LOOKUP_H

/*
 * Lookups: a question from its first query to its answer, with the aliases to
 * follow and the second tries over TCP or without EDNS in between. For the
 * resolver's thread alone, without locks; dns_network.c is its only user.
 *
 * The life of a lookup: dns_lookup_new, dns_lookups_start, then exactly once
 * the answered callback, which owns it from then on; dns_lookup_free.
 */

#include "policy/dns/dns_table.h"

struct dns_attempt;
struct dns_turns;
struct dns_wait;

struct dns_lookup {
	struct dns_node node;           /* first; the user's */
	struct dns_wait *waits;         /* the user's: who wants to know */
	struct dns_lookup *next, *prev; /* in the list it is in */
	int64_t started_ms;             /* CLOCK_MONOTONIC */

	struct dns_attempt *attempt; /* the query that is out, if any */
	unsigned aliases;            /* followed so far */
	uint32_t ttl_s;              /* the least of theirs */
	bool secure;                 /* so were they */
	bool no_edns, tcp;
	/* The user's: for which message it is, and for whose (crowd_group). */
	unsigned owner;
	uint16_t group;
	struct { /* its place where it waits to be sent; in NULL: nowhere */
		struct dns_turns *in;
		struct dns_lookup *next, *prev;
	} turn;
	struct span target; /* what to ask for now; NULL: the name itself */
	char *target_room;
	char name[]; /* the key's */
};

struct dns_lookup_list {
	struct dns_lookup *first, *last;
	size_t count;
};

struct dns_lookup *dns_lookup_new(const struct dns_key *key);
/* Nobody may wait for it and no list hold it. */
void dns_lookup_free(struct dns_lookup **l);
void dns_lookup_append(struct dns_lookup_list *list, struct dns_lookup *l);
void dns_lookup_unlink(struct dns_lookup_list *list, struct dns_lookup *l);

struct dns_lookups;

/*
 * The answer's data are valid during the call. ttl_s is the servers' word,
 * UINT32_MAX where they gave none; secure is true from loopback only.
 */
typedef void dns_answered(
    void *ctx, struct dns_lookup *l, const struct dns_answer *answer);

/*
 * The options must have values in place of zeroes; they are copied. NULL sets
 * *why (static text).
 */
struct dns_lookups *dns_lookups_new(const struct dns_options *o,
    dns_answered *answered, void *ctx, const char **why);
/* Drops all lookups without answers. */
void dns_lookups_free(struct dns_lookups **ls);
void dns_lookups_start(struct dns_lookups *ls, struct dns_lookup *l);
/*
 * Sends, receives and ends what is too old; sleeps until there is something
 * to do or wake_fd is readable, and returns true for the latter.
 */
bool dns_lookups_turn(struct dns_lookups *ls, int wake_fd);
uint64_t dns_lookups_sent(const struct dns_lookups *ls);
bool dns_lookups_on_loopback(const struct dns_lookups *ls);

#endif
