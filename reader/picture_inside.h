#ifndef READER_PICTURE_INSIDE_H
#define READER_PICTURE_INSIDE_H

/*
 * Between the files that decode pictures. Each decoder returns whether there
 * was a picture, and has told what codes in it say.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/span.h"

struct document;

#define PICTURE_FRAMES_MAX 8

/* One octet a pixel, row by row. */
struct grey {
	uint8_t *p;
	size_t width, height;
};

/* It is none that takes too much to decode. */
bool picture_fits(size_t width, size_t height);
/* Says what codes in it say; it may be made smaller. */
void picture_say(struct document *d, struct grey *g);

bool picture_gif(struct document *d, struct span octets);
bool picture_webp(struct document *d, struct span octets);
bool picture_bmp(struct document *d, struct span octets);
bool picture_is_tiff(struct span octets);
/* Pages beyond PICTURE_FRAMES_MAX, as telefaxes have them, are not looked at:
 * d is unable. */
bool picture_tiff(struct document *d, struct span octets);

#endif
