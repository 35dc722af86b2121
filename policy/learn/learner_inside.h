#ifndef POLICY_LEARN_LEARNER_INSIDE_H
#define POLICY_LEARN_LEARNER_INSIDE_H

/*
 * What learner.c and lesson.c share: the struct, and its file. db_lock is
 * taken before lock where both are needed.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "policy/base/crowd.h"
#include "policy/learn/learner.h"

/* What a decision saw, until it is written. */
struct learner_waiting {
	struct learner_waiting *next;
	int64_t time_s;
	uint64_t sender, key;
	bool good;
	enum learn_lesson lesson;
	uint16_t group; /* on whose behalf (crowd_group) */
	char id[LEARN_ID_MAX + 1];
	size_t n;
	char packed[];
};

struct learner {
	struct learner_options o;
	struct arena *paths;
	const char *path, *model_path;
	pthread_t thread;
	bool looks;   /* learner_look */
	bool running; /* the thread */
	_Atomic uint64_t key;
	atomic_bool ready; /* key is known */
	atomic_bool dirty; /* there is something to learn */

	pthread_mutex_t db_lock; /* of what follows */
	struct learn_db *db;
	int64_t retry_at_ms;
	bool told; /* that it does not work */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;  /* for the thread */
	pthread_cond_t done;  /* for those who wait for it */
	struct learner_waiting *first, **last;
	size_t count;
	struct crowd of; /* of those, each client's network */
	bool stop, flush, train, accept, train_worked;
	uint64_t rounds;
	struct learned *model;
	struct learner_state state;
	struct arena *teachers; /* holds teacher */
	const struct learn_teacher *teacher;
	size_t teacher_count;

	/* The thread's own. */
	int64_t expire_at_ms, train_at_ms, sync_at_ms;
	int64_t settles_s; /* then who is believed changes; 0: never */
	struct clock_trust trust;
	struct learn_course *course;
	struct learn_hosts *hosts; /* NULL: no others */
	bool told_secret;
};

int64_t learner_now_s(const struct learner *l);
/* With db_lock held: the file, opened if need be; NULL: not now. */
struct learn_db *learner_db(struct learner *l);
/* With db_lock held: a call on the file failed. Returns false. */
bool learner_failed(struct learner *l);
/* With db_lock held: a decision that is kept is taught by a rule. False: the
 * file. */
bool lesson_of_rule(struct learner *l, struct span id, bool spam);

#endif
