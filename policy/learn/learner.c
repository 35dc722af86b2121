/*
 * The learner's thread, its queue and the model that is current. What lies in
 * the file is learn_db.c's, what is made of it learn_train.c's; teaching is
 * in lesson.c.
 */
#include "config.h"

#include "policy/learn/learner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/base/sqlite_schema.h"
#include "policy/base/thread.h"
#include "policy/learn/learn_hosts.h"
#include "policy/learn/learner_inside.h"
#include "rules/base/panic.h"

#define EXPIRE_MS 60000
#define GATHER_MS 200
#define IDLE_MS   1000

/* ---- time and alerts ------------------------------------------------------ */

static int64_t
learner_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
learner_now_s(const struct learner *l)
{
	return l->o.clock.unix_s(l->o.clock.ctx);
}

static void
learner_alert(struct learner *l, const char *text)
{
	if (l->o.alert != NULL)
		l->o.alert(l->o.ctx, "learner", text);
}

/* ---- the file, with db_lock held ------------------------------------------ */

static void
learner_fail(struct learner *l, const char *why)
{
	char text[SQLITE_WHY_MAX + 80];

	(void)snprintf(text, sizeof(text),
	    "nothing can be learned, mail is judged by what was: %s", why);
	if (!l->told)
		learner_alert(l, text);
	l->told = true;
	learn_db_close(&l->db);
	l->retry_at_ms = learner_now_ms() + l->o.retry_ms;
}

bool
learner_failed(struct learner *l)
{
	char why[SQLITE_WHY_MAX];

	(void)snprintf(why, sizeof(why), "%.200s", learn_db_error(l->db));
	learner_fail(l, why);
	return false;
}

/* The model that was left behind by the process before. */
static void
learner_open_model(struct learner *l)
{
	char why[256];
	struct learned *model = learned_open(l->model_path, l->key, why);

	(void)pthread_mutex_lock(&l->lock);
	if (model != NULL && l->model == NULL) {
		l->model = model;
		model = NULL;
	}
	(void)pthread_mutex_unlock(&l->lock);
	learned_unref(&model);
}

static bool
learner_read_key(struct learner *l)
{
	uint64_t key;

	if (!learn_db_key(l->db, &key))
		return false;
	atomic_store(&l->key, key);
	return true;
}

struct learn_db *
learner_db(struct learner *l)
{
	char why[SQLITE_WHY_MAX] = "", text[SQLITE_WHY_MAX + 80];
	bool renewed = false;

	if (l->db != NULL || l->looks || l->retry_at_ms > learner_now_ms())
		return l->db;
	l->db = learn_db_open(l->path, learner_now_s(l), false, &renewed, why);
	if (renewed) {
		(void)snprintf(text, sizeof(text),
		    "what was learned is damaged; it is set aside and begun "
		    "anew: %s",
		    why);
		learner_alert(l, text);
	}
	if (l->db == NULL) {
		learner_fail(l, why);
		return NULL;
	}
	if (!learner_read_key(l)) {
		(void)learner_failed(l);
		return NULL;
	}
	if (l->told)
		learner_alert(l, "learning works again");
	l->told = false;
	atomic_store(&l->ready, true);
	learner_open_model(l);
	return l->db;
}

/* ---- writing what decisions saw -------------------------------------------- */

static void
waiting_free(struct learner_waiting *w)
{
	while (w != NULL) {
		struct learner_waiting *next = w->next;

		free(w);
		w = next;
	}
}

static bool
learner_write(struct learner *l, const struct learner_waiting *w)
{
	if (!learn_db_begin(l->db))
		return false;
	for (; w != NULL; w = w->next) {
		struct learn_kept k = { .id = span_of(w->id),
			.time_s = w->time_s,
			.sender = w->sender,
			.good = w->good,
			.features = span_make(w->packed, w->n) };

		if (w->key == atomic_load(&l->key) && !learn_db_keep(l->db, &k))
			break;
	}
	return learn_db_end(l->db, w == NULL);
}

/* Those that rules taught. */
static bool
learner_lessons(struct learner *l, const struct learner_waiting *w)
{
	for (; w != NULL; w = w->next)
		if (w->lesson != LESSON_NONE &&
		    w->key == atomic_load(&l->key) &&
		    !lesson_of_rule(
			l, span_of(w->id), w->lesson == LESSON_SPAM))
			return false;
	return true;
}

static void
learner_expire(struct learner *l)
{
	uint64_t removed = 0;

	if (l->expire_at_ms > learner_now_ms())
		return;
	l->expire_at_ms = learner_now_ms() + EXPIRE_MS;
	/* A clock that jumps deletes nothing. */
	if (!learn_db_expire(l->db, clock_trusted_s(&l->trust, &l->o.clock),
		l->o.samples_max, l->o.keep_s, l->o.kept_max, &removed))
		(void)learner_failed(l);
	if (removed > 0)
		atomic_store(&l->dirty, true);
}

/* ---- making a model --------------------------------------------------------- */

static void
training_held(struct learner *l, const struct learn_training *t)
{
	char text[400];

	(void)snprintf(text, sizeof(text),
	    "what was taught would mark %llu of the last %llu good mails; the "
	    "old model stays. Mostly what %.130s taught did it: see verdict "
	    "learned; then verdict learned forget, or verdict learned accept",
	    (unsigned long long)t->marked, (unsigned long long)t->good,
	    t->blamed == NULL      ? "nobody in particular"
	    : t->blamed[0] == '\0' ? "the administrator"
				   : t->blamed);
	learner_alert(l, text);
}

/* a becomes the learner's: the teachers lie there. */
static void
training_keep(struct learner *l, const struct learn_training *t,
    struct arena **a, struct learned **model, int64_t ms)
{
	struct arena *old;

	(void)pthread_mutex_lock(&l->lock);
	old = l->teachers;
	l->teachers = *a;
	l->teacher = t->teacher;
	l->teacher_count = t->teacher_count;
	l->state.trained++;
	l->state.train_ms = (uint64_t)ms;
	l->state.train_read = t->read;
	l->state.held = *model == NULL;
	l->state.good = t->good;
	l->state.marked = t->marked;
	(void)snprintf(l->state.blamed, sizeof(l->state.blamed), "%s",
	    t->held && t->blamed != NULL ? t->blamed : "");
	if (*model != NULL) {
		struct learned *before = l->model;

		l->model = *model;
		*model = before;
	}
	(void)pthread_mutex_unlock(&l->lock);
	*a = old;
}

/* Another handle, so that teaching need not wait for it. */
static bool
learner_train(struct learner *l, bool accept)
{
	int64_t began_ms = learner_now_ms();
	struct arena *a = arena_new();
	char reason[256] = "";
	const char *why = reason;
	struct learn_training t = { .stream = NULL };
	struct learned *model = NULL;
	bool renewed, ok = false;
	struct learn_db *db =
	    learn_db_open(l->path, learner_now_s(l), true, &renewed, reason);

	if (db != NULL &&
	    learn_train(db, learner_now_s(l), l->course, a, &t, &why)) {
		ok = true;
		l->settles_s = t.settles_s;
		if (t.held && !accept)
			training_held(l, &t);
		else if ((ok = learned_write(l->model_path, l->key, t.stream,
			      learner_now_s(l), reason)))
			ok = (model = learned_open(
				  l->model_path, l->key, reason)) != NULL;
	}
	learn_db_close(&db);
	if (ok) {
		training_keep(l, &t, &a, &model, learner_now_ms() - began_ms);
	} else {
		(void)pthread_mutex_lock(&l->db_lock);
		learner_fail(l, why);
		(void)pthread_mutex_unlock(&l->db_lock);
	}
	learned_unref(&model);
	arena_free(&a);
	return ok;
}

/* ---- other hosts ---------------------------------------------------------------- */

/* Opened here, for it waits for the network. */
static void
learner_sync(struct learner *l, bool now)
{
	char why[STORE_WHY_MAX];

	if (l->o.hosts == NULL || !atomic_load(&l->ready) ||
	    (!now && l->sync_at_ms > learner_now_ms()))
		return;
	if (l->hosts == NULL)
		l->hosts = learn_hosts_open(l->o.hosts, why);
	if (l->hosts != NULL &&
	    learn_hosts_sync(l->hosts, l) == LEARN_SYNC_SECRET &&
	    !l->told_secret) {
		learner_alert(l,
		    "other hosts have samples that were made with another "
		    "secret, and so has this one: they are not shared. "
		    "verdict learned forget here, and take theirs");
		l->told_secret = true;
	}
	l->sync_at_ms = learner_now_ms() + l->o.sync_ms;
}

/* ---- the thread --------------------------------------------------------------- */

static void
learner_wait(struct learner *l, int64_t ms)
{
	int64_t at = learner_now_ms() + ms;
	struct timespec ts = { .tv_sec = (time_t)(at / 1000),
		.tv_nsec = (long)(at % 1000) * 1000000 };

	(void)pthread_cond_timedwait(&l->wake, &l->lock, &ts);
}

/* With the lock held. */
static struct learner_waiting *
learner_take(struct learner *l)
{
	struct learner_waiting *list;

	if (l->count == 0 && !l->stop && !l->flush && !l->train &&
	    !atomic_load(&l->dirty))
		learner_wait(l, IDLE_MS);
	if (l->count > 0 && !l->stop && !l->flush && !l->train)
		learner_wait(l, GATHER_MS);
	list = l->first;
	l->first = NULL;
	l->last = &l->first;
	l->count = 0;
	l->of = (struct crowd){ { 0 } };
	return list;
}

static void
learner_round(struct learner *l, const struct learner_waiting *list)
{
	(void)pthread_mutex_lock(&l->db_lock);
	if (learner_db(l) != NULL && list != NULL &&
	    (!learner_write(l, list) || !learner_lessons(l, list)))
		(void)learner_failed(l);
	if (l->db != NULL)
		learner_expire(l);
	/* That may have been given up. */
	if (l->db != NULL)
		learn_db_scrub(l->db);
	(void)pthread_mutex_unlock(&l->db_lock);
}

/* What was taught last is settled by the clock, where nobody teaches more. */
static void
learner_settle(struct learner *l)
{
	if (l->settles_s == 0 || learner_now_s(l) < l->settles_s)
		return;
	l->settles_s = 0;
	atomic_store(&l->dirty, true);
}

static bool
learner_due(const struct learner *l)
{
	return atomic_load(&l->dirty) && atomic_load(&l->ready) &&
	       learner_now_ms() >= l->train_at_ms;
}

static void *
learner_thread(void *ctx)
{
	struct learner *l = ctx;
	bool stop = false;

	while (!stop) {
		struct learner_waiting *list;
		bool train, accept, trained = false;

		(void)pthread_mutex_lock(&l->lock);
		list = learner_take(l);
		train = l->train;
		accept = l->accept;
		stop = l->stop;
		(void)pthread_mutex_unlock(&l->lock);
		learner_round(l, list);
		waiting_free(list);
		learner_settle(l);
		if (!stop)
			learner_sync(l, train);
		if (!stop && (train || learner_due(l))) {
			atomic_store(&l->dirty, false);
			trained = learner_train(l, accept);
			l->train_at_ms = learner_now_ms() + l->o.pause_ms;
			if (!trained)
				atomic_store(&l->dirty, true);
		} else if (atomic_load(&l->dirty) && !stop) {
			(void)pthread_mutex_lock(&l->lock);
			if (!l->stop && !l->train && !l->flush)
				learner_wait(l, IDLE_MS);
			(void)pthread_mutex_unlock(&l->lock);
		}
		(void)pthread_mutex_lock(&l->lock);
		l->rounds++;
		l->flush = false;
		if (train) {
			l->train = l->accept = false;
			l->train_worked = trained;
		}
		(void)pthread_cond_broadcast(&l->done);
		(void)pthread_mutex_unlock(&l->lock);
	}
	learn_hosts_close(&l->hosts);
	return NULL;
}

/* ---- life ---------------------------------------------------------------------- */

static struct learner *
learner_make(const char *dir)
{
	struct learner *l = xcalloc(1, sizeof(*l));

	l->paths = arena_new();
	l->path = arena_printf(l->paths, "%s/learned.db", dir);
	l->model_path = arena_printf(l->paths, "%s/model.bin", dir);
	l->last = &l->first;
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)pthread_mutex_init(&l->db_lock, NULL);
	return l;
}

static void
learner_standards(struct learner_options *o)
{
	o->pause_ms = o->pause_ms == 0 ? 60000 : o->pause_ms;
	o->retry_ms = o->retry_ms == 0 ? 30000 : o->retry_ms;
	o->keep_s = o->keep_s == 0 ? LEARN_KEPT_DAYS * LEARN_DAY_S : o->keep_s;
	o->kept_max = o->kept_max == 0 ? 100000 : o->kept_max;
	o->samples_max =
	    o->samples_max == 0 ? LEARN_SAMPLES_MAX : o->samples_max;
	o->queue_max = o->queue_max == 0 ? 4000 : o->queue_max;
	o->sync_ms = o->sync_ms == 0 ? 20000 : o->sync_ms;
}

struct learner *
learner_new(const struct learner_options *o)
{
	struct learner *l = learner_make(o->dir);
	pthread_condattr_t monotonic;

	l->o = *o;
	learner_standards(&l->o);
	clock_trust_begin(&l->trust, &l->o.clock, sqlite_changed_s(l->path));
	l->course = learn_course_new();
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&l->wake, &monotonic);
	(void)pthread_cond_init(&l->done, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	/* So that the first message is judged by what is known. */
	(void)pthread_mutex_lock(&l->db_lock);
	(void)learner_db(l);
	(void)pthread_mutex_unlock(&l->db_lock);
	/* The samples may say more than the model that was left. */
	atomic_store(&l->dirty, true);
	if (!thread_start(&l->thread, learner_thread, l))
		panic("learner: no thread");
	l->running = true;
	return l;
}

struct learner *
learner_look(const char *dir)
{
	struct learner *l = learner_make(dir);
	char why[SQLITE_WHY_MAX];
	bool renewed;

	l->looks = true;
	l->o.clock = clock_system;
	l->db = learn_db_open(l->path, 0, true, &renewed, why);
	if (l->db == NULL || !learner_read_key(l)) {
		learner_free(&l);
		return NULL;
	}
	atomic_store(&l->ready, true);
	learner_open_model(l);
	return l;
}

void
learner_end_join(struct learner *l)
{
	if (l == NULL || !l->running)
		return;
	(void)pthread_mutex_lock(&l->lock);
	l->stop = true;
	(void)pthread_cond_signal(&l->wake);
	(void)pthread_mutex_unlock(&l->lock);
	(void)pthread_join(l->thread, NULL);
	l->running = false;
	(void)pthread_mutex_lock(&l->db_lock);
	learn_db_close(&l->db);
	(void)pthread_mutex_unlock(&l->db_lock);
}

void
learner_free(struct learner **lp)
{
	struct learner *l = *lp;

	if (l == NULL)
		return;
	learner_end_join(l);
	learn_db_close(&l->db);
	waiting_free(l->first);
	learn_course_free(&l->course);
	learned_unref(&l->model);
	arena_free(&l->teachers);
	arena_free(&l->paths);
	(void)pthread_mutex_destroy(&l->lock);
	(void)pthread_mutex_destroy(&l->db_lock);
	free(l);
	*lp = NULL;
}

/* ---- waiting for it ---------------------------------------------------------------- */

/* Until a round that has begun after this call is over. */
static void
learner_rounds_join(struct learner *l, bool *asked)
{
	uint64_t until = l->rounds + 2;

	while (l->rounds < until && l->running && !l->stop) {
		*asked = true;
		(void)pthread_cond_signal(&l->wake);
		(void)pthread_cond_wait(&l->done, &l->lock);
	}
}

void
learner_flush_join(struct learner *l)
{
	(void)pthread_mutex_lock(&l->lock);
	learner_rounds_join(l, &l->flush);
	(void)pthread_mutex_unlock(&l->lock);
}

bool
learner_train_join(struct learner *l, bool accept)
{
	bool worked = false;

	(void)pthread_mutex_lock(&l->lock);
	if (l->running && !l->stop) {
		l->accept = accept;
		l->train = true;
		while (l->train && !l->stop) {
			(void)pthread_cond_signal(&l->wake);
			(void)pthread_cond_wait(&l->done, &l->lock);
		}
		worked = l->train_worked;
	}
	(void)pthread_mutex_unlock(&l->lock);
	return worked;
}
