/*
 * A whole message with its envelope and zone, judged with the shipped rules,
 * and everything that is said of it afterwards; message_kit.c says what the
 * input looks like.
 */
#include "config.h"

#include "tests/fuzz/message_kit.c"

#include "policy/case/answer.h"
#include "policy/message/check.h"
#include "policy/message/facts_json.h"
#include "policy/tell/headers.h"
#include "policy/tell/log_line.h"
#include "rules/base/utf8.h"

#include <stdio.h>
#define OUT_MAX ((size_t)64 << 20)

/* No line of a field or a log can be made by the sender. */
static void
field_plain(struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		INVARIANT((c >= ' ' && c < 127) || c == '\t' || c == '\n');
		INVARIANT(c != '\n' ||
			  (i + 1 < value.n && (value.p[i + 1] == '\t' ||
						  value.p[i + 1] == ' ')));
	}
}

static void
reply_plain(const struct verdict *v)
{
	INVARIANT(v->reply.text.n < 512);
	for (size_t i = 0; i < v->reply.text.n; i++) {
		unsigned char c = (unsigned char)v->reply.text.p[i];

		INVARIANT(c >= ' ' && c < 127 && c != '%');
	}
	INVARIANT(
	    v->reply.code == 0 ||
	    (v->reply.code / 100 == (v->action == OUTCOME_REJECT ? 5 : 4) &&
		v->reply.enhanced[0] - '0' == (int)v->reply.code / 100));
}

static void
fact_check(const struct fact_row *row, const struct value *v)
{
	if (v->state != FACT_KNOWN)
		return;
	if (row->type == FACT_TEXT || row->type == FACT_DOMAIN ||
	    row->type == FACT_ADDRESS)
		INVARIANT(utf8_valid(v->text));
	if (row->type == FACT_IP)
		INVARIANT(v->ip.family == 4 || v->ip.family == 6);
	if (row->type == FACT_NUMBER)
		INVARIANT(v->number == v->number);
}

/* What rules may count on of the values of facts. */
static void
facts_check(const struct message *m)
{
	const struct schema *s = facts_schema(m->facts);

	for (fact_id id = 0; id < schema_count(s); id++) {
		const struct fact_row *row = schema_row(s, id);
		fact_id group = schema_group(s, id);

		if (group != FACT_NONE)
			for (size_t e = 0; e < facts_count(m->facts, group);
			     e++)
				fact_check(
				    row, facts_field_get(m->facts, id, e));
		else if ((row->flags & FACT_RCPT) != 0)
			for (size_t i = 0; i < m->rcpt_count; i++)
				fact_check(row, facts_rcpt(m->facts, id, i));
		else
			fact_check(row, facts_get(m->facts, id));
	}
}

static void
facts_say(const struct facts *f, struct buf *out)
{
	struct facts_writing how = { .value_max = 4000 };
	struct jsonw w;

	buf_clear(out);
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	facts_write(f, &how, &w, "facts");
	jsonw_end(&w);
}

/* What was written of the facts says the same when it has been read. */
static void
facts_round(struct message *m, struct buf *out)
{
	struct arena *a = arena_new();
	struct facts *again = facts_new(m->session->snapshot->schema, a);
	struct jsonr_doc *doc;
	const char *why = NULL;
	struct span text;

	facts_say(m->facts, out);
	text = arena_dup(a, buf_span(out));
	doc = jsonr_parse(text, a, &why);
	INVARIANT(doc != NULL);
	facts_read(again, jsonr_get(jsonr_top(doc), "facts"), a);
	facts_say(again, out);
	if (!span_eq(text, buf_span(out)))
		fprintf(stderr, "%.*s\n\n%.*s\n", SPAN_FMT(text),
		    SPAN_FMT(buf_span(out)));
	INVARIANT(span_eq(text, buf_span(out)));
	jsonr_free(&doc);
	arena_free(&a);
}

static void
say_everything(struct case_result *r, struct buf *out)
{
	struct message *m = r->session->message;
	const struct check_table *checks = checks_of(m);
	struct header_edits edits;
	struct arena *a = arena_new();
	struct jsonr_doc *doc;
	const char *why = NULL;
	struct jsonw w;

	jsonw_init(&w, out);
	answer_json(r, SPAN("fuzz"), &w);
	doc = jsonr_parse(buf_span(out), a, &why);
	INVARIANT(doc != NULL);
	jsonr_free(&doc);
	arena_free(&a);
	buf_clear(out);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->explain != NULL)
			checks->check[i]->explain(m, m->slot[i], out, 1);
	headers_plan(m, &r->verdict, &edits);
	for (size_t i = 0; i < edits.addition_count; i++)
		field_plain(edits.addition[i].value);
	for (int form = 0; form < 2; form++) {
		buf_clear(out);
		log_line(
		    out, (enum log_line_form)form, m, &r->verdict, SIZE_MAX, 1);
		INVARIANT(out->n <= LOG_LINE_MAX);
		INVARIANT(span_find(buf_span(out), '\n') == SIZE_MAX);
	}
	reply_plain(&r->verdict);
	facts_check(m);
	facts_round(m, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct case_result r;
	struct buf out;
	struct kit k;

	kit_read(&k, span_make((const char *)data, size));
	buf_init(&out, OUT_MAX);
	case_run(&k.input, kit_snapshot(), NULL, &r);
	say_everything(&r, &out);
	case_result_free(&r);
	kit_free(&k);
	buf_free(&out);
	return 0;
}
