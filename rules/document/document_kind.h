#ifndef RULES_DOCUMENT_DOCUMENT_KIND_H
#define RULES_DOCUMENT_DOCUMENT_KIND_H

#include "rules/base/span.h"

/*
 * What is read by the helper, and how it is told: url.kind has the same names.
 */
enum document_kind {
	DOCUMENT_PDF,
	DOCUMENT_OFFICE, /* Office of any age, OpenDocument, Outlook, OneNote */
	DOCUMENT_RTF,
	DOCUMENT_SVG,
	DOCUMENT_CALENDAR,
	DOCUMENT_IMAGE, /* for the codes in it: its links are of kind qr */
};
#define DOCUMENT_KINDS 6
/* "pdf", "office" ... "qr". */
extern const char *const document_kind_names[DOCUMENT_KINDS];

/* What a document does once it is opened, without a click in it; bits. */
enum document_act {
	DOCUMENT_RUNS = 1,   /* starts a program: DDE, an action of PDF */
	DOCUMENT_SCRIPT = 2, /* has a script of PDF */
	DOCUMENT_LOADS = 4,  /* takes in what lies elsewhere: a template */
	DOCUMENT_STARTS = 8, /* has an object whose program is started */
	DOCUMENT_ACTS_UNSEEN = 16, /* it may do more than that */
};
#define DOCUMENT_ACT_COUNT 4
/* "run", "script", "load", "object": of bit 1 << i. */
extern const char *const document_act_names[DOCUMENT_ACT_COUNT];

/* The kind by a file's type, found in its octets or declared; or by the
 * extension of its name, in lower case. DOCUMENT_KINDS: none. */
enum document_kind document_kind_of_type(struct span type);
enum document_kind document_kind_of_extension(struct span extension);

#endif
