/*
 * Rows are read first, and of these each third: a pattern shows in three and
 * more. The rows between are read where one beside them shows something that a
 * column may bear out. What rows below each other show at one place is tried by
 * columns through it. That need be no pattern: text has some places of this
 * kind, and zbar looks again. Where two patterns were found, the third may have
 * been lost in noise: each row is read.
 */
#include "config.h"

#include "reader/finder.h"

#include <stdlib.h>
#include <string.h>

#include "reader/finder_line.h"

#define PART     FINDER_PART
#define MODULES  FINDER_MODULES
#define ROWS_MIN 3    /* that show one */
#define STEP     3    /* rows; each such one is read as a whole */
#define PIECES   32   /* of a row between, that are read */
#define PLACES   64   /* that are followed at once */
#define TRIES    5000 /* columns that are read */
#define MARKS    64   /* patterns of either kind that are kept */

/*
 * How the patterns of a code stand to each other. The legs are 14 to 170
 * modules from middle to middle, and equal, at a right angle; that is left room
 * for a code that is turned (its rows are longer by up to two fifths) or that
 * is photographed from the side.
 */
#define LEG_MIN 1.2 /* times the pattern */
#define LEG_MAX 30
#define LEGS    2.5  /* one beside the other */
#define ALIKE   3    /* one pattern beside the other */
#define COSINE  0.85 /* of their angle */

/* Rows below each other that have the same. */
struct place {
	struct finder_hit hit;
	size_t row, rows;
	bool told;
	struct finder_hit
	    tried; /* in the row that was tried last, 0: none was */
	size_t tried_row;
};

/* A pattern; in parts of a pixel. */
struct mark {
	double x, y, size;
};

struct look {
	const uint8_t *grey;
	size_t width, height;
	struct finder_line row, last; /* read as a whole: this, that before */
	size_t sifted, last_sifted;   /* of their hits, the first, are tried */
	struct finder_line piece;     /* of a row between */
	struct finder_line column;
	uint8_t *pixels; /* of the column */
	struct place place[PLACES];
	size_t places, tries;
	struct mark mark[2][MARKS]; /* dark ones, and light ones */
	size_t marks[2];
	struct finder out;
	bool over; /* there is more than is looked at */
};

/* ---- three patterns of a code ---------------------------------------------------- */

/* Whether the others are as far from the corner as the patterns of one code may
 * be, about at a right angle: it may lean, and be seen from the side. */
static bool
mark_is_corner(
    const struct mark *corner, const struct mark *a, const struct mark *b)
{
	double ax = a->x - corner->x, ay = a->y - corner->y;
	double bx = b->x - corner->x, by = b->y - corner->y;
	double aa = ax * ax + ay * ay, bb = bx * bx + by * by;
	double ab = ax * bx + ay * by;
	double least = LEG_MIN * corner->size, most = LEG_MAX * corner->size;

	return aa <= LEGS * LEGS * bb && bb <= LEGS * LEGS * aa &&
	       ab * ab <= COSINE * COSINE * aa * bb && aa >= least * least &&
	       bb >= least * least && aa <= most * most && bb <= most * most;
}

static bool
mark_is_alike(const struct mark *a, const struct mark *b)
{
	return a->size <= ALIKE * b->size && b->size <= ALIKE * a->size;
}

static bool
mark_is_code(const struct mark *a, const struct mark *b, const struct mark *c)
{
	return mark_is_alike(a, b) && mark_is_alike(b, c) &&
	       mark_is_alike(a, c) &&
	       (mark_is_corner(a, b, c) || mark_is_corner(b, a, c) ||
		   mark_is_corner(c, a, b));
}

static void
mark_say(struct finder *out, const struct mark *m)
{
	size_t module = (size_t)m->size / PART / MODULES;

	if (out->module == 0 || module < out->module)
		out->module = module;
}

/* One more, with all pairs of those that are there. */
static void
mark_add(struct look *f, const struct mark *m, bool light)
{
	struct mark *all = f->mark[light];
	size_t n = f->marks[light];

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			if (!mark_is_code(m, &all[i], &all[k]))
				continue;
			f->out.light = f->out.light || light;
			f->out.dark = f->out.dark || !light;
			mark_say(&f->out, m);
			mark_say(&f->out, &all[i]);
			mark_say(&f->out, &all[k]);
		}
	if (n < MARKS)
		all[f->marks[light]++] = *m;
	else
		f->over = true;
}

/* ---- places ----------------------------------------------------------------------- */

static size_t
finder_apart(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* A row through a pattern, and a column: it may lean. */
static bool
place_is_alike(size_t row, size_t column)
{
	return 10 * row <= 17 * column && 10 * column <= 17 * row;
}

/* Whether the column x shows it as well. */
static bool
place_has_column(struct look *f, const struct place *p, size_t x)
{
	size_t reach = p->hit.size / PART + 1;
	size_t from = p->row > reach ? p->row - reach : 0;
	struct finder_line *l = &f->column;

	if (x >= f->width)
		return false;
	l->n = f->height - from < 2 * reach ? f->height - from : 2 * reach;
	for (size_t y = 0; y < l->n; y++)
		f->pixels[y] = f->grey[(from + y) * f->width + x];
	finder_line_read(l);
	for (size_t i = 0; i < l->hits; i++) {
		const struct finder_hit *h = &l->hit[i];

		if (h->light == p->hit.light &&
		    place_is_alike(h->size, p->hit.size) &&
		    finder_apart(h->at, (p->row - from) * PART) <=
			2 * h->size / MODULES + PART)
			return true;
	}
	return false;
}

/* Two of three columns through its middle: half a module apart, or a pixel. */
static bool
place_crosses(struct look *f, const struct place *p)
{
	size_t x = p->hit.at / PART, step = p->hit.size / PART / MODULES / 2;
	bool here, before;

	if (step == 0)
		step = 1;
	here = place_has_column(f, p, x);
	before = place_has_column(f, p, x - step);
	return here == before ? here : place_has_column(f, p, x + step);
}

static void
place_try(struct look *f, struct place *p)
{
	struct mark m = { (double)p->hit.at, (double)(p->row * PART),
		(double)p->hit.size };

	if (p->told || p->rows < ROWS_MIN)
		return;
	f->over = f->over || ++f->tries > TRIES;
	/* Each measure of what a turn is finds the same again. */
	if (p->tried_row == p->row && p->tried.at == p->hit.at &&
	    p->tried.size == p->hit.size)
		return;
	p->tried = p->hit;
	p->tried_row = p->row;
	p->told = place_crosses(f, p);
	if (p->told)
		mark_add(f, &m, p->hit.light);
}

static bool
place_is(const struct place *p, const struct finder_hit *h)
{
	return p->hit.light == h->light && 2 * p->hit.size < 3 * h->size &&
	       2 * h->size < 3 * p->hit.size &&
	       finder_apart(p->hit.at, h->at) <= h->size / 5;
}

static void
place_add(struct look *f, const struct finder_hit *h, size_t row)
{
	for (size_t i = 0; i < f->places;) {
		struct place *p = &f->place[i];

		if (row - p->row > p->hit.size / PART / MODULES + 2) {
			*p = f->place[--f->places];
			continue;
		}
		if (place_is(p, h)) {
			p->rows += p->row != row;
			p->row = row;
			p->hit = *h;
			place_try(f, p);
			return;
		}
		i++;
	}
	if (f->places < PLACES)
		f->place[f->places++] =
		    (struct place){ .hit = *h, .row = row, .rows = 1 };
	else
		f->over = true;
}

/* ---- what a column may bear out ------------------------------------------------ */

/* How far the same side of that grey goes from there, and how far the other one
 * behind that: pixels, no more than there is room. */
struct runs {
	size_t own, other;
};

static struct runs
runs_of(const uint8_t *p, ptrdiff_t step, size_t room, int cut, bool light)
{
	struct runs r;
	size_t i = 0;

	for (; i < room && (p[step] > cut) == light; i++)
		p += step;
	r.own = i;
	for (; i < room && (p[step] > cut) != light; i++)
		p += step;
	r.other = i - r.own;
	return r;
}

/*
 * Whether the column x, cut at one grey, may be one through a pattern: its
 * middle is about as high as the row says that it is wide, and the ring around
 * that is narrower and ends.
 */
static bool
column_may(const struct look *f, const struct finder_hit *h, size_t x, size_t y,
    int cut)
{
	size_t most = h->size / PART + 1, up = y, down = f->height - 1 - y, own;
	const uint8_t *p;
	struct runs above, below;

	if (x >= f->width)
		return false;
	p = f->grey + y * f->width + x;
	if ((*p > cut) != h->light)
		return false;
	up = up < most ? up : most;
	above = runs_of(p, -(ptrdiff_t)f->width, up, cut, h->light);
	if (up == most && above.own + above.other == most)
		return false;
	down = down < most ? down : most;
	below = runs_of(p, (ptrdiff_t)f->width, down, cut, h->light);
	if (down == most && below.own + below.other == most)
		return false;
	own = above.own + 1 + below.own;
	return above.other <= own && below.other <= own &&
	       16 * (own + 1) * PART >= 3 * h->size &&
	       10 * (own - 1) * PART <= 9 * h->size;
}

/* By any of three columns, or by other greys where edges are soft. */
static bool
column_may_any(const struct look *f, const struct finder_hit *h, size_t y)
{
	size_t x = h->at / PART, step = h->size / PART / MODULES;
	int middle = (h->own + h->ring) / 2;

	if (step == 0)
		step = 1;
	return column_may(f, h, x, y, middle) ||
	       column_may(f, h, x - step, y, middle) ||
	       column_may(f, h, x + step, y, middle) ||
	       column_may(f, h, x, y, (3 * h->own + h->ring) / 4) ||
	       column_may(f, h, x, y, (h->own + 3 * h->ring) / 4);
}

/* ---- rows ----------------------------------------------------------------------- */

/* Parts of a row, none of which meets another. */
struct pieces {
	struct {
		size_t from, to;
	} piece[PIECES];
	size_t count;
};

/* One more; with what it meets it becomes one. Of too many, all do. */
static void
pieces_add(struct pieces *s, size_t from, size_t to)
{
	for (size_t i = 0; i < s->count;) {
		if (s->piece[i].from > to || from > s->piece[i].to) {
			i++;
			continue;
		}
		from = s->piece[i].from < from ? s->piece[i].from : from;
		to = s->piece[i].to > to ? s->piece[i].to : to;
		s->piece[i] = s->piece[--s->count];
		i = 0;
	}
	if (s->count == PIECES) {
		from = 0;
		to = SIZE_MAX;
		s->count = 0;
	}
	s->piece[s->count].from = from;
	s->piece[s->count++].to = to;
}

/* Around what a line shows, as wide again on either side and a little less. */
static void
pieces_around(struct pieces *s, const struct finder_hit *hit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = hit[i].at / PART, reach = hit[i].size / PART;

		pieces_add(s, at > reach ? at - reach : 0, at + reach + 1);
	}
}

static void
rows_between(struct look *f, const struct pieces *s, size_t y)
{
	const uint8_t *row = f->grey + y * f->width;
	struct finder_line *l = &f->piece;

	for (size_t i = 0; i < s->count; i++) {
		size_t from = s->piece[i].from, to = s->piece[i].to;

		l->p = row + from;
		l->n = (to < f->width ? to : f->width) - from;
		finder_line_read(l);
		for (size_t k = 0; k < l->hits; k++) {
			struct finder_hit h = l->hit[k];

			h.at += from * PART;
			place_add(f, &h, y);
		}
	}
}

/* The row; of what it shows that first which is tried. */
static void
rows_read(struct look *f, size_t y)
{
	struct finder_line *l = &f->row;

	l->p = f->grey + y * f->width;
	l->n = f->width;
	finder_line_read(l);
	for (size_t i = 0; i < l->hits; i++) {
		struct finder_hit h = l->hit[i];

		if (!column_may_any(f, &h, y))
			continue;
		l->hit[i] = l->hit[f->sifted];
		l->hit[f->sifted++] = h;
	}
}

static void
rows_some(struct look *f)
{
	for (size_t y = 0; y < f->height + STEP - 1 && !f->over; y += STEP) {
		struct finder_line last = f->last;
		struct pieces s = { .count = 0 };

		f->last = f->row;
		f->last_sifted = f->sifted;
		f->row = last;
		f->sifted = 0;
		if (y < f->height)
			rows_read(f, y);
		pieces_around(&s, f->last.hit, f->last_sifted);
		pieces_around(&s, f->row.hit, f->sifted);
		for (size_t b = y < STEP ? y : y - STEP + 1;
		     b < y && b < f->height; b++)
			rows_between(f, &s, b);
		for (size_t i = 0; i < f->sifted; i++)
			place_add(f, &f->row.hit[i], y);
	}
}

static void
rows_all(struct look *f)
{
	struct finder_line *l = &f->row;

	f->places = f->marks[false] = f->marks[true] = 0;
	l->n = f->width;
	for (size_t y = 0; y < f->height && !f->over; y++) {
		l->p = f->grey + y * f->width;
		/* A row like the one above shows the same. */
		if (y == 0 || memcmp(l->p, l->p - f->width, f->width) != 0)
			finder_line_read(l);
		for (size_t i = 0; i < l->hits; i++)
			place_add(f, &l->hit[i], y);
	}
}

/* ---- all ------------------------------------------------------------------------ */

void
finder_look(
    const uint8_t *grey, size_t width, size_t height, struct finder *out)
{
	struct look *f = calloc(1, sizeof(*f));

	*out = (struct finder){ true, true, 0 };
	if (f == NULL)
		return;
	f->grey = grey;
	f->width = width;
	f->height = height;
	f->pixels = malloc(height);
	f->column.p = f->pixels;
	if (finder_line_begin(&f->row, width) &&
	    finder_line_begin(&f->last, width) &&
	    finder_line_begin(&f->piece, width) &&
	    finder_line_begin(&f->column, height) && f->pixels != NULL) {
		rows_some(f);
		if ((f->marks[false] >= 2 && !f->out.dark) ||
		    (f->marks[true] >= 2 && !f->out.light))
			rows_all(f);
		if (!f->over)
			*out = f->out;
	}
	finder_line_end(&f->row);
	finder_line_end(&f->last);
	finder_line_end(&f->piece);
	finder_line_end(&f->column);
	free(f->pixels);
	free(f);
}
