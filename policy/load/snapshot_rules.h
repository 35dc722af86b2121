#ifndef POLICY_LOAD_SNAPSHOT_RULES_H
#define POLICY_LOAD_SNAPSHOT_RULES_H

/* The rules of a snapshot, for snapshot_load.c alone. */

#include "policy/load/snapshot_load.h"

/* Needs the settings and the schema; false after errors went to diags. */
bool snapshot_rules(struct snapshot *s, const struct snapshot_source *source,
    struct diags *diags);

#endif
