#ifndef RULES_BASE_IP_H
#define RULES_BASE_IP_H

/* Internet addresses and networks as values. Pure; any thread. */

#include "rules/base/span.h"

#define IP_TEXT_MAX 46 /* of ip_format, with the NUL */

struct ip {
	uint8_t family;     /* 0: none, 4 or 6 */
	uint8_t octets[16]; /* network order; IPv4 uses the first four */
};

struct ip_net {
	struct ip base;
	uint8_t bits;
};

/*
 * Reads dotted-quad IPv4 or RFC 4291 IPv6 (no zone id, no port, no
 * brackets). An IPv4-mapped IPv6 address becomes the IPv4 one (RFC 7208, 5).
 */
bool ip_parse(struct span text, struct ip *out);
/* "ADDRESS" or "ADDRESS/BITS"; host bits may be set and are cleared. */
bool ip_net_parse(struct span text, struct ip_net *out);
struct ip ip_from_v4(const void *four_octets);
/* The same mapping rule as ip_parse. */
struct ip ip_from_v6(const void *sixteen_octets);
/* RFC 5952 text; "" for family 0. Returns out. */
const char *ip_format(struct ip ip, char out[IP_TEXT_MAX]);
bool ip_eq(struct ip a, struct ip b);
bool ip_in(struct ip ip, struct ip_net net);
/* The first bits bits, the rest zero. */
struct ip ip_mask(struct ip ip, unsigned bits);
/* Loopback, link-local, RFC 1918, 6598 and ULA; not the documentation nets. */
bool ip_private(struct ip ip);
/*
 * The name below which DNS keeps what is known of the address: reversed
 * octets or nibbles and zone ("in-addr.arpa"/"ip6.arpa" when zone is NULL).
 * Returns the length, or 0 when it does not fit in size.
 */
size_t ip_reverse(struct ip ip, const char *zone, char *out, size_t size);

#endif
