#ifndef RULES_CONTENT_ARCHIVE_ONE_H
#define RULES_CONTENT_ARCHIVE_ONE_H

/*
 * One file in a wrapping, by libarchive: packed as gzip, and unpacked from
 * gzip or zip with a bound on what comes out, whatever the wrapping claims.
 * Any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"

/* gzip (RFC 1952), without a name and a time in it. False: out is over. */
bool archive_one_pack(struct span octets, struct buf *out);

/*
 * The first file with anything in it of a zip archive, or what is inside of
 * gzip. False: *why says why (static text): it is neither, is damaged, is
 * encrypted, or has more than max octets. In the arena.
 */
bool archive_one_unpack(struct span octets, size_t max, struct arena *a,
    struct span *out, const char **why);

#endif
