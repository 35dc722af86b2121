#ifndef POLICY_LEARN_LEARN_TRAIN_H
#define POLICY_LEARN_LEARN_TRAIN_H

/*
 * From samples to a model, the same one wherever the samples are the same and
 * the time is of the same span (learn_roll.h).
 * Here stands what holds those who teach nonsense, for fun or for money:
 *
 *   a cap     of one teacher's samples no more count than LEARN_CAP_SHARE of
 *             all, or LEARN_CAP_MIN where there are few; his newest
 *   trust     each teacher's samples are judged by a model that was learned
 *             without him, from the administrator and one half of the others.
 *             Where that is sure and he says otherwise he disagrees; who
 *             agrees in less than half counts for nothing. What a user moves
 *             because the filter was wrong does not count against him, if the
 *             others moved the like
 *   the gate  a model that is sure of more of the last LEARN_GATE_MAX good
 *             mails to be spam than was promised does not go live
 *
 * The administrator (teacher "") is not capped and always trusted. Caps and
 * trust are decided by the settled part of the samples (learn_roll.h).
 *
 * Learning goes on from where it was: the state behind all samples but those
 * of the last LEARN_TAIL_S is kept from one training to the next, with a digest
 * of all that it came from, and what was learned behind it is taken back first.
 * Where the digest still holds, only what stands behind that point is read and
 * learned; where it does not (something before it was unlearned, came late, or
 * counts for more or less now), all are. Either way the model is the same bit
 * for bit, for what is learned is the same samples in the same order.
 */

#include "policy/learn/learn_roll.h"
#include "rules/learn/stream.h"

#define LEARN_GATE_MAX  1000
/* Fewer good mails prove nothing. */
#define LEARN_GATE_MIN 50

struct learn_training {
	struct learn_stream *stream; /* the course's, until it is used again */
	struct learn_teacher *teacher;
	size_t teacher_count;
	/* The gate: good mails that were asked, and those the model would
	 * mark; held: more than was promised. */
	uint64_t good, marked;
	bool held;
	const char *blamed; /* whose samples did it; NULL: nobody's */
	uint64_t read;      /* samples that were learned for it, not before */
	int64_t settles_s;  /* of the roll: by then it is to be made anew */
};

/* Samples of other hosts come that late, and what is moved is moved again. */
#define LEARN_TAIL_S 600

/*
 * What one training leaves to the next: one model that learns, 2.3 MB, and what
 * it takes to take its last lessons back. No other is needed while one is made:
 * where teachers are to be judged anew, it is given up for theirs. One thread
 * at a time; it belongs to one file.
 */
struct learn_course;
struct learn_course *learn_course_new(void);
/* NULL inside is fine. */
void learn_course_free(struct learn_course **c);

/*
 * Learns all samples, those that the course knows of from there. Everything but
 * the stream lies in the arena, which holds no samples. False with why after an
 * error of the file, or without memory. Waits for the disk, a second or so for
 * LEARN_SAMPLES_MAX that are all new.
 */
bool learn_train(struct learn_db *db, int64_t now_s,
    struct learn_course *course, struct arena *a, struct learn_training *out,
    const char **why);

#endif
