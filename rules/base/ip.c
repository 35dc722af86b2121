/*
 * Internet addresses: parsing, formatting, membership in networks.
 */
#include "config.h"

#include "rules/base/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static unsigned
family_bits(uint8_t family)
{
	return family == 4 ? 32 : family == 6 ? 128 : 0;
}

struct ip
ip_from_v4(const void *four_octets)
{
	struct ip ip = { .family = 4 };

	memcpy(ip.octets, four_octets, 4);
	return ip;
}

struct ip
ip_from_v6(const void *sixteen_octets)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct ip ip = { .family = 6 };

	memcpy(ip.octets, sixteen_octets, 16);
	if (memcmp(ip.octets, mapped, sizeof(mapped)) == 0)
		return ip_from_v4(ip.octets + 12);
	return ip;
}

bool
ip_parse(struct span text, struct ip *out)
{
	char z[IP_TEXT_MAX];
	uint8_t raw[16];

	if (text.n == 0 || text.n >= sizeof(z) ||
	    span_find(text, '\0') != SIZE_MAX)
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET, z, raw) == 1)
		*out = ip_from_v4(raw);
	else if (inet_pton(AF_INET6, z, raw) == 1)
		*out = ip_from_v6(raw);
	else
		return false;
	return true;
}

bool
ip_net_parse(struct span text, struct ip_net *out)
{
	size_t slash = span_find(text, '/');
	uint64_t bits;
	struct ip ip;

	if (!ip_parse(span_slice(text, 0, slash), &ip))
		return false;
	bits = family_bits(ip.family);
	if (slash != SIZE_MAX) {
		bool colon = span_find(text, ':') != SIZE_MAX;

		if (!span_number(span_slice(text, slash + 1, text.n), &bits))
			return false;
		/* ::ffff:192.0.2.0/120 is the IPv4 network with 24 bits. */
		if (colon && ip.family == 4) {
			if (bits < 96)
				return false;
			bits -= 96;
		}
		if (bits > family_bits(ip.family))
			return false;
	}
	out->bits = (uint8_t)bits;
	out->base = ip_mask(ip, (unsigned)bits);
	return true;
}

/* Some of each message; inet_ntop prints them with sprintf. */
static void
ip_format_4(struct ip ip, char *out)
{
	for (size_t i = 0; i < 4; i++) {
		unsigned octet = ip.octets[i];

		if (octet >= 100)
			*out++ = (char)('0' + octet / 100);
		if (octet >= 10)
			*out++ = (char)('0' + octet / 10 % 10);
		*out++ = (char)('0' + octet % 10);
		*out++ = i < 3 ? '.' : '\0';
	}
}

const char *
ip_format(struct ip ip, char out[IP_TEXT_MAX])
{
	out[0] = '\0';
	if (ip.family == 4)
		ip_format_4(ip, out);
	else if (ip.family != 0)
		(void)inet_ntop(AF_INET6, ip.octets, out, IP_TEXT_MAX);
	return out;
}

bool
ip_eq(struct ip a, struct ip b)
{
	return a.family == b.family &&
	       memcmp(a.octets, b.octets, family_bits(a.family) / 8) == 0;
}

struct ip
ip_mask(struct ip ip, unsigned bits)
{
	for (unsigned i = 0; i < sizeof(ip.octets); i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;

		if (keep < 8)
			ip.octets[i] &= (uint8_t)(0xff00u >> keep);
	}
	return ip;
}

bool
ip_in(struct ip ip, struct ip_net net)
{
	return ip.family != 0 && ip.family == net.base.family &&
	       ip_eq(ip_mask(ip, net.bits), net.base);
}

bool
ip_private(struct ip ip)
{
	static const struct ip_net nets[] = {
		{ { 4, { 0 } }, 8 },
		{ { 4, { 10 } }, 8 },
		{ { 4, { 100, 64 } }, 10 },
		{ { 4, { 127 } }, 8 },
		{ { 4, { 169, 254 } }, 16 },
		{ { 4, { 172, 16 } }, 12 },
		{ { 4, { 192, 168 } }, 16 },
		{ { 6, { 0 } }, 127 }, /* :: and ::1 */
		{ { 6, { 0xfc } }, 7 },
		{ { 6, { 0xfe, 0x80 } }, 10 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(nets); i++)
		if (ip_in(ip, nets[i]))
			return true;
	return false;
}

size_t
ip_reverse(struct ip ip, const char *zone, char *out, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *o = ip.octets;
	char digits[65] = "";
	int n;

	if (ip.family == 4) {
		(void)snprintf(digits, sizeof(digits), "%u.%u.%u.%u", o[3],
		    o[2], o[1], o[0]);
	} else if (ip.family == 6) {
		for (size_t i = 0; i < 16; i++) {
			digits[i * 4] = hex[o[15 - i] & 15];
			digits[i * 4 + 1] = '.';
			digits[i * 4 + 2] = hex[o[15 - i] >> 4];
			digits[i * 4 + 3] = i == 15 ? '\0' : '.';
		}
	} else {
		return 0;
	}
	if (zone == NULL)
		zone = ip.family == 4 ? "in-addr.arpa" : "ip6.arpa";
	n = snprintf(out, size, "%s.%s", digits, zone);
	return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}
