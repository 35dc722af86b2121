#ifndef RULES_CONTENT_DOCUMENT_H
#define RULES_CONTENT_DOCUMENT_H

/*
 * Where documents lead, and what is written in those that are XML. Nothing is
 * drawn and nothing is run: PDF is searched for the addresses of its links, in
 * the open and in its object streams; packages of Office and OpenDocument are
 * unpacked as far as their relationships and texts go. Any thread; never
 * fails; time and memory are bounded by the budget, and what lies beyond it is
 * said to be unseen.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/span.h"

struct document {
	struct arena *arena;
	size_t budget; /* octets that may still be unpacked */
	/* Called for each address, in the arena, as it is written there. */
	void (*link)(void *ctx, struct span url);
	void *ctx;
	struct buf *text; /* what people read in it; NULL: nobody asks */
	bool encrypted;   /* addresses and texts are */
	bool unseen;      /* something was left out */
};

void document_pdf(struct document *d, struct span octets);
/* A zip file of Office Open XML or OpenDocument. */
void document_package(struct document *d, struct span octets);

#endif
