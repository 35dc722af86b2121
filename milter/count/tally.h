#ifndef MILTER_COUNT_TALLY_H
#define MILTER_COUNT_TALLY_H

/*
 * Counters that many threads add to and nobody waits for: by name, by size,
 * by minute. All are bounded, whatever names a peer brings. Reading them while
 * they are added to gives each number as it is at some moment.
 */

#include <stdatomic.h>

#include "rules/base/span.h"

/* ---- by name ------------------------------------------------------------- */

/*
 * For names that we or the administrator chose: check results, rules. The
 * names beyond the capacity are counted together as "other".
 */
struct tally;

struct tally *tally_new(size_t capacity);
void tally_free(struct tally **t);
/* The name is copied when it is new. */
void tally_add(struct tally *t, const char *name, uint64_t n);
uint64_t tally_get(const struct tally *t, const char *name);
typedef void tally_visit(void *ctx, const char *name, uint64_t count);
/* In no order. */
void tally_each(const struct tally *t, tally_visit *visit, void *ctx);

/* ---- the most frequent --------------------------------------------------- */

/*
 * For names that peers choose: keeps the most frequent ones. A name that
 * finds no room takes the place and the count of the rarest, so that counts
 * are upper bounds (the space-saving algorithm) and a flood of new names
 * cannot push out the frequent ones. Takes a mutex for a short scan.
 */
struct top;

struct top *top_new(size_t capacity);
void top_free(struct top **t);
/* Names longer than 253 octets are cut. */
void top_add(struct top *t, struct span name);
/* The most frequent first. */
void top_each(struct top *t, tally_visit *visit, void *ctx);

/* ---- by size ------------------------------------------------------------- */

#define HISTOGRAM_MAX 24

struct histogram {
	const double *bound; /* upper ends, rising; the last bucket has none */
	size_t count;
	atomic_ullong bucket[HISTOGRAM_MAX + 1];
	atomic_ullong sum; /* in whole units */
};

void histogram_init(struct histogram *h, const double *bound, size_t count);
void histogram_add(struct histogram *h, uint64_t value);

/* ---- by minute ----------------------------------------------------------- */

enum recent {
	RECENT_MESSAGES,
	RECENT_REFUSED,   /* rejected, at any stage */
	RECENT_DEFERRED,  /* answered with a temporary failure */
	RECENT_TEMPERROR, /* with a check that could not find out */
	RECENT_JUDGED,    /* messages at their end: what TEMPERROR is of */
};
#define RECENT_COUNT   (RECENT_JUDGED + 1)
#define RECENT_MINUTES 64

struct recent_minute {
	atomic_llong minute; /* since 1970 */
	atomic_ullong n[RECENT_COUNT];
};

/* Zeroed at the start. */
struct recent_window {
	struct recent_minute slot[RECENT_MINUTES];
};

void recent_add(struct recent_window *w, int64_t now_s, enum recent what);
/*
 * Sums up the minutes that ended from ... to minutes ago; 0 is the one that
 * runs. recent_sum(w, now, 0, 5, ...) covers it and the five before it.
 */
void recent_sum(const struct recent_window *w, int64_t now_s, int from, int to,
    uint64_t out[RECENT_COUNT]);

#endif
