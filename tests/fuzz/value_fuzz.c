/*
 * Small things that are read everywhere: addresses, networks, servers, numbers
 * with units, dates, domains, and the keys by which a sender is known again.
 */
#include "config.h"

#include <math.h>

#include "policy/base/address.h"
#include "policy/base/smtp_client.h"
#include "policy/base/suffix.h"
#include "policy/dns/dns.h"
#include "policy/memory/sender_key.h"
#include "rules/base/ip.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/list/lookalike.h"
#include "rules/mail/date.h"
#include "rules/source/literal.h"
#include "rules/text/domain.h"
#include "rules/text/windows1252.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
addresses(struct span in)
{
	char text[IP_TEXT_MAX], network[NETWORK_TEXT_MAX], name[256];
	struct ip_net net;
	struct ip ip, again;

	if (ip_net_parse(in, &net)) {
		INVARIANT(net.bits <= (net.base.family == 4 ? 32 : 128));
		INVARIANT(ip_eq(net.base, ip_mask(net.base, net.bits)));
		INVARIANT(ip_in(net.base, net));
	}
	if (!ip_parse(in, &ip))
		return;
	INVARIANT(ip_parse(span_of(ip_format(ip, text)), &again));
	INVARIANT(ip_eq(ip, again));
	INVARIANT(ip_reverse(ip, NULL, name, sizeof(name)) > 0);
	INVARIANT(ip_net_parse(span_of(sender_key_network(ip, network)), &net));
	INVARIANT(ip_in(ip, net));
}

static void
numbers(struct span in)
{
	double number;
	int64_t ms, when;
	uint64_t octets;
	unsigned minutes;

	if (literal_number(in, &number) || literal_quantity(in, &number))
		INVARIANT(isfinite(number));
	if (literal_duration(in, &ms))
		INVARIANT(ms >= 0);
	(void)literal_size(in, &octets);
	if (literal_clock(in, &minutes))
		INVARIANT(minutes <= 1440);
	(void)date_parse(in, &when);
}

static void
servers(struct span in)
{
	struct sockaddr_storage server;
	const char *why = NULL;

	if (dns_server_parse(in, &server, &why))
		INVARIANT(server.ss_family == AF_INET ||
			  server.ss_family == AF_INET6);
	else
		INVARIANT(why != NULL);
	if (smtp_server_parse(in, &server, &why))
		INVARIANT(server.ss_family == AF_INET ||
			  server.ss_family == AF_INET6);
}

static void
domains(struct span in, struct arena *a)
{
	struct span domain, registrable;
	const char *why;

	if (!domain_to_ascii(in, a, &domain, &why))
		return;
	registrable = suffix_registrable(domain);
	INVARIANT(registrable.n <= domain.n);
	INVARIANT(registrable.n == 0 ||
		  registrable.p + registrable.n == domain.p + domain.n);
	INVARIANT(suffix_same(domain, domain));
	INVARIANT(!lookalike_of(domain, domain));
	(void)lookalike_of(domain, SPAN("example.com"));
}

static void
texts(struct span in, struct arena *a)
{
	struct span clean = utf8_clean(in, a), key;
	struct buf out;

	INVARIANT(utf8_valid(clean));
	INVARIANT(!utf8_valid(in) || span_eq(in, clean));
	buf_init(&out, 4 * in.n + 1);
	INVARIANT(western_repair(&out, in));
	INVARIANT(utf8_valid(buf_span(&out)));
	buf_clear(&out);
	INVARIANT(western_to_utf8(&out, in));
	INVARIANT(utf8_valid(buf_span(&out)));
	buf_free(&out);
	key = sender_key_local(in, a);
	INVARIANT(key.n <= in.n + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size);
	struct arena *a = arena_new();

	addresses(in);
	numbers(in);
	servers(in);
	domains(in, a);
	texts(in, a);
	arena_free(&a);
	return 0;
}
