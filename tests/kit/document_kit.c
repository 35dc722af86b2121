#include "config.h"

#include "tests/kit/document_kit.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define SIDE    KIT_CODE_SIDE
#define WORDS   70 /* of the code, of which are */
#define DATA    55
#define FIXES   (WORDS - DATA)
#define KIT_MAX ((size_t)16 << 20)

static struct span
kit_take(struct buf *b, struct arena *a)
{
	struct span s = arena_dup(a, buf_span(b));

	buf_free(b);
	return s;
}

/* ---- a QR code ---------------------------------------------------------------- */

static unsigned
field_times(unsigned x, unsigned y)
{
	unsigned z = 0;

	for (int i = 7; i >= 0; i--) {
		z = z << 1 ^ (z >> 7) * 0x11d;
		z ^= (y >> i & 1) * x;
	}
	return z;
}

static void
code_words(const char *text, unsigned char out[WORDS])
{
	unsigned char divisor[FIXES] = { [FIXES - 1] = 1 };
	size_t n = strlen(text), bits = 0;
	unsigned root = 1;

	memset(out, 0, WORDS);
#define PUT(value, width)                                                 \
	for (int b_ = (width)-1; b_ >= 0; b_--, bits++)                   \
	out[bits / 8] =                                                   \
	    (unsigned char)(out[bits / 8] | ((unsigned)(value) >> b_ & 1) \
						<< (7 - bits % 8))
	PUT(4, 4);
	PUT(n, 8);
	for (size_t i = 0; i < n; i++)
		PUT((unsigned char)text[i], 8);
	PUT(0, 4);
	for (size_t i = bits / 8, k = 0; i < DATA; i++, k++)
		out[i] = k % 2 == 0 ? 0xec : 0x11;
	for (size_t i = 0; i < FIXES; i++) {
		for (size_t j = 0; j < FIXES; j++)
			divisor[j] =
			    (unsigned char)(field_times(divisor[j], root) ^
					    (j + 1 < FIXES ? divisor[j + 1]
							   : 0));
		root = field_times(root, 2);
	}
	for (size_t i = 0; i < DATA; i++) {
		unsigned factor = out[i] ^ out[DATA];

		memmove(out + DATA, out + DATA + 1, FIXES - 1);
		out[WORDS - 1] = 0;
		for (size_t j = 0; j < FIXES; j++)
			out[DATA + j] ^=
			    (unsigned char)field_times(divisor[j], factor);
	}
}

/* The fixed squares: three corners and the small one opposite. */
static bool
code_fixed(size_t row, size_t column, bool *dark)
{
	static const size_t corner[3][2] = { { 0, 0 }, { 0, SIDE - 7 },
		{ SIDE - 7, 0 } };

	for (size_t i = 0; i < 3; i++) {
		long r = (long)row - (long)corner[i][0] - 3;
		long c = (long)column - (long)corner[i][1] - 3;
		long far;

		r = r < 0 ? -r : r;
		c = c < 0 ? -c : c;
		far = r > c ? r : c;
		if (far > 4)
			continue;
		*dark = far != 2 && far != 4;
		return true;
	}
	if (row >= 20 && row <= 24 && column >= 20 && column <= 24) {
		bool edge =
		    row == 20 || row == 24 || column == 20 || column == 24;

		*dark = edge || (row == 22 && column == 22);
		return true;
	}
	if (row == 6 || column == 6) {
		*dark = (row == 6 ? column : row) % 2 == 0;
		return true;
	}
	return false;
}

/* Level L and mask 0, twice (7.9). */
static bool
code_format(size_t row, size_t column, bool *dark)
{
	static const char bits[] = "111011111000100";
	size_t i = SIZE_MAX;

	if (row == 8 && (column <= 5 || column == 7 || column == 8))
		i = column <= 5 ? column : column - 1;
	else if (column == 8 && row <= 7)
		i = row == 7 ? 8 : 14 - row;
	else if (column == 8 && row >= SIDE - 7)
		i = SIDE - 1 - row;
	else if (row == 8 && column >= SIDE - 8)
		i = 7 + column - (SIDE - 8);
	if (row == SIDE - 8 && column == 8) {
		*dark = true;
		return true;
	}
	if (i == SIZE_MAX)
		return false;
	*dark = bits[i] == '1';
	return true;
}

void
kit_code(const char *text, bool out[SIDE][SIDE])
{
	unsigned char words[WORDS];
	size_t bit = 0;
	bool up = true;

	code_words(text, words);
	for (size_t right = SIDE - 1; right != SIZE_MAX;
	     right = right == 1 ? SIZE_MAX : right - 2, up = !up) {
		if (right == 6)
			right = 5;
		for (size_t step = 0; step < SIDE; step++)
			for (size_t k = 0; k < 2; k++) {
				size_t row = up ? SIDE - 1 - step : step;
				size_t column = right - k;
				bool dark = false;

				if (!code_format(row, column, &dark) &&
				    !code_fixed(row, column, &dark)) {
					if (bit < (size_t)WORDS * 8)
						dark = (words[bit / 8] >>
							       (7 - bit % 8) &
							   1) != 0;
					bit++;
					dark ^= (row + column) % 2 == 0;
				}
				out[row][column] = dark;
			}
	}
	for (size_t i = 0; i < SIDE; i++) {
		(void)code_fixed(i, 6, &out[i][6]);
		if (i > 5 && i < 9)
			(void)code_format(i, 6, &out[i][6]);
	}
}

struct kit_picture
kit_code_picture(const char *text, size_t scale, struct arena *a)
{
	struct kit_picture g = { .width = (SIDE + 8) * scale };
	bool module[SIDE][SIDE];

	kit_code(text, module);
	g.height = g.width;
	g.p = arena_alloc(a, g.width * g.height);
	memset(g.p, 255, g.width * g.height);
	for (size_t y = 0; y < SIDE * scale; y++)
		for (size_t x = 0; x < SIDE * scale; x++)
			if (module[y / scale][x / scale])
				g.p[(y + 4 * scale) * g.width + x + 4 * scale] =
				    0;
	return g;
}

/* ---- files ------------------------------------------------------------------------ */

static uint32_t
kit_crc(struct span s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1) * 0xedb88320U;
	}
	return ~crc;
}

static void
put_big(struct buf *b, uint32_t n)
{
	for (int i = 3; i >= 0; i--)
		(void)buf_addc(b, (char)(unsigned char)(n >> 8 * i));
}

static void
put_little(struct buf *b, uint32_t n, int octets)
{
	for (int i = 0; i < octets; i++)
		(void)buf_addc(
		    b, (char)(unsigned char)(i < 4 ? n >> 8 * i : 0));
}

static void
png_chunk(struct buf *out, const char *type, struct buf *data, struct arena *a)
{
	struct buf all;

	buf_init(&all, KIT_MAX);
	(void)buf_addz(&all, type);
	(void)buf_add(&all, buf_span(data));
	put_big(out, (uint32_t)data->n);
	(void)buf_add(out, buf_span(&all));
	put_big(out, kit_crc(buf_span(&all)));
	buf_free(&all);
	buf_clear(data);
	(void)a;
}

struct span
kit_png(const struct kit_picture *g, struct arena *a)
{
	struct buf out, data;
	uint32_t low = 1, high = 0;

	buf_init(&out, KIT_MAX);
	buf_init(&data, KIT_MAX);
	(void)buf_add(&out, SPAN("\x89PNG\r\n\x1a\n"));
	put_big(&data, (uint32_t)g->width);
	put_big(&data, (uint32_t)g->height);
	(void)buf_add(&data, SPAN("\x08\0\0\0\0"));
	png_chunk(&out, "IHDR", &data, a);
	(void)buf_add(&data, SPAN("\x78\x01"));
	/* Each row is a block that is not packed (RFC 1951, 3.2.4). */
	for (size_t y = 0; y < g->height; y++) {
		uint32_t n = (uint32_t)g->width + 1;

		(void)buf_addc(&data, y + 1 == g->height);
		put_little(&data, n, 2);
		put_little(&data, ~n, 2);
		(void)buf_addc(&data, 0);
		high = (high + low) % 65521;
		for (size_t x = 0; x < g->width; x++) {
			unsigned char c = g->p[y * g->width + x];

			(void)buf_addc(&data, (char)c);
			low = (low + c) % 65521;
			high = (high + low) % 65521;
		}
	}
	put_big(&data, high << 16 | low);
	png_chunk(&out, "IDAT", &data, a);
	png_chunk(&out, "IEND", &data, a);
	buf_free(&data);
	return kit_take(&out, a);
}

/* Codes of eight bits for 127 colours, begun anew before they would grow. */
enum kit_rows { KIT_NONE, KIT_ALL, KIT_EVEN, KIT_ODD };

static void
gif_frame(struct buf *out, const struct kit_picture *g, enum kit_rows rows)
{
	struct buf bits;
	size_t n = g->width * g->height;

	buf_init(&bits, KIT_MAX);
	(void)buf_addc(out, ',');
	put_little(out, 0, 4);
	put_little(out, (uint32_t)g->width, 2);
	put_little(out, (uint32_t)g->height, 2);
	(void)buf_add(out, SPAN("\0\x07"));
	for (size_t i = 0; i < n; i++) {
		if (i % 100 == 0)
			(void)buf_addc(&bits, (char)0x80);
		/* 2 is transparent where there is such. */
		(void)buf_addc(&bits,
		    rows == KIT_NONE || g->p[i] != 0          ? 1
			: rows == KIT_ALL ||
				    (i / g->width / 16 % 2 == 0) ==
					(rows == KIT_EVEN)
			? 0
			: 2);
	}
	(void)buf_addc(&bits, (char)0x81);
	for (size_t i = 0; i < bits.n; i += 255) {
		struct span piece =
		    span_slice(span_slice(buf_span(&bits), i, bits.n), 0, 255);

		(void)buf_addc(out, (char)(unsigned char)piece.n);
		(void)buf_add(out, piece);
	}
	(void)buf_addc(out, 0);
	buf_free(&bits);
}

static void
gif_head(struct buf *out, const struct kit_picture *g)
{
	buf_init(out, KIT_MAX);
	(void)buf_add(out, SPAN("GIF89a"));
	put_little(out, (uint32_t)g->width, 2);
	put_little(out, (uint32_t)g->height, 2);
	(void)buf_add(out, SPAN("\xf6\0\0"));
	for (unsigned i = 0; i < 128; i++)
		put_little(out, i == 0 ? 0 : 0xffffff, 3);
}

struct span
kit_gif(const struct kit_picture *g, struct arena *a)
{
	struct buf out;

	gif_head(&out, g);
	gif_frame(&out, g, KIT_NONE);
	gif_frame(&out, g, KIT_ALL);
	(void)buf_addc(&out, ';');
	return kit_take(&out, a);
}

struct span
kit_gif_halves(const struct kit_picture *g, struct arena *a)
{
	static const struct span control = SPAN_INIT("!\xf9\4\1\0\0\2\0");
	struct buf out;

	gif_head(&out, g);
	(void)buf_add(&out, control);
	gif_frame(&out, g, KIT_EVEN);
	(void)buf_add(&out, control);
	gif_frame(&out, g, KIT_ODD);
	(void)buf_addc(&out, ';');
	return kit_take(&out, a);
}

struct span
kit_bmp(const struct kit_picture *g, unsigned bits, struct arena *a)
{
	size_t row = (g->width * bits + 31) / 32 * 4;
	uint32_t head = 54 + (bits == 1 ? 8 : 0);
	struct buf out;

	buf_init(&out, KIT_MAX);
	(void)buf_add(&out, SPAN("BM"));
	put_little(&out, head + (uint32_t)(row * g->height), 4);
	put_little(&out, 0, 4);
	put_little(&out, head, 4);
	put_little(&out, 40, 4);
	put_little(&out, (uint32_t)g->width, 4);
	put_little(&out, (uint32_t)g->height, 4);
	put_little(&out, 1, 2);
	put_little(&out, bits, 2);
	for (int i = 0; i < 6; i++)
		put_little(&out, 0, 4);
	if (bits == 1) {
		put_little(&out, 0, 4);
		put_little(&out, 0xffffff, 4);
	}
	for (size_t y = g->height; y-- > 0;) {
		unsigned char *line = arena_array(a, row, 1);

		for (size_t x = 0; x < g->width; x++) {
			unsigned char c = g->p[y * g->width + x];

			if (bits == 1)
				line[x / 8] |= (unsigned char)(
				    (c >> 7) << (7 - x % 8));
			else
				memset(line + 3 * x, c, 3);
		}
		(void)buf_add(&out, span_make((const char *)line, row));
	}
	return kit_take(&out, a);
}

static void
tiff_entry(struct buf *out, uint32_t tag, uint32_t value)
{
	put_little(out, tag, 2);
	put_little(out, 4, 2); /* numbers of four octets */
	put_little(out, 1, 4);
	put_little(out, value, 4);
}

/* The pixels and, at the end, what tells of them. */
static void
tiff_page(struct buf *out, const struct kit_picture *g, bool white, bool last)
{
	const uint32_t entries = 9;
	uint32_t n = (uint32_t)(g->width * g->height), at = (uint32_t)out->n;
	uint32_t next = at + 4 + n + 2 + entries * 12;

	put_little(out, at + 4 + n, 4);
	for (uint32_t i = 0; i < n; i++)
		(void)buf_addc(out, (char)(white ? 255 : g->p[i]));
	put_little(out, entries, 2);
	tiff_entry(out, 256, (uint32_t)g->width);
	tiff_entry(out, 257, (uint32_t)g->height);
	tiff_entry(out, 258, 8);      /* bits */
	tiff_entry(out, 259, 1);      /* not packed */
	tiff_entry(out, 262, 1);      /* 0 is black */
	tiff_entry(out, 273, at + 4); /* where the pixels are */
	tiff_entry(out, 277, 1);      /* one octet a pixel */
	tiff_entry(out, 278, (uint32_t)g->height);
	tiff_entry(out, 279, n);
	if (last)
		put_little(out, 0, 4);
	INVARIANT(out->n == next + (last ? 4 : 0));
}

struct span
kit_tiff(const struct kit_picture *g, struct arena *a)
{
	struct buf out;

	buf_init(&out, KIT_MAX);
	(void)buf_add(&out, SPAN("II*\0"));
	tiff_page(&out, g, true, false);
	tiff_page(&out, g, false, true);
	return kit_take(&out, a);
}

struct span
kit_pdf(const char *text, const char *link, const char *code, struct arena *a)
{
	struct buf out, page;

	buf_init(&out, KIT_MAX);
	buf_init(&page, KIT_MAX);
	(void)buf_printf(&page, "BT /F1 12 Tf 72 720 Td (%s) Tj ET\n", text);
	if (code != NULL) {
		bool module[SIDE][SIDE];

		kit_code(code, module);
		for (size_t y = 0; y < SIDE; y++)
			for (size_t x = 0; x < SIDE; x++)
				if (module[y][x])
					(void)buf_printf(&page,
					    "%zu %zu 4 4 re f\n", 100 + 4 * x,
					    500 - 4 * y);
	}
	(void)buf_addz(&out,
	    "%PDF-1.4\n"
	    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 "
	    "612 792]/Contents 4 0 R/Resources<</Font<</F1 "
	    "5 0 R>>>>");
	if (link != NULL)
		(void)buf_printf(&out,
		    "/Annots[<</Type/Annot/Subtype/Link/Rect[9 9 99 99]/A<</S"
		    "/URI/URI(%s)>>>>]",
		    link);
	(void)buf_printf(&out,
	    ">>endobj\n4 0 obj<</Length %zu>>stream\n%.*sendstream endobj\n"
	    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
	    "trailer<</Root 1 0 R/Size 6>>\n%%%%EOF\n",
	    page.n, SPAN_FMT(buf_span(&page)));
	buf_free(&page);
	return kit_take(&out, a);
}

/* What a member's two heads have in common. */
static void
zip_head(struct buf *out, const struct kit_member *m)
{
	put_little(out, 20, 2);
	put_little(out, 0, 8);
	put_little(out, kit_crc(m->octets), 4);
	put_little(out, (uint32_t)m->octets.n, 4);
	put_little(out, (uint32_t)m->octets.n, 4);
	put_little(out, (uint32_t)strlen(m->name), 2);
	put_little(out, 0, 2);
}

struct span
kit_zip(const struct kit_member *member, size_t count, struct arena *a)
{
	struct buf out, directory;
	uint32_t at;

	buf_init(&out, KIT_MAX);
	buf_init(&directory, KIT_MAX);
	for (size_t i = 0; i < count; i++) {
		at = (uint32_t)out.n;
		(void)buf_add(&out, SPAN("PK\3\4"));
		zip_head(&out, &member[i]);
		(void)buf_addz(&out, member[i].name);
		(void)buf_add(&out, member[i].octets);
		(void)buf_add(&directory, SPAN("PK\1\2\x14\0"));
		zip_head(&directory, &member[i]);
		put_little(&directory, 0, 8);
		put_little(&directory, 0, 2);
		put_little(&directory, at, 4);
		(void)buf_addz(&directory, member[i].name);
	}
	at = (uint32_t)out.n;
	(void)buf_add(&out, buf_span(&directory));
	(void)buf_add(&out, SPAN("PK\5\6\0\0\0\0"));
	put_little(&out, (uint32_t)count, 2);
	put_little(&out, (uint32_t)count, 2);
	put_little(&out, (uint32_t)directory.n, 4);
	put_little(&out, at, 4);
	put_little(&out, 0, 2);
	buf_free(&directory);
	return kit_take(&out, a);
}
