#ifndef POLICY_LEARN_LEARN_TRAIN_H
#define POLICY_LEARN_LEARN_TRAIN_H

/*
 * From samples to a model, the same one wherever the samples are the same.
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
 * The administrator (teacher "") is not capped and always trusted.
 */

#include "policy/learn/learn_db.h"
#include "rules/learn/stream.h"

#define LEARN_CAP_SHARE 0.05
#define LEARN_CAP_MIN   50
#define LEARN_CAP_DAY   50
#define LEARN_GATE_MAX  1000
/* Fewer good mails prove nothing. */
#define LEARN_GATE_MIN 50

struct learn_teacher {
	const char *who; /* "" is the administrator */
	uint64_t spam, ham;
	uint64_t left_out; /* of them, above the cap */
	uint64_t judged, agreed;
	float trust; /* 0 to 1 */
	/* Samples up to this one, in their order, are above the cap. */
	bool capped;
	int64_t cap_s;
	char cap_key[LEARN_KEY_OCTETS + 1];
};

struct learn_training {
	struct learn_stream *stream; /* the caller frees it */
	struct learn_teacher *teacher;
	size_t teacher_count, teacher_cap;
	/* The gate: good mails that were asked, and those the model would
	 * mark; held: more than was promised. */
	uint64_t good, marked;
	bool held;
	const char *blamed; /* whose samples did it; NULL: nobody's */
};

/*
 * Learns all samples. Everything but the stream lies in the arena. False with
 * why after an error of the file, or without memory. Waits for the disk, half
 * a second or so for LEARN_SAMPLES_MAX.
 */
bool learn_train(struct learn_db *db, struct arena *a,
    struct learn_training *out, const char **why);

#endif
