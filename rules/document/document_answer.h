#ifndef RULES_DOCUMENT_DOCUMENT_ANSWER_H
#define RULES_DOCUMENT_DOCUMENT_ANSWER_H

/*
 * What the helper says of a document, as octets: records of a letter, a length
 * of four octets (the lowest first) and so many octets:
 *
 *	l  a link: one octet, the kind of what it was found in, and the address
 *	t  text that people read, a paragraph or more
 *	n  a file inside of it: one octet, 1 where it is no program by what it
 *	   holds, and its name
 *	f  what it is: four octets of enum html_flag, one of enum document_mark
 *	   and one of enum document_act
 *	z  the end, without octets
 *
 * Whoever reads it takes it for hostile, for the document may have taken the
 * helper over: what does not end in z, holds anything else or is longer than
 * the bounds below says nothing but what stood before, and that there is more.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/document/document_kind.h"

#define DOCUMENT_ANSWER_MAX ((size_t)1 << 20)   /* octets of an answer */
#define DOCUMENT_TEXT_MAX   ((size_t)256 << 10) /* of them, text */
#define DOCUMENT_LINKS_MAX  1000
#define DOCUMENT_NAMES_MAX  ((size_t)64 << 10) /* octets, one name a line */
#define DOCUMENT_LINK_MAX   8192               /* octets of one address */
#define DOCUMENT_NAME_MAX   1024               /* octets of one name */

/* Bits. */
enum document_mark {
	DOCUMENT_ENCRYPTED = 1 << 0, /* addresses and texts are */
	DOCUMENT_UNSEEN = 1 << 1,    /* something was left out */
	DOCUMENT_UNABLE = 1 << 2, /* this build has nothing to read it with */
	DOCUMENT_MACROS = 1 << 3, /* it holds VBA, or a file inside does */
};

struct document_found {
	enum document_kind kind;
	struct span url; /* valid UTF-8 */
};

struct document_answer {
	const struct document_found *link;
	size_t link_count;
	struct span text;            /* valid UTF-8 */
	struct span names, harmless; /* of files, one a line; valid UTF-8 */
	unsigned html;               /* enum html_flag */
	unsigned marks;              /* enum document_mark */
	unsigned acts;               /* enum document_act */
};

/* Each record, added to out. What is too long is cut, and false. */
bool answer_add_link(struct buf *out, enum document_kind kind, struct span url);
bool answer_add_text(struct buf *out, struct span text);
bool answer_add_name(struct buf *out, bool harmless, struct span name);
bool answer_add_end(
    struct buf *out, unsigned html, unsigned marks, unsigned acts);

/*
 * Reads an answer into the arena. False: it is not whole, and
 * DOCUMENT_UNSEEN is among the marks; what is there is good all the same.
 */
bool answer_read(
    struct span octets, struct arena *a, struct document_answer *out);

#endif
