/*
 * Which samples count, how much, and whether what comes of them goes live.
 * Knows the tables and the model; no thread, no clock.
 */
#include "config.h"

#include "policy/learn/learn_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/panic.h"

/* The model is sure from here on: then its judgement counts for or against a
 * teacher, or against itself. */
#define SURE 0.8
/* Below so many of them nothing is held against anybody. */
#define JUDGED_MIN  10
#define TRUST_STEPS 16

enum train_pass {
	PASS_HALF,  /* the administrator and one half of the others */
	PASS_JUDGE, /* the samples of the other half are judged by that */
	PASS_ALL,
};

/* What a settled part says of a teacher. */
struct course_trust {
	const char *who;
	uint64_t judged, agreed;
	float trust;
};

struct learn_course {
	/* Its mark is the state behind the first count rows; NULL: of none. */
	struct learn_stream *stream;
	size_t count;
	uint8_t digest[LEARN_DIGEST_OCTETS];
	/* Of the settled part with that digest. */
	struct arena *arena;
	struct course_trust *trust; /* in the order of teachers */
	size_t trust_count;
	uint8_t settled[LEARN_DIGEST_OCTETS];
};

struct train {
	struct learn_db *db;
	struct learn_course *course;
	struct learn_training *out;
	int64_t now_s;
	struct learn_roll roll;
	struct arena *arena;  /* until it is done */
	struct arena *sample; /* reset for each */
	struct learn_stream *stream;
	enum train_pass pass;
	size_t at, end; /* rows of a pass */
	size_t base;    /* of PASS_ALL: behind so many the course is taken */
	bool torn;      /* a row is another one than the roll says */
	bool no_memory;
	unsigned half;
	uint64_t *offends; /* the gate: bits, features of good mail that was
	                      marked */
	double *blame;     /* by teacher */
	uint64_t *told;    /* by teacher: samples of spam that count */
};

/* ---- what is left to the next ---------------------------------------------- */

struct learn_course *
learn_course_new(void)
{
	return xcalloc(1, sizeof(struct learn_course));
}

void
learn_course_free(struct learn_course **c)
{
	if (*c == NULL)
		return;
	learn_stream_free(&(*c)->stream);
	arena_free(&(*c)->arena);
	free(*c);
	*c = NULL;
}

static void
course_take_trust(struct train *t, const uint8_t digest[LEARN_DIGEST_OCTETS])
{
	struct learn_course *c = t->course;
	const struct learn_roll *r = &t->roll;

	arena_free(&c->arena);
	c->arena = arena_new();
	c->trust =
	    arena_array(c->arena, r->teacher_count + 1, sizeof(*c->trust));
	c->trust_count = r->teacher_count;
	for (size_t i = 0; i < r->teacher_count; i++)
		c->trust[i] = (struct course_trust){
			.who =
			    arena_strdup(c->arena, span_of(r->teacher[i].who)),
			.judged = r->teacher[i].judged,
			.agreed = r->teacher[i].agreed,
			.trust = r->teacher[i].trust,
		};
	(void)memcpy(c->settled, digest, LEARN_DIGEST_OCTETS);
}

/* Who has come since then has given nothing that is settled. */
static bool
course_give_trust(struct train *t, const uint8_t digest[LEARN_DIGEST_OCTETS])
{
	const struct learn_course *c = t->course;
	struct learn_roll *r = &t->roll;
	size_t at = 0;

	if (c->arena == NULL ||
	    memcmp(c->settled, digest, LEARN_DIGEST_OCTETS) != 0)
		return false;
	for (size_t i = 0; i < r->teacher_count; i++) {
		struct learn_teacher *one = &r->teacher[i];

		while (at < c->trust_count &&
		       strcmp(c->trust[at].who, one->who) < 0)
			at++;
		if (at == c->trust_count ||
		    strcmp(c->trust[at].who, one->who) != 0)
			continue;
		one->judged = c->trust[at].judged;
		one->agreed = c->trust[at].agreed;
		one->trust = c->trust[at].trust;
	}
	return true;
}

static struct learn_stream *
train_stream(struct train *t)
{
	struct learn_stream *s = learn_stream_new();

	t->no_memory = s == NULL;
	return s;
}

/* What follows is taken back next time. */
static void
course_mark(struct train *t, size_t count)
{
	struct learn_course *c = t->course;

	learn_stream_mark(c->stream);
	if (c->count == count)
		return;
	c->count = count;
	learn_roll_digest(&t->roll, count, c->digest);
}

/* How many rows need not be learned again. What was forgotten is not kept here
 * either. */
static size_t
course_give(struct train *t)
{
	struct learn_course *c = t->course;
	uint8_t digest[LEARN_DIGEST_OCTETS];

	if (c->stream != NULL && learn_stream_back(c->stream) &&
	    c->count <= t->roll.count) {
		learn_roll_digest(&t->roll, c->count, digest);
		if (memcmp(digest, c->digest, sizeof(digest)) == 0)
			return c->count;
	}
	learn_stream_free(&c->stream);
	c->count = 0;
	return 0;
}

static size_t
train_base(const struct learn_roll *r)
{
	size_t n = r->count;

	while (n > 0 && r->row[n - 1].time_s >
			    r->row[r->count - 1].time_s - LEARN_TAIL_S)
		n--;
	return n;
}

/* ---- passes -------------------------------------------------------------- */

static unsigned
teacher_half(const struct learn_teacher *one)
{
	return (unsigned)(span_hash(span_of(one->who), 1) >> 7 & 1);
}

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

/* The row of a sample that counts, with its features; NULL: it does not. */
static struct learn_row *
train_row(
    struct train *t, const struct learn_sample *s, struct learn_features *f)
{
	size_t at = t->at++;
	struct learn_row *row = &t->roll.row[at];
	const char *why;

	t->torn = strcmp(row->key, s->key) != 0;
	arena_reset(t->sample);
	return !t->torn && learn_roll_counts(&t->roll, at) &&
		       learn_unpack(s->features, t->sample, f, &why)
		   ? row
		   : NULL;
}

static bool
train_sample(void *ctx, const struct learn_sample *s)
{
	struct train *t = ctx;
	struct learn_features f;
	struct learn_row *row;
	bool other;

	if (t->at == t->end)
		return false;
	row = train_row(t, s, &f);
	if (row == NULL)
		return !t->torn;
	other = row->teacher->who[0] != '\0' &&
		teacher_half(row->teacher) != t->half;
	if (t->pass == PASS_ALL)
		learn_stream_sample(
		    t->stream, &f, s->spam, row->teacher->trust);
	else if (t->pass == PASS_HALF && !other)
		learn_stream_sample(t->stream, &f, s->spam, 1);
	else if (t->pass == PASS_JUDGE && other)
		train_judge(t, row->teacher, &f, s->spam);
	return true;
}

/* Rows from..end-1. */
static bool
train_pass(struct train *t, enum train_pass pass, size_t from, size_t end)
{
	const struct learn_row *before =
	    from == 0 ? NULL : &t->roll.row[from - 1];

	t->pass = pass;
	t->at = from;
	t->end = end;
	return from == end ||
	       (learn_db_each(t->db, before == NULL ? 0 : before->time_s,
		    before == NULL ? "" : before->key, train_sample, t) &&
		   !t->torn && t->at == end);
}

/* ---- trust ---------------------------------------------------------------- */

/* What one half of the teachers thinks of the other. */
static bool
train_half(struct train *t, unsigned half)
{
	bool ok;

	t->half = half;
	learn_stream_free(&t->course->stream);
	t->stream = train_stream(t);
	if (t->stream == NULL)
		return false;
	ok = train_pass(t, PASS_HALF, 0, t->roll.settled) &&
	     train_pass(t, PASS_JUDGE, 0, t->roll.settled);
	learn_stream_free(&t->stream);
	return ok;
}

/* In steps: else it would be another one at each mark, and all would have to
 * be learned again. */
static float
teacher_trust(const struct learn_teacher *one)
{
	uint64_t steps = one->agreed * TRUST_STEPS / one->judged;

	return steps < TRUST_STEPS / 2 ? 0 : (float)steps / TRUST_STEPS;
}

static bool
train_trust(struct train *t)
{
	struct learn_roll *r = &t->roll;
	uint8_t digest[LEARN_DIGEST_OCTETS];

	/* Of one alone nobody thinks anything. */
	if (r->teacher_count < 2) {
		arena_free(&t->course->arena);
		return true;
	}
	learn_roll_settled(r, digest);
	if (course_give_trust(t, digest))
		return true;
	if (!train_half(t, 0) || !train_half(t, 1))
		return false;
	for (size_t i = 0; i < r->teacher_count; i++) {
		struct learn_teacher *one = &r->teacher[i];

		if (one->judged >= JUDGED_MIN && one->who[0] != '\0')
			one->trust = teacher_trust(one);
	}
	course_take_trust(t, digest);
	return true;
}

/* ---- learning ---------------------------------------------------------------- */

static bool
train_all(struct train *t)
{
	struct learn_course *c = t->course;
	size_t from = course_give(t);

	if (c->stream == NULL) {
		c->stream = train_stream(t);
		if (c->stream == NULL)
			return false;
		learn_roll_digest(&t->roll, 0, c->digest);
	}
	t->stream = c->stream;
	t->out->read = t->roll.count - from;
	t->base = train_base(&t->roll);
	if (t->base < from)
		t->base = from;
	if (!train_pass(t, PASS_ALL, from, t->base))
		return false;
	course_mark(t, t->base);
	return train_pass(t, PASS_ALL, t->base, t->roll.count);
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
			bit_set(t->offends, f.index[i]);
	return true;
}

/* Spam that shares what made good mail look like it. */
static bool
gate_blame(void *ctx, const struct learn_sample *s)
{
	struct train *t = ctx;
	const struct learn_weights *w = &t->stream->model->weights;
	struct learn_features f;
	struct learn_row *row = train_row(t, s, &f);
	size_t who;

	if (row == NULL || !row->spam)
		return !t->torn;
	who = (size_t)(row->teacher - t->roll.teacher);
	for (size_t i = 0; i < f.count; i++)
		if (bit_get(t->offends, f.index[i]))
			t->blame[who] += (double)w->weight[f.index[i]];
	t->told[who]++;
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

	t->offends =
	    arena_array(t->arena, LEARN_SIZE / 64, sizeof(*t->offends));
	t->blame = arena_array(t->arena, count, sizeof(*t->blame));
	t->told = arena_array(t->arena, count, sizeof(*t->told));
	if (!learn_db_good(t->db, LEARN_GATE_MAX, gate_mail, t))
		return false;
	out->held =
	    out->good >= LEARN_GATE_MIN && out->marked > gate_allows(out->good);
	if (!out->held)
		return true;
	t->at = 0;
	if (!learn_db_each(t->db, 0, "", gate_blame, t) || t->torn)
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
	if (!learn_roll_read(t->db, t->now_s, t->arena, &t->roll) ||
	    !train_trust(t) || !train_all(t))
		return false;
	t->out->settles_s = t->roll.settles_s;
	t->out->teacher = t->roll.teacher;
	t->out->teacher_count = t->roll.teacher_count;
	return train_gate(t) &&
	       learn_db_good(t->db, LEARN_GATE_MAX, train_good, t);
}

/* Samples by the thousand lie where teachers lay until here. */
static void
train_keep_teachers(struct learn_training *out, struct arena *a)
{
	const struct learn_teacher *from = out->teacher;

	out->teacher = arena_array(a, out->teacher_count + 1, sizeof(*from));
	for (size_t i = 0; i < out->teacher_count; i++) {
		bool blamed = out->blamed == from[i].who;

		out->teacher[i] = from[i];
		out->teacher[i].who = arena_strdup(a, span_of(from[i].who));
		if (blamed)
			out->blamed = out->teacher[i].who;
	}
}

bool
learn_train(struct learn_db *db, int64_t now_s, struct learn_course *course,
    struct arena *a, struct learn_training *out, const char **why)
{
	struct train t = {
		.db = db, .course = course, .out = out, .now_s = now_s
	};
	bool ok;

	*out = (struct learn_training){ .teacher = NULL };
	t.arena = arena_new();
	t.sample = arena_new();
	/* All that is read is of one moment: rows are counted. */
	ok = learn_db_look(db);
	if (ok) {
		ok = train_run(&t);
		ok = learn_db_end(db, ok) && ok;
	}
	if (ok) {
		train_keep_teachers(out, a);
		out->stream = course->stream;
	} else {
		*why = t.no_memory
			   ? "out of memory"
			   : arena_strdup(a, span_of(learn_db_error(db)));
		*out = (struct learn_training){ .teacher = NULL };
		learn_stream_free(&course->stream);
	}
	arena_free(&t.sample);
	arena_free(&t.arena);
	return ok;
}
