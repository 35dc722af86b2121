#ifndef RULES_CONTENT_TNEF_H
#define RULES_CONTENT_TNEF_H

/*
 * The names of the files in a TNEF file, which Outlook sends as winmail.dat
 * ([MS-OXTNEF]). Names only. Between tnef.c and archive.c. Pure; any thread.
 */

#include "rules/base/span.h"

bool tnef_is(struct span octets);
/*
 * Gives each name to take, in UTF-8 or in whatever charset the sender has,
 * valid during the call; a file that has a short and a long name gives both.
 * False when the structure is broken or too deep: there may be more.
 */
bool tnef_names(struct span octets, void (*take)(void *to, struct span name),
    void *to) ATTR_USE_RESULT;

#endif
