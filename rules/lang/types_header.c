/*
 * header.x-foo and header "X-Foo": a short way to ask for header fields of
 * one name, which is written out as a condition about the group. What the
 * condition asks is types.c's question.
 */
#include "config.h"

#include "rules/lang/types.h"

struct span
types_header_field(const struct ruleset *rs, const struct subject *s)
{
	struct span name = s->token.text;

	if (s->field.kind == TOKEN_STRING)
		return s->field.text;
	if (!span_starts(name, SPAN("header.")) ||
	    schema_find(rs->options.schema, name) != FACT_NONE)
		return SPAN("");
	return span_slice(name, 7, name.n);
}

/* name = "x-foo", of the field that c asks for. */
static struct cond *
types_header_name(struct ruleset *rs, const struct cond *c, struct span field)
{
	struct cond *name = arena_alloc(rs->arena, sizeof(*name));

	*name = (struct cond){ .kind = COND_COMPARE,
		.place = c->place,
		.op = TOKEN_EQ,
		.subject = c->subject,
		.value = c->subject.token };
	name->subject.token.text = SPAN("name");
	name->subject.field.kind = TOKEN_END;
	name->value.kind = TOKEN_STRING;
	name->value.text = field;
	return name;
}

/* name and rest, of which the latter may be missing. */
static struct cond *
types_header_both(struct ruleset *rs, const struct cond *c, struct cond *name,
    struct cond *rest)
{
	struct cond *both;

	if (rest == NULL)
		return name;
	both = arena_alloc(rs->arena, sizeof(*both));
	*both =
	    (struct cond){ .kind = COND_AND, .place = c->place, .child = name };
	name->next = rest;
	rest->next = NULL;
	return both;
}

static bool
types_header_known(const struct ruleset *rs)
{
	const struct schema *schema = rs->options.schema;

	return schema_find(schema, SPAN("header.name")) != FACT_NONE &&
	       schema_find(schema, SPAN("header.value")) != FACT_NONE;
}

/*
 * header.x-foo ~ /.../ stands for any header (name = "x-foo" and
 * value ~ /.../), header "X-Foo" for the same.
 */
void
types_expand_header(struct ruleset *rs, struct cond *c, struct span field)
{
	struct cond *value = NULL, *both;

	if (!types_header_known(rs))
		return;
	if (c->kind != COND_HAS) {
		value = arena_alloc(rs->arena, sizeof(*value));
		*value = *c;
		value->subject.token.text = SPAN("value");
		value->subject.field.kind = TOKEN_END;
	}
	both = types_header_both(rs, c, types_header_name(rs, c, field), value);
	*c = (struct cond){ .kind = COND_QUANTIFIED,
		.place = c->place,
		.next = c->next,
		.child = both,
		.subject = c->subject,
		.quantifier = QUANTIFIER_ANY };
	c->subject.token.text = SPAN("header");
	c->subject.field.kind = TOKEN_END;
}

/* all header.x (...) stands for any header.x and no header.x (not ...). */
static void
types_expand_all(struct ruleset *rs, struct cond *c)
{
	struct cond *any = arena_alloc(rs->arena, sizeof(*any));
	struct cond *no = arena_alloc(rs->arena, sizeof(*no));
	struct cond *none = arena_alloc(rs->arena, sizeof(*none));

	*any = *no = *c;
	any->quantifier = QUANTIFIER_ANY;
	any->child = NULL;
	any->next = no;
	*none = (struct cond){
		.kind = COND_NOT, .place = c->child->place, .child = c->child
	};
	no->quantifier = QUANTIFIER_NO;
	no->child = none;
	no->next = NULL;
	*c = (struct cond){ .kind = COND_AND,
		.place = c->place,
		.next = c->next,
		.child = any };
}

/*
 * The same behind a quantifier: count header.x-foo stands for count header
 * (name = "x-foo"). False when c is no quantified condition any more.
 */
bool
types_expand_quantified(struct ruleset *rs, struct cond *c, struct span field)
{
	if (!types_header_known(rs))
		return true;
	if (c->quantifier == QUANTIFIER_ALL) {
		types_expand_all(rs, c);
		return false;
	}
	c->child =
	    types_header_both(rs, c, types_header_name(rs, c, field), c->child);
	c->subject.token.text = SPAN("header");
	c->subject.field.kind = TOKEN_END;
	return true;
}
