/*
 * What metrics show of learning.
 */
#include "config.h"

#include "milter/count/metric.h"
#include "milter/daemon/daemon.h"
#include "policy/learn/learner.h"

enum learn_number {
	LEARN_MODELS,
	LEARN_HELD,
	LEARN_DROPPED,
	LEARN_KEPT,
	LEARN_ERROR_SHARE,
	LEARN_PROMISED,
	LEARN_REALISED,
};

/* Of the state; false: it is one of the model's. */
static bool
learn_number_state(
    const struct learner_state *s, enum learn_number which, double *out)
{
	switch (which) {
	case LEARN_MODELS:
		*out = (double)s->trained;
		return true;
	case LEARN_HELD:
		*out = s->held;
		return true;
	case LEARN_DROPPED:
		*out = (double)s->dropped;
		return true;
	case LEARN_KEPT:
		*out = (double)s->kept;
		return true;
	default:
		return false;
	}
}

static void
learn_read(struct metric_out *out, const struct metric *row)
{
	struct learner *l = daemon_self()->judge.learner;
	enum learn_number which = (enum learn_number)row->argument;
	struct learned *model;
	struct learner_state s;
	double number;

	if (l == NULL)
		return;
	learner_state(l, &s);
	if (learn_number_state(&s, which, &number)) {
		metric_value(out, NULL, number);
		return;
	}
	model = learner_model(l);
	if (model == NULL)
		return;
	if (which == LEARN_ERROR_SHARE)
		metric_value(out, NULL, model->error);
	else if (which == LEARN_PROMISED)
		metric_value(out, NULL, LEARN_PROMISE);
	else if (model->promised > 0)
		metric_value(
		    out, NULL, (double)model->marked / (double)model->promised);
	learned_unref(&model);
}

static void
learn_read_samples(struct metric_out *out, const struct metric *row)
{
	struct learner *l = daemon_self()->judge.learner;
	struct learner_state s;

	(void)row;
	if (l == NULL)
		return;
	learner_state(l, &s);
	metric_value(out, "spam", (double)s.spam);
	metric_value(out, "ham", (double)s.ham);
}

/* As the last model saw them. */
static void
learn_read_teachers(struct metric_out *out, const struct metric *row)
{
	struct learner *l = daemon_self()->judge.learner;
	const struct learn_teacher *t;
	struct arena *a;
	size_t count;

	(void)row;
	if (l == NULL)
		return;
	a = arena_new();
	count = learner_teachers(l, a, &t);
	for (size_t i = 0; i < count; i++)
		metric_value(out, t[i].who[0] == '\0' ? "(admin)" : t[i].who,
		    (double)(t[i].spam + t[i].ham));
	arena_free(&a);
}

static const struct metric learn_rows[] = {
	{ "learn_samples", METRIC_GAUGE, "kind", learn_read_samples, 0,
	    "Messages that were taught and are kept." },
	{ "learn_taught", METRIC_GAUGE, "teacher", learn_read_teachers, 0,
	    "Of them, by who taught them." },
	{ "learn_models", METRIC_COUNTER, NULL, learn_read, LEARN_MODELS,
	    "Models made." },
	{ "learn_held", METRIC_GAUGE, NULL, learn_read, LEARN_HELD,
	    "1 while the newest model is held back." },
	{ "learn_kept", METRIC_GAUGE, NULL, learn_read, LEARN_KEPT,
	    "Decisions that can be taught by their id." },
	{ "learn_dropped", METRIC_COUNTER, NULL, learn_read, LEARN_DROPPED,
	    "Decisions that were not kept because the queue was full." },
	{ "learn_misjudged", METRIC_GAUGE, NULL, learn_read, LEARN_ERROR_SHARE,
	    "Share of the last lessons misjudged before they were learned." },
	{ "learn_promised", METRIC_GAUGE, NULL, learn_read, LEARN_PROMISED,
	    "Share of good mail that is promised to be marked at most." },
	{ "learn_realised", METRIC_GAUGE, NULL, learn_read, LEARN_REALISED,
	    "Share of good mail that would have been marked by it." },
};

extern const struct metric_source metrics_learn;
const struct metric_source metrics_learn = { learn_rows,
	ARRAY_COUNT(learn_rows), NULL };
