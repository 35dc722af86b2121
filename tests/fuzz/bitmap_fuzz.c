/*
 * Pictures of the kinds that picture_other.c, picture_gif.c and picture_tiff.c
 * decode: bitmaps of Windows, which are read by the program itself, WebP, GIF
 * and TIFF. What is shown is no larger than what fits, and each of their pixels
 * is there.
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>

#include "reader/picture_inside.h"
#include "rules/base/panic.h"
#include "rules/document/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PIXELS_MAX ((size_t)1 << 18)

/* Much less than what the helper decodes, for speed. */
bool
picture_fits(size_t width, size_t height)
{
	return width > 0 && height > 0 && width <= 4096 && height <= 4096 &&
	       width * height <= PIXELS_MAX;
}

void
picture_say(struct document *d, struct grey *g)
{
	size_t *frames = d->ctx;
	volatile unsigned sum = 0;

	INVARIANT(picture_fits(g->width, g->height));
	for (size_t i = 0; i < g->width * g->height; i++)
		sum += g->p[i];
	++*frames;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
#ifdef HAVE_QR
	struct span octets = span_make((const char *)data, size);
	size_t frames = 0;
	struct document d = { .ctx = &frames };

	INVARIANT(picture_bmp(&d, octets) == (frames == 1));
	INVARIANT(frames <= 1);
	frames = 0;
	INVARIANT(picture_webp(&d, octets) == (frames > 0));
	INVARIANT(frames <= PICTURE_FRAMES_MAX);
	frames = 0;
	INVARIANT(picture_gif(&d, octets) == (frames > 0));
	INVARIANT(frames <= PICTURE_FRAMES_MAX);
	frames = 0;
	INVARIANT(picture_tiff(&d, octets) || frames == 0);
	INVARIANT(frames <= PICTURE_FRAMES_MAX);
#else
	(void)data;
	(void)size;
#endif
	return 0;
}
