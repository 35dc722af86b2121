#ifndef POLICY_STORE_REDIS_WIRE_H
#define POLICY_STORE_REDIS_WIRE_H

/*
 * A connection to Redis: commands out, answers in, each as a whole before a
 * deadline. For the engine of the store only.
 *
 * hiredis, which was used here, has a timeout for each read and none for an
 * answer, so that a server that sends an octet now and then is waited for as
 * long as it likes, and it keeps whatever a server sends. Debian's has no TLS.
 *
 * The life of a connection: redis_wire_open, commands, redis_wire_close. After
 * anything else than REDIS_CAME it is good for nothing but to be closed. One
 * thread at a time.
 */

#include <sys/socket.h>

#include "policy/store/redis_reply.h"
#include "policy/store/redis_tls.h"
#include "policy/store/store_url.h"

#define REDIS_ADDRESSES_MAX ((size_t)8)
#define REDIS_WHY_MAX       STORE_WHY_MAX

struct redis_wire;

/* Where it was found. */
struct redis_place {
	struct sockaddr_storage address[REDIS_ADDRESSES_MAX];
	socklen_t size[REDIS_ADDRESSES_MAX];
	size_t count;
};

/*
 * Asks the system for the addresses of a name: that may take as long as the
 * system's resolver likes, so nobody does so who waits for an answer.
 */
bool redis_place_find_join(const struct store_server *s,
    struct redis_place *out, char why[REDIS_WHY_MAX]);
/* The place of a unix socket. */
bool redis_place_of_path(
    const char *path, struct redis_place *out, char why[REDIS_WHY_MAX]);

/*
 * Connects and, with a context, greets by TLS, all before until_ms of the
 * monotonic clock. NULL: why.
 */
struct redis_wire *redis_wire_open_join(const struct redis_place *p,
    struct redis_tls_context *tls, const char *host, int64_t until_ms,
    char why[REDIS_WHY_MAX]);
void redis_wire_close(struct redis_wire **w);

enum redis_came {
	REDIS_CAME,
	REDIS_SILENT,  /* not all of it in time */
	REDIS_BROKEN,  /* the connection ended */
	REDIS_STRANGE, /* no answer of Redis's, or one that is too large */
};
/* The reply lives until the next command. */
enum redis_came redis_wire_command_join(struct redis_wire *w,
    const struct span *argv, size_t argc, int64_t until_ms,
    struct redis_reply *out);
/* Of the last command, for a person. */
const char *redis_wire_why(const struct redis_wire *w, enum redis_came came);

#endif
