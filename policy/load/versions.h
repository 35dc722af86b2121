#ifndef POLICY_LOAD_VERSIONS_H
#define POLICY_LOAD_VERSIONS_H

/*
 * The libraries that are loaded into this process, with their versions of
 * now, which may be others than those it was built with.
 */

#include "rules/base/buf.h"

/* One a line: "c-ares 1.18.1"; without a version where the library has none
 * to tell. Some of what stands behind it ("with JIT") is for people. */
void library_list(struct buf *out);
/* Is version, numbers with dots between, less than that one? */
bool library_older(struct span version, struct span than);

#endif
