#ifndef TOOL_JOURNAL_REPLAY_BATCH_H
#define TOOL_JOURNAL_REPLAY_BATCH_H

/*
 * Some hundred decisions that are judged again at once, each by one of several
 * threads, while the next ones are read. What comes out does not depend on how
 * many threads there are.
 *
 * The life of a batch: replay_batch_add until it is full or the next decision
 * was made with another snapshot; replay_batch_start; replay_batch_join, after
 * which each row has its finding, until replay_batch_clear.
 */

#include "policy/case/rejudge.h"

#define REPLAY_BATCH_ROWS   512
#define REPLAY_BATCH_OCTETS ((size_t)16 << 20)

enum replay_kind {
	REPLAY_UNREADABLE, /* its record, or its snapshot, is not there */
	REPLAY_UNKNOWN,
	REPLAY_SAME,
	REPLAY_CHANGED,
};

struct replay_row {
	struct journal_row row; /* copied, of its texts those that are asked */
	enum replay_kind kind;
	const char *word; /* CHANGED: what is wanted now */
	const char *rule; /* that decides now; NULL: none */
	const char *const *lacks; /* UNKNOWN: for want of these */
	size_t lacks_count;
	bool asked_now;
};

/* One that judges; as many as there are threads. */
struct replay_judge {
	struct rejudge *rejudge;
	struct arena *arena; /* of findings */
};

struct replay_batch {
	struct arena *arena;
	struct replay_row *row;
	size_t count;
	struct span name;             /* of the snapshot; "" for an empty batch */
	struct journal_snapshot then; /* its rules.p NULL: there is none */
	struct replay_task *task;     /* while it is judged */
	size_t tasks;
};

void replay_batch_init(struct replay_batch *b);
void replay_batch_free(struct replay_batch *b);

/* False: this decision has to go into another batch. */
bool replay_batch_fits(
    const struct replay_batch *b, const struct journal_row *row);
/* snapshots: where what decisions were made with is read from. */
void replay_batch_add(struct replay_batch *b, const struct journal_row *row,
    struct journal_reader *snapshots);
/*
 * Begins to judge, with one thread a judge; judges belong to this batch until
 * it is joined. A thread that cannot be had is done without.
 */
void replay_batch_start(
    struct replay_batch *b, struct replay_judge *judge, size_t judges);
void replay_batch_join(struct replay_batch *b);
void replay_batch_clear(struct replay_batch *b);

#endif
