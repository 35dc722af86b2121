/*
 * Pictures as grey pixels, no more of them than a code needs: libpng and
 * TurboJPEG, each behind one function; others are those of picture_gif.c,
 * picture_other.c and picture_tiff.c.
 */
#include "config.h"

#include "reader/picture.h"

#include <stdint.h>
#include <stdlib.h>

#include "reader/code.h"
#include "reader/picture_inside.h"
#include "rules/content/filetype.h"
#include "rules/document/document.h"

#ifdef HAVE_QR
#include <png.h>
#include <turbojpeg.h>

#define SIDE_MAX   20000
#define PIXELS_MAX ((size_t)32 << 20) /* that are decoded */
#define WANTED     1600               /* pixels of the longer side, about */
#define SIDE_MIN   21                 /* the smallest code has so many */

bool
picture_fits(size_t width, size_t height)
{
	return width > 0 && height > 0 && width <= SIDE_MAX &&
	       height <= SIDE_MAX && width * height <= PIXELS_MAX;
}

/* Halves it until it is no larger than wanted: codes in a photograph are large
 * as well. */
static void
picture_shrink(struct grey *g)
{
	while (g->width > 2 * WANTED || g->height > 2 * WANTED) {
		size_t width = g->width / 2, height = g->height / 2;

		if (width == 0 || height == 0)
			return;
		for (size_t y = 0; y < height; y++)
			for (size_t x = 0; x < width; x++) {
				const uint8_t *from =
				    g->p + 2 * y * g->width + 2 * x;

				g->p[y * width + x] =
				    (uint8_t)((from[0] + from[1] +
						  from[g->width] +
						  from[g->width + 1]) /
					      4);
			}
		g->width = width;
		g->height = height;
	}
}

void
picture_say(struct document *d, struct grey *g)
{
	picture_shrink(g);
	if (g->width >= SIDE_MIN && g->height >= SIDE_MIN)
		code_read(d, g->p, (unsigned)g->width, (unsigned)g->height);
}

/* ---- formats ------------------------------------------------------------------ */

/* Whether there are frames beside the picture, which browsers show and we do
 * not decode. */
static bool
png_moves(struct span octets)
{
	size_t moves = span_search(octets, SPAN("acTL"));

	return moves < span_search(octets, SPAN("IDAT"));
}

static bool
picture_png(struct document *d, struct span octets)
{
	static const png_color white = { 255, 255, 255 };
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct grey g = { 0 };
	bool good = false;

	if (png_image_begin_read_from_memory(&image, octets.p, octets.n) == 0)
		return false;
	image.format = PNG_FORMAT_GRAY;
	if (picture_fits(image.width, image.height)) {
		g = (struct grey){ malloc(PNG_IMAGE_SIZE(image)), image.width,
			image.height };
		good = g.p != NULL &&
		       png_image_finish_read(&image, &white, g.p, 0, NULL) != 0;
	}
	if (good)
		picture_say(d, &g);
	d->unable = d->unable || png_moves(octets);
	png_image_free(&image);
	free(g.p);
	return good;
}

/* The largest of the decoder's scales that is not larger than wanted. */
static tjscalingfactor
jpeg_scale(int width, int height)
{
	tjscalingfactor scale = { 1, 1 };

	while (scale.denom < 8 && (TJSCALED(width, scale) > 2 * WANTED ||
				      TJSCALED(height, scale) > 2 * WANTED))
		scale.denom *= 2;
	return scale;
}

static bool
picture_jpeg(struct document *d, struct span octets)
{
	const unsigned char *p = (const unsigned char *)octets.p;
	tjhandle handle = tjInitDecompress();
	int width, height, sampling, colours;
	struct grey g = { 0 };
	bool good = false;

	if (handle != NULL &&
	    tjDecompressHeader3(handle, p, (unsigned long)octets.n, &width,
		&height, &sampling, &colours) == 0 &&
	    width > 0 && height > 0 && width <= 65535 && height <= 65535) {
		tjscalingfactor scale = jpeg_scale(width, height);

		width = TJSCALED(width, scale);
		height = TJSCALED(height, scale);
		if (picture_fits((size_t)width, (size_t)height))
			g = (struct grey){ calloc(
					       (size_t)width, (size_t)height),
				(size_t)width, (size_t)height };
		/* A warning is a picture that is cut or a little broken, and
		 * is shown. */
		good = g.p != NULL &&
		       (tjDecompress2(handle, p, (unsigned long)octets.n, g.p,
			    width, 0, height, TJPF_GRAY, 0) == 0 ||
			   tjGetErrorCode(handle) == TJERR_WARNING);
	}
	if (good)
		picture_say(d, &g);
	if (handle != NULL)
		(void)tjDestroy(handle);
	free(g.p);
	return good;
}

/* Whether a program might show it as a picture all the same. */
static bool
picture_is_other(struct span octets)
{
	struct span type = span_of(filetype_of(octets).type);

	return span_case_starts(type, SPAN("image/")) ||
	       span_is(type, "application/octet-stream");
}

void
picture_read(struct document *d, struct span octets)
{
	bool good = true;

	if (span_starts(octets, SPAN("\x89PNG")))
		good = picture_png(d, octets);
	else if (span_starts(octets, SPAN("\xff\xd8\xff")))
		good = picture_jpeg(d, octets);
	else if (span_starts(octets, SPAN("GIF8")))
		good = picture_gif(d, octets);
	else if (span_starts(octets, SPAN("RIFF")) &&
		 span_is(span_slice(octets, 8, 12), "WEBP"))
		good = picture_webp(d, octets);
	else if (span_starts(octets, SPAN("BM")))
		good = picture_bmp(d, octets);
	else if (picture_is_tiff(octets))
		good = picture_tiff(d, octets);
	else if (picture_is_other(octets))
		d->unable = true;
	if (!good)
		d->unseen = true;
}
#else
void
picture_read(struct document *d, struct span octets)
{
	(void)octets;
	d->unable = true;
}
#endif
