#ifndef RULES_TEXT_WINDOWS1252_H
#define RULES_TEXT_WINDOWS1252_H

/*
 * Text as mail clients show it where no charset tells them: as UTF-8 where it
 * is that, as windows-1252 elsewhere. Pure; any thread. Both functions add at
 * most 3 octets for one and return false when out is full.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

/* Valid UTF-8 sequences stay; every other octet is read as windows-1252. */
bool western_repair(struct buf *out, struct span s);
/* Reads s as windows-1252 throughout, also where it is UTF-8. */
bool western_to_utf8(struct buf *out, struct span s);

#endif
