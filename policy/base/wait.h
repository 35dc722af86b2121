#ifndef POLICY_BASE_WAIT_H
#define POLICY_BASE_WAIT_H

/*
 * Waiting for others, once for all: whoever is asked something for a message
 * (DNS, a scanner) posts to the message's waits when its answer is there. The
 * message's thread alone opens, shuts and joins; any thread posts.
 *
 * Whoever posts must be kept from it before waits_free, by a lock of its own:
 * what is not wanted any more is taken from it first.
 */

#include <stddef.h>
#include <stdint.h>

#include "rules/base/arena.h"

struct waits;

struct waits *waits_new(struct arena *a);
/* NULL is fine. The memory goes with the arena. */
void waits_free(struct waits **w);
/*
 * From now on tell is called for each post: for those who do not wait in
 * waits_join. In the poster's thread and under its locks: it only notes that
 * it was called. Before the first question.
 */
void waits_tell(struct waits *w, void (*tell)(void *ctx), void *ctx);

/* One more, one less is asked and has not answered. Never waits. */
void waits_open(struct waits *w);
void waits_shut(struct waits *w);
size_t waits_pending(const struct waits *w);

/* An answer is there. Any thread; never waits. */
void waits_post(struct waits *w);
#define WAITS_NOW INT64_MIN /* as deadline: do not wait */
/*
 * Waits until something has been posted since the last join; false when
 * nothing was until the deadline (CLOCK_MONOTONIC, ms).
 */
bool waits_join(struct waits *w, int64_t deadline_ms);

#endif
