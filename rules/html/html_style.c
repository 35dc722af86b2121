/*
 * Which declarations hide text. A list of them is read as browsers read it,
 * the last of one name counts; which elements a list is about is known in
 * html.c and html_sheet.c.
 */
#include "config.h"

#include "rules/html/html_style.h"

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
		uint32_t d = ascii_hex(digits.p[i]);

		if (d > 15)
			return STYLE_NO_COLOUR;
		value = value << 4 | d;
		if (digits.n == 3)
			value = value << 4 | d;
	}
	return digits.n == 3 || digits.n == 6 ? value : STYLE_NO_COLOUR;
}

/* "255,255,255", and "0,0,0,0" of which nothing is seen. */
static uint32_t
style_rgb(struct span list)
{
	uint32_t value = 0;
	struct span one;
	double alpha;
	uint64_t n;

	for (int i = 0; i < 3; i++) {
		if (!span_cut(&list, ',', &one) ||
		    !span_number(span_trim(one), &n) || n > 255)
			return STYLE_NO_COLOUR;
		value = value << 8 | (uint32_t)n;
	}
	if (style_length(span_trim(list), &alpha) && alpha <= 0.05)
		return STYLE_TRANSPARENT;
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

enum style_bit {
	STYLE_DISPLAY = 1 << 0,
	STYLE_VISIBILITY = 1 << 1,
	STYLE_OPACITY = 1 << 2,
	STYLE_FONT = 1 << 3,
	STYLE_OUTLOOK = 1 << 4,
	STYLE_AWAY = 1 << 5,     /* far outside of the page */
	STYLE_OVERFLOW = 1 << 6, /* what does not fit is cut */
	STYLE_HEIGHT = 1 << 7,
	STYLE_WIDTH = 1 << 8,
	STYLE_SCALE = 1 << 9,
	STYLE_CLIP = 1 << 10,
	STYLE_COLOUR = 1 << 11,
	STYLE_BACKGROUND = 1 << 12,
};

/* Any of these hides by itself. */
#define STYLE_HIDING                                                     \
	(STYLE_DISPLAY | STYLE_VISIBILITY | STYLE_OPACITY | STYLE_FONT | \
	    STYLE_OUTLOOK | STYLE_AWAY | STYLE_SCALE | STYLE_CLIP)

static bool
style_zero(struct span value)
{
	double n;

	return style_length(value, &n) && n <= 0.05 && n >= 0;
}

static bool
style_none(struct span value)
{
	return span_is(value, "none");
}

static bool
style_unseen(struct span value)
{
	return span_is(value, "hidden") || span_is(value, "collapse");
}

static bool
style_small(struct span value)
{
	double n;

	return style_length(value, &n) && n <= 1.3;
}

static bool
style_small_font(struct span value)
{
	return span_starts(value, SPAN("0/")) ||
	       span_starts(value, SPAN("0px"));
}

static bool
style_clear(struct span value)
{
	double n;

	return style_length(value, &n) && n <= 0.05;
}

static bool
style_all(struct span value)
{
	return span_is(value, "all");
}

static bool
style_far(struct span value)
{
	double n;

	return style_length(value, &n) && n < -500;
}

static bool
style_cut(struct span value)
{
	return span_is(value, "hidden");
}

static bool
style_shrunk(struct span value)
{
	return span_search(value, SPAN("scale(0)")) != SIZE_MAX ||
	       span_search(value, SPAN("scale(0,")) != SIZE_MAX;
}

static bool
style_clipped(struct span value)
{
	return span_starts(value, SPAN("rect(0")) ||
	       span_starts(value, SPAN("rect(1px,1px")) ||
	       span_starts(value, SPAN("inset(50%")) ||
	       span_starts(value, SPAN("inset(100%"));
}

static const struct property {
	struct span name;
	enum style_bit bit;
	bool (*hides)(struct span value); /* NULL for colours */
} property[] = {
	{ SPAN_INIT("color"), STYLE_COLOUR, NULL },
	{ SPAN_INIT("background"), STYLE_BACKGROUND, NULL },
	{ SPAN_INIT("background-color"), STYLE_BACKGROUND, NULL },
	{ SPAN_INIT("background-image"), STYLE_BACKGROUND, NULL },
	{ SPAN_INIT("display"), STYLE_DISPLAY, style_none },
	{ SPAN_INIT("visibility"), STYLE_VISIBILITY, style_unseen },
	{ SPAN_INIT("opacity"), STYLE_OPACITY, style_clear },
	{ SPAN_INIT("font-size"), STYLE_FONT, style_small },
	{ SPAN_INIT("font"), STYLE_FONT, style_small_font },
	{ SPAN_INIT("mso-hide"), STYLE_OUTLOOK, style_all },
	{ SPAN_INIT("text-indent"), STYLE_AWAY, style_far },
	{ SPAN_INIT("left"), STYLE_AWAY, style_far },
	{ SPAN_INIT("top"), STYLE_AWAY, style_far },
	{ SPAN_INIT("margin-left"), STYLE_AWAY, style_far },
	{ SPAN_INIT("overflow"), STYLE_OVERFLOW, style_cut },
	{ SPAN_INIT("height"), STYLE_HEIGHT, style_zero },
	{ SPAN_INIT("max-height"), STYLE_HEIGHT, style_zero },
	{ SPAN_INIT("width"), STYLE_WIDTH, style_zero },
	{ SPAN_INIT("max-width"), STYLE_WIDTH, style_zero },
	{ SPAN_INIT("transform"), STYLE_SCALE, style_shrunk },
	{ SPAN_INIT("clip"), STYLE_CLIP, style_clipped },
	{ SPAN_INIT("clip-path"), STYLE_CLIP, style_clipped },
};

static const struct property *
style_property(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(property); i++)
		if (property[i].name.n == name.n &&
		    property[i].name.p[0] == name.p[0] &&
		    span_eq(property[i].name, name))
			return &property[i];
	return NULL;
}

/* The bit of what was declared, or 0. */
static unsigned
style_declare_colour(
    struct html_declared *d, enum style_bit bit, struct span value)
{
	uint32_t colour = span_is(value, "transparent")
			      ? STYLE_TRANSPARENT
			      : html_style_colour(value);

	if (span_is(value, "inherit"))
		return 0;
	if (bit == STYLE_COLOUR) {
		d->colour = colour;
		return bit;
	}
	/* What is behind shows through. */
	if (span_is(value, "none") || span_is(value, "initial") ||
	    colour == STYLE_TRANSPARENT)
		return 0;
	d->background = colour;
	return bit;
}

static unsigned
style_declare(
    struct html_declared *d, const struct property *p, struct span value)
{
	if (p->hides == NULL)
		return style_declare_colour(d, p->bit, value);
	d->yes &= ~(unsigned)p->bit;
	d->yes |= p->hides(value) ? p->bit : 0;
	return p->bit;
}

/* What "\64 " stands for; *i comes to stand on its last octet. */
static char
style_escape(struct span s, size_t *i)
{
	unsigned value = 0, digits = 0;

	while (digits < 6 && *i + 1 < s.n && ascii_hex(s.p[*i + 1]) < 16) {
		value = value << 4 | ascii_hex(s.p[++*i]);
		digits++;
	}
	if (digits == 0)
		return *i + 1 < s.n ? ascii_lower(s.p[++*i]) : ' ';
	if (*i + 1 < s.n && ascii_space(s.p[*i + 1]))
		++*i;
	return value > ' ' && value < 0x7f ? ascii_lower((char)value) : '?';
}

/* Copies in lower case, without white space, comments and "!important". */
static struct span
style_clean(struct span s, char out[VALUE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < VALUE_MAX && s.p[i] != '!'; i++) {
		char c = s.p[i];

		if (c == '/' && i + 1 < s.n && s.p[i + 1] == '*') {
			size_t end =
			    span_search(span_slice(s, i + 2, s.n), SPAN("*/"));

			if (end == SIZE_MAX)
				break;
			i += end + 3;
		} else if (c == '\\') {
			out[n++] = style_escape(s, &i);
		} else if (c >= 'A' && c <= 'Z') {
			out[n++] = (char)(c | 0x20);
		} else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
			out[n++] = c;
		}
	}
	return span_make(out, n);
}

/* Most names stand there as they are looked for: "a" to "z" and "-". */
static const struct property *
style_read_name(struct span name)
{
	char clean[VALUE_MAX];

	while (name.n > 0 && ascii_space(name.p[0]))
		name = (struct span){ name.p + 1, name.n - 1 };
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] != '-' && (name.p[i] < 'a' || name.p[i] > 'z'))
			return style_property(style_clean(name, clean));
	return style_property(name);
}

struct html_declared
html_style_read(struct span css)
{
	struct html_declared d = { .colour = STYLE_NO_COLOUR,
		.background = STYLE_NO_COLOUR };
	struct span one;

	while (span_cut(&css, ';', &one)) {
		char value[VALUE_MAX];
		size_t colon = span_find(one, ':');
		const struct property *p;
		unsigned bit;

		if (colon == SIZE_MAX)
			continue;
		p = style_read_name((struct span){ one.p, colon });
		if (p == NULL)
			continue;
		one = span_slice(one, colon + 1, one.n);
		bit = style_declare(&d, p, style_clean(one, value));
		d.set |= bit;
		d.important &= ~bit;
		if (span_find(one, '!') != SIZE_MAX)
			d.important |= bit;
	}
	return d;
}

void
html_style_override(struct html_declared *all, const struct html_declared *more,
    bool important_only)
{
	unsigned set = important_only ? more->important : more->set;

	all->set |= set;
	all->yes = (all->yes & ~set) | (more->yes & set);
	if ((set & STYLE_COLOUR) != 0)
		all->colour = more->colour;
	if ((set & STYLE_BACKGROUND) != 0)
		all->background = more->background;
}

void
html_style_settle(struct html_style *own, const struct html_declared *all)
{
	unsigned yes = all->yes;

	own->hidden = own->hidden || (yes & STYLE_HIDING) != 0 ||
		      ((yes & STYLE_OVERFLOW) != 0 &&
			  (yes & (STYLE_HEIGHT | STYLE_WIDTH)) != 0);
	if ((all->set & STYLE_COLOUR) != 0)
		own->colour = all->colour;
	if ((all->set & STYLE_BACKGROUND) != 0)
		own->background = all->background;
}

bool
html_style_has_background(const struct html_declared *d)
{
	return (d->set & STYLE_BACKGROUND) != 0;
}

/* ---- styles ---------------------------------------------------------------- */

const struct html_style html_style_none = { .colour = STYLE_INHERIT,
	.background = STYLE_INHERIT };
/* White, where nothing else is said. */
const struct html_style html_style_page = { .colour = STYLE_NO_COLOUR,
	.background = 0xffffff };

struct html_style
html_style_merge(struct html_style other, struct html_style own)
{
	if (own.colour == STYLE_INHERIT)
		own.colour = other.colour;
	if (own.background == STYLE_INHERIT)
		own.background = other.background;
	own.hidden = own.hidden || other.hidden;
	return own;
}

bool
html_style_equal(struct html_style a, struct html_style b)
{
	return a.hidden == b.hidden && a.colour == b.colour &&
	       a.background == b.background;
}

/* Colours that nobody can tell apart. */
static bool
style_same_colour(uint32_t a, uint32_t b)
{
	for (unsigned shift = 0; shift < 24; shift += 8) {
		int x = (int)(a >> shift & 0xff), y = (int)(b >> shift & 0xff);

		if (x - y > 10 || y - x > 10)
			return false;
	}
	return true;
}

bool
html_style_hides(const struct html_style *style)
{
	if (style->hidden || style->colour == STYLE_TRANSPARENT)
		return true;
	return style->colour != STYLE_NO_COLOUR &&
	       style->background < STYLE_INHERIT &&
	       style_same_colour(style->colour, style->background);
}
