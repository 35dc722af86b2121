#ifndef POLICY_LEARN_LEARN_FILE_H
#define POLICY_LEARN_LEARN_FILE_H

/*
 * What was learned, as messages are judged by it: weights and the scores of
 * good mail, in a file of 1.1 MB that is mapped and never changed. A new model
 * is a new file under the old name; who has the old one mapped keeps it.
 *
 * The file is of this machine alone (its numbers are not swapped for another)
 * and derived: it may be deleted at any time, and is made again of the
 * samples.
 */

#include "rules/learn/stream.h"

#define LEARNED_NAME_MAX 17

struct learned {
	const struct learn_weights *weights;
	uint64_t spam, ham; /* that it was learned from */
	/* Scores of good mail in ascending order: learn_stream.full, worse. */
	const double *full, *worse;
	size_t full_count, worse_count;
	double full_slope, worse_slope; /* of learn_stream.full_odds, worse_odds */
	double error; /* of the last LEARN_RECENT samples, 0 to 1 */
	uint64_t promised, marked;   /* as of a stream */
	int64_t time_s;              /* when it was made */
	char name[LEARNED_NAME_MAX]; /* hash of its weights */
};

/*
 * Writes it under another name and renames that. key: with which features
 * were hashed. False with why. Waits for the disk.
 */
bool learned_write(const char *path, uint64_t key, const struct learn_stream *s,
    int64_t time_s, char why[256]);
/*
 * Maps the file. NULL with why: it is not there, is damaged or belongs to
 * another key. Released by learned_unref.
 */
struct learned *learned_open(const char *path, uint64_t key, char why[256]);
/* Any thread; NULL (inside) is fine. */
struct learned *learned_ref(struct learned *l);
void learned_unref(struct learned **l);

/* The hash of weights by which models are told apart. */
void learned_name(const struct learn_weights *w, char name[LEARNED_NAME_MAX]);

#endif
