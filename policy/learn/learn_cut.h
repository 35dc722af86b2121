#ifndef POLICY_LEARN_LEARN_CUT_H
#define POLICY_LEARN_LEARN_CUT_H

/*
 * Up to which sample something holds: which are too old and which too many,
 * and which have a mark. Where samples are cut off or counted up to some
 * point, that point is at a mark or at the end of a week: so it stands still
 * while samples are added one by one, and it is the same on every host that
 * has the same samples, whenever each of them came.
 *
 * The order of samples is by time and then by key. Pure; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/span.h"

#define LEARN_SAMPLES_MAX 20000
#define LEARN_SAMPLE_DAYS 365
#define LEARN_DAY_S       86400
#define LEARN_KEY_OCTETS  32 /* of a sample's key, in hexadecimal */
#define LEARN_MARK_ONE_IN 64 /* samples has a mark */

/* The key of packed features. */
void learn_sample_key(struct span features, char key[LEARN_KEY_OCTETS + 1]);

/* Nobody can choose it who does not know the secret that keys come of. */
bool learn_key_marked(const char *key);

/* What was taught before that time is forgotten: by whole weeks, and when it is
 * LEARN_SAMPLE_DAYS old at the latest. */
int64_t learn_oldest_s(int64_t now_s);

/*
 * Which samples of one kind stay, when max may: those from the oldest mark
 * among the newest max on, so that they go by the dozen. Begins with max and
 * zeroes; told of each of that kind, the newest first.
 */
struct learn_cut {
	uint64_t max, seen;
	int64_t time_s;
	char key[LEARN_KEY_OCTETS + 1];
};
/* False: no more need be told. */
bool learn_cut_next(struct learn_cut *c, int64_t time_s, const char *key);
/* Whether such a one goes. */
bool learn_cut_goes(const struct learn_cut *c, int64_t time_s, const char *key);

#endif
