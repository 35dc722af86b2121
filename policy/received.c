/*
 * Received fields as MTAs write them: who handed the message to whom.
 */
#include "config.h"

#include "policy/received.h"

/* The last "[address]" of the text, as MTAs write the client's. */
static bool
received_address(struct span text, struct ip *out)
{
	size_t close = text.n;

	while (close > 0) {
		struct span before = span_slice(text, 0, close), inside;
		size_t end = span_find_last(before, ']');
		size_t open;

		if (end == SIZE_MAX)
			return false;
		open = span_find_last(span_slice(before, 0, end), '[');
		if (open == SIZE_MAX)
			return false;
		inside = span_slice(before, open + 1, end);
		if (span_case_starts(inside, SPAN("IPv6:")))
			inside = span_slice(inside, 5, inside.n);
		if (ip_parse(inside, out))
			return true;
		close = open;
	}
	return false;
}

bool
received_hop(struct span value, struct ip *client, struct span *helo)
{
	size_t by = span_case_search(value, SPAN(" by "));
	struct span from = span_slice(value, 0, by);

	if (!span_case_starts(from, SPAN("from ")))
		return false;
	from = span_trim(span_slice(from, 5, from.n));
	*helo = span_slice(from, 0, span_find(from, ' '));
	return received_address(from, client);
}
