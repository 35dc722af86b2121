#ifndef RULES_DOCUMENT_UNPACK_H
#define RULES_DOCUMENT_UNPACK_H

/*
 * Unpacking to memory within a budget, by libarchive: members of a zip file
 * that are asked for, and data packed as zlib has it (RFC 1950). Any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Whether a member is to be unpacked. */
typedef bool unpack_wants(void *ctx, struct span name);
/* What it holds, in the arena; cut: there is more than the budget had. */
typedef void unpack_member(
    void *ctx, struct span name, struct span octets, bool cut);

/*
 * Takes what it unpacks off *budget. False when the file could not be read to
 * its end, or has members that are encrypted.
 */
bool unpack_zip(struct span octets, size_t *budget, struct arena *a,
    unpack_wants *wants, unpack_member *member, void *ctx);
/* False when it cannot be unpacked at all. At most max octets. */
bool unpack_zlib(struct span octets, size_t max, struct arena *a,
    struct span *out, bool *cut);

#endif
