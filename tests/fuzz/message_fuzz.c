/*
 * A whole message with its envelope and zone, judged with the shipped rules,
 * and everything that is said of it afterwards. The input is lines "key value"
 * (helo, mail, rcpt, ip, auth, txt NAME TEXT, a NAME ADDRESS, rcode NAME
 * WORD), an empty line, and the message.
 */
#include "config.h"

#include <string.h>

#include "policy/answer.h"
#include "policy/case.h"
#include "policy/check.h"
#include "policy/facts_given.h"
#include "policy/headers.h"
#include "policy/log_line.h"
#include "policy/snapshot.h"
#include "rules/diag.h"
#include "rules/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX   ((size_t)64 << 20)
#define RCPT_MAX  4
#define LINES_MAX 60

static struct snapshot *
snapshot_fuzz(void)
{
	static struct snapshot *s;
	struct arena *a;
	struct diags diags;

	if (s != NULL)
		return s;
	a = arena_new();
	diags_init(&diags, a);
	s = snapshot_load(
	    &(struct snapshot_source){
		.config_text = SPAN("mode enforce\nrelay 198.51.100.1\n"
				    "trust 127.0.0.0/8\n"),
		.want_all = true },
	    &diags);
	arena_free(&a);
	INVARIANT(s != NULL);
	return s;
}

static void
zone_line(struct case_input *c, struct span key, struct span rest)
{
	struct span name = span_slice(rest, 0, span_find(rest, ' '));
	struct span value = span_slice(rest, name.n + 1, rest.n);

	if (name.n == 0 || name.n > 200)
		return;
	if (span_is(key, "txt"))
		dns_zone_txt(c->zone, name, value);
	else if (span_is(key, "a"))
		(void)dns_zone_address(c->zone, name, value);
	else if (span_is(key, "mx"))
		dns_zone_mx(c->zone, name, 10, value);
	else if (span_is(key, "ptr"))
		dns_zone_ptr(c->zone, name, value);
	else if (span_is(key, "rcode"))
		(void)dns_zone_rcode(c->zone, name, value);
}

static void
envelope_line(struct case_input *c, struct span *rcpt, struct span line)
{
	struct span key = span_slice(line, 0, span_find(line, ' '));
	struct span rest = span_slice(line, key.n + 1, line.n);

	if (span_is(key, "helo"))
		c->helo = rest;
	else if (span_is(key, "mail"))
		c->mailfrom = rest;
	else if (span_is(key, "name"))
		c->client_name = rest;
	else if (span_is(key, "ip"))
		(void)ip_parse(rest, &c->ip);
	else if (span_is(key, "rcpt") && c->rcpt_count < RCPT_MAX)
		rcpt[c->rcpt_count++] = rest;
	else
		zone_line(c, key, rest);
}

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
	    (v->reply.code / 100 == (v->action == ACTION_REJECT ? 5 : 4) &&
		v->reply.enhanced[0] - '0' == (int)v->reply.code / 100));
}

static void
facts_round(struct message *m, struct buf *out)
{
	struct facts_writing how = { .value_max = 4000 };
	struct arena *a = arena_new();
	struct facts *again = facts_new(m->session->snapshot->schema, a);
	struct jsonr_doc *doc;
	const char *why = NULL;
	struct jsonw w;

	buf_clear(out);
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	facts_write(m->facts, &how, &w, "facts");
	jsonw_end(&w);
	doc = jsonr_parse(buf_span(out), a, &why);
	INVARIANT(doc != NULL);
	facts_read(again, jsonr_get(jsonr_top(doc), "facts"), a);
	jsonr_free(&doc);
	arena_free(&a);
}

static void
say_everything(struct case_result *r, struct buf *out)
{
	struct message *m = r->session->message;
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
	for (size_t i = 0; i < check_count(); i++)
		if (checks[i]->explain != NULL)
			checks[i]->explain(m, m->slot[i], out, 1);
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
	facts_round(m, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size), line;
	struct span rcpt[RCPT_MAX];
	struct case_input c;
	struct case_result r;
	struct buf out;

	case_init(&c);
	c.zone = dns_zone_new();
	c.rcpt = rcpt;
	for (int i = 0; i < LINES_MAX && span_cut(&rest, '\n', &line); i++) {
		if (line.n == 0)
			break;
		envelope_line(&c, rcpt, line);
	}
	c.message = rest.p == NULL ? SPAN("") : rest;
	buf_init(&out, OUT_MAX);
	case_run(&c, snapshot_fuzz(), NULL, &r);
	say_everything(&r, &out);
	case_result_free(&r);
	case_release(&c);
	buf_free(&out);
	return 0;
}
