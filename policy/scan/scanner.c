/*
 * The thread that talks to the scanner. All of a job is touched under the lock
 * only; the thread gives it up while it waits, and never waits with it: its
 * sockets do not block.
 */
#include "config.h"

#include "policy/scan/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/thread.h"
#include "rules/base/panic.h"

/* A message is told in pieces of this size. */
#define PIECE_OCTETS ((size_t)65536)

struct scanner {
	pthread_mutex_t lock;
	pthread_t thread;
	bool started, stop;
	int wake[2];
	struct scan_job *active[SCANS_AT_ONCE]; /* NULL: free */
	struct scan_job *first, **last;         /* the queue */
	const struct services *services;
};

static void
scanner_lock(struct scanner *s)
{
	INVARIANT(pthread_mutex_lock(&s->lock) == 0);
}

static void
scanner_unlock(struct scanner *s)
{
	INVARIANT(pthread_mutex_unlock(&s->lock) == 0);
}

static void
scanner_wake(struct scanner *s)
{
	ssize_t n = write(s->wake[1], "", 1);

	/* A full pipe wakes as well. */
	INVARIANT(n == 1 || errno == EAGAIN || errno == EINTR);
}

/* ---- one job: under the lock ---------------------------------------------- */

static void
job_end(struct scanner *s, struct scan_job *job, enum scan_state state,
    const char *problem)
{
	for (size_t i = 0; i < SCANS_AT_ONCE; i++)
		if (s->active[i] == job)
			s->active[i] = NULL;
	if (job->fd >= 0)
		(void)close(job->fd);
	job->fd = -1;
	job->problem = problem;
	job->state = state;
	waits_post(job->waits);
}

static void
job_fail(struct scanner *s, struct scan_job *job, const char *problem)
{
	job_end(s, job, SCAN_FAILED, problem);
	if (s->services->alert != NULL)
		s->services->alert(s->services->ctx, "scanner", problem);
}

static size_t
job_octets(const struct scan_job *job)
{
	size_t n = 0;

	for (size_t i = 0; i < SCAN_TEXTS; i++)
		n += job->text[i].n;
	return n;
}

/*
 * What comes next on the wire: pieces are the command, then for each text a
 * length and the octets, PIECE_OCTETS at a time, then the end. piece counts
 * them, sent is how much of one has gone. "length" is room for four octets.
 */
static struct span
job_piece(const struct scan_job *job, char length[4])
{
	size_t piece = job->piece;

	if (piece-- == 0)
		return CLAMD_COMMAND;
	for (size_t i = 0; i < SCAN_TEXTS; i++) {
		struct span text = job->text[i], part;
		size_t parts = (text.n + PIECE_OCTETS - 1) / PIECE_OCTETS;

		if (piece >= 2 * parts) {
			piece -= 2 * parts;
			continue;
		}
		part = span_slice(text, piece / 2 * PIECE_OCTETS, text.n);
		part = span_slice(part, 0, PIECE_OCTETS);
		if (piece % 2 == 1)
			return part;
		clamd_length((uint32_t)part.n, length);
		return span_make(length, 4);
	}
	return piece == 0 ? CLAMD_END : SPAN("");
}

/* Sends what the socket takes. */
static void
job_send(struct scanner *s, struct scan_job *job)
{
	char length[4];

	for (;;) {
		struct span rest = job_piece(job, length);
		ssize_t n;

		if (rest.n == 0) {
			job->quiet = true;
			return;
		}
		rest = span_slice(rest, job->sent, rest.n);
		n = send(job->fd, rest.p, rest.n, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
			/* It has said something and hung up. */
			job->quiet = true;
			return;
		}
		if (n < 0) {
			job_fail(s, job, "the scanner cannot be reached");
			return;
		}
		job->sent = (size_t)n == rest.n ? 0 : job->sent + (size_t)n;
		job->piece += job->sent == 0;
	}
}

static void
job_receive(struct scanner *s, struct scan_job *job)
{
	size_t room = sizeof(job->answer) - job->answered;
	ssize_t n = recv(job->fd, job->answer + job->answered, room, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		job->answered += (size_t)n;
	if (job->answered > 0 && (n <= 0 || (size_t)n == room ||
				     job->answer[job->answered - 1] == '\0'))
		job_end(s, job, SCAN_ANSWERED, NULL);
	else if (n <= 0)
		job_fail(s, job, "the scanner hung up without an answer");
}

static void
job_connect(struct scanner *s, struct scan_job *job)
{
	job->fd = socket(job->address.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (job->fd < 0 ||
	    (connect(job->fd, (const struct sockaddr *)&job->address,
		 job->address_length) != 0 &&
		errno != EINPROGRESS))
		job_fail(s, job, "the scanner cannot be reached");
}

static void
scanner_unqueue(struct scanner *s, const struct scan_job *job)
{
	struct scan_job **at = &s->first;

	while (*at != NULL && *at != job)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = job->next;
	if (*at == NULL)
		s->last = at;
}

static size_t
scanner_active_of(const struct scanner *s, uint16_t group)
{
	size_t n = 0;

	for (size_t i = 0; i < SCANS_AT_ONCE; i++)
		n += s->active[i] != NULL && s->active[i]->group == group;
	return n;
}

/* The longest in the queue of those whose network has the fewest. */
static struct scan_job *
scanner_next(const struct scanner *s)
{
	size_t least = SCANS_AT_ONCE;
	struct scan_job *next = NULL;

	for (struct scan_job *job = s->first; job != NULL; job = job->next) {
		size_t has = scanner_active_of(s, job->group);

		if (has + (job->group != 0) >= SCANS_AT_ONCE || has >= least)
			continue;
		least = has;
		next = job;
	}
	return next;
}

/* Those whose turn it is. */
static void
scanner_admit(struct scanner *s)
{
	for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
		struct scan_job *job;

		if (s->active[i] != NULL)
			continue;
		job = scanner_next(s);
		if (job == NULL)
			return;
		scanner_unqueue(s, job);
		s->active[i] = job;
		job_connect(s, job);
	}
}

/* ---- the thread ------------------------------------------------------------ */

static void
scanner_turn(struct scanner *s)
{
	struct pollfd fds[SCANS_AT_ONCE + 1] = { { s->wake[0], POLLIN, 0 } };
	struct scan_job *job[SCANS_AT_ONCE];
	char drain[64];

	for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
		job[i] = s->active[i];
		fds[i + 1].fd = job[i] == NULL ? -1 : job[i]->fd;
		fds[i + 1].events = POLLIN;
		if (job[i] != NULL && !job[i]->quiet)
			fds[i + 1].events |= POLLOUT;
	}
	scanner_unlock(s);
	(void)poll(fds, SCANS_AT_ONCE + 1, -1);
	while (read(s->wake[0], drain, sizeof(drain)) > 0)
		continue;
	scanner_lock(s);
	/* A job that was dropped meanwhile may have left its place and its
	 * socket's number to another: to it this says too much at worst. */
	for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
		int events = fds[i + 1].revents;

		if (s->active[i] == NULL || s->active[i] != job[i])
			continue;
		if ((events & (POLLIN | POLLERR | POLLHUP)) != 0)
			job_receive(s, job[i]);
		if (s->active[i] == job[i] && (events & POLLOUT) != 0 &&
		    !job[i]->quiet)
			job_send(s, job[i]);
	}
}

static void *
scanner_run(void *argument)
{
	struct scanner *s = argument;

	scanner_lock(s);
	while (!s->stop) {
		scanner_admit(s);
		scanner_turn(s);
	}
	scanner_unlock(s);
	return NULL;
}

/* ---- for everybody --------------------------------------------------------- */

struct scanner *
scanner_new(const struct services *services)
{
	struct scanner *s = xcalloc(1, sizeof(*s));

	INVARIANT(pthread_mutex_init(&s->lock, NULL) == 0);
	s->services = services;
	s->last = &s->first;
	return s;
}

void
scanner_free(struct scanner **sp)
{
	struct scanner *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	if (s->started) {
		scanner_lock(s);
		s->stop = true;
		scanner_unlock(s);
		scanner_wake(s);
		INVARIANT(pthread_join(s->thread, NULL) == 0);
		(void)close(s->wake[0]);
		(void)close(s->wake[1]);
	}
	INVARIANT(pthread_mutex_destroy(&s->lock) == 0);
	free(s);
}

/* Under the lock. The thread begins when the first asks. */
static bool
scanner_begin(struct scanner *s)
{
	if (s->started)
		return true;
	if (pipe2(s->wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	s->started = thread_start(&s->thread, scanner_run, s);
	if (!s->started) {
		(void)close(s->wake[0]);
		(void)close(s->wake[1]);
	}
	return s->started;
}

void
scanner_ask(struct scanner *s, struct scan_job *job)
{
	bool started;

	job->fd = -1;
	job->state = SCAN_ASKED;
	scanner_lock(s);
	started = scanner_begin(s);
	if (!started) {
		job_fail(s, job, "there is no thread to ask the scanner");
	} else if (job_octets(job) == 0) {
		job_end(s, job, SCAN_FAILED, "there is nothing to scan");
	} else {
		job->next = NULL;
		*s->last = job;
		s->last = &job->next;
	}
	scanner_unlock(s);
	if (started)
		scanner_wake(s);
}

bool
scanner_done(struct scanner *s, struct scan_job *job)
{
	bool done;

	scanner_lock(s);
	done = job->state != SCAN_ASKED;
	scanner_unlock(s);
	return done;
}

void
scanner_drop(struct scanner *s, struct scan_job *job, const char *problem)
{
	scanner_lock(s);
	if (job->state == SCAN_ASKED) {
		scanner_unqueue(s, job);
		if (problem != NULL)
			job_fail(s, job, problem);
		else
			job_end(s, job, SCAN_FAILED, "given up");
	}
	scanner_unlock(s);
	scanner_wake(s); /* the next may have its turn */
}
