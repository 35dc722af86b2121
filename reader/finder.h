#ifndef READER_FINDER_H
#define READER_FINDER_H

/*
 * Whether a picture can have a QR code in it: the cheap look before zbar's
 * search, which takes ten times as long and is in vain for nearly all
 * pictures and pages.
 *
 * A code has three finder patterns (ISO/IEC 18004, 6.3.3). Any line through
 * the middle of one, whatever its direction, crosses dark and light in the
 * proportion 1:1:3:1:1.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct finder {
	bool dark;     /* patterns enough that are dark on light */
	bool light;    /* ... light on dark */
	size_t module; /* pixels of the smallest module that was seen, or 0 */
};

/*
 * Grey, one octet a pixel, row by row. Where there is more than is looked at,
 * or no memory, both are true. Takes time that grows with the picture alone.
 */
void finder_look(
    const uint8_t *grey, size_t width, size_t height, struct finder *out);

#endif
