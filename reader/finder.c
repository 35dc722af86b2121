/*
 * Lines are cut where they turn: a turn is the end of a rise or a fall by at
 * least so much grey. That holds on shaded paper, needs no threshold for the
 * whole picture, and passes over blank paper 32 pixels at once. Slight turns
 * are noise in one picture and the code in another, so each line is read with
 * several measures of what a turn is. (Making the picture black and white
 * first, by the mean of its surroundings, was rejected: that reads all of the
 * paper.)
 *
 * Rows are read first. What rows below each other show at one place is tried by
 * a column through it. That need be no pattern: text has some places of this
 * kind, and zbar looks again.
 */
#include "config.h"

#include "reader/finder.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/span.h"

#define PART     16   /* of a pixel, in which edges are told */
#define EVEN     2    /* times the least contrast in a pattern is the most */
#define RUNS     5    /* of a pattern */
#define MODULES  7    /* that they are wide */
#define ROWS_MIN 3    /* that show one */
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

/* The least swings of grey that count. */
static const int finder_swing[] = { 6, 20, 60, 120 };

/* Where a line turns: the first and the last pixel of its highest or lowest
 * value there. */
struct turn {
	size_t first, last;
	int value;
};

struct hit {
	size_t at, size; /* its middle, and all of its runs; parts of a pixel */
	bool light;
};

/* One line, row or column, and what it shows. */
struct line {
	const uint8_t *p;
	size_t n;
	struct turn *turn; /* room for n */
	size_t turns;
	size_t *edge; /* room for n + 1: where the run of each turn begins */
	struct hit *hit;
	size_t hits;
};

/* Rows below each other that have the same. */
struct place {
	struct hit hit;
	size_t row, rows;
	bool told;
	struct hit tried; /* in the row that was tried last, 0: none was */
	size_t tried_row;
};

/* A pattern; in parts of a pixel. */
struct mark {
	double x, y, size;
};

struct look {
	const uint8_t *grey;
	size_t width, height;
	struct line row, column;
	uint8_t *pixels; /* of the column */
	struct place place[PLACES];
	size_t places, tries;
	struct mark mark[2][MARKS]; /* dark ones, and light ones */
	size_t marks[2];
	struct finder out;
	bool over; /* there is more than is looked at */
};

/* ---- the turns of a line --------------------------------------------------------- */

/* What a line is cut with. Turns are written where turns were read. */
struct cut {
	struct line *line;
	int swing;
	int way; /* 1: to a peak, -1: to a low, 0: not known yet */
	struct turn high, low;
};

static struct cut
cut_begin(struct line *l, int swing, struct turn first)
{
	l->turns = 0;
	return (struct cut){ l, swing, 0, first, first };
}

/* The value goes on to a new extreme, stays at it, or has turned away from it:
 * true. */
static bool
cut_follow(struct turn *extreme, int above, const struct turn *value, int swing)
{
	if (above > 0)
		*extreme = *value;
	else if (above == 0)
		extreme->last = value->last;
	return above <= -swing;
}

static inline void
cut_add(struct cut *c, struct turn v)
{
	if (c->way >= 0 &&
	    cut_follow(&c->high, v.value - c->high.value, &v, c->swing)) {
		c->line->turn[c->line->turns++] = c->high;
		c->low = v;
		c->way = -1;
	} else if (c->way <= 0 &&
		   cut_follow(&c->low, c->low.value - v.value, &v, c->swing)) {
		c->line->turn[c->line->turns++] = c->low;
		c->high = v;
		c->way = 1;
	}
}

static void
cut_end(struct cut *c)
{
	if (c->way != 0)
		c->line->turn[c->line->turns++] = c->way > 0 ? c->high : c->low;
}

/* 0 where eight pixels are each like the one behind it. */
static uint64_t
line_turns(const uint8_t *p)
{
	uint64_t here, next;

	memcpy(&here, p, sizeof(here));
	memcpy(&next, p + 1, sizeof(next));
	return here ^ next;
}

/* How many pixels behind the first are like it; up to seven may be left out. */
static size_t
line_same(const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; i + 33 <= n; i += 32)
		if ((line_turns(p + i) | line_turns(p + i + 8) |
			line_turns(p + i + 16) | line_turns(p + i + 24)) != 0)
			break;
	for (; i + 9 <= n; i += 8)
		if (line_turns(p + i) != 0)
			break;
	return i;
}

static void
line_cut(struct line *l, int swing)
{
	struct cut c = cut_begin(l, swing, (struct turn){ 0, 0, l->p[0] });

	for (size_t x = 0; x < l->n; x++) {
		size_t first = x;

		if (x + 1 < l->n && l->p[x] == l->p[x + 1])
			x += line_same(l->p + x, l->n - x);
		cut_add(&c, (struct turn){ first, x, l->p[x] });
	}
	cut_end(&c);
}

/* Leaves out turns that are less than that. */
static void
line_smooth(struct line *l, int swing)
{
	size_t count = l->turns;
	struct cut c;

	if (count == 0)
		return;
	c = cut_begin(l, swing, l->turn[0]);
	for (size_t i = 0; i < count; i++)
		cut_add(&c, l->turn[i]);
	cut_end(&c);
}

/* ---- the patterns of a line ------------------------------------------------------ */

/* Where the line crosses the middle between two turns. */
static size_t
line_edge(const struct line *l, const struct turn *a, const struct turn *b)
{
	int middle = a->value + b->value; /* twice */
	size_t x = a->last;
	int here, next;

	while (x + 1 < b->first &&
	       (2 * l->p[x + 1] > middle) == (2 * l->p[a->last] > middle))
		x++;
	here = 2 * l->p[x] - middle;
	next = 2 * l->p[x + 1] - middle;
	here = here < 0 ? -here : here;
	next = next < 0 ? -next : next;
	return x * PART + PART / 2 +
	       (here + next == 0 ? 0 : (size_t)(here * PART / (here + next)));
}

/* Within seven tenths of a module; between edges of one kind, for ink spreads. */
static bool
line_pair(const size_t *edge, size_t modules, size_t size)
{
	size_t got = (edge[2] - edge[0]) * MODULES * 10;

	return got - (10 * modules - 7) * size <= 14 * size; /* or wraps */
}

/* Whether its runs differ about as much from each other. */
static bool
line_even(const struct turn *t)
{
	int least = 255, most = 0;

	for (size_t i = 0; i + 1 < RUNS; i++) {
		int swing = t[i + 1].value - t[i].value;

		swing = swing < 0 ? -swing : swing;
		least = swing < least ? swing : least;
		most = swing > most ? swing : most;
	}
	return most <= EVEN * least;
}

static void
line_find(struct line *l)
{
	size_t *edge = l->edge;

	if (l->turns < RUNS)
		return;
	edge[0] = 0;
	for (size_t i = 1; i < l->turns; i++)
		edge[i] = line_edge(l, &l->turn[i - 1], &l->turn[i]);
	edge[l->turns] = l->n * PART;
	for (size_t i = 0; i + RUNS <= l->turns; i++) {
		const size_t *e = edge + i;
		size_t size = e[RUNS] - e[0];

		/* The runs of letters are about equal: the middle first. */
		if (line_pair(e + 1, 4, size) && line_pair(e + 2, 4, size) &&
		    size >= RUNS * PART && line_pair(e, 2, size) &&
		    line_pair(e + 3, 2, size) && line_even(l->turn + i))
			l->hit[l->hits++] = (struct hit){ (e[2] + e[3]) / 2,
				size,
				l->turn[i + 2].value > l->turn[i + 1].value };
	}
}

static void
line_read(struct line *l)
{
	l->hits = 0;
	if (l->n < RUNS || memcmp(l->p, l->p + 1, l->n - 1) == 0)
		return;
	line_cut(l, finder_swing[0]);
	line_find(l);
	for (size_t i = 1; i < ARRAY_COUNT(finder_swing); i++) {
		size_t before = l->turns;

		line_smooth(l, finder_swing[i]);
		if (l->turns < before)
			line_find(l);
	}
}

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
	struct line *l = &f->column;

	if (x >= f->width)
		return false;
	l->n = f->height - from < 2 * reach ? f->height - from : 2 * reach;
	for (size_t y = 0; y < l->n; y++)
		f->pixels[y] = f->grey[(from + y) * f->width + x];
	line_read(l);
	for (size_t i = 0; i < l->hits; i++) {
		const struct hit *h = &l->hit[i];

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
place_is(const struct place *p, const struct hit *h)
{
	return p->hit.light == h->light && 2 * p->hit.size < 3 * h->size &&
	       2 * h->size < 3 * p->hit.size &&
	       finder_apart(p->hit.at, h->at) <= h->size / RUNS;
}

static void
place_add(struct look *f, const struct hit *h, size_t row)
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

/* ---- all ---------------------------------------------------------------------------- */

static bool
line_begin(struct line *l, size_t most)
{
	l->turn = malloc((most + 1) * sizeof(*l->turn));
	l->edge = malloc((most + 2) * sizeof(*l->edge));
	l->hit = malloc(ARRAY_COUNT(finder_swing) * most * sizeof(*l->hit));
	return l->turn != NULL && l->edge != NULL && l->hit != NULL;
}

static void
line_end(struct line *l)
{
	free(l->turn);
	free(l->edge);
	free(l->hit);
}

static void
finder_rows(struct look *f)
{
	f->row.n = f->width;
	f->column.p = f->pixels;
	for (size_t y = 0; y < f->height && !f->over; y++) {
		f->row.p = f->grey + y * f->width;
		/* A row like the one above shows the same. */
		if (y == 0 ||
		    memcmp(f->row.p, f->row.p - f->width, f->width) != 0)
			line_read(&f->row);
		for (size_t i = 0; i < f->row.hits; i++)
			place_add(f, &f->row.hit[i], y);
	}
}

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
	if (f->pixels != NULL && line_begin(&f->row, width) &&
	    line_begin(&f->column, height)) {
		finder_rows(f);
		if (!f->over)
			*out = f->out;
	}
	line_end(&f->row);
	line_end(&f->column);
	free(f->pixels);
	free(f);
}
