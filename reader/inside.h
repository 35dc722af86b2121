#ifndef READER_INSIDE_H
#define READER_INSIDE_H

/*
 * Files inside of a document, such as what is attached to a message that
 * Outlook kept: read as the same files would be if they were attached
 * themselves, here, where the document is.
 */

#include "rules/content/content.h"
#include "rules/document/document.h"

struct inside {
	/* Called for each name: of the file, of files in it and of members of
	 * archives; harmless: it is no program by what it holds. */
	void (*name)(void *ctx, bool harmless, struct span name);
	/* Called for each document that the file is or holds. */
	void (*document)(
	    void *ctx, enum document_kind kind, struct span octets);
	void *ctx;
	struct document *d; /* what is found is added to */
};

/* cut: not all of its octets are there. */
void inside_read(const struct inside *in, struct span name, struct span octets,
    bool cut);

#endif
