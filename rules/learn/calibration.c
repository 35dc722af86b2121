/*
 * The slope between scores and the log of the odds. Knows nothing of features.
 */
#include "config.h"

#include "rules/learn/calibration.h"

#include "rules/learn/model.h"

/* As if so much had been learned that says 1. */
#define PRIOR 2.0
/* Beyond that a probability is 0 or 1 to anybody. */
#define SCORE_MAX 10.0

void
learn_calibration_init(struct learn_calibration *c)
{
	c->slope = 1;
	c->weight = PRIOR;
}

double
learn_calibrated(double slope, double score)
{
	return learn_probability(slope * score);
}

void
learn_calibration_add(struct learn_calibration *c, double score, bool spam)
{
	const double forget = 1.0 / LEARN_CALIBRATION_MAIL;
	double s = score > SCORE_MAX    ? SCORE_MAX
		   : score < -SCORE_MAX ? -SCORE_MAX
					: score;
	double p = learn_calibrated(c->slope, s);

	c->weight += p * (1 - p) * s * s - forget * (c->weight - PRIOR);
	c->slope += ((spam ? 1.0 : 0.0) - p) * s / c->weight;
	if (c->slope < 1)
		c->slope = 1;
	if (c->slope > LEARN_SLOPE_MAX)
		c->slope = LEARN_SLOPE_MAX;
}
