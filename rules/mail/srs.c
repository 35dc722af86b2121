/*
 * Takes local parts of forwarders apart. Knows no hash.
 */
#include "config.h"

#include "rules/mail/srs.h"

/* The sign behind SRS0 or SRS1 (and before the inner HASH of SRS1). */
static bool
srs_separator(struct span *rest)
{
	if (rest->n == 0 || memchr("=-+", rest->p[0], 3) == NULL)
		return false;
	*rest = span_slice(*rest, 1, rest->n);
	return true;
}

/* "HASH=TT=domain=local". */
static bool
srs_tail(struct span rest, struct srs *out)
{
	struct span hash, time;

	if (!span_cut(&rest, '=', &hash) || hash.n == 0 ||
	    !span_cut(&rest, '=', &time) || time.n == 0)
		return false;
	out->path = rest;
	if (!span_cut(&rest, '=', &out->domain) || out->domain.n == 0)
		return false;
	out->local = rest;
	return rest.n > 0;
}

bool
srs_read(struct span local, struct srs *out)
{
	struct span rest = span_slice(local, 4, local.n), hash;
	size_t plus = span_case_search(local, SPAN("+SRS="));

	*out = (struct srs){ .forwarder = SPAN("") };
	if (span_case_starts(local, SPAN("SRS0")))
		return srs_separator(&rest) && srs_tail(rest, out);
	if (span_case_starts(local, SPAN("SRS1")))
		return srs_separator(&rest) && span_cut(&rest, '=', &hash) &&
		       hash.n > 0 && span_cut(&rest, '=', &out->forwarder) &&
		       out->forwarder.n > 0 && srs_separator(&rest) &&
		       srs_tail(rest, out);
	return plus != SIZE_MAX && plus > 0 &&
	       srs_tail(span_slice(local, plus + 5, local.n), out);
}
