#ifndef TESTS_KIT_READING_KIT_H
#define TESTS_KIT_READING_KIT_H

/*
 * A document that is read for a test, and what its reader hands out: links and
 * files, each behind a "|" but for the first, and text.
 */

#include "rules/base/buf.h"
#include "rules/document/document.h"

struct reading {
	struct document d;
	struct buf links, text, files;
};

/* reading_end frees it. Files and pictures are handed to nobody. */
void reading_begin(struct reading *r, size_t budget);
void reading_end(struct reading *r);
/* From now on files are kept: "name=octets", with "+" behind what was cut. */
void reading_keep_files(struct reading *r);
/* In the run's arena. */
const char *reading_text(struct reading *r, const struct buf *b);

#endif
