/*
 * The thread that hands documents to the helper and hears what it says, and
 * that starts it again. Whose turn it is stands in the queue already
 * (reader.c).
 */
#include "config.h"

#include "policy/reader/reader_inside.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/panic.h"

#define BACKOFF_MS     100
#define BACKOFF_MAX_MS 30000
/* Jobs wait for a start that is nearer than this, and fail at once if not. */
#define START_NEAR_MS 1000

static int64_t
reader_now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

static void
reader_alert(const struct reader *r, const char *text)
{
	if (r->services != NULL && r->services->alert != NULL)
		r->services->alert(r->services->ctx, "reader", text);
}

/* ---- one job: under the lock ------------------------------------------------ */

static void
reader_job_leave(struct reader *r, struct reader_job *job)
{
	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++)
		if (r->active[i] == job)
			r->active[i] = NULL;
	if (job->fd >= 0)
		(void)close(job->fd);
	job->fd = -1;
}

void
reader_job_end(struct reader *r, struct reader_job *job, const char *problem)
{
	if (job->fd >= 0)
		r->counts.seconds[job->kind] +=
		    (double)(reader_now_ms() - job->since_ms) / 1000;
	if (problem == NULL)
		r->counts.read[job->kind]++;
	else
		r->counts.failed[job->kind]++;
	reader_job_leave(r, job);
	job->problem = problem;
	job->state = problem == NULL ? READER_ANSWERED : READER_FAILED;
	waits_post(job->waits);
}

/* Takes what is in the pipe. One that was closed would wake us all the time
 * until its process has ended. */
static void
job_receive(struct reader_job *job)
{
	char piece[16384];
	ssize_t n;

	do {
		n = read(job->fd, piece, sizeof(piece));
		if (n > 0)
			(void)buf_add_some(
			    &job->answer, span_make(piece, (size_t)n));
	} while (n > 0 && !job->answer.over);
	job->shut = job->shut || n == 0 || job->answer.over;
}

static const char *
end_problem(const struct document_end *end, const struct reader_job *job)
{
	if (job->answer.over)
		return "it says more than is read";
	if (end->late)
		return "reading it took too long";
	if (end->status == 0)
		return NULL;
	if (end->status == -1)
		return "no process could be started to read it";
	if (WIFSIGNALED(end->status) && WTERMSIG(end->status) == SIGXCPU)
		return "reading it took too much processor time";
	if (WIFSIGNALED(end->status) && WTERMSIG(end->status) == SIGSYS)
		return "who read it did what is forbidden";
	return "who read it broke off";
}

/* ---- the thread: what the helper says ---------------------------------------- */

/* Of a job that nobody wants any more, the place alone. */
static void
reader_ended(struct reader *r, const struct document_end *end)
{
	r->busy -= r->busy > 0;
	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++) {
		struct reader_job *job = r->active[i];

		if (job == NULL || job->number != end->number)
			continue;
		job_receive(job);
		reader_job_end(r, job, end_problem(end, job));
		if (job->state == READER_ANSWERED)
			r->backoff_ms = 0;
		return;
	}
}

/* Everything that it was doing is lost. */
static void
reader_lost(struct reader *r, const char *problem)
{
	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++)
		if (r->active[i] != NULL)
			reader_job_end(r, r->active[i], problem);
	r->busy = 0;
	r->counts.runs = false;
	r->backoff_ms = r->backoff_ms == 0 ? BACKOFF_MS : 2 * r->backoff_ms;
	if (r->backoff_ms > BACKOFF_MAX_MS)
		r->backoff_ms = BACKOFF_MAX_MS;
	r->start_ms = reader_now_ms() + r->backoff_ms;
	reader_alert(r, problem);
}

static void
reader_hear(struct reader *r)
{
	struct document_end end;

	while (r->process.pid > 0)
		switch (reader_process_hear(&r->process, &end)) {
		case READER_HEARD:
			reader_ended(r, &end);
			break;
		case READER_QUIET:
			return;
		case READER_GONE:
			reader_process_end(&r->process);
			reader_lost(r, "the helper that reads documents died");
			return;
		}
}

/* ---- the thread: what it is told ---------------------------------------------- */

static bool
reader_is_wanted(const struct reader *r)
{
	return r->warm || r->first != NULL;
}

/* Starts it when it is needed and its time has come. */
static void
reader_start(struct reader *r)
{
	const char *problem;

	if (r->process.pid > 0 || !reader_is_wanted(r) ||
	    reader_now_ms() < r->start_ms)
		return;
	r->counts.starts++;
	reader_unlock(r);
	problem = reader_process_start(&r->process, r->program);
	reader_lock(r);
	r->counts.runs = problem == NULL;
	if (problem != NULL) {
		r->backoff_ms = BACKOFF_MAX_MS / 2;
		reader_lost(r, problem);
	}
}

static struct reader_job *
reader_take(struct reader *r)
{
	struct reader_job *job = r->first;

	r->first = job->next;
	return job;
}

/* The job is in no queue and has no place while it is copied: reader_cancel
 * waits for its place. */
static void
reader_hand(struct reader *r, struct reader_job *job, size_t place)
{
	struct document_job order = { .order = DOCUMENT_READ,
		.number = r->next_number++,
		.kind = (uint32_t)job->kind,
		.cpu_s = job->limits.cpu_s,
		.wall_ms = job->limits.wall_ms,
		.memory = job->limits.memory };
	int file;

	job->number = order.number;
	job->since_ms = reader_now_ms();
	r->copying = job;
	reader_unlock(r);
	file = reader_process_copy(job->octets);
	reader_lock(r);
	r->copying = NULL;
	INVARIANT(pthread_cond_broadcast(&r->copied) == 0);
	job->fd = reader_process_hand(&r->process, &order, file);
	if (job->fd < 0) {
		reader_job_end(r, job, "it could not be handed to the helper");
		return;
	}
	r->active[place] = job;
	r->busy++;
}

/* Those whose turn it is. */
static void
reader_admit(struct reader *r)
{
	if (r->process.pid <= 0) {
		if (r->start_ms - reader_now_ms() > START_NEAR_MS)
			while (r->first != NULL)
				reader_job_end(r, reader_take(r),
				    "the helper that reads documents does not "
				    "run");
		return;
	}
	for (size_t i = 0;
	     i < DOCUMENT_JOBS_MAX && r->first != NULL && r->busy < r->at_once;
	     i++)
		if (r->active[i] == NULL)
			reader_hand(r, reader_take(r), i);
}

/* ---- the thread ------------------------------------------------------------------ */

#define FIXED_FDS 2

static int
reader_patience_ms(const struct reader *r)
{
	int64_t ms = r->start_ms - reader_now_ms();

	if (r->process.pid > 0 || !reader_is_wanted(r))
		return -1;
	return ms < 0 ? 0 : ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : (int)ms;
}

static void
reader_turn(struct reader *r)
{
	struct pollfd fds[DOCUMENT_JOBS_MAX + FIXED_FDS] = {
		{ r->wake[0], POLLIN, 0 },
		{ r->process.pid > 0 ? r->process.fd : -1, POLLIN, 0 },
	};
	struct reader_job *job[DOCUMENT_JOBS_MAX];
	int patience_ms = reader_patience_ms(r);
	char drain[64];

	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++) {
		job[i] = r->active[i];
		fds[i + FIXED_FDS] = (struct pollfd){
			job[i] == NULL || job[i]->shut ? -1 : job[i]->fd,
			POLLIN, 0
		};
	}
	reader_unlock(r);
	(void)poll(fds, DOCUMENT_JOBS_MAX + FIXED_FDS, patience_ms);
	while (read(r->wake[0], drain, sizeof(drain)) > 0)
		continue;
	reader_lock(r);
	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++) {
		if (r->active[i] == NULL || r->active[i] != job[i] ||
		    fds[i + FIXED_FDS].revents == 0)
			continue;
		job_receive(job[i]);
		if (job[i]->answer.over)
			reader_process_drop(&r->process, job[i]->number);
	}
	reader_hear(r);
}

void *
reader_run(void *argument)
{
	struct reader *r = argument;

	reader_lock(r);
	while (!r->stop) {
		reader_start(r);
		reader_admit(r);
		if (!r->stop)
			reader_turn(r);
	}
	reader_unlock(r);
	reader_process_end(&r->process);
	return NULL;
}
