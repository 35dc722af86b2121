#ifndef POLICY_STORE_STORE_CONF_H
#define POLICY_STORE_STORE_CONF_H

/* The store that verdict.conf asks for: `store`, store.fallback and so on. */

#include "policy/config/conf.h"
#include "policy/store/store.h"

enum config_store_fallback { STORE_FALLBACK_PASS, STORE_FALLBACK_LOCAL };

/*
 * What the settings say, as options without alert; where lies in the arena.
 * False with why when they make no sense.
 */
bool store_conf_options(const struct config *c, struct arena *a,
    struct store_options *out, char why[STORE_WHY_MAX]);
/* Opens it. NULL and why when the settings make no sense. */
struct store *store_conf_open(const struct config *c, struct arena *a,
    void (*alert)(void *ctx, const char *key, const char *text), void *ctx,
    char why[STORE_WHY_MAX]);

#endif
