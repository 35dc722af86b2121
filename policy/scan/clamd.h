#ifndef POLICY_SCAN_CLAMD_H
#define POLICY_SCAN_CLAMD_H

/*
 * What clamd is told and what it answers (clamd(8), INSTREAM). Pure.
 */

#include "rules/base/span.h"

#define CLAMD_COMMAND SPAN("zINSTREAM\0")
#define CLAMD_END     SPAN("\0\0\0\0")

/* The four octets before a piece of so many octets. */
void clamd_length(uint32_t octets, char out[4]);

enum clamd_answer {
	CLAMD_CLEAN,
	CLAMD_FOUND,   /* *name says what */
	CLAMD_TOO_BIG, /* more than clamd's StreamMaxLength */
	CLAMD_ERROR,   /* anything else that it says */
};
/* One whole answer, with the NUL or line end after it or without. */
enum clamd_answer clamd_parse(struct span answer, struct span *name);

#endif
