#ifndef POLICY_DNS_DNS_TRANSPORT_H
#define POLICY_DNS_DNS_TRANSPORT_H

/*
 * Carries queries to the servers and replies back: tries again, asks the
 * other servers, and changes the ports from time to time. One thread at a
 * time, and no locks; this is the only place that knows c-ares.
 *
 * The life of one query: dns_transport_send copies it and remembers the
 * caller's pointer; exactly once, from within send, turn or free, replied is
 * called with that pointer.
 */

#include "policy/dns/dns.h"

struct dns_transport;

/*
 * packet is the reply, valid during the call; or problem (static text) tells
 * why there is none. A reply's id, its question in any case and its sender
 * have been checked, nothing else.
 */
typedef void dns_replied(
    void *ctx, void *query, struct span packet, const char *problem);

/* The problem of a reply that c-ares could not read: cut or garbled. Older
 * versions hand such a one out. */
extern const char dns_transport_garbled[];

/* Zeroes in the options are no defaults here. NULL sets *why (static text). */
struct dns_transport *dns_transport_new(const struct dns_options *o,
    dns_replied *replied, void *ctx, const char **why);
/* Ends all queries with the problem "stopped". */
void dns_transport_free(struct dns_transport **t);
/* May call replied before it returns. */
void dns_transport_send(
    struct dns_transport *t, struct span packet, bool tcp, void *query);
/*
 * Waits up to wait_ms for sockets and for wake_fd to become readable, and
 * does what there is to do. Returns true when wake_fd is readable.
 */
bool dns_transport_turn(struct dns_transport *t, int wake_fd, int wait_ms);
/* All servers that are asked now are on loopback. */
bool dns_transport_on_loopback(const struct dns_transport *t);

/* "c-ares 1.18.1", of the library that is loaded. */
void dns_transport_library(char *out, size_t size);

#endif
