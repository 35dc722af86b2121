#ifndef READER_PDF_H
#define READER_PDF_H

/*
 * PDF as poppler reads it: links, text, and the codes on its first pages. What
 * the file says in the open is document_pdf's, which needs no library.
 */

#include "rules/base/span.h"

struct document;

#ifdef HAVE_POPPLER
#define PDF_WORDS ", pdf with text"
#else
#define PDF_WORDS ", pdf without text"
#endif

/* Before any document: loads what poppler loads once. */
void pdf_begin(void);
void pdf_read(struct document *d, struct span octets);

#endif
