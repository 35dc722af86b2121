/*
 * Teaching: who may say what, and what becomes of it. A lesson is a row in the
 * file and a word to the thread that there is something to learn.
 */
#include "config.h"

#include "policy/learn/learner_inside.h"
#include "policy/message/decision_id.h"

/* So long may a decision be waiting to be written. */
#define RECENT_S 60

const char *const lesson_answers[LESSON_ANSWERS] = {
	[LESSON_DONE] = "done",
	[LESSON_KNOWN] = "known already",
	[LESSON_UNKNOWN] = "nothing is kept of such a decision: give the "
			   "message itself",
	[LESSON_GONE] = "what that decision saw is not kept any more: give the "
			"message itself",
	[LESSON_FULL] = "this teacher has taught enough for one day",
	[LESSON_REFUSED] = "somebody else taught that, whom this teacher may "
			   "not contradict",
	[LESSON_STALE] = "another host's secret was taken over meanwhile: "
			 "teach it again",
	[LESSON_FAILED] = "what is learned can't be written now",
};

/* ---- finding what is meant -------------------------------------------------- */

static enum lesson_answer
lesson_missing(const struct learner *l, struct span id)
{
	int64_t time_s;

	if (decision_id_time(id, &time_s) &&
	    time_s < learner_now_s(l) - l->o.keep_s)
		return LESSON_GONE;
	return LESSON_UNKNOWN;
}

static bool
lesson_is_written(struct learner *l, struct span id)
{
	struct arena *a = arena_new();
	struct learn_kept kept;
	bool found;

	(void)pthread_mutex_lock(&l->db_lock);
	found = learner_db(l) != NULL &&
		learn_db_kept(l->db, id, a, &kept) == LEARN_FOUND;
	(void)pthread_mutex_unlock(&l->db_lock);
	arena_free(&a);
	return found;
}

/* A decision of a moment ago may still wait to be written: only that one is
 * waited for. */
static void
lesson_settle(struct learner *l, struct span id)
{
	int64_t time_s;

	if (decision_id_time(id, &time_s) &&
	    time_s >= learner_now_s(l) - RECENT_S && !lesson_is_written(l, id))
		learner_flush_join(l);
}

/* With db_lock held: who adopts a secret has it, too. */
static bool
lesson_is_stale(const struct learner *l, const struct lesson *t)
{
	return t->features.n > 0 && t->key != atomic_load(&l->key);
}

/*
 * What judging saw comes before what there is now: Sieve, a client or the MTA
 * may have changed the message since.
 */
static enum lesson_answer
lesson_find(struct learner *l, const struct lesson *t, struct arena *a,
    struct learn_sample *out)
{
	struct learn_kept kept;
	enum learn_found found = LEARN_NONE;

	*out = (struct learn_sample){ .spam = t->spam,
		.time_s = t->time_s > 0 ? t->time_s : learner_now_s(l),
		.who = t->who,
		.id = t->id,
		.sender = t->sender,
		.features = t->features };
	if (t->id.n > 0)
		found = learn_db_kept(l->db, t->id, a, &kept);
	if (found == LEARN_ERROR)
		return LESSON_FAILED;
	if (found == LEARN_FOUND) {
		out->features = kept.features;
		out->sender = kept.sender;
	} else if (t->features.n == 0) {
		return lesson_missing(l, t->id);
	}
	learn_sample_key(out->features, out->key);
	return LESSON_DONE;
}

static bool
lesson_is_admin(struct span who)
{
	return who.n == 0;
}

/* ---- teaching ---------------------------------------------------------------- */

static enum lesson_answer
lesson_allowed(struct learner *l, const struct learn_sample *s)
{
	struct learn_sample old;
	struct arena *a = arena_new();
	enum learn_found found = learn_db_get(l->db, s->key, a, &old);
	enum lesson_answer answer = LESSON_DONE;
	uint64_t today;

	if (found == LEARN_ERROR)
		answer = LESSON_FAILED;
	else if (found == LEARN_FOUND && old.spam == s->spam)
		answer = LESSON_KNOWN;
	else if (found == LEARN_FOUND && lesson_is_admin(old.who) &&
		 !lesson_is_admin(s->who))
		answer = LESSON_REFUSED;
	else if (lesson_is_admin(s->who))
		answer = LESSON_DONE;
	else if (!learn_db_taught(
		     l->db, s->who, s->time_s - LEARN_DAY_S, &today))
		answer = LESSON_FAILED;
	else if (today >= LEARN_CAP_DAY &&
		 !(found == LEARN_FOUND && span_eq(old.who, s->who)))
		answer = LESSON_FULL;
	arena_free(&a);
	return answer;
}

/* With db_lock held, and the file there. */
static enum lesson_answer
lesson_put(struct learner *l, const struct learn_sample *s)
{
	if (!learn_db_put(l->db, s))
		return LESSON_FAILED;
	atomic_store(&l->dirty, true);
	return LESSON_DONE;
}

/* Rules are a teacher like others: a trap's address can be guessed. */
bool
lesson_of_rule(struct learner *l, struct span id, bool spam)
{
	const struct lesson t = { .id = id,
		.features = SPAN(""),
		.who = SPAN(LEARN_WHO_RULES),
		.spam = spam };
	struct arena *a = arena_new();
	struct learn_sample s;
	enum lesson_answer answer = lesson_find(l, &t, a, &s);

	if (answer == LESSON_DONE)
		answer = lesson_allowed(l, &s);
	if (answer == LESSON_DONE)
		answer = lesson_put(l, &s);
	arena_free(&a);
	return answer != LESSON_FAILED;
}

static enum lesson_answer
lesson_end(struct learner *l, enum lesson_answer answer)
{
	if (answer == LESSON_FAILED && l->db != NULL)
		(void)learner_failed(l);
	(void)pthread_mutex_unlock(&l->db_lock);
	if (answer == LESSON_DONE && l->running) {
		(void)pthread_mutex_lock(&l->lock);
		(void)pthread_cond_signal(&l->wake);
		(void)pthread_mutex_unlock(&l->lock);
	}
	return answer;
}

static bool
lesson_begin(struct learner *l)
{
	(void)pthread_mutex_lock(&l->db_lock);
	return !l->looks && learner_db(l) != NULL;
}

/* Others may know a decision of which there is nothing to learn. */
static enum lesson_answer
lesson_told(
    struct learner *l, const struct lesson *t, enum lesson_answer answer)
{
	bool nothing = answer == LESSON_UNKNOWN && t->id.n > 0;

	if (l->o.taught == NULL || (answer != LESSON_DONE && !nothing))
		return answer;
	return l->o.taught(l->o.ctx, t->id, t->spam) && nothing ? LESSON_DONE
								: answer;
}

enum lesson_answer
learner_teach(struct learner *l, const struct lesson *t)
{
	enum lesson_answer answer = LESSON_FAILED;
	struct arena *a = arena_new();
	struct learn_sample s;

	lesson_settle(l, t->id);
	if (lesson_begin(l)) {
		answer = lesson_is_stale(l, t) ? LESSON_STALE
					       : lesson_find(l, t, a, &s);
		if (answer == LESSON_DONE)
			answer = lesson_allowed(l, &s);
		if (answer == LESSON_DONE)
			answer = lesson_put(l, &s);
	}
	answer = lesson_told(l, t, lesson_end(l, answer));
	arena_free(&a);
	return answer;
}

/* By the decision's id, where its features are gone. */
static enum lesson_answer
lesson_find_taught(struct learner *l, const struct lesson *t, struct arena *a,
    struct learn_sample *out)
{
	enum lesson_answer answer = lesson_find(l, t, a, out);
	enum learn_found found = LEARN_NONE;

	if (answer == LESSON_FAILED)
		return answer;
	if (answer == LESSON_DONE)
		found = learn_db_get(l->db, out->key, a, out);
	if (found == LEARN_NONE && t->id.n > 0)
		found = learn_db_by_id(l->db, t->id, a, out);
	if (found == LEARN_ERROR)
		return LESSON_FAILED;
	if (found == LEARN_FOUND)
		return LESSON_DONE;
	return answer == LESSON_DONE ? LESSON_KNOWN : answer;
}

enum lesson_answer
learner_unteach(struct learner *l, const struct lesson *t)
{
	enum lesson_answer answer = LESSON_FAILED;
	struct arena *a = arena_new();
	struct learn_sample s;

	lesson_settle(l, t->id);
	if (lesson_begin(l)) {
		answer = lesson_is_stale(l, t)
			     ? LESSON_STALE
			     : lesson_find_taught(l, t, a, &s);
		if (answer == LESSON_DONE && !lesson_is_admin(t->who) &&
		    !span_eq(s.who, t->who))
			answer = LESSON_REFUSED;
		if (answer == LESSON_DONE &&
		    !learn_db_remove(l->db, s.key, s.time_s))
			answer = LESSON_FAILED;
		if (answer == LESSON_DONE)
			atomic_store(&l->dirty, true);
	}
	answer = lesson_end(l, answer);
	arena_free(&a);
	return answer;
}

enum lesson_answer
learner_import(struct learner *l, const struct learn_sample *s)
{
	enum lesson_answer answer = LESSON_FAILED;
	struct arena *a = arena_new();
	struct learn_sample old;

	if (lesson_begin(l)) {
		enum learn_found found = learn_db_get(l->db, s->key, a, &old);

		/* Of two hosts' words the later one counts. */
		if (found == LEARN_FOUND &&
		    (old.time_s > s->time_s ||
			(old.time_s == s->time_s && old.spam == s->spam)))
			answer = LESSON_KNOWN;
		else if (found != LEARN_ERROR)
			answer = lesson_put(l, s);
	}
	answer = lesson_end(l, answer);
	arena_free(&a);
	return answer;
}

bool
learner_forget(struct learner *l, const struct learn_forget *f, uint64_t *count)
{
	enum lesson_answer answer = LESSON_FAILED;

	*count = 0;
	/* What decisions saw of his mail may wait to be written. */
	if (f->sender != 0)
		learner_flush_join(l);
	if (lesson_begin(l) && learn_db_forget(l->db, f, count)) {
		answer = LESSON_DONE;
		if (*count > 0)
			atomic_store(&l->dirty, true);
	}
	return lesson_end(l, answer) == LESSON_DONE;
}

bool
learner_adopt(struct learner *l, uint64_t key)
{
	enum lesson_answer answer = LESSON_REFUSED;
	uint64_t spam, ham;

	if (atomic_load(&l->ready) && atomic_load(&l->key) == key)
		return true;
	if (lesson_begin(l) && learn_db_count(l->db, &spam, &ham) &&
	    spam + ham == 0 && learn_db_adopt(l->db, key)) {
		atomic_store(&l->key, key);
		answer = LESSON_DONE;
	}
	return lesson_end(l, answer) == LESSON_DONE;
}

bool
learner_each(struct learner *l, int64_t after_s, const char *after,
    learn_db_visit *visit, void *ctx)
{
	bool ok;

	(void)pthread_mutex_lock(&l->db_lock);
	ok = (l->looks || learner_db(l) != NULL) &&
	     learn_db_each(l->db, after_s, after, visit, ctx);
	(void)pthread_mutex_unlock(&l->db_lock);
	return ok;
}

/* ---- other hosts ------------------------------------------------------------------ */

bool
learner_sample(struct learner *l, const char *key, struct arena *a,
    struct learn_sample *out)
{
	bool found;

	(void)pthread_mutex_lock(&l->db_lock);
	found = learner_db(l) != NULL &&
		learn_db_get(l->db, key, a, out) == LEARN_FOUND;
	(void)pthread_mutex_unlock(&l->db_lock);
	return found;
}

bool
learner_gone(struct learner *l, learn_db_gone_visit *visit, void *ctx)
{
	bool ok;

	(void)pthread_mutex_lock(&l->db_lock);
	ok = learner_db(l) != NULL && learn_db_gone(l->db, visit, ctx);
	(void)pthread_mutex_unlock(&l->db_lock);
	return ok;
}

void
learner_drop(struct learner *l, const char *key, int64_t time_s)
{
	struct arena *a = arena_new();
	struct learn_sample s;

	(void)pthread_mutex_lock(&l->db_lock);
	if (learner_db(l) != NULL &&
	    learn_db_get(l->db, key, a, &s) == LEARN_FOUND &&
	    s.time_s <= time_s) {
		if (learn_db_remove(l->db, key, time_s))
			atomic_store(&l->dirty, true);
		else
			(void)learner_failed(l);
	}
	(void)pthread_mutex_unlock(&l->db_lock);
	arena_free(&a);
}

int64_t
learner_time(const struct learner *l)
{
	return learner_now_s(l);
}

bool
learner_is_ahead(const struct learner *l, int64_t time_s)
{
	return time_s > learner_now_s(l) + LEARN_DAY_S;
}

/* ---- figures ------------------------------------------------------------------- */

void
learner_state(struct learner *l, struct learner_state *out)
{
	uint64_t spam = 0, ham = 0, kept = 0, good = 0;
	bool works;

	(void)pthread_mutex_lock(&l->db_lock);
	works = (l->looks || learner_db(l) != NULL) &&
		learn_db_count(l->db, &spam, &ham) &&
		learn_db_kept_count(l->db, &kept, &good);
	(void)pthread_mutex_unlock(&l->db_lock);
	(void)pthread_mutex_lock(&l->lock);
	*out = l->state;
	(void)pthread_mutex_unlock(&l->lock);
	out->works = works;
	out->spam = spam;
	out->ham = ham;
	out->kept = kept;
	out->kept_good = good;
}

size_t
learner_teachers(
    struct learner *l, struct arena *a, const struct learn_teacher **out)
{
	struct learn_teacher *copy;
	size_t count;

	(void)pthread_mutex_lock(&l->lock);
	count = l->teacher_count;
	copy = arena_array(a, count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++) {
		copy[i] = l->teacher[i];
		copy[i].who = arena_strdup(a, span_of(l->teacher[i].who));
	}
	(void)pthread_mutex_unlock(&l->lock);
	*out = copy;
	return count;
}
