/*
 * Samples in, a model and its figures out. Knows nothing of where samples come
 * from.
 */
#include "config.h"

#include "rules/learn/stream.h"

#include <stdlib.h>

struct learn_stream *
learn_stream_new(void)
{
	struct learn_stream *s = calloc(1, sizeof(*s));

	if (s != NULL && (s->model = learn_model_new()) == NULL) {
		free(s);
		return NULL;
	}
	if (s != NULL) {
		learn_calibration_init(&s->full_odds);
		learn_calibration_init(&s->worse_odds);
	}
	return s;
}

void
learn_stream_free(struct learn_stream **s)
{
	if (*s != NULL)
		learn_model_free(&(*s)->model);
	free(*s);
	*s = NULL;
}

void
learn_stream_copy(struct learn_stream *to, const struct learn_stream *from)
{
	struct learn_model *model = to->model;

	*model = *from->model;
	*to = *from;
	to->model = model;
}

bool
learn_enough(uint64_t spam, uint64_t ham)
{
	return spam >= LEARN_KIND_MIN && ham >= LEARN_KIND_MIN;
}

double
learn_score_worse(const struct learn_weights *w, const struct learn_features *f)
{
	double full = learn_score(w, f), head = learn_score_head(w, f);

	return head > full ? head : full;
}

static void
stream_note(struct learn_stream *s, bool wrong)
{
	s->wrong[s->next] = wrong;
	s->next = (s->next + 1) % LEARN_RECENT;
	if (s->recent < LEARN_RECENT)
		s->recent++;
}

static void
stream_good(struct learn_stream *s, double score, double worse)
{
	learn_share_add(&s->full, score);
	learn_share_add(&s->worse, worse);
}

void
learn_stream_sample(struct learn_stream *s, const struct learn_features *f,
    bool spam, float trust)
{
	const struct learn_weights *w = &s->model->weights;
	double score = learn_score(w, f), head = learn_score_head(w, f);
	double worse = head > score ? head : score;
	double share = learn_share(&s->full, score);

	/* Who is not believed does not say how good the model is. */
	if (trust > 0) {
		stream_note(s, (score > 0) != spam);
		if (!spam && share >= 0) {
			s->promised++;
			s->marked += share < LEARN_PROMISE ? 1 : 0;
		}
		if (!spam)
			stream_good(s, score, worse);
		/* What nobody is told yet was not worth anything. */
		if (learn_enough(s->model->spam, s->model->ham)) {
			learn_calibration_add(&s->full_odds, score, spam);
			learn_calibration_add(&s->worse_odds, worse, spam);
		}
	}
	learn_update(s->model, f, spam, trust);
}

void
learn_stream_good(struct learn_stream *s, const struct learn_features *f)
{
	const struct learn_weights *w = &s->model->weights;

	stream_good(s, learn_score(w, f), learn_score_worse(w, f));
}

double
learn_stream_error(const struct learn_stream *s)
{
	size_t wrong = 0;

	for (size_t i = 0; i < s->recent; i++)
		wrong += s->wrong[i] ? 1 : 0;
	return s->recent == 0 ? 0 : (double)wrong / (double)s->recent;
}
