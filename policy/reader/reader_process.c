#include "config.h"

#include "policy/reader/reader_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/reader/reader.h"

const char *
reader_program(struct arena *a)
{
	const char *named = secure_getenv("VERDICT_READER");
	char self[4096];
	ssize_t n;

	if (named != NULL && named[0] != '\0')
		return arena_strdup(a, span_of(named));
	/* A tree that is not installed has it beside ours. */
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		struct span here = span_make(self, (size_t)n);
		const char *beside;

		here.n = span_find_last(here, '/') + 1;
		beside =
		    arena_printf(a, "%.*s" DOCUMENT_READER, SPAN_FMT(here));
		if (access(beside, X_OK) == 0)
			return beside;
	}
	return LIBEXECDIR "/" DOCUMENT_READER;
}

/*
 * With nothing of ours but the socket, and no environment but this. The
 * addresses of functions are looked up at its start (LD_BIND_NOW), once
 * instead of by each of its copies.
 */
static int
process_spawn(pid_t *pid, const char *program, int fd)
{
	char name[] = DOCUMENT_READER, locale[] = "LC_ALL=C.UTF-8",
	     home[] = "HOME=/nonexistent",
	     fonts[] = "FONTCONFIG_FILE=/nonexistent", now[] = "LD_BIND_NOW=1";
	char *argv[] = { name, NULL },
	     *env[] = { locale, home, fonts, now, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int error;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	error = posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
	for (int out = STDOUT_FILENO; out <= STDERR_FILENO && error == 0; out++)
		error = posix_spawn_file_actions_addopen(
		    &files, out, "/dev/null", O_WRONLY, 0);
	if (error == 0)
		error = posix_spawnattr_setsigmask(&attr, &none);
	if (error == 0)
		error = posix_spawnattr_setsigdefault(&attr, &all);
	if (error == 0)
		error = posix_spawnattr_setflags(
		    &attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (error == 0)
		error = posix_spawn(pid, program, &files, &attr, argv, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	return error;
}

const char *
reader_process_start(struct reader_process *p, const char *program)
{
	int pair[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return "there is no socket for the helper that reads documents";
	error = process_spawn(&p->pid, program, pair[1]);
	(void)close(pair[1]);
	if (error == 0) {
		p->fd = pair[0];
		return NULL;
	}
	p->pid = 0;
	(void)close(pair[0]);
	return error == ENOENT
		   ? "the helper that reads documents is not installed"
		   : "the helper that reads documents cannot be started";
}

void
reader_process_end(struct reader_process *p)
{
	if (p->pid <= 0)
		return;
	(void)close(p->fd);
	(void)kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	*p = (struct reader_process){ .fd = -1 };
}

int
reader_process_copy(struct span octets)
{
	int fd = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	while (octets.n > 0) {
		ssize_t n = write(fd, octets.p, octets.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			(void)close(fd);
			return -1;
		}
		octets = span_slice(octets, (size_t)n, octets.n);
	}
	(void)fcntl(fd, F_ADD_SEALS,
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	return fd;
}

static bool
process_send(struct reader_process *p, const struct document_job *order,
    const int fd[DOCUMENT_JOB_FDS])
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(DOCUMENT_JOB_FDS * sizeof(int))];
	} control = { .room = "" };
	struct document_job copy = *order;
	struct iovec part = { &copy, sizeof(copy) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *head;
	ssize_t n;

	if (fd != NULL) {
		m.msg_control = control.room;
		m.msg_controllen = sizeof(control.room);
		head = CMSG_FIRSTHDR(&m);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(DOCUMENT_JOB_FDS * sizeof(int));
		memcpy(CMSG_DATA(head), fd, DOCUMENT_JOB_FDS * sizeof(int));
	}
	/* It has room for far more than what is under way at once. */
	do
		n = sendmsg(p->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(copy);
}

int
reader_process_hand(
    struct reader_process *p, const struct document_job *order, int file)
{
	int fd[DOCUMENT_JOB_FDS] = { file, -1 }, pair[2];
	bool sent = false;

	if (fd[0] < 0)
		return -1;
	if (pipe2(pair, O_CLOEXEC) != 0) {
		(void)close(fd[0]);
		return -1;
	}
	fd[1] = pair[1];
	if (fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0)
		sent = process_send(p, order, fd);
	(void)close(fd[0]);
	(void)close(pair[1]);
	if (!sent) {
		(void)close(pair[0]);
		return -1;
	}
	return pair[0];
}

void
reader_process_drop(struct reader_process *p, uint32_t number)
{
	struct document_job order = { .order = DOCUMENT_DROP,
		.number = number };

	if (p->pid > 0)
		(void)process_send(p, &order, NULL);
}

enum reader_heard
reader_process_hear(struct reader_process *p, struct document_end *end)
{
	ssize_t n;

	do
		n = recv(p->fd, end, sizeof(*end), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof(*end))
		return READER_HEARD;
	return n < 0 && errno == EAGAIN ? READER_QUIET : READER_GONE;
}
