/*
 * What pages have in common. It knows no page.
 */
#include "config.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/source/diag.h"
#include "tool/journal/journal.h"
#include "tool/web/web_part.h"

/* ---- the frame ------------------------------------------------------------------ */

static void
frame_head(struct web_view *v)
{
	struct html *h = &v->html;

	html_begin(h, HTML_HEAD);
	html_begin(h, HTML_META);
	html_setz(h, ATTR_CHARSET, "utf-8");
	html_begin(h, HTML_META);
	html_setz(h, ATTR_NAME, "viewport");
	html_setz(h, ATTR_CONTENT, "width=device-width, initial-scale=1");
	html_begin(h, HTML_META);
	html_setz(h, ATTR_NAME, "color-scheme");
	html_setz(h, ATTR_CONTENT, "light dark");
	html_begin(h, HTML_META);
	html_setz(h, ATTR_NAME, "robots");
	html_setz(h, ATTR_CONTENT, "noindex");
	html_putf(h, HTML_TITLE, NULL, "%s - verdict", v->title);
	html_begin(h, HTML_LINK);
	html_setz(h, ATTR_REL, "stylesheet");
	html_href(h, PAGE_STYLE, NULL, 0);
	html_begin(h, HTML_LINK);
	html_setz(h, ATTR_REL, "icon");
	html_setz(h, ATTR_TYPE, "image/svg+xml");
	html_href(h, PAGE_ICON, NULL, 0);
	html_end(h);
}

static void
frame_navigation(struct web_view *v, enum html_page page)
{
	struct html *h = &v->html;

	html_begin(h, HTML_NAV);
	html_setz(h, ATTR_ARIA_LABEL, "Pages");
	html_begin(h, HTML_UL);
	for (size_t i = 0; i < web_page_count; i++) {
		if (web_page_rows[i].label == NULL)
			continue;
		html_begin(h, HTML_LI);
		html_begin(h, HTML_A);
		html_href(h, web_page_rows[i].page, NULL, 0);
		if (web_page_rows[i].page == page)
			html_setz(h, ATTR_ARIA_CURRENT, "page");
		html_textz(h, web_page_rows[i].label);
		html_end(h);
		html_end(h);
	}
	html_end(h);
	html_end(h);
}

/* The first thing that a keyboard comes to. */
static void
frame_skip(struct html *h)
{
	html_begin_class(h, HTML_A, "skip");
	html_href_here(h, "content");
	html_textz(h, "To what the page shows");
	html_end(h);
}

void
part_begin(struct web_view *v, enum html_page page)
{
	struct html *h = &v->html;

	html_init(h, &v->answer->body);
	html_begin(h, HTML_HTML);
	html_setz(h, ATTR_LANG, "en");
	frame_head(v);
	html_begin(h, HTML_BODY);
	frame_skip(h);
	html_begin(h, HTML_HEADER);
	html_begin_class(h, HTML_SPAN, "brand");
	html_textz(h, "verdict");
	html_end(h);
	frame_navigation(v, page);
	if (v->user.n > 0) {
		html_begin_class(h, HTML_SPAN, "user");
		html_text(h, v->user);
		html_end(h);
	}
	html_end(h);
	html_begin(h, HTML_MAIN);
	html_setz(h, ATTR_ID, "content");
	html_putz(h, HTML_H1, NULL, v->title);
	if (v->web->reader == NULL)
		part_note(h, "bad", "The journal can't be read: %s",
		    v->web->why_no_journal);
}

static void
frame_foot(struct web_view *v)
{
	struct html *h = &v->html;
	struct tally_sum sum;

	web_tally_sum(v->web->tally, &sum);
	html_begin(h, HTML_FOOTER);
	html_begin(h, HTML_P);
	html_textf(h, "verdict-milter %s. ", PACKAGE_VERSION);
	if (sum.count > 0) {
		html_textf(h, "%s decision%s, ",
		    part_number(v->arena, (double)sum.count),
		    sum.count == 1 ? "" : "s");
		part_time(h, sum.first_s);
		html_textz(h, " to ");
		part_time(h, sum.last_s);
	} else {
		html_textz(h, v->web->reader == NULL
				  ? "What the journal has is not known"
				  : "The journal has no decision yet");
	}
	html_textz(h, v->web->behind ? "; more are being summed up." : ".");
	html_end(h);
	html_end(h);
}

void
part_end(struct web_view *v)
{
	html_end(&v->html);
	frame_foot(v);
	html_end(&v->html);
	html_end(&v->html);
	html_done(&v->html);
}

/* ---- pieces --------------------------------------------------------------------- */

void
part_section(struct html *h, const char *heading)
{
	html_begin(h, HTML_SECTION);
	html_putz(h, HTML_H2, NULL, heading);
}

void
part_note(struct html *h, const char *kind, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	html_begin_class(h, HTML_P,
	    kind[0] == 'b'   ? "note bad"
	    : kind[0] == 'w' ? "note warn"
	    : kind[0] == 'g' ? "note good"
			     : "note");
	html_textz(h, text);
	html_end(h);
}

void
part_table(
    struct html *h, const char *caption, const char *const *head, size_t count)
{
	html_begin_class(h, HTML_DIV, "scroll");
	html_setz(h, ATTR_TABINDEX, "0");
	html_setz(h, ATTR_ROLE, "region");
	html_setz(h, ATTR_ARIA_LABEL, caption);
	html_begin(h, HTML_TABLE);
	html_putz(h, HTML_CAPTION, NULL, caption);
	html_begin(h, HTML_THEAD);
	html_begin(h, HTML_TR);
	for (size_t i = 0; i < count; i++) {
		bool number = head[i][0] == '#';

		html_begin_class(h, HTML_TH, number ? "n" : NULL);
		html_setz(h, ATTR_SCOPE, "col");
		html_textz(h, head[i] + number);
		html_end(h);
	}
	html_end(h);
	html_end(h);
	html_begin(h, HTML_TBODY);
}

void
part_table_end(struct html *h)
{
	for (int i = 0; i < 3; i++)
		html_end(h);
}

void
part_cell(struct html *h, struct span text)
{
	html_put(h, HTML_TD, NULL, text);
}

void
part_cell_alien(struct html *h, struct span text)
{
	html_begin(h, HTML_TD);
	html_put(h, HTML_BDI, NULL, text);
	html_end(h);
}

static void
number_write(double number, char out[40])
{
	char digits[40];
	size_t n, to = 0;

	(void)snprintf(digits, sizeof(digits), "%.0f",
	    isfinite(number) && fabs(number) < 1e15 ? number : 0.0);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
			out[to++] = ',';
		out[to++] = digits[i];
	}
	out[to] = '\0';
}

const char *
part_number(struct arena *a, double number)
{
	char text[40];

	number_write(number, text);
	return arena_strdup(a, span_of(text));
}

void
part_cell_number(struct html *h, double number)
{
	char text[40];

	number_write(number, text);
	html_putz(h, HTML_TD, number == 0 ? "n zero" : "n", text);
}

void
part_cell_share(struct html *h, double of, double all)
{
	if (all <= 0)
		html_putz(h, HTML_TD, "n zero", "-");
	else if (of > 0 && of / all < 0.001)
		html_putz(h, HTML_TD, "n", "< 0.1 %");
	else
		html_putf(h, HTML_TD, of == 0 ? "n zero" : "n", "%.1f %%",
		    100 * of / all);
}

void
part_time(struct html *h, int64_t time_s)
{
	char text[24], day[24];

	if (time_s == 0) {
		html_textz(h, "never");
		return;
	}
	tool_time(time_s, text);
	(void)memcpy(day, text, sizeof(day));
	if (day[10] == ' ')
		day[10] = 'T';
	html_begin(h, HTML_TIME);
	html_setz(h, ATTR_DATETIME, day);
	html_textz(h, text);
	html_end(h);
}

void
part_cell_time(struct html *h, int64_t time_s)
{
	html_begin_class(h, HTML_TD, "t");
	part_time(h, time_s);
	html_end(h);
}

void
part_verdict(struct html *h, struct span verdict)
{
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++) {
		char name[32];

		if (!span_is(verdict, outcome_names[i]))
			continue;
		(void)snprintf(name, sizeof(name), "v v-%s", outcome_names[i]);
		html_putz(h, HTML_SPAN, name, outcome_names[i]);
		return;
	}
	html_put(h, HTML_SPAN, "v", verdict);
}

void
part_terms(struct html *h)
{
	html_begin_class(h, HTML_DL, "terms");
}

void
part_term(
    struct html *h, const char *term, const char *kind, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	html_begin(h, HTML_DIV);
	html_putz(h, HTML_DT, NULL, term);
	html_putz(h, HTML_DD, kind, text);
	html_end(h);
}

struct span
part_statement(struct place place, size_t lines_max)
{
	struct span all = place.source->text, line, rest;
	size_t from = place.at, lines = 0, end;

	while (from > 0 && all.p[from - 1] != '\n')
		from--;
	end = from;
	rest = span_slice(all, from, all.n);
	while (lines < lines_max && span_cut(&rest, '\n', &line)) {
		if (lines > 0 && line.n > 0 && !ascii_space(line.p[0]))
			break;
		lines++;
		end += line.n + 1;
	}
	return span_trim(span_slice(all, from, end));
}
