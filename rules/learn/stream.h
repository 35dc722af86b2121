#ifndef RULES_LEARN_STREAM_H
#define RULES_LEARN_STREAM_H

/*
 * Learning from samples one after the other, each judged first by what was
 * learned from those before it: so the figures are those of mail that the
 * model has not seen, and no sample need be held back to know them.
 *
 * 2.3 MB each. One thread at a time.
 */

#include "rules/learn/calibration.h"
#include "rules/learn/metrics.h"
#include "rules/learn/model.h"

/* Below so many of either kind nothing is said of any message. */
#define LEARN_KIND_MIN 100
/* The last so many samples make the figures. */
#define LEARN_RECENT 1000
/* What share of good mail is promised to be marked at most. */
#define LEARN_PROMISE 0.001

struct learn_stream {
	struct learn_model *model;
	/* Scores of good mail: by all that it has, and by the worse of that
	 * and its head. */
	struct learn_share full, worse;
	/* Of the same two scores: what they were worth, of either kind. */
	struct learn_calibration full_odds, worse_odds;
	bool wrong[LEARN_RECENT]; /* a ring: whether it was misjudged */
	size_t recent, next;
	uint64_t promised, marked; /* good mail that had a share, and of it
	                              what was below LEARN_PROMISE */
};

/* NULL without memory. NULL inside is fine. */
struct learn_stream *learn_stream_new(void);
void learn_stream_free(struct learn_stream **s);
/* to becomes what from is: learning goes on from there in both. */
void learn_stream_copy(struct learn_stream *to, const struct learn_stream *from);

/* Judges it, then learns it; trust as for learn_update. */
void learn_stream_sample(struct learn_stream *s, const struct learn_features *f,
    bool spam, float trust);
/* Good mail that is not learned: it counts for the shares alone. */
void learn_stream_good(struct learn_stream *s, const struct learn_features *f);
/* How many of the last LEARN_RECENT were misjudged, 0 to 1. */
double learn_stream_error(const struct learn_stream *s);
/* Enough of both kinds was learned to speak. */
bool learn_enough(uint64_t spam, uint64_t ham);
/* The higher of the two scores. */
double learn_score_worse(
    const struct learn_weights *w, const struct learn_features *f);

#endif
