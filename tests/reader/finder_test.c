/*
 * The look before the search: of many pictures, none with a code that zbar
 * reads may be passed over; and what is none need not be searched.
 */
#include "config.h"

#include "reader/finder.h"

#ifdef HAVE_QR
#include <turbojpeg.h>
#include <zbar.h>
#endif

#include "tests/kit/code_kit.h"
#include "tests/kit/table.h"

#define CODE     "https://qr.example/a"
#define READ_MIN 4 /* by zbar of 25 of a kind, for that to show something */

static bool
zbar_reads(const struct kit_picture *g, bool light)
{
#ifdef HAVE_QR
	zbar_image_scanner_t *s = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	int found;

	(void)zbar_image_scanner_set_config(s, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(s, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	(void)zbar_image_scanner_set_config(
	    s, ZBAR_NONE, ZBAR_CFG_TEST_INVERTED, light);
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, (unsigned)g->width, (unsigned)g->height);
	zbar_image_set_data(
	    image, g->p, (unsigned long)(g->width * g->height), NULL);
	found = zbar_scan_image(s, image);
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(s);
	return found > 0;
#else
	(void)g;
	(void)light;
	return false;
#endif
}

/* What is left of it as a JPEG. */
static void
picture_pack(struct kit_picture *g, int quality)
{
#ifdef HAVE_QR
	tjhandle pack = tjInitCompress(), unpack = tjInitDecompress();
	unsigned char *jpeg = NULL;
	unsigned long n = 0;
	int w = (int)g->width, h = (int)g->height;

	assert_int_equal(tjCompress2(pack, g->p, w, 0, h, TJPF_GRAY, &jpeg, &n,
			     TJSAMP_GRAY, quality, 0),
	    0);
	assert_int_equal(
	    tjDecompress2(unpack, jpeg, n, g->p, w, 0, h, TJPF_GRAY, 0), 0);
	tjFree(jpeg);
	(void)tjDestroy(pack);
	(void)tjDestroy(unpack);
#else
	(void)g;
	(void)quality;
#endif
}

/* ---- none is passed over ----------------------------------------------------------- */

static const double modules[] = { 1.4, 2, 2.5, 3, 4.6 };
static const double turns[] = { 0, 11, 45, 63, 178 };

static const struct {
	const char *label;
	struct kit_code_look look; /* of each size and turn */
} kinds[] = {
	{ "black on white", { .dark = 0, .light = 255, .quiet = 4 } },
	{ "white on black", { .dark = 255, .light = 0, .quiet = 4 } },
	{ "a narrow margin", { .dark = 0, .light = 255, .quiet = 0.6 } },
	{ "faint", { .dark = 190, .light = 230, .quiet = 4 } },
	{ "very faint", { .dark = 228, .light = 245, .quiet = 4 } },
	{ "red on yellow", { .dark = 76, .light = 226, .quiet = 4 } },
	{ "blurred", { .dark = 0, .light = 255, .quiet = 4, .blur = 2 } },
	{ "noisy", { .dark = 20, .light = 230, .quiet = 4, .noise = 40 } },
	{ "shaded", { .dark = 60, .light = 250, .quiet = 4, .shade = 120 } },
	{ "dots", { .dark = 0, .light = 255, .quiet = 4, .round = 0.42 } },
	{ "a logo", { .dark = 0, .light = 255, .quiet = 4, .logo = 0.15 } },
	{ "leaning far",
	    { .dark = 0, .light = 255, .quiet = 4, .lean = 0.45 } },
	{ "leaning", { .dark = 0, .light = 255, .quiet = 4, .lean = 0.25 } },
	{ "photographed", { .dark = 50,
			      .light = 190,
			      .quiet = 3,
			      .lean = 0.1,
			      .blur = 1,
			      .noise = 12,
			      .shade = 60 } },
	{ "white on blue, noisy",
	    { .dark = 240, .light = 70, .quiet = 2, .noise = 15, .blur = 1 } },
	{ "on a page", { .dark = 0, .light = 255, .page = 400 } },
	{ "lines of blocks, with gaps",
	    { .dark = 0, .light = 255, .quiet = 4, .gap = 0.08 } },
	{ "a poor JPEG", { .dark = 30, .light = 240, .quiet = 4, .jpeg = 15 } },
	{ "white on green, as JPEG",
	    { .dark = 250, .light = 110, .quiet = 4, .jpeg = 40 } },
};

static void
try_look(const char *label, const struct kit_code_look *look, unsigned *read)
{
	bool light = look->dark > look->light;
	struct arena *a = arena_new();
	struct kit_picture g = kit_code_picture_as(CODE, look, a);
	struct finder seen;

	if (look->jpeg > 0)
		picture_pack(&g, look->jpeg);
	finder_look(g.p, g.width, g.height, &seen);
	if (zbar_reads(&g, light)) {
		(*read)++;
		if (!(light ? seen.light : seen.dark))
			table_fail(label, "%g pixels, %g degrees: passed over",
			    look->module, look->degrees);
		if ((double)seen.module > 1.6 * look->module)
			table_fail(label, "%g pixels, %g degrees: %zu",
			    look->module, look->degrees, seen.module);
	}
	arena_free(&a);
}

static void
test_codes(void **state)
{
	(void)state;
#ifndef HAVE_QR
	skip();
#endif
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		struct kit_code_look look = kinds[k].look;
		unsigned read = 0;

		if (!table_wants(kinds[k].label))
			continue;
		for (size_t i = 0; i < ARRAY_COUNT(modules); i++)
			for (size_t j = 0; j < ARRAY_COUNT(turns); j++) {
				look.module = modules[i];
				look.degrees = turns[j];
				try_look(kinds[k].label, &look, &read);
			}
		if (read < READ_MIN)
			table_fail(kinds[k].label, "zbar reads %u", read);
	}
	table_end();
}

/* ---- what is not searched ----------------------------------------------------------- */

static struct kit_picture
make_plain(struct arena *a)
{
	struct kit_code_look look = { .module = 1, .light = 200, .page = 300 };

	look.dark = look.light;
	return kit_code_picture_as("", &look, a);
}

static struct kit_picture
make_headline(struct arena *a)
{
	return kit_text_picture(900, 1200, 40, a);
}

static struct kit_picture
make_narrow(struct arena *a)
{
	return kit_text_picture(900, 3, 7, a);
}

static void
test_none(void **state)
{
	static const struct {
		const char *label;
		struct kit_picture (*make)(struct arena *a);
	} row[] = {
		{ "plain grey", make_plain },
		{ "headlines", make_headline },
		{ "three rows", make_narrow },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct kit_picture g = row[i].make(a);
		struct finder seen;

		if (table_wants(row[i].label)) {
			finder_look(g.p, g.width, g.height, &seen);
			table_number(row[i].label, "dark", seen.dark, 0);
			table_number(row[i].label, "light", seen.light, 0);
		}
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_codes),
	cmocka_unit_test(test_none),
};

TABLE_MAIN(tests)
