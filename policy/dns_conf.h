#ifndef POLICY_DNS_CONF_H
#define POLICY_DNS_CONF_H

#include "policy/conf.h"
#include "policy/dns.h"

/*
 * The network resolver that `resolver` and dns.* ask for; NULL with *why
 * (static text) when it cannot be had.
 */
struct resolver *dns_conf_resolver(const struct config *c, const char **why);

#endif
