#ifndef MILTER_SOCKET_H
#define MILTER_SOCKET_H

/* The socket that the MTA connects to. */

#include <sys/types.h>

#include "policy/conf.h"
#include "rules/arena.h"

/*
 * Turns `listen` into libmilter's form: inet:HOST:PORT, inet6:HOST:PORT,
 * inet:PORT@HOST and unix:PATH are understood; [brackets] around an IPv6
 * address may stand. False: *why says what is wrong.
 */
bool socket_address(
    const char *listen, struct arena *a, const char **out, const char **why);
/* The mode that listen.mode gives in octal; 0: *why says what is wrong. */
mode_t socket_mode(const char *text, struct arena *a, const char **why);
/*
 * Opens it through libmilter, with mode and group where it is a unix socket;
 * a stale one is removed. Needs the privileges that we start with.
 */
bool socket_open(const struct config *c, struct arena *a, const char **why);

#endif
