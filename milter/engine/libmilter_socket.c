/*
 * Opening the socket for the MTA.
 */
#include "config.h"

#include "milter/engine/libmilter_socket.h"

#include <errno.h>
#include <grp.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/address.h"
#include "policy/base/file.h"

#define BACKLOG   1024
#define EARLY_FDS 64

static bool
socket_path_ready(const char *path, struct arena *a, const char **why)
{
	const char *dir = path_dir(path, a);

	if (access(dir, W_OK | X_OK) == 0)
		return true;
	*why =
	    errno == ENOENT
		? arena_printf(a,
		      "listen: there is no directory %s; create it, for the "
		      "MTA to reach: install -d -o verdict -g postfix -m 0710 %s",
		      dir, dir)
		: arena_printf(a, "listen: no socket can be made in %s: %s",
		      dir, strerror(errno));
	return false;
}

static bool
socket_group(
    const struct config *c, const char *path, struct arena *a, const char **why)
{
	struct group *group;

	if (c->socket_group[0] == '\0')
		return true;
	group = getgrnam(c->socket_group);
	if (group == NULL) {
		*why = arena_printf(
		    a, "listen.group: there is no group %s", c->socket_group);
		return false;
	}
	if (chown(path, (uid_t)-1, group->gr_gid) != 0) {
		*why = arena_printf(
		    a, "listen.group: %s: %s", path, strerror(errno));
		return false;
	}
	return true;
}

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
		if (!socket_path_ready(path, a, why))
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
	return path == NULL || socket_group(c, path, a, why);
}
