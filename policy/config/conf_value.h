#ifndef POLICY_CONFIG_CONF_VALUE_H
#define POLICY_CONFIG_CONF_VALUE_H

/*
 * What must be said against a value beyond its type: addresses of sockets,
 * servers and stores. Nothing is opened or asked, so that `verdict lint` says
 * what would else keep the daemon from starting.
 */

#include "policy/config/conf.h"
#include "rules/base/arena.h"

/* False with *why (in the arena or static) when the setting that has just
 * been read is of no use. */
bool conf_value_fits(
    const struct config *c, const char *key, struct arena *a, const char **why);

#endif
