#ifndef RULES_LEARN_METRICS_H
#define RULES_LEARN_METRICS_H

/*
 * How good a filter is, by what it said of messages whose kind is known: the
 * figures that TREC's spam track compared filters by, how often a probability
 * came true, and the share of good mail that looks as spammy as a message.
 */

#include "rules/base/arena.h"

struct learn_outcome {
	double score; /* the higher, the more like spam */
	bool spam;
};

struct learn_metrics {
	size_t spam, ham;
	double one_minus_roca; /* 0 to 1: the area above the ROC curve, which
	                          is how often a ham scores above a spam */
	double missed_1000, missed_100; /* spam below the threshold that .1 %,
	                                   1 % of ham reach */
};

/* NAN where there is no spam or no ham. Reorders the outcomes. */
void learn_metrics(
    struct learn_outcome *o, size_t count, struct learn_metrics *out);

#define LEARN_SHARE_KEPT 5000
#define LEARN_SHARE_MIN  500

/* The scores of the last LEARN_SHARE_KEPT good messages. */
struct learn_share {
	double recent[LEARN_SHARE_KEPT]; /* a ring */
	double sorted[LEARN_SHARE_KEPT];
	size_t count, next;
};

void learn_share_add(struct learn_share *s, double score);
/*
 * A conformal p-value: of good mail, at most this share scores at least so
 * high. Negative until LEARN_SHARE_MIN good messages are known.
 */
double learn_share(const struct learn_share *s, double score);
/* The same of scores in ascending order. */
double learn_share_of(const double *sorted, size_t count, double score);

#endif
