/*
 * Who sends: domains with what became of their mail, and one domain with the
 * networks that its mail comes from.
 */
#include "config.h"

#include <stdlib.h>

#include "policy/base/clock.h"
#include "rules/base/utf8.h"
#include "rules/text/domain.h"
#include "tool/journal/history_filter.h"
#include "tool/web/web_decision.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

#define ROWS_SHOWN 100
#define LAST_SHOWN 20

enum { STATUS_NOT_FOUND = 404 };

static double
came_all(const uint64_t came[TALLY_CAMES])
{
	return (double)(came[TALLY_PASS] + came[TALLY_FAIL] + came[TALLY_ELSE]);
}

/* ---- all of them ------------------------------------------------------------------ */

/* What to show first. */
enum order { ORDER_COUNT, ORDER_FAILS, ORDER_REFUSED };

static const struct {
	const char *key, *text;
} orders[] = {
	[ORDER_COUNT] = { "most", "most mail" },
	[ORDER_FAILS] = { "fails", "most DMARC fails" },
	[ORDER_REFUSED] = { "refused", "most refused" },
};

static uint64_t
refused_of(const struct tally_sender *s)
{
	return s->verdict[OUTCOME_REJECT] + s->verdict[OUTCOME_TEMPFAIL] +
	       s->verdict[OUTCOME_DISCARD];
}

struct sorted {
	const struct tally_sender *sender;
	uint64_t by;
};

static int
sorted_order(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	return x->by == y->by ? strcmp(x->sender->name, y->sender->name)
			      : (x->by < y->by ? 1 : -1);
}

static size_t
senders_sort(
    struct web_view *v, enum order order, struct span like, struct sorted **out)
{
	const struct tally_sender *sender = web_tally_senders(v->web->tally);
	struct tally_sum sum;
	size_t count = 0;

	web_tally_sum(v->web->tally, &sum);
	*out = arena_array(v->arena, sum.senders + 1, sizeof(**out));
	for (size_t i = 0; i < sum.senders; i++) {
		const struct tally_sender *s = &sender[i];

		if (span_case_search(span_of(s->name), like) == SIZE_MAX &&
		    like.n > 0)
			continue;
		(*out)[count].sender = s;
		(*out)[count++].by = order == ORDER_COUNT ? s->count
				     : order == ORDER_FAILS
					 ? s->auth[TALLY_DMARC][TALLY_FAIL]
					 : refused_of(s);
	}
	qsort(*out, count, sizeof(**out), sorted_order);
	return count;
}

static void
sender_row(struct html *h, const struct tally_sender *s)
{
	html_begin(h, HTML_TR);
	html_begin_class(h, HTML_TD, "wrap");
	html_begin(h, HTML_BDI);
	html_link(h, PAGE_SENDER, "domain", span_of(s->name), span_of(s->name));
	html_end(h);
	html_end(h);
	part_cell_number(h, (double)s->count);
	part_cell_number(h, (double)refused_of(s));
	part_cell_number(h, (double)(s->verdict[OUTCOME_JUNK] +
				     s->verdict[OUTCOME_QUARANTINE]));
	for (size_t i = 0; i < TALLY_AUTHS; i++)
		part_cell_share(
		    h, (double)s->auth[i][TALLY_PASS], came_all(s->auth[i]));
	part_cell_number(h, (double)s->auth[TALLY_DMARC][TALLY_FAIL]);
	part_cell_time(h, s->last_s);
	html_end(h);
}

static void
search_write(struct web_view *v, enum order order)
{
	struct html *h = &v->html;

	html_begin_class(h, HTML_FORM, "line");
	html_setz(h, ATTR_METHOD, "get");
	html_setz(h, ATTR_ROLE, "search");
	html_action(h, PAGE_SENDERS);
	html_begin(h, HTML_LABEL);
	html_textz(h, "Domain has in it");
	html_begin(h, HTML_INPUT);
	html_setz(h, ATTR_NAME, "q");
	html_setz(h, ATTR_TYPE, "search");
	html_setz(h, ATTR_VALUE, web_query(v, "q"));
	html_end(h);
	html_begin(h, HTML_LABEL);
	html_textz(h, "First those with");
	html_begin(h, HTML_SELECT);
	html_setz(h, ATTR_NAME, "order");
	for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
		html_begin(h, HTML_OPTION);
		html_setz(h, ATTR_VALUE, orders[i].key);
		if (i == order)
			html_setz(h, ATTR_SELECTED, "selected");
		html_textz(h, orders[i].text);
		html_end(h);
	}
	html_end(h);
	html_end(h);
	html_putz(h, HTML_BUTTON, NULL, "Show");
	html_end(h);
}

void
page_senders(struct web_view *v)
{
	static const char *const head[] = { "domain", "#decisions", "#refused",
		"#junk", "#SPF pass", "#DKIM pass", "#DMARC pass",
		"#DMARC fails", "last" };
	struct span like = web_param(&v->request.query, "q"), ascii;
	const char *why;
	enum order order = ORDER_COUNT;
	struct sorted *sorted;
	struct tally_sum sum;
	struct html *h = &v->html;
	size_t count;

	for (size_t i = 0; i < ARRAY_COUNT(orders); i++)
		if (strcmp(web_query(v, "order"), orders[i].key) == 0)
			order = (enum order)i;
	/* They are shown, and kept, in A-labels. */
	if (!utf8_ascii(like) &&
	    domain_to_ascii(like, v->arena, &ascii, &why))
		like = ascii;
	count = senders_sort(v, order, like, &sorted);
	web_tally_sum(v->web->tally, &sum);
	part_begin(v, PAGE_SENDERS);
	part_section(h, "Domains");
	search_write(v, order);
	if (count == 0)
		html_putz(h, HTML_P, NULL, "None.");
	else
		part_table(h,
		    "By the author's domain; where there was no header yet, "
		    "by that of the envelope's sender",
		    head, ARRAY_COUNT(head));
	for (size_t i = 0; i < count && i < ROWS_SHOWN; i++)
		sender_row(h, sorted[i].sender);
	if (count > 0)
		part_table_end(h);
	if (count > ROWS_SHOWN)
		html_putf(h, HTML_P, "soft", "and %s more",
		    part_number(v->arena, (double)(count - ROWS_SHOWN)));
	if (sum.senders_lost > 0)
		html_putf(h, HTML_P, "soft",
		    "%s that came rarely are not kept in mind.",
		    part_number(v->arena, (double)sum.senders_lost));
	html_end(h);
	part_end(v);
}

/* ---- one of them ---------------------------------------------------------------------- */

static void
auth_write(struct web_view *v, const struct tally_sender *s)
{
	static const char *const names[TALLY_AUTHS] = { "SPF", "DKIM",
		"DMARC" };
	static const char *const head[] = { "check", "#pass", "#fail",
		"#none or not known", "#passes" };
	struct html *h = &v->html;

	part_section(h, "Passes and fails");
	part_table(h, "Of all decisions about mail in its name", head,
	    ARRAY_COUNT(head));
	for (size_t i = 0; i < TALLY_AUTHS; i++) {
		html_begin(h, HTML_TR);
		html_putz(h, HTML_TD, NULL, names[i]);
		for (size_t k = 0; k < TALLY_CAMES; k++)
			part_cell_number(h, (double)s->auth[i][k]);
		part_cell_share(
		    h, (double)s->auth[i][TALLY_PASS], came_all(s->auth[i]));
		html_end(h);
	}
	part_table_end(h);
	part_terms(h);
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if (s->verdict[i] > 0)
			part_term(h, outcome_names[i], "", "%s",
			    part_number(v->arena, (double)s->verdict[i]));
	html_end(h);
	html_end(h);
}

static int
source_order(const void *a, const void *b)
{
	const struct tally_source *x = a, *y = b;

	return x->count == y->count ? strcmp(x->net, y->net)
				    : (x->count < y->count ? 1 : -1);
}

static void
source_row(struct html *h, const struct tally_source *s)
{
	const struct html_pair pair = { "client", span_of(s->net) };

	html_begin(h, HTML_TR);
	html_begin(h, HTML_TD);
	if (s->net[0] == '\0') {
		html_textz(h, "local");
	} else {
		html_begin(h, HTML_A);
		html_href(h, PAGE_HISTORY, &pair, 1);
		html_textz(h, s->net);
		html_end(h);
	}
	html_end(h);
	part_cell_number(h, (double)s->count);
	for (size_t i = 0; i < TALLY_AUTHS; i++) {
		part_cell_number(h, (double)s->auth[i][TALLY_PASS]);
		part_cell_number(h, (double)s->auth[i][TALLY_FAIL]);
	}
	part_cell_number(h, (double)s->refused);
	part_cell_time(h, s->last_s);
	html_end(h);
}

static void
sources_write(struct web_view *v, const struct tally_sender *s)
{
	static const char *const head[] = { "network", "#decisions",
		"#SPF pass", "#fail", "#DKIM pass", "#fail", "#DMARC pass",
		"#fail", "#refused", "last" };
	struct tally_source source[TALLY_SOURCES];
	struct html *h = &v->html;

	(void)memcpy(source, s->source, sizeof(source));
	qsort(source, s->source_count, sizeof(source[0]), source_order);
	part_section(h, "Where it comes from");
	part_table(h, "By network", head, ARRAY_COUNT(head));
	for (size_t i = 0; i < s->source_count; i++)
		source_row(h, &source[i]);
	part_table_end(h);
	if (s->source_lost > 0)
		html_putf(h, HTML_P, "soft",
		    "and %s decisions from rarer networks",
		    part_number(v->arena, (double)s->source_lost));
	html_end(h);
}

struct lasting {
	struct web_view *view;
	struct history_filter filter;
	struct web_decision row[LAST_SHOWN];
	size_t count;
	uint64_t looked;
	int64_t until_ms;
};

static bool
last_row(void *ctx, const struct journal_row *row)
{
	struct lasting *l = ctx;

	if (history_filter_wants(&l->filter, row))
		web_decision_row(l->view->arena, row, &l->row[l->count++]);
	return l->count < LAST_SHOWN &&
	       (++l->looked % 64 != 0 ||
		   clock_system.monotonic_ms(clock_system.ctx) < l->until_ms);
}

static void
last_write(struct web_view *v, const char *name)
{
	struct lasting *l = arena_alloc(v->arena, sizeof(*l));
	const struct journal_query q = { .newest_first = true };
	const struct html_pair pair = { "from", span_of(name) };
	const char *why;

	*l = (struct lasting){ .view = v };
	l->until_ms = clock_system.monotonic_ms(clock_system.ctx) + WEB_LOOK_MS;
	part_section(&v->html, "Last decisions");
	if (v->web->reader != NULL &&
	    history_filter_read(&l->filter, HISTORY_FROM, name, &why))
		(void)journal_each(v->web->reader, &q, last_row, l);
	web_decision_last(v, l->row, l->count, &pair);
}

void
page_sender(struct web_view *v)
{
	struct span name =
	    arena_lower(v->arena, web_param(&v->request.query, "domain"));
	const struct tally_sender *s = web_tally_sender(v->web->tally, name);

	if (s == NULL) {
		web_refuse(v, STATUS_NOT_FOUND, "No such sender",
		    "No mail in the name of this domain is kept in mind.");
		return;
	}
	v->title = arena_printf(v->arena, "Mail of %s", s->name);
	part_begin(v, PAGE_SENDER);
	auth_write(v, s);
	sources_write(v, s);
	last_write(v, s->name);
	part_end(v);
}
