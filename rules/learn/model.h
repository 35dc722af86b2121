#ifndef RULES_LEARN_MODEL_H
#define RULES_LEARN_MODEL_H

/*
 * Logistic regression over features, trained by FTRL-proximal (McMahan and
 * others, "Ad Click Prediction: a View from the Trenches", 2013, algorithm 1).
 * The same samples in the same order give the same model bit for bit: there is
 * no chance in it, no function of the C library whose last bit differs between
 * machines, and the compiler is told not to contract a multiplication and an
 * addition into one.
 *
 * The weights, all that judging needs, are 1 MB; a model that learns is 3 MB.
 * One thread at a time may learn; any number may score weights that nobody
 * learns into.
 */

#include "rules/learn/features.h"

struct learn_weights {
	float bias;
	float unused; /* so that what follows in a file may be doubles */
	float weight[LEARN_SIZE];
};

struct learn_model {
	/* FTRL's sums for each feature, and the weights that follow. */
	float z[LEARN_SIZE];
	float n[LEARN_SIZE];
	struct learn_weights weights;
	float bias_z, bias_n;
	uint64_t spam, ham; /* that were shown to it */
	uint64_t updates;   /* of those, that it learned something from */
};

/* Knows nothing; freed by learn_model_free. NULL without memory. */
struct learn_model *learn_model_new(void);
void learn_model_free(struct learn_model **m);

/* The log of the odds that it is spam; 0 when nothing is known. */
double learn_score(
    const struct learn_weights *w, const struct learn_features *f);
/* The same by what the head says alone. */
double learn_score_head(
    const struct learn_weights *w, const struct learn_features *f);
/* That as a probability. */
double learn_probability(double score);
/*
 * Learns that a message with these features is spam, or is not. trust: from 0,
 * which changes nothing, to 1. What the model is sure of already (by less than
 * .05 wrong) changes nothing either.
 */
void learn_update(struct learn_model *m, const struct learn_features *f,
    bool spam, float trust);

#endif
