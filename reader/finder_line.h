#ifndef READER_FINDER_LINE_H
#define READER_FINDER_LINE_H

/*
 * What one line of pixels, a row or a column, shows of finder patterns: where
 * dark and light are in the proportion 1:1:3:1:1.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDER_PART    16 /* of a pixel, in which places are told */
#define FINDER_MODULES 7  /* that a pattern is wide */

/* Where a line turns: the first and the last pixel of its highest or lowest
 * value there. */
struct finder_turn {
	size_t first, last;
	int value;
};

struct finder_hit {
	size_t at, size; /* its middle, and all of its runs; parts of a pixel */
	bool light;
	uint8_t own, ring; /* grey of its middle, and of what is around that */
};

struct finder_line {
	const uint8_t *p; /* set by whoever reads it */
	size_t n;
	struct finder_hit *hit; /* each once, or nearly */
	size_t hits;
	/* finder_line.c's own. */
	struct finder_turn *turn;
	size_t turns;
	size_t *edge; /* where the run of each turn begins */
};

/* Memory for lines of so many pixels. False: there is none; finder_line_end is
 * due all the same. */
bool finder_line_begin(struct finder_line *l, size_t most);
void finder_line_end(struct finder_line *l);
/* Finds the hits of what p and n say now. */
void finder_line_read(struct finder_line *l);

#endif
