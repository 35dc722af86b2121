/*
 * WebP by libwebp, and the bitmaps of Windows, which need no library.
 */
#include "config.h"

#include "reader/picture_inside.h"

#ifdef HAVE_QR
#include <stdlib.h>
#include <webp/demux.h>

#include "rules/document/document.h"

/* ---- WebP -------------------------------------------------------------------- */

/* A frame on white paper. */
static bool
webp_say(struct document *d, const uint8_t *rgba, size_t width, size_t height)
{
	struct grey g = { malloc(width * height), width, height };

	if (g.p == NULL)
		return false;
	for (size_t i = 0; i < width * height; i++) {
		const uint8_t *c = rgba + 4 * i;
		unsigned grey = (c[0] * 77U + c[1] * 150U + c[2] * 29U) >> 8;

		g.p[i] = (uint8_t)((grey * c[3] + 255U * (255U - c[3])) / 255U);
	}
	picture_say(d, &g);
	free(g.p);
	return true;
}

bool
picture_webp(struct document *d, struct span octets)
{
	WebPData data = { (const uint8_t *)octets.p, octets.n };
	WebPBitstreamFeatures head;
	WebPAnimDecoder *webp;
	WebPAnimInfo info;
	uint8_t *rgba;
	size_t frames = 0;
	int at_ms;

	if (WebPGetFeatures(data.bytes, data.size, &head) != VP8_STATUS_OK ||
	    head.width <= 0 || head.height <= 0 ||
	    !picture_fits((size_t)head.width, (size_t)head.height))
		return false;
	webp = WebPAnimDecoderNew(&data, NULL);
	if (webp == NULL)
		return false;
	if (WebPAnimDecoderGetInfo(webp, &info))
		while (WebPAnimDecoderHasMoreFrames(webp)) {
			if (frames == PICTURE_FRAMES_MAX) {
				d->unseen = true;
				break;
			}
			if (!WebPAnimDecoderGetNext(webp, &rgba, &at_ms) ||
			    !webp_say(
				d, rgba, info.canvas_width, info.canvas_height))
				break;
			frames++;
		}
	WebPAnimDecoderDelete(webp);
	return frames > 0;
}

/* ---- bitmaps ------------------------------------------------------------------- */

#define BMP_HEAD 14 /* octets before the header that tells of pixels */

struct bmp {
	struct span octets;
	size_t pixels;  /* where they begin */
	size_t palette; /* where it begins, and octets of a colour */
	size_t colour, colours;
	size_t bits; /* of a pixel */
	size_t row;  /* octets */
	bool down;   /* the first row is the upper one */
};

/* Blue, green, red at that offset. */
static uint8_t
bmp_grey(const struct bmp *b, size_t at)
{
	return (uint8_t)((span_little(b->octets, at, 1) * 29 +
			     span_little(b->octets, at + 1, 1) * 150 +
			     span_little(b->octets, at + 2, 1) * 77) >>
			 8);
}

static uint8_t
bmp_pixel(const struct bmp *b, size_t row, size_t x)
{
	size_t bit = x * b->bits, index;

	if (b->bits >= 24)
		return bmp_grey(b, row + bit / 8);
	index = span_little(b->octets, row + bit / 8, 1);
	index = index >> (8 - b->bits - bit % 8) & ((1U << b->bits) - 1);
	return index < b->colours ? bmp_grey(b, b->palette + index * b->colour)
				  : 0;
}

/* Where pixels and colours are, by either kind of header. False: packed, or
 * nothing that is known. */
static bool
bmp_head(struct bmp *b, struct grey *g)
{
	struct span s = b->octets;
	size_t head = span_little(s, BMP_HEAD, 4), packed;
	bool core = head == 12;
	uint32_t height = (uint32_t)span_little(s, core ? 20 : 22, core ? 2 : 4);

	if (!core && (head < 40 || head > 1024))
		return false;
	b->down = !core && (height & 0x80000000U) != 0;
	g->width = span_little(s, 18, core ? 2 : 4);
	g->height = b->down ? (uint32_t)-height : height;
	b->bits = span_little(s, core ? 24 : 28, 2);
	packed = core ? 0 : span_little(s, 30, 4);
	b->pixels = span_little(s, 10, 4);
	b->palette = BMP_HEAD + head;
	b->colour = core ? 3 : 4;
	b->colours = core ? 0 : span_little(s, 46, 4);
	if (b->bits <= 8 && (b->colours == 0 || b->colours > 256))
		b->colours = (size_t)1 << b->bits;
	/* 3: the place of each colour is told, and is nearly always this. */
	return (packed == 0 || (packed == 3 && b->bits == 32)) &&
	       (b->bits == 1 || b->bits == 4 || b->bits == 8 || b->bits == 24 ||
		   b->bits == 32) &&
	       picture_fits(g->width, g->height);
}

bool
picture_bmp(struct document *d, struct span octets)
{
	struct bmp b = { .octets = octets };
	struct grey g = { 0 };

	if (!bmp_head(&b, &g))
		return false;
	b.row = (g.width * b.bits + 31) / 32 * 4;
	/* More than a part of it has to be there. */
	if (b.pixels > octets.n ||
	    (octets.n - b.pixels) / b.row < g.height / 2 + 1)
		return false;
	g.p = malloc(g.width * g.height);
	if (g.p == NULL)
		return false;
	for (size_t y = 0; y < g.height; y++) {
		size_t row = b.pixels + (b.down ? y : g.height - 1 - y) * b.row;

		for (size_t x = 0; x < g.width; x++)
			g.p[y * g.width + x] = bmp_pixel(&b, row, x);
	}
	picture_say(d, &g);
	free(g.p);
	return true;
}
#endif
