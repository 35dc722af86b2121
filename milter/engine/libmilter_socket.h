#ifndef MILTER_ENGINE_LIBMILTER_SOCKET_H
#define MILTER_ENGINE_LIBMILTER_SOCKET_H

/* The socket that the MTA connects to. */

#include "policy/config/conf.h"
#include "rules/base/arena.h"

/*
 * Opens it through libmilter, with mode and group where it is a unix socket;
 * a stale one is removed. Needs the privileges that we start with.
 */
bool socket_open(const struct config *c, struct arena *a, const char **why);

#endif
