#ifndef POLICY_JOURNAL_JOURNAL_H
#define POLICY_JOURNAL_JOURNAL_H

/*
 * The decision journal: every verdict with all that it rested on, so that it
 * can be explained and made again. Written by a thread of its own; in the
 * path of a message it costs building one entry and putting it into a queue.
 *
 * The journal never holds mail up. While the file can't be written (a full
 * disk, somebody else's lock) entries wait in the queue and it is tried again;
 * when the queue is full what comes is dropped; a file that is damaged or not
 * of our kind is set aside and a new one begun. Each time an alert says so,
 * once, and another when it works again.
 */

#include "policy/base/clock.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"

struct journal;

struct journal_options {
	const char *path; /* of the file; its secret lies in PATH.key */
	struct clock clock;
	/* For the operator, in the journal's thread; key names the condition,
	 * whose end has a key of its own. May be NULL. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
	int64_t keep_s; /* how long decisions are kept; 0: not known yet */
	uint64_t size;  /* octets of them */
	/* Zeroes stand for the defaults. */
	size_t queue_max;    /* entries; 20000, of one network half of it */
	size_t queue_octets; /* 32 MB, the same */
	int64_t gather_ms;   /* entries are written together; 100 */
	int64_t retry_ms;    /* after a failure; 1 s, later up to 32 times */
	int64_t expire_ms;   /* between looks for what is too old; 60 s */
	uint64_t pages_max;  /* tests: the file can't grow beyond */
};

/*
 * Starts the thread, with all signals blocked in it; the file is opened
 * there. After a fork and after privileges were given up. The options'
 * texts must live as long as the journal.
 */
struct journal *journal_new(const struct journal_options *o);
/*
 * Writes what is queued, closes the file and ends the thread; what is added
 * later is dropped. NULL does nothing. One thread.
 */
void journal_end_join(struct journal *j);
/* The same first. NULL inside is fine. */
void journal_free(struct journal **j);

/*
 * Keeps a verdict, as judge's callback `judged` is told of it; ms: how long
 * it took. The settings of the message's snapshot say whether and how.
 * journal NULL does nothing. Any thread; never waits.
 */
void journal_add(struct journal *j, struct message *m, const struct verdict *v,
    size_t rcpt, int64_t ms);
/* The same with something beside it (journal_entry.h), which may be NULL. */
struct journal_beside;
void journal_add_with(struct journal *j, struct message *m,
    const struct verdict *v, size_t rcpt, int64_t ms,
    const struct journal_beside *beside);
/* Other bounds than those of the options. NULL does nothing. Any thread. */
void journal_bounds(struct journal *j, int64_t keep_s, uint64_t size);
/* Waits until what was added before is written, or was tried to be. */
void journal_flush_join(struct journal *j);

struct journal_stats {
	uint64_t added, written;
	uint64_t dropped; /* the queue was full, or the entry too long */
	uint64_t lost;    /* can't be written, or could not at the end */
	uint64_t queued;  /* now */
	bool works;
};
/* Any thread. j NULL: all zero. */
void journal_stats(struct journal *j, struct journal_stats *out);

/*
 * The secret of the file at path, by which addresses are hashed. False: *why
 * (static text).
 */
bool journal_secret_read(
    const char *path, uint8_t secret[32], const char **why);

#endif
