/*
 * The weights of features, and how they are learned. Knows nothing of mail.
 */
#include "config.h"

#include "rules/learn/model.h"

#include <math.h>
#include <stdlib.h>

#define ALPHA     0.01F
#define BETA      0.5F
#define SURE      0.05
/* Of the slope, where the model is sure of the opposite, so much is left out. */
#define DOUBT     0.8
#define SCORE_MAX 30.0
#define LN2       0.69314718055994530942
#define EXP_TERMS 14

struct learn_model *
learn_model_new(void)
{
	return calloc(1, sizeof(struct learn_model));
}

void
learn_model_free(struct learn_model **m)
{
	free(*m);
	*m = NULL;
}

double
learn_scale(size_t features)
{
	if (features == 0)
		return 1.0;
	return sqrt((double)LEARN_TYPICAL / (double)features);
}

/*
 * Always in the same order, so that the sum is the same one: four sums side
 * by side, for an addition need not wait for the one before.
 */
static double
model_sum(const struct learn_weights *w, const uint32_t *index, size_t count)
{
	double sum[4] = { 0, 0, 0, 0 };
	size_t i = 0;

	for (; i + 4 <= count; i += 4)
		for (size_t j = 0; j < 4; j++)
			sum[j] += (double)w->weight[index[i + j]];
	for (; i < count; i++)
		sum[0] += (double)w->weight[index[i]];
	return (double)w->bias +
	       (sum[0] + sum[1] + (sum[2] + sum[3])) * learn_scale(count);
}

double
learn_score(const struct learn_weights *w, const struct learn_features *f)
{
	return model_sum(w, f->index, f->count);
}

double
learn_score_head(const struct learn_weights *w, const struct learn_features *f)
{
	return model_sum(w, f->head, f->head_count);
}

/*
 * e to the x for x within SCORE_MAX, by additions and multiplications alone:
 * exp(3) may differ in its last bit between C libraries.
 */
static double
model_exp(double x)
{
	int halves = (int)(x / LN2);
	double rest = x - (double)halves * LN2, sum = 1.0;

	for (int i = EXP_TERMS; i > 0; i--)
		sum = 1.0 + rest / (double)i * sum;
	return ldexp(sum, halves);
}

double
learn_probability(double score)
{
	if (score > SCORE_MAX)
		score = SCORE_MAX;
	if (score < -SCORE_MAX)
		score = -SCORE_MAX;
	return 1.0 / (1.0 + model_exp(-score));
}

/* One coordinate of algorithm 1, without regularisation. */
static void
model_step(float *n, float *weight, float gradient)
{
	*n += gradient * gradient;
	*weight -= ALPHA * gradient / (BETA + sqrtf(*n));
}

/* Its eighth power is next to nothing below two thirds, and half at 0.92. */
static double
model_believed(double wrong)
{
	double square = wrong * wrong, fourth = square * square;

	return 1.0 - DOUBT * fourth * fourth;
}

bool
learn_is_news(double score, bool spam)
{
	return fabs(learn_probability(score) - (spam ? 1.0 : 0.0)) > SURE;
}

void
learn_update(struct learn_model *m, const struct learn_features *f, bool spam,
    float trust)
{
	struct learn_weights *w = &m->weights;
	double p = learn_probability(learn_score(w, f));
	double wrong = p - (spam ? 1.0 : 0.0);
	float gradient = (float)(wrong * model_believed(wrong)) * trust;

	if (spam)
		m->spam++;
	else
		m->ham++;
	if (fabs(wrong) <= SURE || trust <= 0)
		return;
	m->updates++;
	model_step(&m->bias_n, &w->bias, gradient);
	gradient *= (float)learn_scale(f->count);
	for (size_t i = 0; i < f->count; i++)
		model_step(
		    &m->n[f->index[i]], &w->weight[f->index[i]], gradient);
}
