/*
 * From the settings to a resolver.
 */
#include "config.h"

#include "policy/dns_conf.h"

#include <string.h>

#define SERVERS_MAX 8
#define DNS_PORT    53

/* "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:5353". */
static bool
server_parse(struct span text, struct sockaddr_storage *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	uint64_t port = DNS_PORT;
	struct ip ip;

	if (!ip_parse(text, &ip)) {
		size_t colon = span_find_last(text, ':');
		struct span host = span_slice(text, 0, colon);

		if (colon == SIZE_MAX ||
		    !span_number(span_slice(text, colon + 1, text.n), &port))
			return false;
		if (span_starts(host, SPAN("[")) && span_ends(host, SPAN("]")))
			host = span_slice(host, 1, host.n - 1);
		if (!ip_parse(host, &ip) || port == 0 || port > 65535)
			return false;
	}
	if (ip.family == 4) {
		in.sin_port = htons((uint16_t)port);
		memcpy(&in.sin_addr, ip.octets, 4);
		memcpy(out, &in, sizeof(in));
	} else {
		in6.sin6_port = htons((uint16_t)port);
		memcpy(&in6.sin6_addr, ip.octets, 16);
		memcpy(out, &in6, sizeof(in6));
	}
	return true;
}

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
		memset(&server[i], 0, sizeof(server[i]));
		if (!server_parse(c->resolver.item[i], &server[i])) {
			*why = "resolver takes addresses such as 127.0.0.1 "
			       "or 127.0.0.1:5353";
			return NULL;
		}
		options.server_count = i + 1;
	}
	return resolver_network(&options, why);
}
