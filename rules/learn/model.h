#ifndef RULES_LEARN_MODEL_H
#define RULES_LEARN_MODEL_H

/*
 * Logistic regression over features, trained by FTRL-proximal (McMahan and
 * others, "Ad Click Prediction: a View from the Trenches", 2013, algorithm 1).
 * Without its lambdas, which gained nothing here, its sum z follows from the
 * weight, and what is left is a step of alpha g / (beta + sqrt(n)).
 *
 * A feature counts for more in a short message than in a long one: by the root
 * of LEARN_TYPICAL / the number of features, so that all messages are vectors
 * of one length. Without that a long message is always judged surely, and a
 * short one never.
 *
 * A label that contradicts what the model is sure of is wrong more often than
 * others are: there the slope of the loss falls off, to a fifth. Without that a
 * step that is large enough to learn well from right labels learns twice as
 * much nonsense from wrong ones.
 *
 * The same samples in the same order give the same model bit for bit: there is
 * no chance in it, no function of the C library whose last bit differs between
 * machines (sqrt rounds correctly everywhere, IEEE 754), and the compiler is
 * told not to contract a multiplication and an addition into one.
 *
 * The weights, all that judging needs, are 1 MB; a model that learns is 2 MB.
 * One thread at a time may learn; any number may score weights that nobody
 * learns into.
 */

#include "rules/learn/features.h"

/* So many features count as they are. */
#define LEARN_TYPICAL 2000

struct learn_weights {
	float bias;
	float unused; /* so that what follows in a file may be doubles */
	float weight[LEARN_SIZE];
};

struct learn_model {
	struct learn_weights weights;
	/* For each feature: the sum of its squared gradients. */
	float n[LEARN_SIZE];
	float bias_n;
	uint64_t spam, ham; /* that were shown to it */
	uint64_t updates;   /* of those, that it learned something from */
};

/* Knows nothing; freed by learn_model_free. NULL without memory. */
struct learn_model *learn_model_new(void);
void learn_model_free(struct learn_model **m);

/* What weights of a message with so many features are multiplied by. */
double learn_scale(size_t features);
/* Whether a message with that score, of which it is told now, changes anything:
 * where the model is sure of it already (by less than .05 wrong) none does. */
bool learn_is_news(double score, bool spam);
/* The log of the odds that it is spam; 0 when nothing is known. */
double learn_score(
    const struct learn_weights *w, const struct learn_features *f);
/* The same by what the head says alone, as if there were nothing else. */
double learn_score_head(
    const struct learn_weights *w, const struct learn_features *f);
/* That as a probability. */
double learn_probability(double score);
/*
 * Learns that a message with these features is spam, or is not. trust: from 0,
 * which changes nothing, to 1; what is no news changes nothing either.
 */
void learn_update(struct learn_model *m, const struct learn_features *f,
    bool spam, float trust);

#endif
