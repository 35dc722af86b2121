#ifndef TOOL_BASE_COUNTS_H
#define TOOL_BASE_COUNTS_H

/* What the running daemon counts, as it tells it in JSON. */

#include "policy/base/json.h"
#include "rules/base/arena.h"

/* A member of an object that counts by name. */
struct count {
	struct span name; /* as long as the document lives */
	double number;
};

/* The most frequent first, then by name; *out in the arena. */
size_t counts_read(struct jsonr object, struct arena *a, struct count **out);
/*
 * The upper end of the bucket of a histogram ("bounds", "buckets", "count") in
 * which the share (0 to 1) lies; INFINITY: beyond the last bound.
 */
double counts_percentile(struct jsonr histogram, double share);

#endif
