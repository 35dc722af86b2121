#ifndef POLICY_LOAD_SNAPSHOT_SHRINK_H
#define POLICY_LOAD_SNAPSHOT_SHRINK_H

#include "policy/message/snapshot.h"

struct buf;

/*
 * How many lists of files have lost all their entries, or half of them and
 * more: somebody who fetches a list truncates its file first, or writes what
 * his server said instead of it. Says a line of each. Both have rules.
 */
size_t snapshot_shrunken(
    const struct snapshot *old, const struct snapshot *fresh, struct buf *out);

#endif
