/*
 * Which style attributes hide text. A declaration list is read as browsers
 * read it, the last of one name counts; nothing is known of style sheets.
 */
#include "config.h"

#include "rules/html_style.h"

#include <string.h>

#define VALUE_MAX 64

/* ---- values ---------------------------------------------------------------- */

/*
 * A number with a unit in points of a normal text (about 12): 1px gives 1,
 * 0.1em gives 1.2. Returns false for what is no length.
 */
static bool
style_length(struct span value, double *out)
{
	static const struct {
		const char *unit;
		double points;
	} row[] = { { "px", 1 }, { "pt", 1 }, { "", 1 }, { "em", 12 },
		{ "rem", 12 }, { "ex", 6 }, { "%", 0.12 }, { "mm", 3 },
		{ "cm", 30 }, { "in", 72 }, { "vw", 10 }, { "vh", 8 } };
	double number = 0, scale = 1;
	bool negative = false, fraction = false;
	size_t i = 0, digits = 0;

	if (value.n > 0 && (value.p[0] == '-' || value.p[0] == '+'))
		negative = value.p[i++] == '-';
	for (; i < value.n && digits < 12; i++) {
		if (value.p[i] == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (!ascii_digit(value.p[i]))
			break;
		digits++;
		number = number * 10 + (value.p[i] - '0');
		scale *= fraction ? 10 : 1;
	}
	value = span_slice(value, i, value.n);
	for (size_t k = 0; digits > 0 && k < ARRAY_COUNT(row); k++)
		if (span_is(value, row[k].unit)) {
			*out = number / scale * row[k].points;
			*out = negative ? -*out : *out;
			return true;
		}
	return false;
}

static uint32_t
style_hex(struct span digits)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.n; i++) {
		char c = ascii_lower(digits.p[i]);
		uint32_t d;

		if (ascii_digit(c))
			d = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (uint32_t)(c - 'a') + 10;
		else
			return STYLE_NO_COLOUR;
		value = value << 4 | d;
		if (digits.n == 3)
			value = value << 4 | d;
	}
	return digits.n == 3 || digits.n == 6 ? value : STYLE_NO_COLOUR;
}

/* "255,255,255" */
static uint32_t
style_rgb(struct span list)
{
	uint32_t value = 0;
	struct span one;
	uint64_t n;

	for (int i = 0; i < 3; i++) {
		if (!span_cut(&list, ',', &one) ||
		    !span_number(span_trim(one), &n) || n > 255)
			return STYLE_NO_COLOUR;
		value = value << 8 | (uint32_t)n;
	}
	return value;
}

uint32_t
html_style_colour(struct span value)
{
	static const struct {
		const char *name;
		uint32_t colour;
	} row[] = { { "white", 0xffffff }, { "black", 0 }, { "red", 0xff0000 },
		{ "green", 0x008000 }, { "blue", 0x0000ff },
		{ "yellow", 0xffff00 }, { "gray", 0x808080 },
		{ "grey", 0x808080 }, { "silver", 0xc0c0c0 },
		{ "navy", 0x000080 }, { "maroon", 0x800000 },
		{ "whitesmoke", 0xf5f5f5 }, { "snow", 0xfffafa },
		{ "ivory", 0xfffff0 } };
	size_t open = span_find(value, '(');

	if (value.n > 0 && value.p[0] == '#')
		return style_hex(span_slice(value, 1, value.n));
	if (open != SIZE_MAX && span_case_starts(value, SPAN("rgb"))) {
		size_t close = span_find(value, ')');

		return style_rgb(span_slice(
		    value, open + 1, close == SIZE_MAX ? value.n : close));
	}
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (span_case_is(value, row[i].name))
			return row[i].colour;
	return style_hex(value);
}

/* ---- declarations ---------------------------------------------------------- */

/* What the declarations of one attribute say; the last of a name counts. */
struct declared {
	bool none, invisible, clear, tiny, outlook, away, clipped;
	bool no_height, no_width;
};

static bool
style_zero(struct span value)
{
	double n;

	return style_length(value, &n) && n <= 0.05 && n >= 0;
}

static void
style_declare_box(struct declared *d, struct span name, struct span value)
{
	double n;

	if (span_is(name, "overflow"))
		d->clipped = span_is(value, "hidden");
	else if (span_is(name, "height") || span_is(name, "max-height"))
		d->no_height = style_zero(value);
	else if (span_is(name, "width") || span_is(name, "max-width"))
		d->no_width = style_zero(value);
	else if (span_is(name, "text-indent") || span_is(name, "left") ||
		 span_is(name, "top") || span_is(name, "margin-left"))
		d->away = style_length(value, &n) && n < -500;
}

static void
style_declare(struct declared *d, struct html_style *style, struct span name,
    struct span value)
{
	double n;

	if (span_is(name, "display"))
		d->none = span_is(value, "none");
	else if (span_is(name, "visibility"))
		d->invisible =
		    span_is(value, "hidden") || span_is(value, "collapse");
	else if (span_is(name, "opacity"))
		d->clear = style_length(value, &n) && n <= 0.05;
	else if (span_is(name, "font-size"))
		d->tiny = style_length(value, &n) && n <= 1.3;
	else if (span_is(name, "font"))
		d->tiny = span_starts(value, SPAN("0/")) ||
			  span_starts(value, SPAN("0px"));
	else if (span_is(name, "mso-hide"))
		d->outlook = span_is(value, "all");
	else if (span_is(name, "color"))
		style->colour = span_is(value, "transparent")
				    ? style->background
				    : html_style_colour(value);
	else if (span_is(name, "background") ||
		 span_is(name, "background-color"))
		style->background = html_style_colour(value);
	else
		style_declare_box(d, name, value);
}

/* Copies in lower case, without white space, comments and "!important". */
static struct span
style_clean(struct span s, char out[VALUE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < VALUE_MAX && s.p[i] != '!'; i++) {
		if (s.p[i] == '/' && i + 1 < s.n && s.p[i + 1] == '*') {
			size_t end =
			    span_search(span_slice(s, i + 2, s.n), SPAN("*/"));

			if (end == SIZE_MAX)
				break;
			i += end + 3;
		} else if (!ascii_space(s.p[i])) {
			out[n++] = ascii_lower(s.p[i]);
		}
	}
	return span_make(out, n);
}

void
html_style_apply(struct html_style *style, struct span css)
{
	struct declared d = { .none = false };
	struct span one;

	while (span_cut(&css, ';', &one)) {
		char name[VALUE_MAX], value[VALUE_MAX];
		size_t colon = span_find(one, ':');

		if (colon == SIZE_MAX)
			continue;
		style_declare(&d, style,
		    style_clean(span_slice(one, 0, colon), name),
		    style_clean(span_slice(one, colon + 1, one.n), value));
	}
	style->hidden = style->hidden || d.none || d.invisible || d.clear ||
			d.tiny || d.outlook || d.away ||
			(d.clipped && (d.no_height || d.no_width));
}

bool
html_style_hides(const struct html_style *style)
{
	return style->hidden || (style->colour != STYLE_NO_COLOUR &&
				    style->colour == style->background);
}
