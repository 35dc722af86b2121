/*
 * Pictures as grey pixels, no more of them than a code needs: libpng,
 * TurboJPEG and giflib, each behind one function; others are those of
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
#include <gif_lib.h>
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

static int
gif_read(GifFileType *gif, GifByteType *out, int n)
{
	struct span *rest = gif->UserData;
	size_t got = (size_t)n < rest->n ? (size_t)n : rest->n;

	memcpy(out, rest->p, got);
	*rest = span_slice(*rest, got, rest->n);
	return (int)got;
}

static uint8_t
gif_grey(const ColorMapObject *map, GifPixelType pixel)
{
	const GifColorType *c;

	if (map == NULL || pixel >= map->ColorCount)
		return 255;
	c = &map->Colors[pixel];
	return (uint8_t)((c->Red * 77 + c->Green * 150 + c->Blue * 29) >> 8);
}

/* Frames lie on one another: a code may be there once all of them are. */
struct gif {
	GifFileType *file;
	struct grey canvas;           /* p NULL: there is no frame yet */
	uint8_t *before;              /* the same, before the last frame */
	GraphicsControlBlock control; /* of the next frame */
	GifImageDesc last;
	int after; /* what becomes of the last frame: DISPOSE_... */
};

/* Rows of an interlaced frame come in four passes. */
static bool
gif_rows(GifFileType *gif, struct grey *g)
{
	static const size_t first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
	bool laced = gif->Image.Interlace;

	for (size_t pass = 0; pass < (laced ? 4U : 1U); pass++)
		for (size_t y = laced ? first[pass] : 0; y < g->height;
		     y += laced ? step[pass] : 1)
			if (DGifGetLine(gif, g->p + y * g->width,
				(int)g->width) == GIF_ERROR)
				return false;
	return true;
}

/* The frame at its place, as colours, where it does not let shine through. */
static void
gif_draw(struct gif *gif, const struct grey *indices)
{
	const GifImageDesc *at = &gif->file->Image;
	const ColorMapObject *map =
	    at->ColorMap != NULL ? at->ColorMap : gif->file->SColorMap;

	for (size_t y = 0; y < indices->height; y++)
		for (size_t x = 0; x < indices->width; x++) {
			uint8_t index = indices->p[y * indices->width + x];
			size_t to_x = (size_t)at->Left + x,
			       to_y = (size_t)at->Top + y;

			if (index != gif->control.TransparentColor &&
			    to_x < gif->canvas.width &&
			    to_y < gif->canvas.height)
				gif->canvas.p[to_y * gif->canvas.width + to_x] =
				    gif_grey(map, index);
		}
}

/* White paper, as large as the picture or its first frame. */
static bool
gif_canvas(struct gif *gif)
{
	const GifImageDesc *at = &gif->file->Image;
	size_t width = (size_t)at->Left + (size_t)at->Width,
	       height = (size_t)at->Top + (size_t)at->Height;

	if (gif->canvas.p != NULL)
		return true;
	if ((size_t)gif->file->SWidth > width)
		width = (size_t)gif->file->SWidth;
	if ((size_t)gif->file->SHeight > height)
		height = (size_t)gif->file->SHeight;
	if (!picture_fits(width, height))
		return false;
	gif->canvas = (struct grey){ malloc(width * height), width, height };
	gif->before = malloc(width * height);
	if (gif->canvas.p == NULL || gif->before == NULL)
		return false;
	memset(gif->canvas.p, 255, width * height);
	memset(gif->before, 255, width * height);
	return true;
}

/* What the last frame leaves. */
static void
gif_dispose(struct gif *gif)
{
	struct grey *c = &gif->canvas;

	if (gif->after == DISPOSE_PREVIOUS)
		memcpy(c->p, gif->before, c->width * c->height);
	for (size_t y = (size_t)gif->last.Top;
	     gif->after == DISPOSE_BACKGROUND && y < c->height &&
	     y < (size_t)gif->last.Top + (size_t)gif->last.Height;
	     y++)
		for (size_t x = (size_t)gif->last.Left;
		     x < c->width &&
		     x < (size_t)gif->last.Left + (size_t)gif->last.Width;
		     x++)
			c->p[y * c->width + x] = 255;
	memcpy(gif->before, c->p, c->width * c->height);
}

static bool
gif_said(struct document *d, const struct gif *gif)
{
	struct grey copy = gif->canvas;

	copy.p = malloc(copy.width * copy.height);
	if (copy.p == NULL)
		return false;
	memcpy(copy.p, gif->canvas.p, copy.width * copy.height);
	picture_say(d, &copy);
	free(copy.p);
	return true;
}

static bool
gif_frame(struct document *d, struct gif *gif)
{
	const GifImageDesc *at = &gif->file->Image;
	struct grey g = { 0 };
	bool good = false;

	if (DGifGetImageDesc(gif->file) == GIF_ERROR)
		return false;
	if (at->Width <= 0 || at->Height <= 0 || at->Left < 0 || at->Top < 0 ||
	    !picture_fits((size_t)at->Width, (size_t)at->Height) ||
	    !gif_canvas(gif)) {
		d->unseen = true;
		return false;
	}
	g = (struct grey){ malloc((size_t)at->Width * (size_t)at->Height),
		(size_t)at->Width, (size_t)at->Height };
	if (g.p != NULL && gif_rows(gif->file, &g)) {
		gif_dispose(gif);
		gif_draw(gif, &g);
		gif->last = *at;
		gif->after = gif->control.DisposalMode;
		good = gif_said(d, gif);
	}
	gif->control =
	    (GraphicsControlBlock){ .TransparentColor = NO_TRANSPARENT_COLOR };
	free(g.p);
	return good;
}

/* False at an error. The first block of one kind says how the next frame is
 * drawn. */
static bool
gif_extension(struct gif *gif)
{
	GifByteType *block;
	int code;

	if (DGifGetExtension(gif->file, &code, &block) == GIF_ERROR)
		return false;
	if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL)
		(void)DGifExtensionToGCB(block[0], block + 1, &gif->control);
	while (block != NULL)
		if (DGifGetExtensionNext(gif->file, &block) == GIF_ERROR)
			return false;
	return true;
}

/* A picture is there once one frame is; the last may be cut. */
static bool
picture_gif(struct document *d, struct span octets)
{
	struct gif gif = { .file = DGifOpen(&octets, gif_read, NULL),
		.control = { .TransparentColor = NO_TRANSPARENT_COLOR } };
	size_t frames = 0;
	GifRecordType type;

	if (gif.file == NULL)
		return false;
	while (DGifGetRecordType(gif.file, &type) != GIF_ERROR &&
	       type != TERMINATE_RECORD_TYPE) {
		if (type == IMAGE_DESC_RECORD_TYPE) {
			if (frames == PICTURE_FRAMES_MAX) {
				d->unseen = true;
				break;
			}
			if (!gif_frame(d, &gif))
				break;
			frames++;
		} else if (type == EXTENSION_RECORD_TYPE &&
			   !gif_extension(&gif)) {
			break;
		}
	}
	(void)DGifCloseFile(gif.file, NULL);
	free(gif.canvas.p);
	free(gif.before);
	return frames > 0;
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
