#ifndef POLICY_READER_READER_INSIDE_H
#define POLICY_READER_READER_INSIDE_H

/*
 * Between reader.c, which whoever has a document asks, and reader_thread.c,
 * which hands it to the helper. All of a job and of the counts is touched under
 * the lock only; the thread gives it up while it waits, starts the helper or
 * copies a document for it. Who wants a job away that is being copied waits for
 * the copy, and nobody else does.
 */

#include <pthread.h>

#include "policy/reader/reader.h"
#include "policy/reader/reader_process.h"

struct reader {
	pthread_mutex_t lock;
	pthread_t thread;
	bool started, stop, warm;
	int wake[2];
	struct reader_job *active[DOCUMENT_JOBS_MAX]; /* NULL: free */
	struct reader_job *first;                     /* the queue, by turn */
	const struct reader_job *copying; /* its octets are read, or NULL */
	pthread_cond_t copied;
	uint32_t at_once, busy, next_number;
	struct reader_counts counts;
	const struct services *services;
	/* The thread's. */
	char *program;
	struct reader_process process;
	int64_t backoff_ms, start_ms; /* not to be started before */
};

void reader_lock(struct reader *r);
void reader_unlock(struct reader *r);
/* Has the thread look at the queue. */
void reader_wake(struct reader *r);
/* Under the lock: the job is done, with a problem (static text) or NULL, and
 * has no place any more. */
void reader_job_end(
    struct reader *r, struct reader_job *job, const char *problem);
/* The thread, of a struct reader; until stop is set and it is woken. */
void *reader_run(void *argument);

#endif
