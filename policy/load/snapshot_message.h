#ifndef POLICY_LOAD_SNAPSHOT_MESSAGE_H
#define POLICY_LOAD_SNAPSHOT_MESSAGE_H

/* Message files that tests in rule files name; for snapshot_rules.c alone. */

#include "policy/message/snapshot.h"

/*
 * States in facts what the checks find in this message, without DNS: from
 * 192.0.2.1, to nobody. Texts are copied into the arena. False with *why.
 */
bool snapshot_message(struct snapshot *s, struct span message,
    struct facts *facts, struct arena *a, const char **why);

#endif
