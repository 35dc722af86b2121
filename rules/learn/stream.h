#ifndef RULES_LEARN_STREAM_H
#define RULES_LEARN_STREAM_H

/*
 * Learning from samples one after the other, each judged first by what was
 * learned from those before it: so the figures are those of mail that the
 * model has not seen, and no sample need be held back to know them.
 *
 * What was learned last can be taken back: a mark is set, and what follows is
 * noted by the weights that it changes. That is less than a copy.
 *
 * 2.3 MB each, and up to 0.9 MB behind a mark. One thread at a time.
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

/* So many weights may be noted behind a mark. */
#define LEARN_NOTED_MAX ((size_t)50000)

struct learn_mark;

struct learn_stream {
	struct learn_model *model;
	struct learn_mark *mark; /* NULL: none */
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
/* What is learned from now on may be taken back. */
void learn_stream_mark(struct learn_stream *s);
/*
 * As it was at the mark, which is gone then. False: there was none, or what was
 * learned since changed more than LEARN_NOTED_MAX weights; then the stream is
 * to be thrown away.
 */
bool learn_stream_back(struct learn_stream *s);

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
