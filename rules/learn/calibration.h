#ifndef RULES_LEARN_CALIBRATION_H
#define RULES_LEARN_CALIBRATION_H

/*
 * From a score to a probability that comes true. What is learned stops at what
 * is nearly sure, so its odds are too cautious about mail that it has not seen:
 * of what is given 65 % some 80 % are spam. So the log of the odds is
 * multiplied by a slope, which is learned from the scores that messages had
 * before they were learned: a logistic regression with that one weight, by one
 * step of Newton's method for each message, in which a message counts less by
 * 1 / LEARN_CALIBRATION_MAIL for each that follows.
 *
 * The slope is never below 1 nor above LEARN_SLOPE_MAX: where users teach only
 * what was misjudged, what is taught contradicts all scores, and the odds stay
 * what they would be without it. There is no second weight that moves odds of
 * 1: it gained nothing, and whoever teaches more of one kind would move it.
 *
 * Which of two messages has the higher score is left as it is, and so is what
 * scores alone decide: shares, trust, the gate.
 */

#include <stdbool.h>

#define LEARN_CALIBRATION_MAIL 2000
#define LEARN_SLOPE_MAX        4.0

struct learn_calibration {
	double slope;
	double weight; /* of all that it was learned from */
};

/* Knows nothing: what scores say is what is said. */
void learn_calibration_init(struct learn_calibration *c);
/* A message had that score, and then it was told whether it is spam. */
void learn_calibration_add(
    struct learn_calibration *c, double score, bool spam);
/* How probably a message with that score is spam. */
double learn_calibrated(double slope, double score);

#endif
