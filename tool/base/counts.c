/* Counts by name and histograms, read from the daemon's JSON. */
#include "config.h"

#include "tool/base/counts.h"

#include <math.h>
#include <stdlib.h>

static int
count_order(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? 1 : -1;
	return span_compare(x->name, y->name);
}

size_t
counts_read(struct jsonr object, struct arena *a, struct count **out)
{
	size_t n = 0;
	struct jsonr member;
	const void *cursor = NULL;
	struct span key;

	*out = arena_array(a, jsonr_count(object) + 1, sizeof(**out));
	while (jsonr_next(object, &cursor, &key, &member)) {
		(*out)[n].name = key;
		(void)jsonr_number(member, &(*out)[n].number);
		n++;
	}
	qsort(*out, n, sizeof(**out), count_order);
	return n;
}

double
counts_percentile(struct jsonr histogram, double share)
{
	struct jsonr bounds = jsonr_get(histogram, "bounds");
	struct jsonr buckets = jsonr_get(histogram, "buckets");
	double want = jsonr_get_number(histogram, "count") * share, seen = 0;

	for (size_t i = 0; i < jsonr_count(bounds); i++) {
		double n = 0, bound = 0;

		(void)jsonr_number(jsonr_at(buckets, i), &n);
		(void)jsonr_number(jsonr_at(bounds, i), &bound);
		seen += n;
		if (seen >= want)
			return bound;
	}
	return INFINITY;
}
