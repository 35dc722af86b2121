#ifndef POLICY_RECEIVED_H
#define POLICY_RECEIVED_H

/* Reading Received fields (RFC 5321, 4.4). Pure; any thread. */

#include "rules/ip.h"
#include "rules/span.h"

/*
 * The client's address and HELO name of "from HELO (name [address]) by ...";
 * false when there is no address. helo lies in value.
 */
bool received_hop(struct span value, struct ip *client, struct span *helo);

#endif
