/*
 * The queue of documents: who asks for one to be read, waits for his turn or
 * wants it no more. What is then done with it is reader_thread.c's.
 *
 * Who sends many documents in one message waits for himself: the first of each
 * message go before the second of any, and so on. There is no share for a
 * network beside that, as there is in what waits for DNS or the scanner. Such
 * a share bounds how much of the queue one of them may fill; here a message
 * has at most reader.documents in it, no message waits longer than
 * reader.timeout, what it has then is taken out again, and messages at once
 * are shared out among networks where their memory is (body.total).
 */
#include "config.h"

#include "policy/reader/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/base/thread.h"
#include "policy/reader/reader_inside.h"
#include "rules/base/panic.h"
#include "rules/document/document_answer.h"

void
reader_lock(struct reader *r)
{
	INVARIANT(pthread_mutex_lock(&r->lock) == 0);
}

void
reader_unlock(struct reader *r)
{
	INVARIANT(pthread_mutex_unlock(&r->lock) == 0);
}

void
reader_wake(struct reader *r)
{
	ssize_t n = write(r->wake[1], "", 1);

	/* A full pipe wakes as well. */
	INVARIANT(n == 1 || errno == EAGAIN || errno == EINTR);
}

/* ---- whoever asks ------------------------------------------------------------- */

struct reader *
reader_new(const struct services *s, const char *program)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	struct arena *a = arena_new();

	INVARIANT(pthread_mutex_init(&r->lock, NULL) == 0);
	thread_cond_init(&r->copied);
	r->services = s;
	r->at_once = 1;
	r->process.fd = -1;
	r->program = xstrdup(program == NULL ? reader_program(a) : program);
	arena_free(&a);
	return r;
}

void
reader_free(struct reader **rp)
{
	struct reader *r = *rp;

	*rp = NULL;
	if (r == NULL)
		return;
	INVARIANT(r->first == NULL);
	if (r->started) {
		reader_lock(r);
		r->stop = true;
		reader_unlock(r);
		reader_wake(r);
		INVARIANT(pthread_join(r->thread, NULL) == 0);
		(void)close(r->wake[0]);
		(void)close(r->wake[1]);
	}
	INVARIANT(pthread_cond_destroy(&r->copied) == 0);
	INVARIANT(pthread_mutex_destroy(&r->lock) == 0);
	free(r->program);
	free(r);
}

/* Under the lock. */
static bool
reader_begin(struct reader *r)
{
	if (r->started)
		return true;
	if (pipe2(r->wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	r->started = thread_start(&r->thread, reader_run, r);
	if (!r->started) {
		(void)close(r->wake[0]);
		(void)close(r->wake[1]);
	}
	return r->started;
}

void
reader_warm(struct reader *r)
{
	bool started;

	reader_lock(r);
	r->warm = true;
	started = reader_begin(r);
	reader_unlock(r);
	if (started)
		reader_wake(r);
}

/* How many documents of the same message are before it. Under the lock. */
static uint32_t
reader_turn_of(const struct reader *r, const struct reader_job *job)
{
	uint32_t turn = r->copying != NULL && r->copying->waits == job->waits;

	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++)
		turn +=
		    r->active[i] != NULL && r->active[i]->waits == job->waits;
	for (const struct reader_job *j = r->first; j != NULL; j = j->next)
		turn += j->waits == job->waits;
	return turn;
}

/* Under the lock. */
static void
reader_queue(struct reader *r, struct reader_job *job)
{
	struct reader_job **at = &r->first;

	job->turn = reader_turn_of(r, job);
	while (*at != NULL && (*at)->turn <= job->turn)
		at = &(*at)->next;
	job->next = *at;
	*at = job;
}

void
reader_ask(struct reader *r, struct reader_job *job)
{
	bool started;

	job->fd = -1;
	job->shut = false;
	job->state = READER_ASKED;
	buf_init(&job->answer, DOCUMENT_ANSWER_MAX);
	reader_lock(r);
	r->at_once = job->limits.at_once < 1 ? 1
		     : job->limits.at_once > DOCUMENT_JOBS_MAX
			 ? DOCUMENT_JOBS_MAX
			 : job->limits.at_once;
	started = reader_begin(r);
	if (started)
		reader_queue(r, job);
	else
		reader_job_end(
		    r, job, "there is no thread to hand documents over");
	reader_unlock(r);
	if (started)
		reader_wake(r);
}

bool
reader_done(struct reader *r, struct reader_job *job)
{
	bool done;

	reader_lock(r);
	done = job->state != READER_ASKED;
	reader_unlock(r);
	return done;
}

/* Under the lock. */
static void
reader_unqueue(struct reader *r, struct reader_job *job)
{
	struct reader_job **at = &r->first;

	while (*at != NULL && *at != job)
		at = &(*at)->next;
	if (*at == job)
		*at = job->next;
}

/* Under the lock. */
static void
reader_cancel(struct reader *r, struct reader_job *job)
{
	while (r->copying == job)
		INVARIANT(pthread_cond_wait(&r->copied, &r->lock) == 0);
	if (job->state != READER_ASKED)
		return;
	if (job->fd >= 0)
		reader_process_drop(&r->process, job->number);
	else
		reader_unqueue(r, job);
	reader_job_end(r, job, "reading it took too long");
}

void
reader_give_up(struct reader *r, struct reader_job *job)
{
	reader_lock(r);
	reader_cancel(r, job);
	reader_unlock(r);
}

void
reader_drop(struct reader *r, struct reader_job *job)
{
	reader_lock(r);
	reader_cancel(r, job);
	buf_free(&job->answer);
	reader_unlock(r);
}

void
reader_count(struct reader *r, struct reader_counts *out)
{
	reader_lock(r);
	*out = r->counts;
	reader_unlock(r);
}
