#ifndef READER_PICTURE_H
#define READER_PICTURE_H

/* Pictures, for the codes in them. */

#include "rules/base/span.h"

struct document;

/*
 * Decodes PNG, JPEG, GIF, WebP, BMP or TIFF, as its octets say whatever it is
 * named, and says what its codes say (code.h). One of these that cannot be
 * decoded, or is too large, is unseen; for any other picture, and what may be
 * one, this build is unable.
 */
void picture_read(struct document *d, struct span octets);

#endif
