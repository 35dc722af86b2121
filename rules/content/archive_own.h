#ifndef RULES_CONTENT_ARCHIVE_OWN_H
#define RULES_CONTENT_ARCHIVE_OWN_H

/*
 * What libarchive does not tell of an archive: whether RAR 5 is encrypted,
 * and the members of ARJ. Headers alone are read. Pure; any thread.
 */

#include "rules/base/span.h"

/* RAR 5 in which a member or the headers themselves are encrypted. */
bool rar5_encrypted(struct span octets);

/* Called for each name, as it stands in the archive. */
typedef void arj_name(void *ctx, struct span name);
bool arj_is(struct span octets);
/* False when the archive ends in the middle. *encrypted: a member is. */
bool arj_names(struct span octets, arj_name *name, void *ctx, bool *encrypted);

#endif
