/*
 * Facts as JSON, in and out.
 */
#include "config.h"

#include "policy/message/facts_json.h"

#include <string.h>

#include "policy/message/session.h"

#define RCPT_MAX 10000

static bool
value_read(const struct fact_row *row, struct jsonr v, struct arena *a,
    struct value *out)
{
	struct span text;
	double number;
	bool yes;

	if (!jsonr_given(v)) {
		*out = value_absent();
		return true;
	}
	if (jsonr_type(v) == JSONR_OBJECT) {
		if (!jsonr_text(jsonr_get(v, "unknown"), &text))
			return false;
		*out = value_unknown(arena_strdup(a, text));
		return true;
	}
	switch (row->type) {
	case FACT_BOOL:
		*out = value_bool(jsonr_bool(v, &yes) && yes);
		return jsonr_type(v) == JSONR_BOOL;
	case FACT_NUMBER:
		if (!jsonr_number(v, &number))
			return false;
		*out = value_number(number);
		return true;
	case FACT_IP:
		*out = (struct value){ .state = FACT_KNOWN };
		return jsonr_text(v, &text) && ip_parse(text, &out->ip);
	default:
		if (!jsonr_text(v, &text))
			return false;
		*out = value_text(arena_dup(a, text));
		return true;
	}
}

static void
word_read(struct facts *f, fact_id id, const struct value *v)
{
	const char *const *words = schema_row(facts_schema(f), id)->words;

	if (v->state != FACT_KNOWN) {
		facts_set(f, id, *v);
		return;
	}
	for (size_t i = 0; words[i] != NULL; i++)
		if (span_case_is(v->text, words[i]))
			facts_word(f, id, words[i]);
}

/* Which row of the group a member names: "domain" of "dkim". */
static fact_id
field_find(
    const struct schema *s, fact_id group, struct span field, struct arena *a)
{
	struct span of = span_of(schema_row(s, group)->name);
	char *name;

	field = span_slice(field, 0, 64);
	/* Not printed: a replay asks some thirty times for each decision. */
	name = arena_octets(a, of.n + 1 + field.n);
	memcpy(name, of.p, of.n);
	name[of.n] = '.';
	if (field.n > 0)
		memcpy(name + of.n + 1, field.p, field.n);
	return schema_find(s, span_make(name, of.n + 1 + field.n));
}

static void
element_read(
    struct facts *f, fact_id group, struct jsonr element, struct arena *a)
{
	const struct schema *s = facts_schema(f);
	size_t e = facts_element(f, group);
	const void *cursor = NULL;
	struct jsonr member;
	struct span key;

	while (jsonr_next(element, &cursor, &key, &member)) {
		fact_id id = field_find(s, group, key, a);
		struct value v;

		if (id != FACT_NONE && schema_group(s, id) == group &&
		    value_read(schema_row(s, id), member, a, &v))
			facts_field(f, id, e, v);
	}
}

/* An array: one value for each recipient. */
static void
rcpt_read(struct facts *f, fact_id id, struct jsonr v, struct arena *a)
{
	const struct fact_row *row = schema_row(facts_schema(f), id);
	struct value value;

	for (size_t i = 0; i < jsonr_count(v) && i < RCPT_MAX; i++)
		if (value_read(row, jsonr_at(v, i), a, &value))
			facts_rcpt_set(f, id, i, value);
}

static void
fact_read(struct facts *f, fact_id id, struct jsonr v, struct arena *a)
{
	const struct fact_row *row = schema_row(facts_schema(f), id);
	struct value value;

	if (row->type == FACT_GROUP) {
		facts_clear_group(f, id);
		for (size_t i = 0; i < jsonr_count(v); i++)
			element_read(f, id, jsonr_at(v, i), a);
		facts_group_end(f, id);
		return;
	}
	if ((row->flags & FACT_RCPT) != 0 && jsonr_type(v) == JSONR_ARRAY) {
		rcpt_read(f, id, v, a);
		return;
	}
	if (schema_group(facts_schema(f), id) != FACT_NONE ||
	    !value_read(row, v, a, &value))
		return;
	if (row->type == FACT_WORD)
		word_read(f, id, &value);
	else if ((row->flags & FACT_RCPT) != 0)
		facts_rcpt_set(f, id, 0, value);
	else
		facts_set(f, id, value);
}

static void
facts_read_until(
    struct facts *f, struct jsonr facts, enum stage stage, struct arena *a)
{
	const struct schema *s = facts_schema(f);
	const void *cursor = NULL;
	struct jsonr v;
	struct span key;

	while (jsonr_next(facts, &cursor, &key, &v)) {
		fact_id id = schema_find(s, key);

		if (id != FACT_NONE && schema_row(s, id)->stage <= stage)
			fact_read(f, id, v, a);
	}
}

void
facts_read(struct facts *f, struct jsonr facts, struct arena *a)
{
	facts_read_until(f, facts, STAGE_EOM, a);
}

void
facts_given(struct message *m, struct jsonr facts, enum stage stage)
{
	if (jsonr_given(facts))
		facts_read_until(m->facts, facts, stage, m->arena);
}

/* ---- writing ------------------------------------------------------------- */

/* The name, where it has one, was written before. */
static void
value_write(const struct fact_row *row, const struct value *v, struct jsonw *w)
{
	char ip[IP_TEXT_MAX];

	if (v->state == FACT_UNKNOWN) {
		jsonw_object(w, NULL);
		jsonw_textz(w, "unknown", v->why == NULL ? "" : v->why);
		jsonw_end(w);
		return;
	}
	switch (row->type) {
	case FACT_BOOL:
		jsonw_bool(w, NULL, v->yes);
		break;
	case FACT_NUMBER:
		jsonw_number(w, NULL, v->number);
		break;
	case FACT_IP:
		jsonw_textz(w, NULL, ip_format(v->ip, ip));
		break;
	default:
		/* Null would say that it is absent. */
		jsonw_text(w, NULL, v->text.p == NULL ? SPAN("") : v->text);
		break;
	}
}

static bool
is_stated(const struct value *v)
{
	return v->state == FACT_KNOWN || v->state == FACT_UNKNOWN;
}

static bool
is_kept(const struct facts_writing *how, fact_id id)
{
	return how->keep == NULL || how->keep(how->ctx, id);
}

static void
leave_out(const struct facts_writing *how, fact_id id)
{
	if (how->left_out != NULL)
		how->left_out(how->ctx, id);
}

static void
group_write(const struct facts *f, const struct facts_writing *how,
    fact_id group, struct jsonw *w)
{
	const struct schema *s = facts_schema(f);
	const char *name = schema_row(s, group)->name;
	size_t skip = span_of(name).n + 1;

	jsonw_array(w, NULL);
	for (size_t e = 0; e < facts_count(f, group); e++) {
		jsonw_object(w, NULL);
		/* Its fields stand behind it. */
		for (fact_id id = (fact_id)(group + 1);
		     id < schema_count(s) && schema_group(s, id) == group;
		     id++) {
			const struct value *v = facts_field_get(f, id, e);

			if (!is_stated(v))
				continue;
			if (!is_kept(how, id)) {
				leave_out(how, id);
				continue;
			}
			jsonw_name(w, id, schema_row(s, id)->name + skip);
			value_write(schema_row(s, id), v, w);
		}
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
rcpt_write(const struct facts *f, const struct facts_writing *how, fact_id id,
    struct jsonw *w)
{
	const struct fact_row *row = schema_row(facts_schema(f), id);

	jsonw_array(w, NULL);
	for (size_t i = 0; i < how->rcpt_count; i++) {
		const struct value *v = facts_rcpt(f, id, how->rcpt[i]);

		if (is_stated(v))
			value_write(row, v, w);
		else
			jsonw_null(w, NULL);
	}
	jsonw_end(w);
}

static void
fact_write(const struct facts *f, const struct facts_writing *how, fact_id id,
    struct jsonw *w)
{
	const struct fact_row *row = schema_row(facts_schema(f), id);

	jsonw_name(w, id, row->name);
	if (row->type == FACT_GROUP)
		group_write(f, how, id, w);
	else if ((row->flags & FACT_RCPT) != 0)
		rcpt_write(f, how, id, w);
	else
		value_write(row, facts_get(f, id), w);
}

/* Whether there is something to write of a fact that facts_next found. */
static bool
fact_says(const struct facts *f, const struct facts_writing *how, fact_id id)
{
	const struct fact_row *row = schema_row(facts_schema(f), id);

	if (row->type == FACT_GROUP)
		return facts_get(f, id)->state == FACT_KNOWN;
	return (row->flags & FACT_RCPT) == 0 || how->rcpt_count > 0;
}

void
facts_write(const struct facts *f, const struct facts_writing *how,
    struct jsonw *w, const char *key)
{
	jsonw_object(w, key);
	for (fact_id id = facts_next(f, 0); id != FACT_NONE;
	     id = facts_next(f, (size_t)id + 1)) {
		struct jsonw before;
		size_t n = w->out->n;

		if (!fact_says(f, how, id))
			continue;
		if (!is_kept(how, id)) {
			leave_out(how, id);
			continue;
		}
		before = *w;
		fact_write(f, how, id, w);
		if (!w->out->over &&
		    (how->value_max == 0 || w->out->n - n <= how->value_max))
			continue;
		/* Too long: as if it had not been written. */
		w->out->n = n;
		w->out->over = false;
		*w = before;
		leave_out(how, id);
	}
	jsonw_end(w);
}
