#ifndef MILTER_CONTROL_CONTROL_SOCKET_H
#define MILTER_CONTROL_CONTROL_SOCKET_H

/*
 * A unix socket that takes one line with a command, and perhaps octets behind
 * it, and answers until the end of the connection: first a line "ok" or
 * "error". Commands of one socket run one after the other, lessons beside the
 * others, for those may wait for the disk; clients have a thread each, sixteen at most, five seconds for the line, a minute for what
 * follows and a minute to read the answer, and are hung up on then.
 */

#include <pthread.h>
#include <sys/un.h>

#include "policy/config/conf.h"
#include "rules/base/arena.h"
#include "rules/base/buf.h"

struct control_socket {
	const char *setting; /* that names the path, for messages */
	unsigned mode;       /* of the socket */
	unsigned dir_mode;   /* of its directory, where that is made */
	const char *group;   /* NULL or "": our own */
	/* How many octets follow a line; may be NULL: none ever do. */
	size_t (*payload)(struct span line);
	size_t payload_max; /* more are refused */
	/* Whether the command is a lesson; NULL: none is. */
	bool (*lesson)(struct span line);
	/* Answers; false: an error. One at a time of each kind; may wait. */
	bool (*run)(struct span line, struct span payload, struct buf *answer);
	/* Its own. */
	int fd;
	pthread_mutex_t running[2]; /* held while a command, a lesson runs */
	_Atomic unsigned clients;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/*
 * Binds it, before privileges are dropped. A missing directory is made and
 * then belongs to whom we become, for only its owner can remove the socket at
 * the end. Starts no thread.
 */
bool control_socket_open(struct control_socket *s, const char *path,
    const struct config *c, struct arena *a, const char **why);
/* Starts the thread, if it was opened. */
void control_socket_start(struct control_socket *s);
void control_socket_close(struct control_socket *s);

#endif
