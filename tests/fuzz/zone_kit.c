/*
 * Records of DNS as text, for the targets that evaluate them: one a line,
 * "NAME TYPE VALUE", the preference before an MX left out. Any other type is
 * a return code. A target is one file: they include this one.
 */
#include "config.h"

#include "policy/dns/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ZONE_LINES_MAX 200

static void
zone_line(struct dns_zone *z, struct span line, uint16_t number)
{
	struct span name, type;

	if (!span_cut(&line, ' ', &name) || !span_cut(&line, ' ', &type))
		return;
	if (span_is(type, "A"))
		(void)dns_zone_address(z, name, line);
	else if (span_is(type, "TXT"))
		dns_zone_txt(z, name, line);
	else if (span_is(type, "MX"))
		dns_zone_mx(z, name, number, line);
	else if (span_is(type, "PTR"))
		dns_zone_ptr(z, name, line);
	else if (span_is(type, "TLSA"))
		(void)dns_zone_tlsa(z, name, line);
	else if (span_is(type, "CNAME"))
		dns_zone_cname(z, name, line);
	else
		(void)dns_zone_rcode(z, name, type);
}

static void
zone_lines(struct dns_zone *z, struct span text)
{
	struct span line;

	for (uint16_t n = 0; n < ZONE_LINES_MAX && span_cut(&text, '\n', &line);
	     n++)
		zone_line(z, line, n);
}
