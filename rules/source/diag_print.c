/*
 * Shows errors: as text with the line and a caret, and as JSON. Whatever
 * stands in the file, what is printed is printable UTF-8 without control
 * characters, and the caret stands below the place.
 */
#include "config.h"

#include "rules/source/diag.h"

#include <stdlib.h>
#include <string.h>

/* The widest piece of a line that is shown, in columns. */
#define DIAG_WIDTH  96
#define DIAG_INDENT "    "

/* One character of a line as it will be shown. */
struct glyph {
	struct span text; /* "?" for what must not reach a terminal */
	size_t at;        /* its octet in the source */
	unsigned width;   /* columns: 0, 1 or 2 */
};

/* Reads one UTF-8 character; 0 octets when it is none. */
static size_t
diag_decode(struct span s, uint32_t *out)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80   ? 1
		   : c < 0xc2 ? 0
		   : c < 0xe0 ? 2
		   : c < 0xf0 ? 3
		   : c < 0xf5 ? 4
			      : 0;

	*out = n < 2 ? c : c & (0x7fU >> n);
	if (n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
		*out = *out << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	return n;
}

/*
 * Columns that a character takes on a terminal; -1 for one that must not get
 * there: controls, and those that turn the direction of writing.
 */
static int
diag_width(uint32_t c)
{
	static const struct {
		uint32_t from, to;
		int width;
	} range[] = {
		{ 0x00, 0x1f, -1 },
		{ 0x7f, 0x9f, -1 },
		{ 0xad, 0xad, -1 },
		{ 0x300, 0x36f, 0 },
		{ 0x61c, 0x61c, -1 },
		{ 0x1100, 0x115f, 2 },
		{ 0x200b, 0x200f, -1 },
		{ 0x2028, 0x202e, -1 },
		{ 0x2060, 0x206f, -1 },
		{ 0x2e80, 0xa4cf, 2 },
		{ 0xac00, 0xd7a3, 2 },
		{ 0xd800, 0xdfff, -1 },
		{ 0xf900, 0xfaff, 2 },
		{ 0xfe30, 0xfe6f, 2 },
		{ 0xfeff, 0xfeff, -1 },
		{ 0xff00, 0xff60, 2 },
		{ 0xffe0, 0xffe6, 2 },
		{ 0x1f300, 0x1faff, 2 },
		{ 0x20000, 0x3fffd, 2 },
		{ 0xe0000, 0xe0fff, -1 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(range); i++)
		if (c >= range[i].from && c <= range[i].to)
			return range[i].width;
	return 1;
}

static size_t
diag_glyph(struct span line, size_t at, struct glyph *out)
{
	uint32_t c;
	struct span rest = span_slice(line, at, line.n);
	size_t n = diag_decode(rest, &c);
	int width = n == 0 ? -1 : diag_width(c);

	out->at = at;
	out->width = width < 0 ? 1 : (unsigned)width;
	out->text = c == '\t'   ? SPAN(" ")
		    : width < 0 ? SPAN("?")
				: span_slice(rest, 0, n);
	return n == 0 ? 1 : n;
}

/* Text from a file or message, made printable. */
static void
diag_add_clean(struct buf *out, struct span s)
{
	struct glyph g;

	for (size_t at = 0; at < s.n;) {
		at += diag_glyph(s, at, &g);
		(void)buf_add(out, g.text);
	}
}

/* The line that octet at lies in, without its end; *start: its offset. */
static struct span
diag_line(struct span text, size_t at, size_t *start)
{
	size_t from = at < text.n ? at : text.n, end = from;

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	while (end < text.n && text.p[end] != '\n')
		end++;
	if (end > from && text.p[end - 1] == '\r')
		end--;
	*start = from;
	return span_slice(text, from, end);
}

/* Where to begin showing a line so that octet at is in sight. */
static size_t
diag_window(struct span line, size_t at)
{
	struct glyph g;
	size_t from = at, columns = 0;

	/* About two thirds of the width before the place. */
	while (from > 0 && columns < DIAG_WIDTH * 2 / 3) {
		from--;
		while (from > 0 && ((unsigned char)line.p[from] & 0xc0) == 0x80)
			from--;
		(void)diag_glyph(line, from, &g);
		columns += g.width;
	}
	return from;
}

/* The piece of the line from octet from on, and the caret below it. */
static void
diag_print_line(struct buf *out, struct span line, size_t from, size_t at,
    size_t end, const char *const *paint)
{
	size_t columns = 0, before = 0, below = 0, k;
	struct glyph g;

	(void)buf_addz(out, DIAG_INDENT);
	if (from > 0) {
		(void)buf_addz(out, "...");
		before = 3;
	}
	for (k = from; k < line.n && columns < DIAG_WIDTH; columns += g.width) {
		k += diag_glyph(line, k, &g);
		(void)buf_add(out, g.text);
		if (g.at < at)
			before += g.width;
		else if (g.at < end)
			below += g.width;
	}
	if (k < line.n)
		(void)buf_addz(out, "...");
	(void)buf_printf(
	    out, "\n" DIAG_INDENT "%*s%s^", (int)before, "", paint[0]);
	for (size_t i = 1; i < below; i++)
		(void)buf_addc(out, '~');
	(void)buf_printf(out, "%s\n", paint[1]);
}

static void
diag_print_place(struct buf *out, struct place p, const char *const *paint)
{
	size_t start, at, from;
	struct span line = diag_line(p.source->text, p.at, &start);
	struct glyph g;
	size_t width = 0, lead = 0;

	at = p.at - start < line.n ? p.at - start : line.n;
	for (size_t k = 0; k < at && width < DIAG_WIDTH;) {
		k += diag_glyph(line, k, &g);
		width += g.width;
	}
	from = width < DIAG_WIDTH * 5 / 6 ? 0 : diag_window(line, at);
	/* The indentation of the file says nothing here. */
	while (from == 0 && lead < at &&
	       (line.p[lead] == ' ' || line.p[lead] == '\t'))
		lead++;
	line = span_slice(line, lead, line.n);
	diag_print_line(out, line, from, at - lead, at - lead + p.n, paint);
}

static void
diag_print(const struct diag *d, struct buf *out, bool colour)
{
	static const char *const plain[] = { "", "" };
	static const char *const level[2][2] = {
		{ "\033[1;31m", "\033[0m" },
		{ "\033[1;35m", "\033[0m" },
	};
	static const char *const caret[] = { "\033[1;32m", "\033[0m" };
	static const char *const hint[] = { "\033[36m", "\033[0m" };
	const char *const *paint = colour ? level[d->level] : plain;
	struct span rest, one;
	size_t line, column;

	if (d->place.source != NULL) {
		place_locate(d->place, &line, &column);
		diag_add_clean(out, d->place.source->name);
		(void)buf_printf(out, ":%zu:%zu: ", line, column);
	}
	(void)buf_printf(
	    out, "%s%s:%s ", paint[0], diag_level_names[d->level], paint[1]);
	diag_add_clean(out, span_of(d->message));
	(void)buf_addc(out, '\n');
	if (d->place.source != NULL)
		diag_print_place(out, d->place, colour ? caret : plain);
	rest = span_of(d->hint);
	paint = colour ? hint : plain;
	while (span_cut(&rest, '\n', &one)) {
		(void)buf_printf(out, DIAG_INDENT "%s", paint[0]);
		diag_add_clean(out, one);
		(void)buf_printf(out, "%s\n", paint[1]);
	}
}

static size_t
diag_source_number(const struct diag *d)
{
	return d->place.source == NULL ? 0 : d->place.source->number + 1;
}

/* By file and place; in one place, in the order in which they were found. */
static int
diag_order(const void *x, const void *y)
{
	const struct diag *const *a = x, *const *b = y;
	size_t file_a = diag_source_number(*a), file_b = diag_source_number(*b);

	if (file_a != file_b)
		return file_a < file_b ? -1 : 1;
	if ((*a)->place.at != (*b)->place.at)
		return (*a)->place.at < (*b)->place.at ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static const struct diag **
diags_sorted(const struct diags *d)
{
	const struct diag **order =
	    arena_array(d->arena, d->count + 1, sizeof(const struct diag *));

	for (size_t i = 0; i < d->count; i++)
		order[i] = &d->item[i];
	qsort(order, d->count, sizeof(const struct diag *), diag_order);
	return order;
}

static void
diags_print_rest(struct buf *out, size_t count, const char *what)
{
	if (count > DIAGS_MAX)
		(void)buf_printf(out, "and %zu more %s%s\n", count - DIAGS_MAX,
		    what, count - DIAGS_MAX == 1 ? "" : "s");
}

void
diags_print(const struct diags *d, struct buf *out, bool colour)
{
	const struct diag **order = diags_sorted(d);

	for (size_t i = 0; i < d->count; i++)
		diag_print(order[i], out, colour);
	diags_print_rest(out, d->errors, "error");
	diags_print_rest(out, d->warnings, "warning");
}

static void
diag_json_text(struct buf *out, const char *key, struct span s)
{
	struct glyph g;

	(void)buf_printf(out, ",\"%s\":\"", key);
	for (size_t at = 0; at < s.n;) {
		if (s.p[at] == '\n') {
			(void)buf_addz(out, "\\n");
			at++;
			continue;
		}
		at += diag_glyph(s, at, &g);
		if (g.text.p[0] == '"' || g.text.p[0] == '\\')
			(void)buf_addc(out, '\\');
		(void)buf_add(out, g.text);
	}
	(void)buf_addc(out, '"');
}

void
diags_json(const struct diags *d, struct buf *out)
{
	const struct diag **order = diags_sorted(d);
	size_t line, column;

	(void)buf_addc(out, '[');
	for (size_t i = 0; i < d->count; i++) {
		(void)buf_printf(out, "%s{\"level\":\"%s\"", i > 0 ? "," : "",
		    diag_level_names[order[i]->level]);
		if (order[i]->place.source != NULL) {
			place_locate(order[i]->place, &line, &column);
			diag_json_text(
			    out, "file", order[i]->place.source->name);
			(void)buf_printf(
			    out, ",\"line\":%zu,\"column\":%zu", line, column);
		}
		diag_json_text(out, "message", span_of(order[i]->message));
		if (order[i]->hint != NULL)
			diag_json_text(out, "hint", span_of(order[i]->hint));
		(void)buf_addc(out, '}');
	}
	(void)buf_addc(out, ']');
}
