#ifndef RULES_DOCUMENT_DOCUMENT_INSIDE_H
#define RULES_DOCUMENT_DOCUMENT_INSIDE_H

/*
 * Between the files that read documents of Office: which of them reads what is
 * document_office.c's to say.
 */

#include "rules/document/document.h"

struct compound;

/* A message that Outlook kept as a file ([MS-OXMSG]). */
bool document_is_outlook(const struct compound *c);
void document_outlook(struct document *d, struct compound *c);
/* Whether the entry is of the message, by its name and the storages around it:
 * others are an object's in it, or those of another program that takes the file
 * for its own. */
bool document_outlook_owns(const struct compound *c, size_t number);

/* A section of a notebook ([MS-ONESTORE]). */
bool document_is_notebook(struct span octets);
void document_notebook(struct document *d, struct span octets);

/* Whether a target leads out of the document: it has a scheme, or the slashes
 * of a share. */
bool document_is_outside(struct span target);
/* Whether the host that a target's slashes or address name is one of the
 * world's, and neither this machine nor one of the reader's own network. */
bool document_is_abroad(struct span target);
/* Whether instructions of fields, one behind the other, have one that starts a
 * program (DDE). */
bool document_field_runs(struct span fields);
/* Addresses, and where text is true what people read, in octets of a format
 * that is not told; and pictures in such. */
void document_binary(struct document *d, struct span octets, bool text);
void document_binary_pictures(struct document *d, struct span octets);

/* A stream "Ole10Native", and an object as OLE 1 keeps it: files inside, or
 * what lies elsewhere as a link ([MS-OLEDS] 2.3.6, 2.2.4 to 2.2.6). */
void document_native(struct document *d, struct span octets);
void document_object(struct document *d, struct span octets);

/* RTF as Outlook packs it ([MS-OXRTFCP]): unpacked, in the arena; octets as
 * they are where they are no such thing. *cut: there should be more. */
struct span rtf_unpack(
    struct span octets, size_t max, struct arena *a, bool *cut);

#endif
