#ifndef TESTS_KIT_DOCUMENT_KIT_H
#define TESTS_KIT_DOCUMENT_KIT_H

/*
 * Documents and pictures made for tests, by code alone. Everything lies in the
 * arena.
 */

#include "rules/base/arena.h"

/* A grey picture, one octet a pixel. */
struct kit_picture {
	unsigned char *p;
	size_t width, height;
};

/* A QR code (ISO 18004, version 3, level L) with a white margin: at most 53
 * octets of text; scale pixels a module. */
#define KIT_CODE_SIDE 29
void kit_code(const char *text, bool out[KIT_CODE_SIDE][KIT_CODE_SIDE]);
struct kit_picture kit_code_picture(
    const char *text, size_t scale, struct arena *a);

struct span kit_png(const struct kit_picture *g, struct arena *a);
/* Two frames, of which the first is white. */
struct span kit_gif(const struct kit_picture *g, struct arena *a);
/* Two frames with half of the rows each, and nothing in the others. */
struct span kit_gif_halves(const struct kit_picture *g, struct arena *a);

/* A bitmap of Windows with 1 or 24 bits a pixel, upside down as they are. */
struct span kit_bmp(
    const struct kit_picture *g, unsigned bits, struct arena *a);

/* Octets as they are, a white page and then this one. */
struct span kit_tiff(const struct kit_picture *g, struct arena *a);

/* One page: text in the standard font, a link where not NULL, and a code drawn
 * as squares where not NULL. */
struct span kit_pdf(
    const char *text, const char *link, const char *code, struct arena *a);

/* A zip file whose members are kept as they are. */
struct kit_member {
	const char *name;
	struct span octets;
};
struct span kit_zip(
    const struct kit_member *member, size_t count, struct arena *a);

#endif
