/*
 * Samples in, a model and its figures out. Knows nothing of where samples come
 * from.
 */
#include "config.h"

#include "rules/learn/stream.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/panic.h"

/* One weight as it was. */
struct noted {
	uint32_t at;
	float n, weight;
};

struct learn_mark {
	struct learn_stream before; /* but for the model and the mark */
	float bias, bias_n;
	uint64_t spam, ham, updates;
	uint64_t seen[LEARN_SIZE / 64]; /* bits: noted already */
	struct noted *noted;
	size_t count, cap;
	bool over; /* there were too many */
};

static void
mark_free(struct learn_mark **m)
{
	if (*m != NULL)
		free((*m)->noted);
	free(*m);
	*m = NULL;
}

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
	if (*s != NULL) {
		learn_model_free(&(*s)->model);
		mark_free(&(*s)->mark);
	}
	free(*s);
	*s = NULL;
}

/* ---- taking back --------------------------------------------------------- */

void
learn_stream_mark(struct learn_stream *s)
{
	const struct learn_model *model = s->model;
	struct learn_mark *m;

	mark_free(&s->mark);
	m = xcalloc(1, sizeof(*m));
	m->before = *s;
	m->bias = model->weights.bias;
	m->bias_n = model->bias_n;
	m->spam = model->spam;
	m->ham = model->ham;
	m->updates = model->updates;
	s->mark = m;
}

static void
mark_note(struct learn_mark *m, const struct learn_model *model, uint32_t at)
{
	if (bit_get(m->seen, at) || m->over)
		return;
	if (m->count == LEARN_NOTED_MAX) {
		m->over = true;
		return;
	}
	if (m->count == m->cap) {
		m->cap = m->cap == 0 ? 4096 : m->cap * 2;
		m->noted = xrealloc(m->noted, m->cap, sizeof(*m->noted));
	}
	bit_set(m->seen, at);
	m->noted[m->count++] = (struct noted){
		.at = at, .n = model->n[at], .weight = model->weights.weight[at]
	};
}

bool
learn_stream_back(struct learn_stream *s)
{
	struct learn_model *model = s->model;
	struct learn_mark *m = s->mark;
	bool ok = m != NULL && !m->over;

	for (size_t i = 0; ok && i < m->count; i++) {
		model->n[m->noted[i].at] = m->noted[i].n;
		model->weights.weight[m->noted[i].at] = m->noted[i].weight;
	}
	if (ok) {
		model->weights.bias = m->bias;
		model->bias_n = m->bias_n;
		model->spam = m->spam;
		model->ham = m->ham;
		model->updates = m->updates;
		*s = m->before;
		s->model = model;
	}
	mark_free(&m);
	s->mark = NULL;
	return ok;
}

/* ---- learning ------------------------------------------------------------ */

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
	if (s->mark != NULL && trust > 0 && learn_is_news(score, spam))
		for (size_t i = 0; i < f->count; i++)
			mark_note(s->mark, s->model, f->index[i]);
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
