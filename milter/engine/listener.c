/*
 * Opening the socket for the MTA. What `listen` may say is policy/base's.
 */
#include "config.h"

#include "milter/engine/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/engine/place.h"
#include "policy/base/address.h"

#define BACKLOG 1024
/* sd_listen_fds(3): the first of those that systemd hands over. */
#define LISTEN_FDS_START 3

/* The socket of a socket unit, or -1. Only the first: there is one MTA. */
static int
listener_inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	if (pid == NULL || fds == NULL ||
	    strtol(pid, NULL, 10) != (long)getpid() ||
	    strtol(fds, NULL, 10) < 1)
		return -1;
	(void)fcntl(LISTEN_FDS_START, F_SETFD, FD_CLOEXEC);
	(void)fcntl(LISTEN_FDS_START, F_SETFL, O_NONBLOCK);
	return LISTEN_FDS_START;
}

/* Does somebody answer there, or is it left over? */
static bool
listener_answers(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers;

	if (fd < 0)
		return false;
	answers = connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0;
	(void)close(fd);
	return answers;
}

/* The socket, or -1 with errno. */
static int
listener_bind(const struct sockaddr *address, socklen_t size)
{
	int on = 1, error;
	int fd = socket(
	    address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (address->sa_family != AF_UNIX) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		/* Connections inherit it. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	if (bind(fd, address, size) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

static int
listener_unix(
    const struct config *c, const char *path, struct arena *a, const char **why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	mode_t mode = listen_mode(c->socket_mode, a, why), before;
	int fd;

	if (mode == 0 || !place_ready(path, a, why))
		return -1;
	(void)strncpy(un.sun_path, path, sizeof(un.sun_path) - 1);
	if (listener_answers(&un)) {
		errno = EADDRINUSE;
		return -1;
	}
	(void)unlink(path);
	before = umask(~mode & 0777);
	fd = listener_bind((const struct sockaddr *)&un, sizeof(un));
	(void)umask(before);
	if (fd >= 0 && !place_group(c, path, a, why)) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* "inet:PORT@HOST" or "inet6:PORT@HOST". */
static int
listener_inet(struct span address, struct arena *a)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	struct span family, port;
	int fd = -1;

	(void)span_cut(&address, ':', &family);
	(void)span_cut(&address, '@', &port);
	hints.ai_family = span_is(family, "inet6") ? AF_INET6 : AF_INET;
	if (getaddrinfo(arena_strdup(a, address), arena_strdup(a, port), &hints,
		&found) != 0) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	for (const struct addrinfo *i = found; i != NULL && fd < 0;
	     i = i->ai_next)
		fd = listener_bind(i->ai_addr, i->ai_addrlen);
	freeaddrinfo(found);
	return fd;
}

int
listener_open(const struct config *c, struct arena *a, const char **why)
{
	const char *address;
	int fd = listener_inherited();

	if (fd >= 0)
		return fd;
	if (!listen_address(c->listen, a, &address, why))
		return -1;
	*why = NULL;
	errno = 0;
	if (strncmp(address, "unix:", 5) == 0)
		fd = listener_unix(c, address + 5, a, why);
	else
		fd = listener_inet(span_of(address), a);
	if (fd < 0 && *why == NULL)
		*why = arena_printf(a, "listen: %s cannot be opened: %s%s",
		    c->listen, strerror(errno),
		    errno == EADDRINUSE ? "; is verdict-milter running already?"
					: "");
	return fd;
}
