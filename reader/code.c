#include "config.h"

#include "reader/code.h"

#include "rules/base/utf8.h"
#include "rules/document/document.h"

#ifdef HAVE_QR
#include <iconv.h>
#include <zbar.h>

#define CODES_MAX 20
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

void
code_read(
    struct document *d, const uint8_t *grey, unsigned width, unsigned height)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	const zbar_symbol_t *symbol;
	size_t count = 0;

	if (scanner == NULL || image == NULL) {
		d->unseen = true;
		return;
	}
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	/* White on black reads as well on a telephone. */
	(void)zbar_image_scanner_set_config(
	    scanner, ZBAR_NONE, ZBAR_CFG_TEST_INVERTED, 1);
	zbar_image_set_format(image, FOURCC('Y', '8', '0', '0'));
	zbar_image_set_size(image, width, height);
	zbar_image_set_data(image, grey, (unsigned long)width * height, NULL);
	if (zbar_scan_image(scanner, image) < 0)
		d->unseen = true;
	for (symbol = zbar_image_first_symbol(image);
	     symbol != NULL && count++ < CODES_MAX;
	     symbol = zbar_symbol_next(symbol))
		code_say(d, symbol);
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(scanner);
}
#else
void
code_begin(void)
{
}

/* What codes say is not known. */
void
code_read(
    struct document *d, const uint8_t *grey, unsigned width, unsigned height)
{
	(void)grey;
	(void)width;
	(void)height;
	d->unable = true;
}
#endif
