#ifndef MILTER_ALERT_ALERT_BOOK_H
#define MILTER_ALERT_ALERT_BOOK_H

/*
 * Which alerts have been told, and when: so that each is told at most once
 * in an interval, and all of them together no more than a bound, since texts
 * of rules can differ with every message. One thread at a time.
 */

#include "rules/base/span.h"

#define ALERT_KEYS_MAX 256
#define ALERT_TOLD_MAX 30 /* in one interval */

struct alert_book {
	struct {
		uint64_t key; /* hash */
		int64_t told_ms;
		unsigned held; /* since then */
		bool used;
	} entry[ALERT_KEYS_MAX];
	int64_t began_ms; /* of the interval that ALERT_TOLD_MAX is for */
	unsigned told;
};

/*
 * Whether to tell it now; then *held is how many of this key were held back
 * since it was last told.
 */
bool alert_book_admit(struct alert_book *b, const char *key, int64_t now_ms,
    int64_t interval_ms, unsigned *held);

#endif
