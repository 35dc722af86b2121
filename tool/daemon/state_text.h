#ifndef TOOL_DAEMON_STATE_TEXT_H
#define TOOL_DAEMON_STATE_TEXT_H

#include "policy/store/store.h"
#include "rules/base/arena.h"

/*
 * An entry for a person, as at now_s: "has waited 4m, forgotten in 1d". In
 * the arena.
 */
const char *state_text(struct span key, const struct store_record *r,
    int64_t now_s, struct arena *a);

#endif
