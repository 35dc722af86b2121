#ifndef POLICY_DNS_DNS_CONF_H
#define POLICY_DNS_DNS_CONF_H

#include "policy/config/conf.h"
#include "policy/dns/dns.h"

/*
 * The network resolver that `resolver` and dns.* ask for; NULL with *why
 * (static text) when it cannot be had.
 */
struct resolver *dns_conf_resolver(const struct config *c, const char **why);

#endif
