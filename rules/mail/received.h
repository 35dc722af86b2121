#ifndef RULES_MAIL_RECEIVED_H
#define RULES_MAIL_RECEIVED_H

/* Reading Received fields (RFC 5321, 4.4). Pure; any thread. */

#include "rules/base/ip.h"
#include "rules/base/span.h"

/*
 * The client's address and HELO name of "from HELO (name [address]) by ...",
 * as it came, folds included: they tell what the MTA wrote from what the
 * client said. False when there is no address, or it is not sure which one is
 * the MTA's. helo lies in raw.
 */
bool received_hop(struct span raw, struct ip *client, struct span *helo);

#endif
