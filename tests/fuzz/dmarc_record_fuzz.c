/*
 * DMARC records: whatever stands in DNS, what is read keeps the promises of
 * dmarc_record.h, and reading it again as a list of URIs ends.
 */
#include "config.h"

#include "policy/dmarc/dmarc_record.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make((const char *)data, size), uri;
	struct dmarc_record r;
	size_t uris = 0;

	if (!dmarc_record_is(text)) {
		(void)dmarc_uri_next(&text, &uri);
		return 0;
	}
	dmarc_record_parse(text, &r);
	INVARIANT(r.p != DMARC_P_ABSENT);
	INVARIANT(r.state == DMARC_RECORD_GOOD || r.problem != NULL);
	INVARIANT(r.state != DMARC_RECORD_MONITOR || r.rua_count > 0);
	while (dmarc_uri_next(&r.rua, &uri)) {
		INVARIANT(uri.n > 2);
		uris++;
	}
	INVARIANT(uris == r.rua_count);
	return 0;
}
