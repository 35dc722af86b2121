/*
 * Opening the socket for the MTA.
 */
#include "config.h"

#include "milter/engine/libmilter_socket.h"

#include <errno.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "milter/engine/place.h"
#include "policy/base/address.h"

#define BACKLOG   1024
#define EARLY_FDS 64

/*
 * libmilter writes the answer to a message's end in several small pieces. With
 * Nagle's algorithm all but the first wait for the MTA's delayed
 * acknowledgement, 40 ms a message. Connections inherit the option from the
 * socket that they were accepted on, which libmilter keeps to itself: it is
 * the one that listens among the few that are open this early.
 */
static void
socket_no_delay(void)
{
	for (int fd = 0; fd < EARLY_FDS; fd++) {
		int listens = 0, on = 1;
		socklen_t size = sizeof(listens);

		if (getsockopt(
			fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 &&
		    listens != 0)
			(void)setsockopt(
			    fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
}

bool
socket_open(const struct config *c, struct arena *a, const char **why)
{
	mode_t mode = listen_mode(c->socket_mode, a, why);
	const char *address, *path = NULL;
	mode_t before;
	int opened;

	if (mode == 0 || !listen_address(c->listen, a, &address, why))
		return false;
	if (strncmp(address, "unix:", 5) == 0) {
		path = address + 5;
		if (!place_ready(path, a, why))
			return false;
	}
	if (smfi_setconn(arena_strdup(a, span_of(address))) != MI_SUCCESS) {
		*why = arena_printf(
		    a, "listen: libmilter does not take %s", address);
		return false;
	}
	(void)smfi_setbacklog(BACKLOG);
	before = umask(~mode & 0777);
	opened = smfi_opensocket(true);
	(void)umask(before);
	if (opened != MI_SUCCESS) {
		*why = arena_printf(a, "listen: %s cannot be opened: %s%s",
		    c->listen, errno == 0 ? "in use?" : strerror(errno),
		    errno == EADDRINUSE ? "; is verdict-milter running already?"
					: "");
		return false;
	}
	if (path == NULL)
		socket_no_delay();
	return path == NULL || place_group(c, path, a, why);
}
