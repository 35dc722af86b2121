/*
 * Lines are cut where they turn: a turn is the end of a rise or a fall by at
 * least so much grey. That holds on shaded paper, needs no threshold for the
 * whole picture, and passes over blank paper 32 pixels at once. Slight turns
 * are noise in one picture and the code in another, so each line is read with
 * several measures of what a turn is. (Making the picture black and white
 * first, by the mean of its surroundings, was rejected: that reads all of the
 * paper.)
 */
#include "config.h"

#include "reader/finder_line.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/span.h"

#define PART FINDER_PART
#define EVEN 2  /* times the least contrast in a pattern is the most */
#define RUNS 5  /* of a pattern */
#define SEEN 32 /* hits that one is compared with */

/* The least swings of grey that count. */
static const int finder_swing[] = { 6, 20, 60, 120 };

/* ---- the turns of a line --------------------------------------------------------- */

/* What a line is cut with. Turns are written where turns were read. */
struct cut {
	struct finder_line *line;
	int swing;
	int way; /* 1: to a peak, -1: to a low, 0: not known yet */
	struct finder_turn high, low;
};

static struct cut
cut_begin(struct finder_line *l, int swing, struct finder_turn first)
{
	l->turns = 0;
	return (struct cut){ l, swing, 0, first, first };
}

/* The value goes on to a new extreme, stays at it, or has turned away from it:
 * true. */
static bool
cut_follow(struct finder_turn *extreme, int above,
    const struct finder_turn *value, int swing)
{
	if (above > 0)
		*extreme = *value;
	else if (above == 0)
		extreme->last = value->last;
	return above <= -swing;
}

static inline void
cut_add(struct cut *c, struct finder_turn v)
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

/*
 * As cut_add would have it of each pixel, from the first turn on, which is told:
 * the most of this line is gone through here. What falls is turned over, so that
 * there are only peaks.
 */
static void
line_cut_on(struct finder_line *l, int swing, struct finder_turn v, bool falls)
{
	size_t first = v.first, last = v.last;
	int over = falls ? 0xff : 0, peak = v.value ^ over;

	for (size_t x = v.last + 1; x < l->n; x++) {
		int value = l->p[x] ^ over;

		if (value > peak) {
			peak = value;
			first = last = x;
		} else if (value == peak) {
			x += line_same(l->p + x, l->n - x);
			last = x;
		} else if (peak - value >= swing) {
			l->turn[l->turns++] =
			    (struct finder_turn){ first, last, peak ^ over };
			over ^= 0xff;
			peak = value ^ 0xff;
			first = last = x;
		}
	}
	l->turn[l->turns++] = (struct finder_turn){ first, last, peak ^ over };
}

static void
line_cut(struct finder_line *l, int swing)
{
	struct cut c =
	    cut_begin(l, swing, (struct finder_turn){ 0, 0, l->p[0] });

	for (size_t x = 0; x < l->n; x++) {
		struct finder_turn v = { x, x, l->p[x] };

		x += line_same(l->p + x, l->n - x);
		v.last = x;
		cut_add(&c, v);
		if (c.way != 0) {
			line_cut_on(l, swing, v, c.way < 0);
			return;
		}
	}
}

/* Leaves out turns that are less than that. */
static void
line_smooth(struct finder_line *l, int swing)
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
line_edge(const struct finder_line *l, const struct finder_turn *a,
    const struct finder_turn *b)
{
	int middle = a->value + b->value; /* twice */
	size_t x = a->last;
	int here, next;

	if (a->value > b->value)
		while (x + 1 < b->first && 2 * l->p[x + 1] > middle)
			x++;
	else
		while (x + 1 < b->first && 2 * l->p[x + 1] <= middle)
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
	size_t got = (edge[2] - edge[0]) * FINDER_MODULES * 10;

	return got - (10 * modules - 7) * size <= 14 * size; /* or wraps */
}

/* Whether its runs differ about as much from each other. */
static bool
line_even(const struct finder_turn *t)
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

static struct finder_hit
line_hit(const struct finder_line *l, size_t i)
{
	const struct finder_turn *t = l->turn + i;
	const size_t *e = l->edge + i;

	return (struct finder_hit){ (e[2] + e[3]) / 2, e[RUNS] - e[0],
		t[2].value > t[1].value, (uint8_t)t[2].value,
		(uint8_t)t[1].value };
}

static bool
line_is_pattern(const struct finder_line *l, size_t i)
{
	const size_t *e = l->edge + i;
	size_t size = e[RUNS] - e[0];

	/* The runs of letters are about equal: the middle first. */
	return line_pair(e + 1, 4, size) && line_pair(e + 2, 4, size) &&
	       size >= RUNS * PART && line_pair(e, 2, size) &&
	       line_pair(e + 3, 2, size) && line_even(l->turn + i);
}

/* Most of what one measure finds, those before it have found. */
static void
line_add(struct finder_line *l, struct finder_hit h)
{
	for (size_t i = l->hits < SEEN ? 0 : l->hits - SEEN; i < l->hits; i++)
		if (l->hit[i].at == h.at && l->hit[i].size == h.size)
			return;
	l->hit[l->hits++] = h;
}

static void
line_find(struct finder_line *l)
{
	size_t *edge = l->edge;

	if (l->turns < RUNS)
		return;
	edge[0] = 0;
	for (size_t i = 1; i < l->turns; i++)
		edge[i] = line_edge(l, &l->turn[i - 1], &l->turn[i]);
	edge[l->turns] = l->n * PART;
	for (size_t i = 0; i + RUNS <= l->turns; i++)
		if (line_is_pattern(l, i))
			line_add(l, line_hit(l, i));
}

void
finder_line_read(struct finder_line *l)
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

/* ---- its memory ------------------------------------------------------------------ */

bool
finder_line_begin(struct finder_line *l, size_t most)
{
	l->turn = malloc((most + 1) * sizeof(*l->turn));
	l->edge = malloc((most + 2) * sizeof(*l->edge));
	l->hit = malloc(ARRAY_COUNT(finder_swing) * most * sizeof(*l->hit));
	return l->turn != NULL && l->edge != NULL && l->hit != NULL;
}

void
finder_line_end(struct finder_line *l)
{
	free(l->turn);
	free(l->edge);
	free(l->hit);
}
