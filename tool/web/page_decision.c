/*
 * One decision, as `verdict explain` tells it, with what stood in the header
 * and what was found.
 */
#include "config.h"

#include "policy/base/clock.h"
#include "policy/case/rejudge.h"
#include "rules/base/jsonw.h"
#include "tool/journal/explain.h"
#include "tool/journal/tree.h"
#include "tool/web/web_decision.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

#define CHOICES_MAX 20
#define FACTS_MAX   600
#define ID_MAX      64
#define VALUE_MAX   ((size_t)256 * 1024)

enum { STATUS_NOT_FOUND = 404, STATUS_UNAVAILABLE = 503 };

struct seeking {
	struct web_view *view;
	struct span id;
	struct web_decision found[CHOICES_MAX];
	struct span snapshot[CHOICES_MAX];
	size_t count;
	uint64_t looked;
	int64_t until_ms;
	bool late, failed;
};

/* ---- finding it ------------------------------------------------------------------- */

static void
seek_add(struct seeking *s, const struct journal_row *row)
{
	web_decision_row(s->view->arena, row, &s->found[s->count]);
	s->snapshot[s->count++] = arena_dup(s->view->arena, row->snapshot);
}

static bool
seek_id(void *ctx, const struct journal_row *row)
{
	struct seeking *s = ctx;
	bool same = span_eq(row->id, s->id);

	if (same)
		s->count = 0;
	seek_add(s, row);
	return !same && s->count < CHOICES_MAX;
}

static bool
seek_queue(void *ctx, const struct journal_row *row)
{
	struct seeking *s = ctx;

	if (span_case_eq(row->queue, s->id))
		seek_add(s, row);
	s->late = ++s->looked % 64 == 0 &&
		  clock_system.monotonic_ms(clock_system.ctx) >= s->until_ms;
	return s->count < CHOICES_MAX && !s->late;
}

static void
seek(struct seeking *s)
{
	struct journal_reader *r = s->view->web->reader;
	const struct journal_query by_id = { .newest_first = true,
		.id_prefix = s->id };
	const struct journal_query all = { .newest_first = true };

	s->until_ms = clock_system.monotonic_ms(clock_system.ctx) + WEB_LOOK_MS;
	if (s->id.n == 0 || s->id.n > ID_MAX)
		return;
	s->failed = r == NULL || !journal_each(r, &by_id, seek_id, s) ||
		    (s->count == 0 && !journal_each(r, &all, seek_queue, s));
}

/* ---- what is told ------------------------------------------------------------------ */

static void
tree_write(struct html *h, const struct tree *t)
{
	bool inside = false;

	html_begin_class(h, HTML_UL, "tree");
	for (size_t i = 0; i < t->count; i++) {
		if (t->line[i].title) {
			if (inside) {
				html_end(h);
				html_end(h);
			}
			html_begin(h, HTML_LI);
			html_putz(h, HTML_STRONG, NULL, t->line[i].text);
			html_begin(h, HTML_UL);
			inside = true;
		} else {
			/* What stands indented belongs to the line above. */
			html_putz(h, HTML_LI,
			    t->line[i].text[0] == ' ' ? "deep" : NULL,
			    t->line[i].text);
		}
	}
	if (inside) {
		html_end(h);
		html_end(h);
	}
	html_end(h);
}

static void
head_write(struct web_view *v, const struct explained *e)
{
	struct html *h = &v->html;
	struct span rule = jsonr_get_text(e->record, "rule");

	part_section(h, "Verdict");
	html_begin(h, HTML_P);
	part_verdict(h, jsonr_get_text(e->record, "verdict"));
	html_textz(h, " ");
	part_time(h, explain_time(e->record));
	if (rule.n > 0) {
		html_textz(h, " by ");
		html_link(h, PAGE_RULE, "name", rule, rule);
	}
	if (v->web->options->teach) {
		html_textz(h, " - ");
		html_link(
		    h, PAGE_LEARNING, "id", e->id, SPAN("Teach this message"));
	}
	html_end(h);
	html_end(h);
}

/* What the message says of itself, and what was done to its header. */
static const struct {
	const char *fact, *label;
} header_facts[] = {
	{ "from.address", "From" },
	{ "from.name", "From, name" },
	{ "reply_to.address", "Reply-To" },
	{ "subject", "Subject" },
	{ "message_id", "Message-ID" },
	{ "list.id", "List-Id" },
	{ "from.domain", "author's domain" },
};

static void
names_row(
    struct html *h, struct jsonr record, const char *key, const char *label)
{
	struct jsonr names = jsonr_get(record, key);
	struct span name;

	if (jsonr_count(names) == 0)
		return;
	html_begin(h, HTML_TR);
	html_putz(h, HTML_TD, "t", label);
	html_begin_class(h, HTML_TD, "wrap");
	for (size_t i = 0; i < jsonr_count(names); i++)
		if (jsonr_text(jsonr_at(names, i), &name)) {
			html_textz(h, i > 0 ? ", " : "");
			html_put(h, HTML_BDI, NULL, name);
		}
	html_end(h);
	html_end(h);
}

static bool
headers_kept(const struct explained *e)
{
	struct jsonr facts = jsonr_get(e->record, "facts");

	for (size_t i = 0; i < ARRAY_COUNT(header_facts); i++)
		if (jsonr_get_text(facts, header_facts[i].fact).n > 0)
			return true;
	return jsonr_count(jsonr_get(facts, "header")) > 0 ||
	       jsonr_count(jsonr_get(e->record, "headers_added")) > 0;
}

static void
headers_write(struct web_view *v, const struct explained *e)
{
	static const char *const head[] = { "field", "value" };
	struct jsonr facts = jsonr_get(e->record, "facts");
	struct jsonr field = jsonr_get(facts, "header");
	struct html *h = &v->html;

	if (!headers_kept(e))
		return;
	part_section(h, "Header");
	part_table(h, "As far as the journal keeps it", head, 2);
	for (size_t i = 0; i < ARRAY_COUNT(header_facts); i++) {
		struct span text = jsonr_get_text(facts, header_facts[i].fact);

		if (text.n == 0)
			continue;
		html_begin(h, HTML_TR);
		html_putz(h, HTML_TD, "t", header_facts[i].label);
		html_begin_class(h, HTML_TD, "wrap");
		html_put(h, HTML_BDI, NULL, text);
		html_end(h);
		html_end(h);
	}
	for (size_t i = 0; i < jsonr_count(field) && i < FACTS_MAX; i++) {
		struct jsonr one = jsonr_at(field, i);

		html_begin(h, HTML_TR);
		html_put(h, HTML_TD, "t", jsonr_get_text(one, "name"));
		html_begin_class(h, HTML_TD, "wrap");
		html_put(h, HTML_BDI, NULL, jsonr_get_text(one, "value"));
		html_end(h);
		html_end(h);
	}
	names_row(h, e->record, "headers_added", "fields added");
	names_row(h, e->record, "headers_removed", "fields removed");
	part_table_end(h);
	html_end(h);
}

static void
json_cell(struct html *h, struct jsonr value)
{
	struct span text;
	struct buf out;
	struct jsonw w;

	html_begin_class(h, HTML_TD, "wrap");
	if (jsonr_text(value, &text)) {
		html_put(h, HTML_BDI, NULL, text);
	} else {
		buf_init(&out, VALUE_MAX);
		jsonw_init(&w, &out);
		jsonr_write(value, &w, NULL);
		html_put(h, HTML_CODE, NULL, buf_span(&out));
		buf_free(&out);
	}
	html_end(h);
}

/* All that was known, for whoever writes a rule. */
static void
members_write(struct html *h, const char *summary, struct jsonr object)
{
	static const char *const head[] = { "name", "value" };
	const void *cursor = NULL;
	struct jsonr value;
	struct span name;
	size_t count = 0;

	if (jsonr_count(object) == 0)
		return;
	html_begin(h, HTML_DETAILS);
	html_putf(
	    h, HTML_SUMMARY, NULL, "%s (%zu)", summary, jsonr_count(object));
	part_table(h, summary, head, 2);
	while (
	    jsonr_next(object, &cursor, &name, &value) && count++ < FACTS_MAX) {
		html_begin(h, HTML_TR);
		html_put(h, HTML_TD, "t", name);
		json_cell(h, value);
		html_end(h);
	}
	part_table_end(h);
	html_end(h);
}

static void
told_write(struct web_view *v, struct explained *e)
{
	const struct tree *t = explain_told(e);
	struct html *h = &v->html;

	head_write(v, e);
	part_section(h, "Why");
	tree_write(h, t);
	html_end(h);
	headers_write(v, e);
	part_section(h, "All that was known");
	members_write(
	    h, "Facts that rules can read", jsonr_get(e->record, "facts"));
	members_write(h, "Answers of DNS", jsonr_get(e->record, "dns"));
	html_begin(h, HTML_P);
	html_textz(h, "The same as a test case: ");
	html_putf(
	    h, HTML_CODE, NULL, "verdict explain --case %.*s", SPAN_FMT(e->id));
	html_end(h);
	html_end(h);
}

static void
decision_write(
    struct web_view *v, const struct web_decision *d, struct span snapshot)
{
	struct explained e = {
		.arena = v->arena, .id = d->id, .snapshot = snapshot
	};
	const struct web_made *made = web_made_with(v, snapshot);
	struct jsonr_doc *doc;
	const char *why = "";

	e.record_text = journal_record(v->web->reader, d->seq, v->arena);
	doc = jsonr_parse(e.record_text, v->arena, &why);
	if (doc == NULL) {
		part_note(&v->html, "bad",
		    "Its record is gone or can't be read: %s", why);
		return;
	}
	e.record = jsonr_top(doc);
	e.made_with = made->made_with;
	e.then = made->then;
	e.why = made->why;
	if (e.then != NULL)
		e.rejudge = rejudge_new(e.then);
	told_write(v, &e);
	rejudge_free(&e.rejudge);
	jsonr_free(&doc);
}

void
page_decision(struct web_view *v)
{
	struct seeking *s = arena_alloc(v->arena, sizeof(*s));

	*s = (struct seeking){ .view = v,
		.id = web_param(&v->request.query, "id") };
	seek(s);
	if (s->count == 0 && s->failed) {
		web_refuse(v, STATUS_UNAVAILABLE, "Not known",
		    v->web->reader == NULL
			? "Whether there was such a decision."
			: arena_printf(v->arena,
			      "The journal can't be read: %s",
			      journal_reader_error(v->web->reader)));
		return;
	}
	if (s->count == 0) {
		web_refuse(v, STATUS_NOT_FOUND, "No such decision",
		    s->late
			? "None of the newest decisions has this id or queue "
			  "id. Older ones are found by the decision's own id, "
			  "which stands in replies, in the log and in the "
			  "X-Verdict field."
			: "The journal has no decision with this id or queue "
			  "id; perhaps it has expired.");
		return;
	}
	v->title = s->count > 1 ? "Decisions"
				: arena_printf(v->arena, "Decision %.*s",
				      SPAN_FMT(s->found[0].id));
	part_begin(v, PAGE_DECISION);
	if (s->count > 1) {
		for (size_t i = 0; i < s->count; i++)
			web_decision_more(v, &s->found[i]);
		part_section(&v->html, "Several are meant by that");
		web_decision_table(&v->html, "Which one?", s->found, s->count);
		html_end(&v->html);
	} else {
		decision_write(v, &s->found[0], s->snapshot[0]);
	}
	part_end(v);
}
