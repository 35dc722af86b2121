/*
 * TIFF, which scanners and telefaxes make, by libtiff, from memory.
 */
#include "config.h"

#include "reader/picture_inside.h"

#ifdef HAVE_QR
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "rules/document/document.h"

/* What is read, and how far. */
struct tiff {
	struct span octets;
	size_t at;
};

static tmsize_t
tiff_get(thandle_t handle, void *out, tmsize_t n)
{
	struct tiff *t = handle;
	struct span rest = span_slice(t->octets, t->at, t->octets.n);
	size_t got = n < 0 ? 0 : (size_t)n < rest.n ? (size_t)n : rest.n;

	if (got > 0)
		memcpy(out, rest.p, got);
	t->at += got;
	return (tmsize_t)got;
}

static tmsize_t
tiff_put(thandle_t handle, void *p, tmsize_t n)
{
	(void)handle;
	(void)p;
	(void)n;
	return -1;
}

static toff_t
tiff_seek(thandle_t handle, toff_t at, int whence)
{
	struct tiff *t = handle;

	if (whence == SEEK_CUR)
		at += t->at;
	else if (whence == SEEK_END)
		at += t->octets.n;
	t->at = (size_t)at;
	return at;
}

static int
tiff_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t
tiff_size(thandle_t handle)
{
	return ((struct tiff *)handle)->octets.n;
}

static int
tiff_map(thandle_t handle, void **p, toff_t *n)
{
	(void)handle;
	(void)p;
	(void)n;
	return 0;
}

static void
tiff_unmap(thandle_t handle, void *p, toff_t n)
{
	(void)handle;
	(void)p;
	(void)n;
}

/* Colours are those on black already; what shows through is white paper. */
static uint8_t
tiff_grey(uint32_t pixel)
{
	unsigned grey = (TIFFGetR(pixel) * 77U + TIFFGetG(pixel) * 150U +
			    TIFFGetB(pixel) * 29U) >>
			8;

	grey += 255U - TIFFGetA(pixel);
	return (uint8_t)(grey > 255U ? 255U : grey);
}

static bool
tiff_page(struct document *d, TIFF *tiff)
{
	uint32_t width = 0, height = 0, *raster = NULL;
	struct grey g = { 0 };
	bool good = false;

	if (TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) == 0 ||
	    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) == 0 ||
	    !picture_fits(width, height))
		return false;
	g = (struct grey){ malloc((size_t)width * height), width, height };
	raster = calloc((size_t)width * height, sizeof(*raster));
	/* What there is of a page that is cut or a little broken is shown. */
	good = g.p != NULL && raster != NULL &&
	       TIFFReadRGBAImageOriented(
		   tiff, width, height, raster, ORIENTATION_TOPLEFT, 0) != 0;
	for (size_t i = 0; good && i < g.width * g.height; i++)
		g.p[i] = tiff_grey(raster[i]);
	free(raster);
	if (good)
		picture_say(d, &g);
	free(g.p);
	return good;
}

bool
picture_is_tiff(struct span octets)
{
	static const char *const mark[] = { "II*\0", "MM\0*", "II+\0",
		"MM\0+" };

	for (size_t i = 0; i < ARRAY_COUNT(mark); i++)
		if (span_starts(octets, span_make(mark[i], 4)))
			return true;
	return false;
}

bool
picture_tiff(struct document *d, struct span octets)
{
	struct tiff t = { octets, 0 };
	size_t pages = 0;
	TIFF *tiff;

	(void)TIFFSetErrorHandler(NULL);
	(void)TIFFSetWarningHandler(NULL);
	tiff = TIFFClientOpen("", "rm", &t, tiff_get, tiff_put, tiff_seek,
	    tiff_close, tiff_size, tiff_map, tiff_unmap);
	if (tiff == NULL)
		return false;
	do {
		if (pages == PICTURE_FRAMES_MAX) {
			d->unable = true;
			break;
		}
		if (!tiff_page(d, tiff))
			d->unseen = true;
		pages++;
	} while (TIFFReadDirectory(tiff) != 0);
	TIFFClose(tiff);
	return true;
}
#endif
