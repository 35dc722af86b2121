#ifndef RULES_CONTENT_TNEF_H
#define RULES_CONTENT_TNEF_H

/*
 * The files in a TNEF file, which Outlook sends as winmail.dat ([MS-OXTNEF]),
 * and the texts of the message that it describes. Where each lies is found
 * here, as MIME is; nothing is unpacked. Between tnef.c and archive.c. Pure;
 * any thread.
 */

#include "rules/base/span.h"

enum tnef_what {
	TNEF_FILE,
	TNEF_TEXT, /* in whatever charset the sender has */
	TNEF_PAGE,
	TNEF_RTF, /* packed */
};

struct tnef_item {
	enum tnef_what what;
	/* Of a file, both or one of them, "" for none: in UTF-8, or in
	 * whatever charset the sender has. */
	struct span short_name, long_name;
	struct span octets; /* in what was read */
};

bool tnef_is(struct span octets);
/*
 * Gives each to take, valid during the call. False when the structure is broken
 * or too deep: there may be more.
 */
bool tnef_items(struct span octets,
    void (*take)(void *to, const struct tnef_item *item), void *to)
    ATTR_USE_RESULT;

#endif
