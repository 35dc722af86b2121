/*
 * verdict-reader: reads documents for the daemon and the tool, none of them in
 * its own memory. It loads what reading takes, and makes a copy of itself for
 * each document that it is handed; the copy goes behind the walls of
 * sandbox.h, reads that one, says what it found and is gone, with whatever
 * the document may have done to it. (A pool of processes that read one
 * document after the other was rejected: the first hostile one would lie about
 * all that follow. Starting a program anew for each costs fifty times more.)
 *
 * This process never looks at a document. It ends when the other side of its
 * socket, standard input, is closed.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "reader/extract.h"
#include "reader/sandbox.h"
#include "rules/document/document_job.h"

#define SOCKET STDIN_FILENO

/*
 * Mail that waits for its document is not made to wait longer by mail that
 * has none, unless the document takes long. (As long as all copies yielded
 * from the start, a message with one took three times as long on a busy
 * machine.)
 */
#define QUICK_MS 100
#define YIELDS   5

struct copy {
	pid_t pid; /* 0: free */
	uint32_t number;
	int64_t yields_ms; /* when it begins to; INT64_MAX: it does */
	int64_t until_ms;
	bool late;
};

struct reader {
	struct sandbox sandbox;
	int signals;
	struct copy copy[DOCUMENT_JOBS_MAX];
};

static int64_t
reader_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- the copy ---------------------------------------------------------------- */

static _Noreturn void
copy_run(const struct reader *r, const struct document_job *job, int document,
    int answer)
{
	struct sandbox_limits limits = { job->memory, job->cpu_s };
	struct stat st;
	const char *octets = "";
	sigset_t none;

	(void)close(SOCKET);
	(void)close(r->signals);
	sandbox_follow();
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (fstat(document, &st) != 0 || job->kind >= DOCUMENT_KINDS)
		_exit(70);
	if (st.st_size > 0)
		octets = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
		    document, 0);
	if (octets == MAP_FAILED)
		_exit(70);
	(void)close(document);
	/* The document is not what its memory is for. */
	limits.memory += (uint64_t)st.st_size;
	sandbox_enter(&r->sandbox, &limits);
	extract((enum document_kind)job->kind,
	    span_make(octets, (size_t)st.st_size), answer);
	_exit(0);
}

/* ---- this process ------------------------------------------------------------ */

static void
reader_tell(uint32_t number, int status, bool late)
{
	struct document_end end = { number, late, status };

	while (
	    send(SOCKET, &end, sizeof(end), MSG_NOSIGNAL) < 0 && errno == EINTR)
		continue;
}

static void
reader_start(struct reader *r, const struct document_job *job, const int *fd)
{
	struct copy *c = r->copy;

	while (c < r->copy + DOCUMENT_JOBS_MAX && c->pid != 0)
		c++;
	if (c == r->copy + DOCUMENT_JOBS_MAX) {
		reader_tell(job->number, -1, false);
		return;
	}
	c->pid = fork();
	if (c->pid == 0)
		copy_run(r, job, fd[0], fd[1]);
	if (c->pid < 0) {
		c->pid = 0;
		reader_tell(job->number, -1, false);
		return;
	}
	c->number = job->number;
	c->late = false;
	c->yields_ms = reader_now_ms() + QUICK_MS;
	c->until_ms = reader_now_ms() + job->wall_ms;
}

static void
reader_drop(struct reader *r, uint32_t number)
{
	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++)
		if (r->copy[i].pid != 0 && r->copy[i].number == number)
			(void)kill(r->copy[i].pid, SIGKILL);
}

/* One packet, with its descriptors. False at the end. */
static bool
reader_hear(struct reader *r)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(DOCUMENT_JOB_FDS * sizeof(int))];
	} control;
	struct document_job job;
	struct iovec part = { &job, sizeof(job) };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	ssize_t n = recvmsg(SOCKET, &m, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *head;
	int fd[DOCUMENT_JOB_FDS] = { -1, -1 };

	if (n < 0 && errno == EINTR)
		return true;
	if (n != (ssize_t)sizeof(job))
		return false;
	head = CMSG_FIRSTHDR(&m);
	if (head != NULL && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(fd, CMSG_DATA(head), sizeof(fd));
	/* Descriptors are lost where there is no room for more. */
	if (job.order == DOCUMENT_READ && fd[0] < 0)
		reader_tell(job.number, -1, false);
	else if (job.order == DOCUMENT_READ)
		reader_start(r, &job, fd);
	else if (job.order == DOCUMENT_DROP)
		reader_drop(r, job.number);
	for (size_t i = 0; i < DOCUMENT_JOB_FDS; i++)
		if (fd[i] >= 0)
			(void)close(fd[i]);
	return true;
}

/* Those that have ended. */
static void
reader_reap(struct reader *r)
{
	struct signalfd_siginfo ignored[8];
	int status;
	pid_t pid;

	(void)!read(r->signals, ignored, sizeof(ignored));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++)
			if (r->copy[i].pid == pid) {
				r->copy[i].pid = 0;
				reader_tell(
				    r->copy[i].number, status, r->copy[i].late);
			}
}

static void
copy_yield(struct copy *c)
{
	(void)setpriority(PRIO_PROCESS, (id_t)c->pid, YIELDS);
	c->yields_ms = INT64_MAX;
}

/* Ends those whose time is over; how long the others have, at least. */
static int
reader_time(struct reader *r)
{
	int64_t now = reader_now_ms(), first = INT64_MAX;

	for (size_t i = 0; i < DOCUMENT_JOBS_MAX; i++) {
		struct copy *c = &r->copy[i];

		if (c->pid == 0 || c->late)
			continue;
		if (c->yields_ms <= now)
			copy_yield(c);
		if (c->yields_ms < first)
			first = c->yields_ms;
		if (c->until_ms <= now) {
			c->late = true;
			(void)kill(c->pid, SIGKILL);
		} else if (c->until_ms < first) {
			first = c->until_ms;
		}
	}
	return first == INT64_MAX ? -1 : (int)(first - now);
}

static void
reader_begin(struct reader *r)
{
	sigset_t children;

	/* What whoever started us has open is none of a document's business. */
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	extract_begin();
	sandbox_begin(&r->sandbox);
	(void)sigemptyset(&children);
	(void)sigaddset(&children, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &children, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	r->signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
main(int argc, char **argv)
{
	static struct reader r;
	struct pollfd fds[2] = { { SOCKET, POLLIN, 0 } };

	if (argc == 2 && strcmp(argv[1], "--walls") == 0) {
		extract_begin();
		sandbox_begin(&r.sandbox);
		(void)printf("reads %s; behind %s\n", extract_words(),
		    sandbox_words(&r.sandbox));
		return 0;
	}
	if (argc != 1) {
		(void)fprintf(stderr, "usage: " DOCUMENT_READER " [--walls]\n");
		return 64;
	}
	reader_begin(&r);
	fds[1] = (struct pollfd){ r.signals, POLLIN, 0 };
	for (;;) {
		if (poll(fds, 2, reader_time(&r)) < 0 && errno != EINTR)
			return 71;
		if ((fds[1].revents & POLLIN) != 0)
			reader_reap(&r);
		if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
		    !reader_hear(&r))
			_exit(0);
	}
}
