#include "config.h"

#include "tests/kit/code_kit.h"

#include <math.h>
#include <string.h>

#define SIDE    KIT_CODE_SIDE
#define SAMPLES 3 /* of a pixel, each way */
#define PI      3.14159265358979

static unsigned
picture_chance(uint32_t *seed, unsigned below)
{
	*seed = *seed * 1664525U + 1013904223U;
	return (*seed >> 8) % below;
}

/* In modules; where there is ink. */
static bool
code_ink(bool module[SIDE][SIDE], const struct kit_code_look *look, double x,
    double y)
{
	double middle = SIDE / 2.0, cell_x = x - floor(x) - 0.5,
	       cell_y = y - floor(y) - 0.5;
	bool corner;

	if (x < 0 || y < 0 || x >= SIDE || y >= SIDE)
		return false;
	if (fabs(x - middle) < look->logo * middle &&
	    fabs(y - middle) < look->logo * middle)
		return fabs(x - middle) < look->logo * middle / 2;
	corner = (x < 8 && y < 8) || (x < 8 && y >= SIDE - 8) ||
		 (x >= SIDE - 8 && y < 8);
	if (look->round > 0 && !corner &&
	    cell_x * cell_x + cell_y * cell_y > look->round * look->round)
		return false;
	return cell_y + 0.5 >= look->gap && module[(size_t)y][(size_t)x];
}

static unsigned char
code_pixel(bool module[SIDE][SIDE], const struct kit_code_look *look, double x,
    double y)
{
	double c = cos(look->degrees * PI / 180),
	       s = sin(look->degrees * PI / 180);
	unsigned ink = 0;

	for (int i = 0; i < SAMPLES * SAMPLES; i++) {
		double u = (x + (i % SAMPLES + 0.5) / SAMPLES) / look->module;
		double v =
		    (y + (double)(i / SAMPLES + 0.5) / SAMPLES) / look->module;
		double column = u * c + v * s, row = v * c - u * s;

		column += look->lean * row;
		ink += code_ink(
		    module, look, column + SIDE / 2.0, row + SIDE / 2.0);
	}
	return (unsigned char)((look->dark * ink +
				   look->light * (SAMPLES * SAMPLES - ink)) /
			       (SAMPLES * SAMPLES));
}

/* The mean of three, across and down. */
static void
picture_blur(struct kit_picture *g, struct arena *a)
{
	size_t n = g->width * g->height;
	unsigned char *from = arena_array(a, n, 1);

	for (int down = 0; down < 2; down++) {
		size_t step = down ? g->width : 1;

		memcpy(from, g->p, n);
		for (size_t i = step; i + step < n; i++)
			g->p[i] = (unsigned char)((from[i - step] + from[i] +
						      from[i + step]) /
						  3);
	}
}

/* What light and a camera do. */
static void
picture_worsen(struct kit_picture *g, const struct kit_code_look *look)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < g->width * g->height; i++) {
		int c = g->p[i];

		c -= (int)(look->shade * (i % g->width) / g->width);
		if (look->noise > 0)
			c += (int)picture_chance(&seed, 2 * look->noise + 1) -
			     (int)look->noise;
		g->p[i] = (unsigned char)(c < 0 ? 0 : c > 255 ? 255 : c);
	}
}

struct kit_picture
kit_code_picture_as(
    const char *text, const struct kit_code_look *look, struct arena *a)
{
	double turned = fabs(sin(look->degrees * PI / 180)) +
			fabs(cos(look->degrees * PI / 180)) + look->lean;
	size_t side =
	    (size_t)(look->module * (SIDE * turned + 2 * look->quiet));
	struct kit_picture g;
	bool module[SIDE][SIDE];

	if (side < look->page)
		side = look->page;
	g = (struct kit_picture){ arena_array(a, side * side, 1), side, side };
	kit_code(text, module);
	for (size_t y = 0; y < side; y++)
		for (size_t x = 0; x < side; x++)
			g.p[y * side + x] = code_pixel(module, look,
			    (double)x - (double)side / 2,
			    (double)y - (double)side / 2);
	for (unsigned i = 0; i < look->blur; i++)
		picture_blur(&g, a);
	picture_worsen(&g, look);
	return g;
}

/* A letter is two or three strokes, upright or across. */
struct kit_picture
kit_text_picture(size_t width, size_t height, size_t letter, struct arena *a)
{
	struct kit_picture g = { arena_array(a, width * height, 1), width,
		height };
	size_t stroke = letter / 6 + 1;
	uint32_t seed = 7;

	memset(g.p, 255, width * height);
	for (size_t y = letter; y + 2 * letter < height; y += 2 * letter)
		for (size_t x = letter; x + 2 * letter < width;
		     x += letter * 3 / 4) {
			unsigned strokes = picture_chance(&seed, 4);

			for (unsigned i = 0; i < strokes; i++) {
				bool across = picture_chance(&seed, 2) == 0;
				size_t at = picture_chance(
				    &seed, (unsigned)(letter / 2));
				size_t w = across ? letter / 2 : stroke;
				size_t h = across ? stroke : letter;

				for (size_t k = 0; k < w * h; k++)
					g.p[(y + k / w + (across ? at : 0)) *
						width +
					    x + k % w + (across ? 0 : at)] = 0;
			}
		}
	picture_blur(&g, a);
	return g;
}
