#ifndef POLICY_LEARN_LEARN_ROLL_H
#define POLICY_LEARN_LEARN_ROLL_H

/*
 * Which samples there are and who gave them, in their order and without what
 * they hold: 60 octets for each instead of two thousand.
 *
 * Who counts, and how much, hangs on all samples: were it decided anew with
 * each of them, each would change what all the others are worth, and nothing
 * that was learned could stand. So it is decided by the settled part: all of
 * them where they are few, else those up to the last that has a mark, as one
 * in LEARN_MARK_ONE_IN has, or that is older than the span of LEARN_SETTLED_S
 * in which it is now: where few teach, a mark may be days away, and so may the
 * next lesson. Marks come of the samples' keys, which nobody can choose who
 * does not know the site's secret. So in one span the same samples have the
 * same settled part everywhere, and what is decided by it changes at marks and
 * at the end of a span alone.
 */

#include "policy/learn/learn_db.h"

/* Up to so many samples all are settled. */
#define LEARN_SETTLED_ALL 1000
/* Beyond, all of the spans of this length before the present one are. */
#define LEARN_SETTLED_S ((int64_t)6 * 3600)

#define LEARN_CAP_SHARE 0.05
#define LEARN_CAP_MIN   50
#define LEARN_CAP_DAY   50

struct learn_teacher {
	const char *who; /* "" is the administrator */
	uint64_t spam, ham;
	uint64_t left_out; /* of the settled ones, above the cap */
	size_t from;       /* rows of his before this one are that */
	uint64_t judged, agreed;
	float trust; /* 0 to 1 */
};

struct learn_row {
	char key[LEARN_KEY_OCTETS + 1];
	bool spam;
	int64_t time_s;
	struct learn_teacher *teacher;
};

struct learn_roll {
	struct learn_row *row;
	size_t count, room;
	size_t settled;                /* the first so many */
	int64_t settles_s;             /* when the others are too; 0: none */
	struct learn_teacher *teacher; /* in the order of their names */
	size_t teacher_count, teacher_cap;
};

/*
 * Reads it, in a transaction of the caller's, finds the settled part and who is
 * capped by it; all trust is 1. A clock that is behind the newest sample counts
 * as being there. Lies in the arena. False after an error of the file.
 */
bool learn_roll_read(struct learn_db *db, int64_t now_s, struct arena *a,
    struct learn_roll *out);
/* Whether row number at is below its teacher's cap. */
bool learn_roll_counts(const struct learn_roll *r, size_t at);

#define LEARN_DIGEST_OCTETS 32

/* Of the settled part: which samples, and whose. */
void learn_roll_settled(
    const struct learn_roll *r, uint8_t digest[LEARN_DIGEST_OCTETS]);
/*
 * Of all that decides what is learned from the first count rows: which samples
 * they are, which of them count, and how much.
 */
void learn_roll_digest(const struct learn_roll *r, size_t count,
    uint8_t digest[LEARN_DIGEST_OCTETS]);

#endif
