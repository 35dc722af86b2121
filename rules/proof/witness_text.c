/*
 * A message as a test in a rule file, and as a case.
 */
#include "config.h"

#include "rules/proof/witness.h"

#include "rules/base/jsonw.h"
#include "rules/source/literal.h"

static bool
text_is_word(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' &&
		    s.p[i] != '_')
			return false;
	return s.n > 0 && ascii_alnum(s.p[0]);
}

static void
write_quoted(struct span s, struct buf *out)
{
	(void)buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			(void)buf_addc(out, '\\');
		(void)buf_addc(out, s.p[i]);
	}
	(void)buf_addc(out, '"');
}

static void
write_value(const struct value *v, enum fact_type type, struct buf *out)
{
	char ip[IP_TEXT_MAX], number[LITERAL_NUMBER_MAX];

	if (v->state != FACT_KNOWN) {
		(void)buf_addz(
		    out, v->state == FACT_UNKNOWN ? "unknown" : "absent");
		return;
	}
	switch (type) {
	case FACT_BOOL:
		(void)buf_addz(out, v->yes ? "yes" : "no");
		break;
	case FACT_NUMBER:
		(void)literal_write(v->number, number);
		(void)buf_addz(out, number);
		break;
	case FACT_IP:
		(void)buf_addz(out, ip_format(v->ip, ip));
		break;
	case FACT_WORD:
		(void)buf_add(out, v->text);
		break;
	case FACT_DOMAIN:
		if (text_is_word(v->text)) {
			(void)buf_add(out, v->text);
			break;
		}
		write_quoted(v->text, out);
		break;
	default:
		write_quoted(v->text, out);
	}
}

static void
write_between(struct buf *out)
{
	if (out->n > 0)
		(void)buf_addz(out, "  ");
}

/* attachment { name "x"  size 3 } */
static void
write_element(
    const struct witness *w, fact_id group, size_t slot, struct buf *out)
{
	const char *name = schema_row(w->schema, group)->name;

	write_between(out);
	(void)buf_printf(
	    out, slot < SLOTS_REST ? "%s {" : "%s unknown {", name);
	for (size_t i = 0; i < w->n; i++) {
		const struct witness_fact *g = &w->fact[i];
		const struct fact_row *row = schema_row(w->schema, g->fact);

		if (schema_group(w->schema, g->fact) != group ||
		    g->slot != slot)
			continue;
		(void)buf_printf(out, " %s ", row->name + strlen(name) + 1);
		write_value(&g->value, row->type, out);
	}
	(void)buf_addz(out, " }");
}

/* A group that is unknown as a whole is written with the facts. */
static void
write_elements(const struct witness *w, fact_id group, struct buf *out)
{
	bool tail = false;

	for (size_t slot = 0; slot < w->elements[group]; slot++)
		write_element(w, group, slot, out);
	for (size_t i = 0; i < w->n; i++)
		tail = tail || w->fact[i].fact == group;
	for (size_t k = 0; tail && k < w->rests[group]; k++)
		write_element(w, group, SLOTS_REST + k, out);
}

/* "from.address" is given as "from", which states its parts, too. */
static struct span
write_name(const struct fact_row *row)
{
	struct span name = span_of(row->name);

	return row->type == FACT_ADDRESS && span_ends(name, SPAN(".address"))
		   ? span_slice(name, 0, name.n - 8)
		   : name;
}

/* Behind an address its parts need not be said. */
static bool
write_is_part(const struct witness *w, size_t at)
{
	struct span name =
	    span_of(schema_row(w->schema, w->fact[at].fact)->name);
	size_t dot = span_find_last(name, '.');

	if (dot == SIZE_MAX ||
	    !(span_is(span_slice(name, dot + 1, name.n), "local") ||
		span_is(span_slice(name, dot + 1, name.n), "domain") ||
		span_is(span_slice(name, dot + 1, name.n), "null")))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		const struct fact_row *row =
		    schema_row(w->schema, w->fact[i].fact);

		if (row->type == FACT_ADDRESS &&
		    w->fact[i].value.state == FACT_KNOWN &&
		    w->fact[i].slot == w->fact[at].slot &&
		    span_eq(write_name(row), span_slice(name, 0, dot)))
			return true;
	}
	return false;
}

void
witness_text(const struct witness *w, struct buf *out)
{
	fact_id direction = schema_find(w->schema, SPAN("direction"));
	bool said = direction == FACT_NONE;

	for (size_t i = 0; i < w->n; i++) {
		const struct witness_fact *g = &w->fact[i];
		const struct fact_row *row = schema_row(w->schema, g->fact);

		if (g->fact == direction) {
			said = true;
			if (g->value.state == FACT_KNOWN &&
			    span_is(g->value.text, "inbound"))
				continue;
		}
		if (schema_group(w->schema, g->fact) != FACT_NONE ||
		    (row->type == FACT_GROUP ? w->rests[g->fact] > 0
					     : write_is_part(w, i)))
			continue;
		write_between(out);
		if (row->type == FACT_GROUP) {
			(void)buf_printf(out, "%s unknown", row->name);
			continue;
		}
		if (g->value.state == FACT_KNOWN)
			(void)buf_add(out, write_name(row));
		else
			(void)buf_addz(out, row->name);
		(void)buf_addc(out, ' ');
		write_value(&g->value, row->type, out);
	}
	for (size_t i = 0; i < schema_count(w->schema); i++)
		write_elements(w, (fact_id)i, out);
	for (size_t i = 0; i < w->word_n; i++) {
		write_between(out);
		(void)buf_printf(out, w->word[i].list ? "in %s %s" : "%s %s",
		    w->word[i].name, truth_names[w->word[i].says]);
	}
	if (!said) {
		write_between(out);
		(void)buf_addz(out, "direction absent");
	}
}

/* ---- cases --------------------------------------------------------------------- */

static void
case_value(const struct value *v, const struct fact_row *row, struct jsonw *j,
    const char *key)
{
	char ip[IP_TEXT_MAX];

	if (v->state == FACT_UNKNOWN) {
		jsonw_object(j, key);
		jsonw_textz(j, "unknown", "the proof");
		jsonw_end(j);
	} else if (v->state != FACT_KNOWN) {
		jsonw_null(j, key);
	} else if (row->type == FACT_BOOL) {
		jsonw_bool(j, key, v->yes);
	} else if (row->type == FACT_NUMBER) {
		jsonw_number(j, key, v->number);
	} else if (row->type == FACT_IP) {
		jsonw_textz(j, key, ip_format(v->ip, ip));
	} else {
		jsonw_text(j, key, v->text.p == NULL ? SPAN("") : v->text);
	}
}

static void
case_group(
    const struct witness *w, fact_id group, struct facts *f, struct jsonw *j)
{
	const char *name = schema_row(w->schema, group)->name;

	jsonw_array(j, name);
	for (size_t slot = 0; slot < w->elements[group]; slot++) {
		jsonw_object(j, NULL);
		for (size_t i = 0; i < schema_count(w->schema); i++) {
			fact_id id = (fact_id)i;
			const struct fact_row *row = schema_row(w->schema, id);
			const struct value *v;

			if (schema_group(w->schema, id) != group)
				continue;
			v = facts_field_get(f, id, slot);
			if (v->state == FACT_KNOWN || v->state == FACT_UNKNOWN)
				case_value(
				    v, row, j, row->name + strlen(name) + 1);
		}
		jsonw_end(j);
	}
	jsonw_end(j);
}

bool
witness_case(const struct witness *w, const char *id, const struct ruleset *rs,
    struct buf *out)
{
	struct arena *a = arena_new();
	struct facts *f = witness_facts(w, a);
	struct jsonw j;

	for (size_t i = 0; i < w->n; i++)
		if (schema_row(w->schema, w->fact[i].fact)->type == FACT_GROUP)
			goto no;
	if (w->word_n > 0)
		goto no;
	jsonw_init(&j, out);
	jsonw_object(&j, NULL);
	jsonw_textz(&j, "id", id);
	jsonw_textz(&j, "rcpt", "someone@example.org");
	jsonw_object(&j, "facts");
	for (size_t i = 0; i < schema_count(w->schema); i++) {
		fact_id fact = (fact_id)i;
		const struct fact_row *row = schema_row(w->schema, fact);

		if (!ruleset_reads(rs, fact) ||
		    schema_group(w->schema, fact) != FACT_NONE)
			continue;
		if (row->type == FACT_GROUP)
			case_group(w, fact, f, &j);
		else
			case_value((row->flags & FACT_RCPT) != 0
				       ? facts_rcpt(f, fact, 0)
				       : facts_get(f, fact),
			    row, &j, row->name);
	}
	jsonw_end(&j);
	jsonw_end(&j);
	arena_free(&a);
	return true;
no:
	arena_free(&a);
	return false;
}
