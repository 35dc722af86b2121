/*
 * Past decisions, the newest first, with a search. A page looks for some
 * milliseconds; where that was not enough it says how far it came and offers
 * to go on.
 */
#include "config.h"

#include "policy/base/clock.h"
#include "tool/journal/history_filter.h"
#include "tool/journal/journal.h"
#include "tool/web/web_decision.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

#define ROWS_SHOWN 50
#define LOOK_EACH  64   /* rows between two looks at the clock */
#define SLACK_S    3600 /* by which decisions may stand out of order */

struct looking {
	struct web_view *view;
	struct history_filter filter;
	int64_t since_s, until_s;
	int64_t before_seq;
	bool words; /* something is sought */

	struct web_decision *row;
	size_t count;
	uint64_t looked, told, lacking; /* neither author nor subject */
	struct arena *scratch;
	int64_t last_seq, last_s; /* that was looked at */
	int64_t until_ms;
	bool full, late, failed;
};

/* ---- what is sought -------------------------------------------------------------- */

static const struct {
	const char *key, *label, *hint;
	enum history_field field;
} fields[] = {
	{ "q", "Search", "id, queue id, address", HISTORY_WORDS },
	{ "from", "From", "address or domain", HISTORY_FROM },
	{ "to", "To", "address or domain", HISTORY_TO },
	{ "client", "Client", "192.0.2.0/24", HISTORY_CLIENT },
	{ "rule", "Rule", "name", HISTORY_RULE },
	{ "subject", "Subject", "words of it", HISTORY_SUBJECT },
	{ "author", "Author", "address or domain", HISTORY_AUTHOR },
	{ "verdict", "Verdict", "", HISTORY_VERDICT },
};

static void
look_for(struct looking *l, const char **wrong)
{
	struct web_view *v = l->view;

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		const char *value = web_query(v, fields[i].key), *why;

		if (value[0] == '\0')
			continue;
		l->words = true;
		if (!history_filter_read(
			&l->filter, fields[i].field, value, &why) &&
		    why != NULL)
			*wrong =
			    arena_printf(v->arena, "\"%s\" %s", value, why);
	}
	history_filter_ready(&l->filter, v->web->options->journal, v->arena);
}

static void
look_when(struct looking *l, const char *key, int64_t *out, const char **wrong)
{
	const char *value = web_query(l->view, key);

	if (value[0] == '\0')
		return;
	l->words = true;
	if (!tool_moment_read(value, l->view->now_s, out))
		*wrong = arena_printf(l->view->arena,
		    "\"%s\" is no moment: say 7d, 2h, yesterday, tuesday, "
		    "2026-01-31 or 2026-01-31T10:00",
		    value);
}

/* ---- looking ---------------------------------------------------------------------- */

/* The author and the subject, where they are sought. */
static bool
look_told(struct looking *l, const struct journal_row *row)
{
	bool lacks;
	bool wanted = history_filter_wants_record(&l->filter,
	    l->view->web->reader, row->seq, l->scratch, &lacks);

	l->told++;
	l->lacking += lacks;
	return wanted;
}

static bool
look_row(void *ctx, const struct journal_row *row)
{
	struct looking *l = ctx;
	bool wanted = (l->since_s == 0 || row->time_s >= l->since_s) &&
		      (l->until_s == 0 || row->time_s <= l->until_s) &&
		      history_filter_wants(&l->filter, row);

	l->last_seq = row->seq;
	l->last_s = row->time_s;
	if (l->since_s != 0 && row->time_s < l->since_s - SLACK_S)
		return false;
	if (wanted && look_told(l, row))
		web_decision_row(l->view->arena, row, &l->row[l->count++]);
	l->full = l->count == ROWS_SHOWN;
	l->late = (++l->looked % LOOK_EACH == 0 || l->told > 0) &&
		  clock_system.monotonic_ms(clock_system.ctx) >= l->until_ms;
	return !l->full && !l->late;
}

static void
look(struct looking *l)
{
	struct web *w = l->view->web;
	/* The filter is not the file's: it would look for ever, here the clock
	 * is looked at. */
	struct journal_query q = { .newest_first = true,
		.after_seq = l->before_seq };

	l->until_ms = clock_system.monotonic_ms(clock_system.ctx) + WEB_LOOK_MS;
	l->row = arena_array(l->view->arena, ROWS_SHOWN, sizeof(*l->row));
	if (l->until_s != 0 && l->before_seq == 0)
		q.after_seq = journal_seq_at(w->reader, l->until_s + SLACK_S);
	if (l->until_s != 0 && q.after_seq == 0)
		return;
	l->scratch = arena_new();
	l->failed = !journal_each(w->reader, &q, look_row, l);
	arena_free(&l->scratch);
	for (size_t i = 0; i < l->count; i++)
		web_decision_more(l->view, &l->row[i]);
}

/* ---- the page ------------------------------------------------------------------------ */

static void
choice_write(struct html *h, const char *chosen)
{
	html_begin(h, HTML_SELECT);
	html_setz(h, ATTR_NAME, "verdict");
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		const char *name = i == OUTCOME_NONE ? "" : outcome_names[i];

		html_begin(h, HTML_OPTION);
		html_setz(h, ATTR_VALUE, name);
		if (strcmp(name, chosen) == 0)
			html_setz(h, ATTR_SELECTED, "selected");
		html_textz(h, i == OUTCOME_NONE ? "any" : name);
		html_end(h);
	}
	html_end(h);
}

static void
input_write(struct web_view *v, const char *key, const char *label,
    const char *hint, const char *type)
{
	struct html *h = &v->html;

	html_begin(h, HTML_LABEL);
	html_textz(h, label);
	if (strcmp(key, "verdict") == 0) {
		choice_write(h, web_query(v, key));
	} else {
		html_begin(h, HTML_INPUT);
		html_setz(h, ATTR_NAME, key);
		html_setz(h, ATTR_TYPE, type);
		html_setz(h, ATTR_PLACEHOLDER, hint);
		html_setz(h, ATTR_VALUE, web_query(v, key));
	}
	html_end(h);
}

static void
filter_write(struct web_view *v)
{
	struct html *h = &v->html;

	html_begin_class(h, HTML_FORM, "filter");
	html_setz(h, ATTR_METHOD, "get");
	html_setz(h, ATTR_ROLE, "search");
	html_action(h, PAGE_HISTORY);
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		input_write(v, fields[i].key, fields[i].label, fields[i].hint,
		    i == 0 ? "search" : "text");
	input_write(v, "since", "Since", "2h, yesterday", "text");
	input_write(v, "until", "Until", "2026-01-31", "text");
	html_begin(h, HTML_DIV);
	html_putz(h, HTML_BUTTON, NULL, "Show");
	html_end(h);
	html_end(h);
}

/* A link to this page with all that is sought, further back. */
static void
further_write(struct looking *l, const char *text)
{
	struct html *h = &l->view->html;
	struct html_pair pair[ARRAY_COUNT(fields) + 3];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		pair[count++] = (struct html_pair){ fields[i].key,
			span_of(web_query(l->view, fields[i].key)) };
	pair[count++] =
	    (struct html_pair){ "since", span_of(web_query(l->view, "since")) };
	pair[count++] =
	    (struct html_pair){ "until", span_of(web_query(l->view, "until")) };
	pair[count++] = (struct html_pair){ "before",
		span_of(arena_printf(
		    l->view->arena, "%lld", (long long)l->last_seq)) };
	html_begin(h, HTML_P);
	html_begin(h, HTML_A);
	html_href(h, PAGE_HISTORY, pair, count);
	html_textz(h, text);
	html_end(h);
	html_end(h);
}

static void
found_write(struct looking *l)
{
	struct html *h = &l->view->html;

	part_section(h, l->words ? "Found" : "Newest");
	if (l->failed)
		part_note(h, "bad", "The journal can't be read: %s",
		    journal_reader_error(l->view->web->reader));
	if (l->lacking > 0 && l->lacking == l->told)
		part_note(h, "warn",
		    "None of these decisions has an author or a Subject on "
		    "record: with journal.addresses hashed they are not kept.");
	if (l->count > 0)
		web_decision_table(
		    h, "Decisions, the newest first", l->row, l->count);
	else if (!l->failed)
		html_putz(h, HTML_P, NULL,
		    l->late ? "Nothing like that yet." : "Nothing like that.");
	if (l->late) {
		html_begin(h, HTML_P);
		html_textf(h, "Looked at %s decisions, back to ",
		    part_number(l->view->arena, (double)l->looked));
		part_time(h, l->last_s);
		html_textz(h, ".");
		html_end(h);
	}
	if (l->full || l->late)
		further_write(l, l->late ? "Look further back" : "Older ones");
	html_end(h);
}

void
page_history(struct web_view *v)
{
	struct looking l = { .view = v };
	const char *wrong = NULL;
	uint64_t before = 0;

	look_for(&l, &wrong);
	look_when(&l, "since", &l.since_s, &wrong);
	look_when(&l, "until", &l.until_s, &wrong);
	if (span_number(span_of(web_query(v, "before")), &before) &&
	    before < INT64_MAX)
		l.before_seq = (int64_t)before;
	part_begin(v, PAGE_HISTORY);
	part_section(&v->html, "Search");
	filter_write(v);
	html_end(&v->html);
	if (wrong != NULL)
		part_note(&v->html, "warn", "%s", wrong);
	else if (v->web->reader != NULL) {
		look(&l);
		found_write(&l);
	}
	part_end(v);
}
