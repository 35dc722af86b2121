#ifndef READER_CODE_H
#define READER_CODE_H

/*
 * QR codes in a grey picture: zbar behind one function.
 */

#include <stddef.h>
#include <stdint.h>

struct document;

#ifdef HAVE_QR
#define CODE_WORDS ", qr codes"
#else
#define CODE_WORDS ""
#endif

/* Before any picture: loads the tables of characters that codes are in. */
void code_begin(void);
/*
 * Says what codes in the picture say: as text, and the addresses in it as
 * links of a kind of their own. Grey, one octet a pixel, row by row; it may be
 * changed. A picture that has no place for a code (finder.h) is not searched.
 */
void code_read(
    struct document *d, uint8_t *grey, unsigned width, unsigned height);

#endif
