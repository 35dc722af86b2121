#ifndef MILTER_ENGINE_LISTENER_H
#define MILTER_ENGINE_LISTENER_H

/* The socket that the MTA connects to, for an engine that accepts itself. */

#include "policy/config/conf.h"
#include "rules/base/arena.h"

/*
 * Opens it as the settings say, or takes the one that systemd has opened for
 * us; does not block. -1: *why says what is wrong. Needs the privileges that
 * we start with. May wait for the name of a host in `listen`.
 */
int listener_open(const struct config *c, struct arena *a, const char **why);

#endif
