#ifndef POLICY_REPORT_REPORT_BOOK_H
#define POLICY_REPORT_REPORT_BOOK_H

/*
 * Counting what is judged, for reports: rows go into a queue and from there,
 * every gather_ms, in one transaction into report.db. Mail never waits for it.
 * What a kill -9 loses are the rows of the last gather_ms; what a full queue
 * or a disk that can't be written loses is told to the operator, once, and
 * once more when it works again.
 */

#include "policy/base/clock.h"
#include "policy/report/report_file.h"

struct report_book;

struct report_book_options {
	const char *path;
	struct clock clock; /* whose day is counted for */
	/* For the operator, from the writer's thread. May be NULL. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
	/* Zeroes stand for the defaults. */
	size_t queue_max;    /* rows; 40000, of one network half of it */
	size_t queue_octets; /* of their memory; 64 MB, the same */
	int64_t gather_ms;   /* 100 */
	int64_t retry_ms;    /* after a failure; 30 s */
	struct report_bounds bounds;
};

/* Starts the thread; after fork and after privileges were given up. The
 * options' texts must live as long as the book. */
struct report_book *report_book_new(const struct report_book_options *o);
/* Writes what is queued and ends the thread; what is added later is dropped.
 * NULL does nothing. */
void report_book_end_join(struct report_book *b);
/* The same first. NULL inside is fine. */
void report_book_free(struct report_book **b);

/*
 * Counts a message that was judged, if reports speak of it. As the callback
 * `judged` is told; b NULL does nothing. Any thread; never waits.
 */
void report_book_add(struct report_book *b, struct message *m,
    const struct verdict *v, size_t rcpt);

struct report_book_stats {
	uint64_t added, written, dropped;
};
void report_book_stats(struct report_book *b, struct report_book_stats *out);

#endif
