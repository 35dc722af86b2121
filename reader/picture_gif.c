/*
 * GIF, as browsers show it, by giflib.
 */
#include "config.h"

#include "reader/picture_inside.h"

#ifdef HAVE_QR
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "rules/document/document.h"

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
bool
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
#endif
