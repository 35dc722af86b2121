#ifndef TESTS_KIT_SNAPSHOT_KIT_H
#define TESTS_KIT_SNAPSHOT_KIT_H

#include "policy/load/snapshot_load.h"

/* Loads it, with what is said of it in the arena. Prints that and fails the
 * test where it is wrong. The caller's to release. */
struct snapshot *snapshot_kit(
    const struct snapshot_source *source, struct arena *a);

#endif
