#ifndef MILTER_ENGINE_PLACE_H
#define MILTER_ENGINE_PLACE_H

/* The place of a unix socket, for whoever opens one there. */

#include "policy/config/conf.h"
#include "rules/base/arena.h"

/* Whether a socket can be made at path; false: *why says what is missing. */
bool place_ready(const char *path, struct arena *a, const char **why);
/* Gives the socket to the group of the settings, if they name one. */
bool place_group(const struct config *c, const char *path, struct arena *a,
    const char **why);

#endif
