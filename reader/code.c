#include "config.h"

#include "reader/code.h"

#include "rules/base/utf8.h"
#include "rules/document/document.h"

#ifdef HAVE_QR
#include <iconv.h>
#include <zbar.h>

#include "reader/finder.h"

#define CODES_MAX 20
/* Of a module, at least: six of a pattern's middle, of which three are needed
 * where it is turned. */
#define MODULE_LINES 2
/* zbar joins lines that are a few pixels apart, however large the code is: of
 * modules of 34 pixels it reads every fourth line, and nothing with every
 * eighth. */
#define STEP_MAX 4
#define FOURCC(a, b, c, d)                              \
	((unsigned long)(a) | (unsigned long)(b) << 8 | \
	    (unsigned long)(c) << 16 | (unsigned long)(d) << 24)

/*
 * zbar asks for these each time it reads a code. They are kept open, so that
 * the C library has them loaded and looks for no file when that happens.
 */
void
code_begin(void)
{
	static const char *const charset[] = { "ISO8859-1", "SJIS", "BIG5",
		"ISO-8859-1", "CP437" };
	static iconv_t kept[ARRAY_COUNT(charset)];

	for (size_t i = 0; i < ARRAY_COUNT(charset); i++)
		kept[i] = iconv_open("UTF-8", charset[i]);
	(void)kept;
}

struct picture {
	const uint8_t *grey;
	unsigned width, height;
};

static void
code_say(struct document *d, const zbar_symbol_t *symbol)
{
	struct span text = utf8_clean(
	    arena_dup(d->arena, span_make(zbar_symbol_get_data(symbol),
				    zbar_symbol_get_data_length(symbol))),
	    d->arena);

	text = span_trim(text);
	/* A telephone opens "www.x.example" as well. */
	if (span_search(text, SPAN("://")) != SIZE_MAX)
		document_find(d, DOCUMENT_IMAGE, text);
	else
		d->link(d->ctx, DOCUMENT_IMAGE, text);
	document_say(d, text);
}

/* Every so many lines are read, both ways; as it is, then light for dark if
 * inverted. False: no code was found. */
static bool
code_search(
    struct document *d, const struct picture *g, unsigned step, bool inverted)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	const zbar_symbol_t *symbol;
	size_t count = 0;

	if (scanner == NULL || image == NULL) {
		d->unseen = true;
		return false;
	}
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_NONE, ZBAR_CFG_TEST_INVERTED, inverted);
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, (int)step);
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, (int)step);
	zbar_image_set_format(image, FOURCC('Y', '8', '0', '0'));
	zbar_image_set_size(image, g->width, g->height);
	zbar_image_set_data(
	    image, g->grey, (unsigned long)g->width * g->height, NULL);
	if (zbar_scan_image(scanner, image) < 0)
		d->unseen = true;
	for (symbol = zbar_image_first_symbol(image);
	     symbol != NULL && count++ < CODES_MAX;
	     symbol = zbar_symbol_next(symbol))
		code_say(d, symbol);
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(scanner);
	return count > 0;
}

/* White on black reads as well on a telephone. Where that alone was seen,
 * nothing else is searched. */
void
code_read(struct document *d, uint8_t *grey, unsigned width, unsigned height)
{
	struct picture g = { grey, width, height };
	struct finder seen;
	unsigned step;

	finder_look(grey, width, height, &seen);
	if (!seen.dark && !seen.light)
		return;
	for (size_t i = 0; !seen.dark && i < (size_t)width * height; i++)
		grey[i] = (uint8_t)(255 - grey[i]);
	step = seen.module < MODULE_LINES * STEP_MAX
		   ? (unsigned)(seen.module / MODULE_LINES)
		   : STEP_MAX;
	if (step > 1 && code_search(d, &g, step, seen.dark && seen.light))
		return;
	(void)code_search(d, &g, 1, seen.dark && seen.light);
}
#else
void
code_begin(void)
{
}

/* What codes say is not known. */
void
code_read(struct document *d, uint8_t *grey, unsigned width, unsigned height)
{
	(void)grey;
	(void)width;
	(void)height;
	d->unable = true;
}
#endif
