#ifndef RULES_DOCUMENT_DOCUMENT_H
#define RULES_DOCUMENT_DOCUMENT_H

/*
 * Where documents lead, and what is written in them. Nothing is run, and
 * nothing drawn here: PDF is searched for the addresses of its links, in the
 * open and in its object streams; packages of Office and OpenDocument are
 * unpacked as far as their relationships and texts go. Any thread;
 * never fails; time and memory are bounded by the budget, and what lies beyond
 * it is said to be unseen.
 *
 * All of it runs in the helper process (reader/) and nowhere else, with what
 * libraries can find out beside it.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/span.h"
#include "rules/document/document_kind.h"

struct document {
	struct arena *arena;
	size_t budget; /* octets that may still be unpacked */
	/* Called for each address, in the arena, as it is written there, with
	 * the kind of what it was found in. */
	void (*link)(void *ctx, enum document_kind kind, struct span url);
	/* Called for each picture inside of it; NULL: nobody looks at them. */
	void (*image)(void *ctx, struct span octets);
	/* Called for each file inside of it with its name, in valid UTF-8,
	 * perhaps ""; cut: there should be more. NULL: nobody looks at them. */
	void (*file)(void *ctx, struct span name, struct span octets, bool cut);
	void *ctx;
	struct buf *text; /* what people read in it */
	unsigned html;    /* enum html_flag of what is read as a page */
	unsigned acts;    /* enum document_act */
	bool encrypted;   /* addresses and texts are */
	bool keyed;       /* of the PDF: they are, maybe without a password */
	bool macros;      /* it holds VBA */
	bool unseen;      /* something was left out */
	bool unable;      /* this build has nothing to read all of it with */
};

/* Tells of a PDF that is encrypted by keyed: most open without a password, and
 * then it is no secret to who has the keys for that. */
void document_pdf(struct document *d, struct span octets);
/* Office of any age, Outlook's messages and notebooks, by their octets. */
void document_office(struct document *d, struct span octets);
/* Of these, a zip file of Office Open XML or OpenDocument. */
void document_package(struct document *d, struct span octets);
/* Rich Text Format 1.9.1, packed as Outlook does or not. */
void document_rtf(struct document *d, struct span octets);
void document_svg(struct document *d, struct span octets);
/* RFC 5545. */
void document_calendar(struct document *d, struct span octets);

/* ---- what they share ------------------------------------------------------ */

/* The octets as UTF-8, by mark and declaration, or else as they are where they
 * are UTF-8, and as Western ones where not. */
struct span document_utf8(struct document *d, struct span octets);
/* UTF-16, the lower octet first, up to a NUL, as UTF-8 in the arena. */
struct span document_wide(struct document *d, struct span octets);
/* One more paragraph of text, which is valid UTF-8. */
void document_say(struct document *d, struct span text);
/* Reports the addresses that stand in this text, which is valid UTF-8. */
void document_find(
    struct document *d, enum document_kind kind, struct span text);
/* A page: its links, its text and its oddities. */
void document_page(
    struct document *d, enum document_kind kind, struct span html);

#endif
