#include "config.h"

#include "policy/scan/clamd.h"

void
clamd_length(uint32_t octets, char out[4])
{
	for (int i = 0; i < 4; i++)
		out[i] = (char)(octets >> (24 - 8 * i));
}

enum clamd_answer
clamd_parse(struct span answer, struct span *name)
{
	while (answer.n > 0 && (answer.p[answer.n - 1] == '\0' ||
				   ascii_space(answer.p[answer.n - 1])))
		answer.n--;
	*name = SPAN("");
	if (span_starts(answer, SPAN("stream: ")))
		answer = span_slice(answer, 8, answer.n);
	if (span_is(answer, "OK"))
		return CLAMD_CLEAN;
	if (span_ends(answer, SPAN(" FOUND"))) {
		*name = span_slice(answer, 0, answer.n - 6);
		return CLAMD_FOUND;
	}
	return span_starts(answer, SPAN("INSTREAM size limit exceeded"))
		   ? CLAMD_TOO_BIG
		   : CLAMD_ERROR;
}
