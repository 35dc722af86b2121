/*
 * From the settings to a resolver.
 */
#include "config.h"

#include "policy/base/address.h"
#include "policy/dns/dns_conf.h"

#define SERVERS_MAX 8

struct resolver *
dns_conf_resolver(const struct config *c, const char **why)
{
	struct sockaddr_storage server[SERVERS_MAX];
	struct dns_options options = { .server = server,
		.timeout_ms = c->dns_timeout.ms,
		.cache_entries = c->dns_cache };

	for (size_t i = 0; i < c->resolver.count; i++) {
		if (i == SERVERS_MAX) {
			*why = "resolver: more than 8 servers";
			return NULL;
		}
		if (!dns_server_parse(c->resolver.item[i], &server[i], why))
			return NULL;
		options.server_count = i + 1;
	}
	return resolver_network(&options, why);
}
