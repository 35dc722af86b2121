#ifndef POLICY_DNS_DNS_TURNS_H
#define POLICY_DNS_DNS_TURNS_H

/*
 * Lookups that wait to be sent, and whose turn it is: networks of clients take
 * turns, the messages of one network do among themselves, and of one message
 * the oldest comes first. So whoever asks for much waits for himself; a flood
 * from one network costs another's message one place in the queue. For the
 * resolver's thread alone.
 */

#include "policy/dns/dns_lookup.h"

struct dns_turns;

struct dns_turns *dns_turns_new(void);
/* None is left in it; NULL inside is fine. */
void dns_turns_free(struct dns_turns **t);
/* The lookup is in no turns yet; it goes behind its message's others. */
void dns_turns_add(struct dns_turns *t, struct dns_lookup *l);
/* Takes it out of those turns that it is in, if any. */
void dns_turns_leave(struct dns_lookup *l);
/*
 * Whose turn is next, still in the queue; NULL when it is empty, or nobody
 * may. may NULL: everybody may. The turn passes on to the next.
 */
struct dns_lookup *dns_turns_next(struct dns_turns *t,
    bool (*may)(void *ctx, const struct dns_lookup *l), void *ctx);
size_t dns_turns_count(const struct dns_turns *t);

#endif
