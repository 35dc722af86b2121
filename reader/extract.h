#ifndef READER_EXTRACT_H
#define READER_EXTRACT_H

/*
 * What stands in one document. The table of extract.c says which function
 * reads which kind.
 */

#include "rules/base/span.h"
#include "rules/document/document_kind.h"

/* Before any document: loads what the libraries load once. */
void extract_begin(void);
/* What can be read, for `verdict-reader --walls`. */
const char *extract_words(void);
/*
 * Reads it and writes the answer (document_answer.h) to the descriptor, piece
 * by piece: what was found stays said if the next step ends the process.
 */
void extract(enum document_kind kind, struct span octets, int answer);

#endif
