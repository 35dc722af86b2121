/*
 * read(2), writev(2) and close(2) as Debian's libmilter sees them.
 *
 * libmilter takes five system calls for a command (three polls, its length,
 * its text), for some forty commands a message, and one that it waits on for
 * each header field that it adds. The MTA sends most commands without waiting
 * for an answer, many in one packet. So a worker reads ahead, as much as there
 * is, and holds back answers that change the message until the one that the
 * MTA waits for.
 *
 * These definitions replace the C library's for the whole program, so they act
 * only on calls out of libmilter's code and on sockets that it has asked
 * about; everybody else gets the plain call. Without effect (a libmilter of
 * another build) they harm nothing.
 */
/* The C library's checked inline functions would stand in their way. */
#undef _FORTIFY_SOURCE

#include "config.h"

#include "milter/engine/libmilter_wire.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "rules/base/span.h"

#define AHEAD_OCTETS 8192 /* most mail's header */
#define BACK_OCTETS  4096 /* the fields that are added to a message */
#define PREFIX       5    /* of a packet: its length in four, its command */
/* A longer command is one that libmilter refuses. */
#define COMMAND_MAX ((uint32_t)1 << 20)
/* Connections whose incomplete commands are kept; others hold a worker. */
#define KEPT_MAX 65536

/* What a worker knows of the connection that it is serving. */
struct wire {
	int fd; /* of what is read ahead; -1: none */
	size_t from, n;
	bool answered; /* since octets were last looked for */
	int back_fd;
	size_t back_n;
	int write_ms; /* how long a write may wait */
	char ahead[AHEAD_OCTETS];
	char back[BACK_OCTETS];
};

static _Thread_local struct wire wire = { .fd = -1, .back_fd = -1 };

/* The beginnings of commands, by descriptor, while no worker has them. */
struct kept {
	size_t n;
	char octets[];
};
static _Atomic(struct kept *) kept[KEPT_MAX];

/* ---- who calls ------------------------------------------------------------- */

static uintptr_t libmilter_from, libmilter_to;

static int
libmilter_find(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (info->dlpi_name == NULL ||
	    strstr(info->dlpi_name, "libmilter") == NULL)
		return 0;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type != PT_LOAD || (p->p_flags & PF_X) == 0)
			continue;
		libmilter_from = info->dlpi_addr + p->p_vaddr;
		libmilter_to = libmilter_from + p->p_memsz;
	}
	return 1;
}

static void
libmilter_find_once(void)
{
	(void)dl_iterate_phdr(libmilter_find, NULL);
}

bool
wire_is_libmilter(const void *caller)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	return pthread_once(&once, libmilter_find_once) == 0 &&
	       (uintptr_t)caller >= libmilter_from &&
	       (uintptr_t)caller < libmilter_to;
}

/* ---- reading --------------------------------------------------------------- */

static struct kept *
kept_swap(int fd, struct kept *k)
{
	if (fd < 0 || fd >= KEPT_MAX)
		return NULL;
	return atomic_exchange(&kept[fd], k);
}

/* Makes fd the connection that this thread serves. */
static void
wire_attach(struct wire *w, int fd)
{
	struct kept *k;

	if (w->fd == fd)
		return;
	w->fd = fd;
	w->from = w->n = 0;
	w->answered = false;
	k = kept_swap(fd, NULL);
	if (k == NULL)
		return;
	memcpy(w->ahead, k->octets, k->n);
	w->n = k->n;
	free(k);
}

/*
 * Gives the connection back with the octets of a command that is to come.
 * False when they can't be kept.
 */
static bool
wire_detach(struct wire *w)
{
	size_t n = w->n - w->from;
	struct kept *k;

	if (n > 0) {
		k = w->fd < KEPT_MAX ? malloc(sizeof(*k) + n) : NULL;
		if (k == NULL)
			return false;
		k->n = n;
		memcpy(k->octets, w->ahead + w->from, n);
		free(kept_swap(w->fd, k));
	}
	w->fd = -1;
	return true;
}

/* Whether what is read ahead begins with a whole command, or with none. */
static bool
wire_has_command(const struct wire *w)
{
	const unsigned char *p = (const unsigned char *)w->ahead + w->from;
	size_t n = w->n - w->from;
	uint32_t length;

	if (n < PREFIX)
		return false;
	length = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		 (uint32_t)p[2] << 8 | p[3];
	return n - 4 >= length || length > COMMAND_MAX;
}

static bool
wire_is_full(const struct wire *w)
{
	return w->n - w->from == sizeof(w->ahead);
}

static bool
wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec limit = { timeout_ms / 1000,
		(timeout_ms % 1000) * 1000000L };

	return ppoll(&p, 1, timeout_ms < 0 ? NULL : &limit, NULL) > 0;
}

/* Reads what is there; 0 when nothing is, -1 at the end or after an error. */
static int
wire_fill(struct wire *w)
{
	ssize_t n;

	memmove(w->ahead, w->ahead + w->from, w->n - w->from);
	w->n -= w->from;
	w->from = 0;
	n = recv(w->fd, w->ahead + w->n, sizeof(w->ahead) - w->n, MSG_DONTWAIT);
	if (n > 0) {
		w->n += (size_t)n;
		return 1;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool
wire_serves(int fd)
{
	return wire.fd == fd;
}

/*
 * Macros come as names and values, each ended by a NUL. libmilter reads them
 * in pairs and steps over the end of a list that is odd, which ends the
 * process: whoever may open the socket could do that. Such a command, and one
 * of macros that is longer than what is read ahead, gets a length that
 * libmilter refuses, so that it ends this connection alone.
 */
static void
wire_check_macros(struct wire *w)
{
	unsigned char *p = (unsigned char *)w->ahead + w->from;
	size_t n = w->n - w->from, strings = 0;
	uint32_t length;

	if (n < PREFIX || p[4] != 'D')
		return;
	length = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		 (uint32_t)p[2] << 8 | p[3];
	if (length <= n - 4 && length >= 2) {
		/* Behind the letter of the command that they belong to. */
		for (size_t i = PREFIX + 1; i < length + 4; i++)
			strings += p[i] == '\0';
		if (strings % 2 == 0 && (length == 2 || p[length + 3] == '\0'))
			return;
	}
	memset(p, 0xff, 4);
}

static bool
wire_command_comes(int fd, int timeout_ms)
{
	struct wire *w = &wire;
	bool look, waited = false;

	wire_attach(w, fd);
	/* Just after an answer there is nothing yet. */
	look = !w->answered;
	w->answered = false;
	while (!wire_has_command(w) && !wire_is_full(w)) {
		int got = look ? wire_fill(w) : 0;

		if (got < 0)
			return true; /* the next read tells how it ended */
		if (got > 0)
			continue;
		if (waited || !wait_for(fd, POLLIN, timeout_ms))
			return !wire_detach(w);
		look = waited = true;
	}
	return true;
}

bool
wire_command_ready(int fd, int timeout_ms)
{
	if (!wire_command_comes(fd, timeout_ms))
		return false;
	if (wire.fd == fd)
		wire_check_macros(&wire);
	return true;
}

bool
wire_has_octets(int fd)
{
	return wire.fd == fd && wire.n > wire.from;
}

/* The rest of a long text, without another poll. */
static ssize_t
wire_read(struct wire *w, char *out, size_t size)
{
	size_t n = w->n - w->from < size ? w->n - w->from : size;
	ssize_t more = 0;

	memcpy(out, w->ahead + w->from, n);
	w->from += n;
	if (n < size)
		more = recv(w->fd, out + n, size - n, MSG_DONTWAIT);
	return (ssize_t)n + (more > 0 ? more : 0);
}

ssize_t read(int fd, void *out, size_t size);
ssize_t
read(int fd, void *out, size_t size)
{
	if (wire_has_octets(fd) && wire_is_libmilter(CALLER_ADDRESS()))
		return wire_read(&wire, out, size);
	return syscall(SYS_read, fd, out, size);
}

/* ---- writing --------------------------------------------------------------- */

void
wire_will_write(int fd, int timeout_ms)
{
	if (wire.back_fd != fd)
		wire.back_n = 0;
	wire.back_fd = fd;
	wire.write_ms = timeout_ms;
}

/* Answers that the MTA expects to be followed by another. */
static bool
wire_is_change(const struct iovec *iov, int count)
{
	const char *p = iov[0].iov_base;

	return count > 0 && iov[0].iov_len == PREFIX &&
	       memchr("+-2behimq", p[4], 9) != NULL;
}

/* Sends all of the vector, which it uses up. */
static bool
wire_send(const struct wire *w, int fd, struct iovec *iov, size_t count)
{
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = count };

	while (m.msg_iovlen > 0) {
		ssize_t n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			if (!wait_for(fd, POLLOUT, w->write_ms)) {
				errno = ETIMEDOUT;
				return false;
			}
			continue;
		}
		if (n < 0 && errno != EINTR)
			return false;
		for (; n >= 0 && m.msg_iovlen > 0;
		     m.msg_iov++, m.msg_iovlen--) {
			if (m.msg_iov->iov_len > (size_t)n) {
				m.msg_iov->iov_base =
				    (char *)m.msg_iov->iov_base + n;
				m.msg_iov->iov_len -= (size_t)n;
				break;
			}
			n -= (ssize_t)m.msg_iov->iov_len;
		}
	}
	return true;
}

/* All of the packet, now or with the ones to come; -1 with errno. */
static ssize_t
wire_write(struct wire *w, int fd, const struct iovec *iov, int count)
{
	struct iovec all[3] = { { w->back, w->back_n } };
	size_t size = 0;

	for (int i = 0; i < count; i++) {
		all[i + 1] = iov[i];
		size += iov[i].iov_len;
	}
	if (wire_is_change(iov, count) && size <= BACK_OCTETS - w->back_n) {
		for (int i = 0; i < count; i++) {
			memcpy(w->back + w->back_n, iov[i].iov_base,
			    iov[i].iov_len);
			w->back_n += iov[i].iov_len;
		}
		return (ssize_t)size;
	}
	w->back_n = 0;
	w->answered = true;
	return wire_send(w, fd, all, (size_t)count + 1) ? (ssize_t)size : -1;
}

ssize_t writev(int fd, const struct iovec *iov, int count);
ssize_t
writev(int fd, const struct iovec *iov, int count)
{
	if (wire.back_fd == fd && count > 0 && count <= 2 &&
	    wire_is_libmilter(CALLER_ADDRESS()))
		return wire_write(&wire, fd, iov, count);
	return syscall(SYS_writev, fd, iov, count);
}

/* ---- the end --------------------------------------------------------------- */

int close(int fd);
int
close(int fd)
{
	if (wire_is_libmilter(CALLER_ADDRESS())) {
		if (wire.fd == fd)
			wire.fd = -1;
		if (wire.back_fd == fd)
			wire.back_fd = -1;
		free(kept_swap(fd, NULL));
	}
	return (int)syscall(SYS_close, fd);
}
