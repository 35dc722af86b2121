/*
 * Received fields of our own relay: an address is one, and the HELO name
 * stands in the field and holds no line of the MTA's.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/mail/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = span_make((const char *)data, size), helo = SPAN("");
	char text[IP_TEXT_MAX];
	struct ip client, again;

	if (!received_hop(raw, &client, &helo))
		return 0;
	INVARIANT(client.family == 4 || client.family == 6);
	INVARIANT(ip_parse(span_of(ip_format(client, text)), &again));
	INVARIANT(ip_eq(client, again));
	INVARIANT(helo.n == 0 ||
		  (helo.p >= raw.p && helo.p + helo.n <= raw.p + raw.n));
	return 0;
}
