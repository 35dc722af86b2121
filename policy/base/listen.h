#ifndef POLICY_BASE_LISTEN_H
#define POLICY_BASE_LISTEN_H

/* What `listen` and listen.mode say. */

#include <sys/types.h>

#include "rules/base/arena.h"

/*
 * Turns `listen` into libmilter's form: inet:HOST:PORT, inet6:HOST:PORT,
 * inet:PORT@HOST and unix:PATH are understood; [brackets] around an IPv6
 * address may stand. False: *why says what is wrong.
 */
bool listen_address(
    const char *listen, struct arena *a, const char **out, const char **why);
/* The mode that listen.mode gives in octal; 0: *why says what is wrong. */
mode_t listen_mode(const char *text, struct arena *a, const char **why);

#endif
