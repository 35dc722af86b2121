/*
 * Which samples count, how much, and whether what comes of them goes live.
 * Knows the tables and the model; no thread, no clock.
 */
#include "config.h"

#include "policy/learn/learn_train.h"

#include <math.h>

/* The model is sure from here on: then its judgement counts for or against a
 * teacher, or against itself. */
#define SURE 0.8
/* Below so many of them nothing is held against anybody. */
#define JUDGED_MIN 10

enum train_pass {
	PASS_HALF,  /* the administrator and one half of the others */
	PASS_JUDGE, /* the samples of the other half are judged by that */
	PASS_ALL,
};

struct train {
	struct learn_db *db;
	struct learn_training *out;
	struct arena *arena;  /* for what comes out */
	struct arena *sample; /* reset for each */
	struct learn_stream *stream;
	enum train_pass pass;
	unsigned half;
	bool *offends;  /* the gate: features of good mail that was marked */
	double *blame;  /* by teacher */
	uint64_t *told; /* by teacher: samples of spam that count */
};

/* ---- teachers ------------------------------------------------------------ */

static bool
train_teacher_add(void *ctx, struct span who, uint64_t spam, uint64_t ham)
{
	struct train *t = ctx;
	struct learn_training *out = t->out;

	out->teacher = arena_grow(t->arena, out->teacher, &out->teacher_cap,
	    out->teacher_count + 1, sizeof(*out->teacher));
	out->teacher[out->teacher_count++] = (struct learn_teacher){
		.who = arena_strdup(t->arena, who),
		.spam = spam,
		.ham = ham,
		.trust = 1,
	};
	return true;
}

/* They come in the order of their names. */
static struct learn_teacher *
train_teacher(const struct train *t, struct span who)
{
	size_t low = 0, high = t->out->teacher_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct learn_teacher *teacher = &t->out->teacher[middle];
		int order = span_compare(span_of(teacher->who), who);

		if (order == 0)
			return teacher;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* Taught since the list was made. */
	return NULL;
}

static bool
train_cap(struct train *t)
{
	struct learn_training *out = t->out;
	uint64_t all = 0, cap;

	for (size_t i = 0; i < out->teacher_count; i++)
		all += out->teacher[i].spam + out->teacher[i].ham;
	cap = (uint64_t)((double)all * LEARN_CAP_SHARE);
	cap = cap < LEARN_CAP_MIN ? LEARN_CAP_MIN : cap;
	for (size_t i = 0; i < out->teacher_count; i++) {
		struct learn_teacher *one = &out->teacher[i];
		uint64_t his = one->spam + one->ham;

		if (one->who[0] == '\0' || his <= cap)
			continue;
		one->left_out = his - cap;
		one->capped = true;
		if (learn_db_cap(t->db, span_of(one->who), cap, &one->cap_s,
			one->cap_key) == LEARN_ERROR)
			return false;
	}
	return true;
}

static bool
teacher_counts(const struct learn_teacher *one, const struct learn_sample *s)
{
	return one != NULL && (!one->capped || s->time_s > one->cap_s ||
				  (s->time_s == one->cap_s &&
				      strcmp(s->key, one->cap_key) > 0));
}

static unsigned
teacher_half(const struct learn_teacher *one)
{
	return (unsigned)(span_hash(span_of(one->who), 1) >> 7 & 1);
}

/* ---- passes -------------------------------------------------------------- */

static void
train_judge(struct train *t, struct learn_teacher *one,
    const struct learn_features *f, bool spam)
{
	const struct learn_weights *w = &t->stream->model->weights;
	double p = learn_probability(learn_score(w, f));

	if (p < SURE && p > 1 - SURE)
		return;
	one->judged++;
	one->agreed += (p > 0.5) == spam ? 1 : 0;
}

static bool
train_sample(void *ctx, const struct learn_sample *s)
{
	struct train *t = ctx;
	struct learn_teacher *one = train_teacher(t, s->who);
	struct learn_features f;
	const char *why;
	bool other;

	arena_reset(t->sample);
	if (!teacher_counts(one, s) ||
	    !learn_unpack(s->features, t->sample, &f, &why))
		return true;
	other = one->who[0] != '\0' && teacher_half(one) != t->half;
	if (t->pass == PASS_ALL)
		learn_stream_sample(t->stream, &f, s->spam, one->trust);
	else if (t->pass == PASS_HALF && !other)
		learn_stream_sample(t->stream, &f, s->spam, 1);
	else if (t->pass == PASS_JUDGE && other)
		train_judge(t, one, &f, s->spam);
	return true;
}

static bool
train_pass(struct train *t, enum train_pass pass)
{
	t->pass = pass;
	return learn_db_each(t->db, 0, "", train_sample, t);
}

/* What one half of the teachers thinks of the other. */
static bool
train_half(struct train *t, unsigned half)
{
	bool ok;

	t->half = half;
	t->stream = learn_stream_new();
	if (t->stream == NULL)
		return false;
	ok = train_pass(t, PASS_HALF) && train_pass(t, PASS_JUDGE);
	learn_stream_free(&t->stream);
	return ok;
}

static bool
train_trust(struct train *t)
{
	struct learn_training *out = t->out;

	/* Of one alone nobody thinks anything. */
	if (out->teacher_count < 2)
		return true;
	if (!train_half(t, 0) || !train_half(t, 1))
		return false;
	for (size_t i = 0; i < out->teacher_count; i++) {
		struct learn_teacher *one = &out->teacher[i];
		double agrees;

		if (one->judged < JUDGED_MIN || one->who[0] == '\0')
			continue;
		agrees = (double)one->agreed / (double)one->judged;
		one->trust = agrees < 0.5 ? 0 : (float)agrees;
	}
	return true;
}

/* ---- the gate ------------------------------------------------------------ */

/*
 * Not by its share, which good mail that looks like spam makes larger: then
 * it would be spam that is let by. And not what is merely unlike all that was
 * taught, of which the model knows nothing.
 */
static bool
gate_marks(const struct learn_stream *s, const struct learn_features *f)
{
	return learn_probability(learn_score(&s->model->weights, f)) > SURE;
}

static bool
gate_mail(void *ctx, const struct learn_kept *k)
{
	struct train *t = ctx;
	struct learn_features f;
	const char *why;

	arena_reset(t->sample);
	if (!learn_unpack(k->features, t->sample, &f, &why))
		return true;
	t->out->good++;
	if (!gate_marks(t->stream, &f))
		return true;
	t->out->marked++;
	for (size_t i = 0; i < f.count; i++)
		if (t->stream->model->weights.weight[f.index[i]] > 0)
			t->offends[f.index[i]] = true;
	return true;
}

/* Spam that shares what made good mail look like it. */
static bool
gate_blame(void *ctx, const struct learn_sample *s)
{
	struct train *t = ctx;
	const struct learn_weights *w = &t->stream->model->weights;
	struct learn_teacher *one = train_teacher(t, s->who);
	struct learn_features f;
	const char *why;

	arena_reset(t->sample);
	if (!s->spam || !teacher_counts(one, s) ||
	    !learn_unpack(s->features, t->sample, &f, &why))
		return true;
	for (size_t i = 0; i < f.count; i++)
		if (t->offends[f.index[i]])
			t->blame[one - t->out->teacher] +=
			    (double)w->weight[f.index[i]];
	t->told[one - t->out->teacher]++;
	return true;
}

/*
 * Whose spam has more of it than spam has on average; he who taught most must
 * not be the one for that alone.
 */
static void
gate_name(struct train *t)
{
	struct learn_training *out = t->out;
	double all = 0, most = 0;
	uint64_t count = 0;

	for (size_t i = 0; i < out->teacher_count; i++) {
		all += t->blame[i];
		count += t->told[i];
	}
	for (size_t i = 0; i < out->teacher_count; i++) {
		double more =
		    t->blame[i] - all * (double)t->told[i] / (double)count;

		if (count > 0 && more > most) {
			most = more;
			out->blamed = out->teacher[i].who;
		}
	}
	/* One alone taught all of it. */
	if (out->blamed == NULL && out->teacher_count == 1)
		out->blamed = out->teacher[0].who;
}

/* Three standard deviations more than promised may be chance. */
static uint64_t
gate_allows(uint64_t good)
{
	double most = (double)good * LEARN_PROMISE;

	most = floor(most + 3 * sqrt(most));
	return most < 1 ? 1 : (uint64_t)most;
}

static bool
train_gate(struct train *t)
{
	struct learn_training *out = t->out;
	size_t count = out->teacher_count + 1;

	t->offends = arena_array(t->arena, LEARN_SIZE, sizeof(*t->offends));
	t->blame = arena_array(t->arena, count, sizeof(*t->blame));
	t->told = arena_array(t->arena, count, sizeof(*t->told));
	if (!learn_db_good(t->db, LEARN_GATE_MAX, gate_mail, t))
		return false;
	out->held =
	    out->good >= LEARN_GATE_MIN && out->marked > gate_allows(out->good);
	if (!out->held)
		return true;
	if (!learn_db_each(t->db, 0, "", gate_blame, t))
		return false;
	gate_name(t);
	return true;
}

/* Good mail that nobody taught makes the shares known sooner. */
static bool
train_good(void *ctx, const struct learn_kept *k)
{
	struct train *t = ctx;
	struct learn_features f;
	const char *why;

	arena_reset(t->sample);
	if (learn_unpack(k->features, t->sample, &f, &why))
		learn_stream_good(t->stream, &f);
	return true;
}

/* ---- all of it ----------------------------------------------------------- */

static bool
train_run(struct train *t)
{
	if (!learn_db_teachers(t->db, train_teacher_add, t) || !train_cap(t) ||
	    !train_trust(t))
		return false;
	t->stream = learn_stream_new();
	return t->stream != NULL && train_pass(t, PASS_ALL) && train_gate(t) &&
	       learn_db_good(t->db, LEARN_GATE_MAX, train_good, t);
}

bool
learn_train(struct learn_db *db, struct arena *a, struct learn_training *out,
    const char **why)
{
	struct train t = { .db = db, .out = out, .arena = a };
	bool ok;

	*out = (struct learn_training){ .teacher = NULL };
	t.sample = arena_new();
	ok = train_run(&t);
	arena_free(&t.sample);
	out->stream = t.stream;
	if (!ok) {
		*why = t.stream == NULL
			   ? "out of memory"
			   : arena_strdup(a, span_of(learn_db_error(db)));
		learn_stream_free(&out->stream);
	}
	return ok;
}
