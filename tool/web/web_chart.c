/*
 * Charts, as SVG in the page. Whoever can't see them has their title and the
 * table below; colours are the style sheet's, and no colour alone says
 * anything.
 */
#include "config.h"

#include <stdio.h>

#include "tool/web/web_part.h"

#define WIDTH  720
#define HEIGHT 180
#define LEFT   44 /* for the scale */
#define BOTTOM 22 /* for the times */
#define TOP    10

static uint64_t
bar_sum(const struct chart_bar *bar)
{
	uint64_t sum = 0;

	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		sum += bar->verdict[i];
	return sum;
}

/* The next of 1, 2, 5, 10, 20 ... that is not below. */
static double
scale_top(uint64_t most)
{
	double step = 1;

	for (;;) {
		if (step >= (double)most)
			return step;
		if (2 * step >= (double)most)
			return 2 * step;
		if (5 * step >= (double)most)
			return 5 * step;
		step *= 10;
	}
}

static void
chart_line(struct html *h, double y, double value)
{
	html_begin_class(h, SVG_LINE, "grid");
	html_setf(h, ATTR_X1, "%d", LEFT);
	html_setf(h, ATTR_X2, "%d", WIDTH);
	html_setf(h, ATTR_Y1, "%.1f", y);
	html_setf(h, ATTR_Y2, "%.1f", y);
	html_end(h);
	html_begin_class(h, SVG_TEXT, "axis");
	html_setf(h, ATTR_X, "%d", LEFT - 6);
	html_setf(h, ATTR_Y, "%.1f", y + 4);
	html_setz(h, ATTR_TEXT_ANCHOR, "end");
	if (value >= 10000)
		html_textf(h, "%gk", value / 1000);
	else
		html_textf(h, "%g", value);
	html_end(h);
}

/* From below: what was let in first. */
static void
chart_bar(struct html *h, const struct chart_bar *bar, double x, double width,
    double top)
{
	const double room = HEIGHT - TOP - BOTTOM;
	double y = HEIGHT - BOTTOM;

	html_begin(h, SVG_G);
	html_begin(h, SVG_TITLE);
	html_textf(h, "%s: %llu", bar->label, (unsigned long long)bar_sum(bar));
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if (bar->verdict[i] > 0)
			html_textf(h, ", %s %llu", outcome_names[i],
			    (unsigned long long)bar->verdict[i]);
	html_end(h);
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++) {
		double high = room * (double)bar->verdict[i] / top;
		char name[32];

		if (bar->verdict[i] == 0)
			continue;
		/* Few among many are seen, too. */
		if (high < 1)
			high = 1;
		y -= high;
		(void)snprintf(name, sizeof(name), "f-%s", outcome_names[i]);
		html_begin_class(h, SVG_RECT, name);
		html_setf(h, ATTR_X, "%.1f", x);
		html_setf(h, ATTR_Y, "%.1f", y);
		html_setf(h, ATTR_WIDTH, "%.1f", width);
		html_setf(h, ATTR_HEIGHT, "%.1f", high);
		html_end(h);
	}
	html_end(h);
}

static void
chart_label(struct html *h, const struct chart_bar *bar, double middle)
{
	if (bar->short_label == NULL)
		return;
	html_begin_class(h, SVG_TEXT, "axis");
	html_setf(h, ATTR_X, "%.1f", middle);
	html_setf(h, ATTR_Y, "%d", HEIGHT - 6);
	html_setz(h, ATTR_TEXT_ANCHOR, "middle");
	html_textz(h, bar->short_label);
	html_end(h);
}

static void
chart_svg(struct html *h, const char *id, const char *title,
    const struct chart_bar *bar, size_t count)
{
	const double room = HEIGHT - TOP - BOTTOM;
	double step = (double)(WIDTH - LEFT) / (double)(count == 0 ? 1 : count);
	uint64_t most = 1;
	double top;

	for (size_t i = 0; i < count; i++)
		if (bar_sum(&bar[i]) > most)
			most = bar_sum(&bar[i]);
	top = scale_top(most);
	html_begin_class(h, HTML_DIV, "scroll");
	html_begin_class(h, SVG_SVG, "chart");
	html_setf(h, ATTR_VIEWBOX, "0 0 %d %d", WIDTH, HEIGHT);
	html_setz(h, ATTR_ROLE, "img");
	html_setz(h, ATTR_ARIA_LABELLEDBY, id);
	html_begin(h, SVG_TITLE);
	html_setz(h, ATTR_ID, id);
	html_textf(h, "%s; the table below has the numbers", title);
	html_end(h);
	for (int i = 0; i <= 2; i++)
		chart_line(h, HEIGHT - BOTTOM - room * i / 2, top * i / 2);
	for (size_t i = 0; i < count; i++) {
		double x = LEFT + step * (double)i;

		chart_bar(h, &bar[i], x + step * 0.1, step * 0.8, top);
		chart_label(h, &bar[i], x + step / 2);
	}
	html_end(h);
	html_end(h);
}

/* What each colour is, and how much of it there was. */
static void
chart_legend(struct html *h, const struct chart_bar *bar, size_t count)
{
	html_begin_class(h, HTML_UL, "legend");
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++) {
		uint64_t sum = 0;
		char name[32];

		for (size_t k = 0; k < count; k++)
			sum += bar[k].verdict[i];
		if (sum == 0)
			continue;
		(void)snprintf(
		    name, sizeof(name), "key k-%s", outcome_names[i]);
		html_begin(h, HTML_LI);
		html_begin_class(h, HTML_SPAN, name);
		html_end(h);
		html_textf(
		    h, " %s %llu", outcome_names[i], (unsigned long long)sum);
		html_end(h);
	}
	html_end(h);
}

static void
chart_table(struct html *h, const char *title, const struct chart_bar *bar,
    size_t count)
{
	static const char *const head[] = { "from", "#accept", "#junk",
		"#quarantine", "#tempfail", "#reject", "#discard" };

	_Static_assert(ARRAY_COUNT(head) == OUTCOME_COUNT, "by action");
	html_begin(h, HTML_DETAILS);
	html_putz(h, HTML_SUMMARY, NULL, "As a table");
	part_table(h, title, head, ARRAY_COUNT(head));
	for (size_t i = count; i-- > 0;) {
		if (bar_sum(&bar[i]) == 0)
			continue;
		html_begin(h, HTML_TR);
		html_putz(h, HTML_TD, "t", bar[i].label);
		for (size_t k = OUTCOME_ACCEPT; k < OUTCOME_COUNT; k++)
			part_cell_number(h, (double)bar[i].verdict[k]);
		html_end(h);
	}
	part_table_end(h);
	html_end(h);
}

void
chart_verdicts(struct html *h, const char *id, const char *title,
    const struct chart_bar *bar, size_t count)
{
	uint64_t all = 0;

	for (size_t i = 0; i < count; i++)
		all += bar_sum(&bar[i]);
	if (all == 0) {
		html_putz(
		    h, HTML_P, "soft", "Nothing was decided in this time.");
		return;
	}
	chart_svg(h, id, title, bar, count);
	chart_legend(h, bar, count);
	chart_table(h, title, bar, count);
}

void
chart_spark(
    struct html *h, const uint32_t *value, size_t count, const char *label)
{
	uint32_t most = 1;

	for (size_t i = 0; i < count; i++)
		most = value[i] > most ? value[i] : most;
	html_begin_class(h, SVG_SVG, "spark");
	html_setf(h, ATTR_VIEWBOX, "0 0 %zu 20", count * 4);
	html_setf(h, ATTR_WIDTH, "%zu", count * 4);
	html_setz(h, ATTR_HEIGHT, "20");
	html_setz(h, ATTR_ROLE, "img");
	html_setz(h, ATTR_ARIA_LABEL, label);
	for (size_t i = 0; i < count; i++) {
		double high = 20.0 * value[i] / most;

		if (value[i] == 0)
			continue;
		if (high < 1)
			high = 1;
		html_begin(h, SVG_RECT);
		html_setf(h, ATTR_X, "%zu", i * 4);
		html_setf(h, ATTR_Y, "%.1f", 20 - high);
		html_setz(h, ATTR_WIDTH, "3");
		html_setf(h, ATTR_HEIGHT, "%.1f", high);
		html_end(h);
	}
	html_end(h);
}

void
chart_share(struct html *h, double of, double all)
{
	double part = all > 0 && of > 0 ? of / all : 0;

	html_begin_class(h, SVG_SVG, "share");
	html_setz(h, ATTR_VIEWBOX, "0 0 100 8");
	html_setz(h, ATTR_WIDTH, "100");
	html_setz(h, ATTR_HEIGHT, "8");
	html_setz(h, ATTR_ROLE, "img");
	html_setf(h, ATTR_ARIA_LABEL, "%.0f %%", 100 * part);
	html_begin_class(h, SVG_RECT, "rest");
	html_setz(h, ATTR_WIDTH, "100");
	html_setz(h, ATTR_HEIGHT, "8");
	html_end(h);
	html_begin_class(h, SVG_RECT, "part");
	html_setf(h, ATTR_WIDTH, "%.1f", part > 1 ? 100.0 : 100 * part);
	html_setz(h, ATTR_HEIGHT, "8");
	html_end(h);
	html_end(h);
}
