/*
 * Facts as JSON, in and out.
 */
#include "config.h"

#include "policy/facts_given.h"

#include "policy/session.h"

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
	return schema_find(
	    s, span_of(arena_printf(a, "%s.%.*s", schema_row(s, group)->name,
		   SPAN_FMT(span_slice(field, 0, 64)))));
}

static void
element_read(
    struct facts *f, fact_id group, struct jsonr element, struct arena *a)
{
	const struct schema *s = facts_schema(f);
	size_t e = facts_element(f, group);
	void *cursor = NULL;
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

void
facts_read(struct facts *f, struct jsonr facts, struct arena *a)
{
	void *cursor = NULL;
	struct jsonr v;
	struct span key;

	while (jsonr_next(facts, &cursor, &key, &v)) {
		fact_id id = schema_find(facts_schema(f), key);

		if (id != FACT_NONE)
			fact_read(f, id, v, a);
	}
}

void
facts_given(struct message *m, struct jsonr facts)
{
	if (jsonr_given(facts))
		facts_read(m->facts, facts, m->arena);
}

/* ---- writing ------------------------------------------------------------- */

static void
value_write(const struct fact_row *row, const struct value *v, struct jsonw *w,
    const char *key)
{
	char ip[IP_TEXT_MAX];

	if (v->state == FACT_UNKNOWN) {
		jsonw_object(w, key);
		jsonw_textz(w, "unknown", v->why == NULL ? "" : v->why);
		jsonw_end(w);
		return;
	}
	switch (row->type) {
	case FACT_BOOL:
		jsonw_bool(w, key, v->yes);
		break;
	case FACT_NUMBER:
		jsonw_number(w, key, v->number);
		break;
	case FACT_IP:
		jsonw_textz(w, key, ip_format(v->ip, ip));
		break;
	default:
		jsonw_text(w, key, v->text);
		break;
	}
}

static void
group_write(const struct facts *f, fact_id group, struct jsonw *w)
{
	const struct schema *s = facts_schema(f);
	const char *name = schema_row(s, group)->name;
	size_t skip = span_of(name).n + 1;

	jsonw_array(w, name);
	for (size_t e = 0; e < facts_count(f, group); e++) {
		jsonw_object(w, NULL);
		for (fact_id id = 0; id < schema_count(s); id++) {
			const struct value *v;

			if (schema_group(s, id) != group)
				continue;
			v = facts_field_get(f, id, e);
			if (v->state == FACT_KNOWN || v->state == FACT_UNKNOWN)
				value_write(schema_row(s, id), v, w,
				    schema_row(s, id)->name + skip);
		}
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
facts_write(const struct facts *f, struct jsonw *w, const char *key)
{
	const struct schema *s = facts_schema(f);

	jsonw_object(w, key);
	for (fact_id id = 0; id < schema_count(s); id++) {
		const struct fact_row *row = schema_row(s, id);
		const struct value *v = facts_get(f, id);

		if (schema_group(s, id) != FACT_NONE)
			continue;
		if (row->type == FACT_GROUP) {
			if (v->state == FACT_KNOWN)
				group_write(f, id, w);
		} else if ((row->flags & FACT_RCPT) == 0 &&
			   (v->state == FACT_KNOWN ||
			       v->state == FACT_UNKNOWN)) {
			value_write(row, v, w, row->name);
		}
	}
	jsonw_end(w);
}
