#ifndef POLICY_LEARN_LEARNER_H
#define POLICY_LEARN_LEARNER_H

/*
 * What the process lends of what was learned: the model that messages are
 * judged by, the memory of what decisions saw, and teaching.
 *
 * A thread of its own writes down what decisions saw, forgets what is too old
 * and, where something was taught, makes a new model of all samples: at most
 * once a minute. In the path of a message it costs taking a reference and
 * putting features into a queue; when that is full they are dropped.
 *
 * Without the file, on a full disk say, nothing is known and mail is judged
 * without it; an alert says so once, and once more when it works again.
 */

#include "policy/base/clock.h"
#include "policy/learn/learn_file.h"
#include "policy/learn/learn_train.h"
#include "rules/base/ip.h"

struct store_options;

struct learner;

struct learner_options {
	const char *dir; /* the state directory; copied */
	struct clock clock;
	/* For the operator; any thread. May be NULL. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
	/* Told of each lesson that somebody gives and that is new: which
	 * decision, "" for none. Also of decisions of which nothing was kept
	 * to learn from; true: it is one all the same. Any thread. May be
	 * NULL. */
	bool (*taught)(void *ctx, struct span id, bool spam);
	/* Zeroes stand for the defaults. */
	int64_t pause_ms;     /* between two models; a minute */
	int64_t retry_ms;     /* after a failure; 30 s */
	int64_t keep_s;       /* what decisions saw; LEARN_KEPT_DAYS */
	uint64_t kept_max;    /* of them; 100000 */
	uint64_t samples_max; /* LEARN_SAMPLES_MAX */
	size_t queue_max;     /* 4000, of one network half of it */
	/* The Redis by which hosts share samples; NULL: none do. */
	const struct store_options *hosts;
	int64_t sync_ms; /* between two looks there; 20 s */
};

/* Starts the thread; after a fork and after privileges were given up. */
struct learner *learner_new(const struct learner_options *o);
/*
 * The model of that directory, only to be looked at: no thread, nothing is
 * written, teaching fails. NULL when it can't be read.
 */
struct learner *learner_look(const char *dir);
/* Writes what is queued and ends the thread. NULL does nothing. One thread. */
void learner_end_join(struct learner *l);
/* The same first. NULL inside is fine. */
void learner_free(struct learner **l);

/* False: nothing can be known or kept now. *key hashes features. Any thread;
 * never waits. */
bool learner_key(struct learner *l, uint64_t *key);
/*
 * Takes the secret of another host, whose samples are to come: true also when
 * it is ours. False where samples were made with ours.
 */
bool learner_adopt(struct learner *l, uint64_t key);
/* The keyed hash of an author's address; 0 for none. Any case. */
uint64_t learner_sender(uint64_t key, struct span address);
/* A reference to the model, learned_unref; NULL: there is none. Any thread;
 * never waits. */
struct learned *learner_model(struct learner *l);
/*
 * What a decision on this client's mail saw, copied; made with that secret,
 * and dropped when another one has been adopted before it is written. Any
 * thread; never waits.
 */
void learner_keep(struct learner *l, struct ip client, uint64_t key,
    const struct learn_kept *k, const struct learn_features *f);

/* ---- teaching; waits for the disk, so not in the path of a message --------- */

enum lesson_answer {
	LESSON_DONE,
	LESSON_KNOWN,   /* it was taught already; nothing taught to unlearn */
	LESSON_UNKNOWN, /* no such decision, or no rule asked of it what was
	                   learned */
	LESSON_GONE,    /* what it saw is not kept any more */
	LESSON_FULL,    /* this teacher has taught enough for a day */
	LESSON_REFUSED, /* another's, whom he may not contradict */
	LESSON_STALE,   /* made with a secret that is no longer ours */
	LESSON_FAILED,  /* the file */
};
#define LESSON_ANSWERS (LESSON_FAILED + 1)
extern const char *const lesson_answers[LESSON_ANSWERS]; /* for people */

/* The teacher of what rules teach. */
#define LEARN_WHO_RULES "(rules)"

/* What is taught: the features of a decision that has id, or else those given
 * (packed; n 0: only by id). */
struct lesson {
	struct span id;
	struct span features;
	uint64_t sender; /* with features */
	uint64_t key;    /* the secret that they were made with */
	struct span who; /* "" is the administrator */
	bool spam;
	/* 0: now. Many that are taught at once are given one time, so that
	 * they are learned in the order of their keys, which is none. */
	int64_t time_s;
};
enum lesson_answer learner_teach(struct learner *l, const struct lesson *t);
/* Forgets it; of others' lessons only the administrator can. */
enum lesson_answer learner_unteach(struct learner *l, const struct lesson *t);
/* As it stands, with its own time and teacher: from another host. */
enum lesson_answer learner_import(
    struct learner *l, const struct learn_sample *s);
bool learner_forget(
    struct learner *l, const struct learn_forget *f, uint64_t *count);
/* Samples behind that time and key, as learn_db_each. */
bool learner_each(struct learner *l, int64_t after_s, const char *after,
    learn_db_visit *visit, void *ctx);

/* For sharing with other hosts: one sample, in the arena; what was forgotten;
 * and forgetting what another host forgot, every word up to time_s. */
bool learner_sample(struct learner *l, const char *key, struct arena *a,
    struct learn_sample *out);
bool learner_gone(struct learner *l, learn_db_gone_visit *visit, void *ctx);
void learner_drop(struct learner *l, const char *key, int64_t time_s);
/* The learner's time. */
int64_t learner_time(const struct learner *l);
/*
 * Whether a time is a day ahead of it or more: no clock is but one that is
 * wrong. What it says would be the last word for as long, and nobody could take
 * it back.
 */
bool learner_is_ahead(const struct learner *l, int64_t time_s);

/*
 * Makes a new model now and waits for it; accept: it goes live whatever the
 * gate says. False: it could not be made.
 */
bool learner_train_join(struct learner *l, bool accept);
/* Waits until what was kept before is written. */
void learner_flush_join(struct learner *l);

/* ---- figures -------------------------------------------------------------- */

struct learner_state {
	bool works;
	uint64_t spam, ham; /* samples */
	uint64_t kept, kept_good;
	uint64_t dropped;  /* features of decisions, the queue being full */
	uint64_t trained;  /* models made */
	uint64_t train_ms; /* that the last took */
	uint64_t train_read; /* samples that it read: those of before not */
	/* Of the last one that was made: */
	bool held;
	uint64_t good, marked;
	char blamed[LEARN_WHO_MAX + 1];
};
void learner_state(struct learner *l, struct learner_state *out);
/* The teachers as the last model saw them; in the arena. Any thread. */
size_t learner_teachers(
    struct learner *l, struct arena *a, const struct learn_teacher **out);

#endif
