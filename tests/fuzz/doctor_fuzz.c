/*
 * What DNS says of a domain, as `verdict doctor DOMAIN` reads it: the domain
 * in the first line, then records as zone_kit.c reads them. No mail server is
 * connected to.
 */
#include "config.h"

#include "tests/fuzz/message_kit.c"
#include "tests/fuzz/tool_kit.c"
#include "tests/fuzz/zone_kit.c"

#include "tool/doctor/doctor.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span selector[] = { SPAN_INIT("s"),
		SPAN_INIT("gone") };
	struct span in = span_make((const char *)data, size);
	struct span domain = SPAN("");
	struct dns_zone *z = dns_zone_new();
	struct doctor d = { .arena = arena_new(),
		.snapshot = kit_snapshot(),
		.resolver = resolver_zone(z),
		.canned = true,
		.selectors = { selector, ARRAY_COUNT(selector) } };

	(void)span_cut(&in, '\n', &domain);
	zone_lines(z, in);
	doctor_domain(&d, domain);
	INVARIANT(d.count > 0);
	for (size_t i = 0; i < d.count; i++)
		INVARIANT(d.finding[i].text[0] != '\0');
	resolver_free(&d.resolver);
	dns_zone_free(&z);
	arena_free(&d.arena);
	return 0;
}
