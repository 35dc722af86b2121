/*
 * The log line of a message. It only reads: what is known by then stands in
 * the message, its facts and the verdict.
 */
#include "config.h"

#include "policy/tell/log_line.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "policy/message/check.h"
#include "policy/message/snapshot.h"
#include "rules/base/jsonw.h"
#include "rules/base/panic.h"

#define ITEMS_MAX    64
#define VALUE_MAX    200 /* octets of one value */
#define ELEMENTS_MAX 3   /* signatures that are named */
#define OF_MAX       60  /* octets of whose they are */

struct log_item {
	const char *key;
	struct span text; /* p NULL: it is a number */
	double number;
	bool list; /* of words with commas between */
};

struct log_items {
	struct log_item item[ITEMS_MAX];
	size_t count;
};

static void
log_text(struct log_items *l, const char *key, struct span text)
{
	if (text.n == 0)
		return;
	INVARIANT(l->count < ITEMS_MAX);
	l->item[l->count++] = (struct log_item){ .key = key, .text = text };
}

/* Words with commas between, an array in JSON. */
static void
log_words(struct log_items *l, const char *key, struct span text)
{
	log_text(l, key, text);
	if (text.n > 0)
		l->item[l->count - 1].list = true;
}

static void
log_word(struct log_items *l, const char *key, const char *word)
{
	log_text(l, key, span_of(word));
}

static void
log_number(struct log_items *l, const char *key, double number)
{
	INVARIANT(l->count < ITEMS_MAX);
	l->item[l->count++] = (struct log_item){ .key = key, .number = number };
}

static void
log_list(const struct message *m, struct log_items *l, const char *key,
    const char *const *word, size_t count)
{
	struct buf b;

	buf_init(&b, VALUE_MAX);
	for (size_t i = 0; i < count && !b.over; i++)
		(void)buf_printf(&b, "%s%s", i > 0 ? "," : "", word[i]);
	if (b.n > 0)
		log_words(l, key, arena_dup(m->arena, buf_span(&b)));
	buf_free(&b);
}

static void
log_value_of(struct log_items *l, const char *key, enum fact_type type,
    const struct value *v)
{
	if (v->state == FACT_UNKNOWN && type != FACT_NUMBER)
		log_word(l, key, "unknown");
	if (v->state != FACT_KNOWN)
		return;
	if (type == FACT_NUMBER)
		log_number(l, key, v->number);
	else if (type == FACT_BOOL)
		log_word(l, key, v->yes ? "yes" : "no");
	else
		log_text(l, key, v->text);
}

/* "example.org:pass,list.example:fail", the first few. */
static void
log_elements(const struct message *m, struct log_items *l,
    const struct result_row *r, fact_id group, fact_id result)
{
	fact_id of = schema_find(
	    facts_schema(m->facts), r->of == NULL ? SPAN("") : span_of(r->of));
	size_t count = facts_count(m->facts, group);
	struct buf b;

	buf_init(&b, VALUE_MAX);
	for (size_t i = 0; i < count && i < ELEMENTS_MAX; i++) {
		struct span word = facts_field_get(m->facts, result, i)->text;
		struct span who = SPAN("");

		if (of != FACT_NONE)
			who = facts_field_get(m->facts, of, i)->text;
		who = span_slice(who.p == NULL ? SPAN("") : who, 0, OF_MAX);
		(void)buf_printf(&b, "%s%.*s%s%.*s", i > 0 ? "," : "",
		    SPAN_FMT(who), of == FACT_NONE ? "" : ":", (int)word.n,
		    word.p == NULL ? "" : word.p);
	}
	if (count > ELEMENTS_MAX)
		(void)buf_addz(&b, ",...");
	if (b.n > 0)
		log_words(l, r->key, arena_dup(m->arena, buf_span(&b)));
	buf_free(&b);
}

static void
log_result(const struct message *m, struct log_items *l, const struct check *c,
    const struct result_row *r)
{
	fact_id id = check_fact(m, c, r->fact);
	fact_id group = schema_group(facts_schema(m->facts), id);
	const struct value *v;

	if (group != FACT_NONE) {
		log_elements(m, l, r, group, id);
		return;
	}
	v = facts_get(m->facts, id);
	if (r->silent == NULL || !span_is(v->text, r->silent))
		log_value_of(l, r->key, c->facts[r->fact].type, v);
}

static void
log_results(const struct message *m, struct log_items *l)
{
	const struct check_table *checks = checks_of(m);

	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0; k < checks->check[i]->result_count; k++)
			log_result(m, l, checks->check[i],
			    &checks->check[i]->results[k]);
}

static void
log_ip(
    const struct message *m, struct log_items *l, const char *key, struct ip ip)
{
	char *text = arena_alloc(m->arena, IP_TEXT_MAX);

	log_word(l, key, ip.family == 0 ? "unknown" : ip_format(ip, text));
}

static void
log_session(const struct message *m, struct log_items *l, size_t rcpt)
{
	const struct session *s = m->session;

	log_word(l, "id",
	    rcpt == SIZE_MAX
		? m->id
		: arena_printf(m->arena, "%s.%zu", m->id, rcpt + 1));
	log_ip(m, l, "client", s->client);
	log_text(l, "name", s->client_name);
	if (!ip_eq(m->client, s->client))
		log_ip(m, l, "hop", m->client);
	log_text(l, "helo", m->helo);
	log_text(l, "user", m->auth_user);
	log_text(l, "from", m->sender.raw.n > 0 ? m->sender.raw : SPAN("<>"));
	if (rcpt == SIZE_MAX)
		rcpt = 0;
	if (rcpt < m->rcpt_count)
		log_text(l, "to", m->rcpt[rcpt].address.raw);
	log_number(l, "rcpt", (double)m->rcpt_count);
	log_word(l, "direction", direction_names[m->direction]);
}

static void
log_verdict(
    const struct message *m, const struct verdict *v, struct log_items *l)
{
	log_number(l, "score", v->record.score);
	log_word(l, "verdict", outcome_names[v->action]);
	if (v->wanted != v->action)
		log_word(l, "wanted", outcome_names[v->wanted]);
	log_word(l, "rule", v->rule);
	if (v->reply.code != 0)
		log_word(l, "reply",
		    arena_printf(m->arena, "%u %s", v->reply.code,
			v->reply.enhanced == NULL ? "" : v->reply.enhanced));
	log_text(l, "reason", v->reason);
	log_word(l, "stage", stage_names[v->stage]);
	if (v->apart)
		log_word(l, "recipients", "apart");
	else if (v->disagreed)
		log_word(l, "recipients", "disagreed");
	log_list(m, l, "tags", v->record.tag, v->record.tag_count);
	log_list(m, l, "flags", m->flag, m->flag_count);
	log_list(m, l, "incomplete", m->incomplete, m->incomplete_count);
}

static bool
log_is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F || s.p[i] == '"' ||
		    s.p[i] == '\\')
			return false;
	return true;
}

static void
log_value(struct buf *out, struct span text)
{
	struct span s = span_slice(text, 0, VALUE_MAX);
	bool quote = !log_is_plain(s);

	if (quote)
		(void)buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c < ' ' || c >= 0x7F)
			(void)buf_printf(
			    out, "\\x%02X", (unsigned)(unsigned char)c);
		else if (c == '"' || c == '\\')
			(void)buf_printf(out, "\\%c", c);
		else
			(void)buf_addc(out, c);
	}
	if (s.n < text.n)
		(void)buf_addz(out, "...");
	if (quote)
		(void)buf_addc(out, '"');
}

static void
log_as_text(struct buf *out, struct span queue_id, const struct log_items *l)
{
	log_value(out, queue_id.n > 0 ? queue_id : SPAN("NOQUEUE"));
	(void)buf_addc(out, ':');
	for (size_t i = 0; i < l->count; i++) {
		const struct log_item *item = &l->item[i];

		(void)buf_addc(out, ' ');
		(void)buf_addz(out, item->key);
		(void)buf_addc(out, '=');
		if (item->text.p == NULL)
			(void)buf_printf(
			    out, "%g", item->number == 0 ? 0 : item->number);
		else
			log_value(out, item->text);
	}
}

static void
log_json_words(struct jsonw *w, const char *key, struct span text)
{
	struct span word;

	jsonw_array(w, key);
	while (span_cut(&text, ',', &word))
		jsonw_text(w, NULL, word);
	jsonw_end(w);
}

/*
 * When it was judged (RFC 3339), since the time that syslog puts before a line
 * is not part of the object; and the Subject, unless such texts are not kept.
 */
static void
log_json_more(struct jsonw *w, const struct message *m)
{
	time_t t = (time_t)m->time_s;
	struct span subject = facts_named_text(m->facts, "subject");
	struct tm tm = { 0 };
	char text[32];

	if (gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		jsonw_textz(w, "time", text);
	if (m->queue_id.n > 0)
		jsonw_text(w, "queue", span_slice(m->queue_id, 0, VALUE_MAX));
	if (subject.n > 0 &&
	    m->session->snapshot->config.journal_addresses.index ==
		ADDRESSES_PLAIN)
		jsonw_text(w, "subject", span_slice(subject, 0, VALUE_MAX));
}

static void
log_as_json(struct buf *out, const struct message *m, const struct log_items *l)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	log_json_more(&w, m);
	for (size_t i = 0; i < l->count; i++) {
		const struct log_item *item = &l->item[i];

		if (item->text.p == NULL)
			jsonw_number(&w, item->key, item->number);
		else if (item->list)
			log_json_words(&w, item->key, item->text);
		else
			jsonw_text(&w, item->key,
			    span_slice(item->text, 0, VALUE_MAX));
	}
	jsonw_end(&w);
}

void
log_line(struct buf *out, enum log_line_form form, const struct message *m,
    const struct verdict *v, size_t rcpt, int64_t ms)
{
	struct log_items l = { .count = 0 };

	log_session(m, &l, rcpt);
	log_results(m, &l);
	log_verdict(m, v, &l);
	log_number(&l, "ms", (double)ms);
	if (form == LOG_LINE_JSON)
		log_as_json(out, m, &l);
	else
		log_as_text(out, m->queue_id, &l);
}
