/*
 * What a name in a condition means, and what was meant by one that means
 * nothing.
 */
#include "config.h"

#include "rules/lang/types.h"

#include <string.h>

static const char *
types_name(const struct ruleset *rs, fact_id id)
{
	return schema_row(rs->options.schema, id)->name;
}

/* A field's name without its group's. */
static struct span
types_short_name(const struct ruleset *rs, fact_id field)
{
	struct span name = span_of(types_name(rs, field));

	return span_slice(name, span_find_last(name, '.') + 1, name.n);
}

/* Up to six facts of whose name word is a part, as "from" is of from.name. */
static void
types_hint_parts(struct ruleset *rs, struct span word)
{
	const struct schema *schema = rs->options.schema;
	const char *found = "";
	size_t count = 0;

	for (size_t i = 0; i < schema_count(schema) && count < 6; i++) {
		const char *name = types_name(rs, (fact_id)i);
		struct span rest = span_of(name), part;

		while (span_cut(&rest, '.', &part))
			if (span_eq(part, word))
				break;
		if (!span_eq(part, word))
			continue;
		found = arena_printf(rs->diags->arena, "%s%s%s", found,
		    count++ > 0 ? ", " : "", name);
	}
	if (count > 0)
		diag_hint(rs->diags, "there are: %s", found);
}

/* What was meant by a name that no fact has. */
static void
types_hint_name(
    struct ruleset *rs, const struct suggestion *near, struct span word)
{
	static const char *const sure[] = { "true", "always", "yes", "all" };
	struct span group = span_slice(word, 0, span_find(word, '.'));
	fact_id id = schema_find(rs->options.schema, group);

	if (span_ends(word, SPAN(".count")) && id != FACT_NONE &&
	    schema_row(rs->options.schema, id)->type == FACT_GROUP) {
		diag_hint(rs->diags,
		    "how many there are is count %.*s, as in count %.*s > 3",
		    SPAN_FMT(group), SPAN_FMT(group));
		return;
	}
	if (suggestion_hint(near, rs->diags))
		return;
	for (size_t i = 0; i < ARRAY_COUNT(sure); i++)
		if (span_is(word, sure[i])) {
			diag_hint(rs->diags,
			    "a rule without \"when\" is always true");
			return;
		}
	if (word.n > 0 && word.p[0] == '/')
		diag_hint(rs->diags, "each pattern needs a fact before it: "
				     "subject ~ /a/ or subject ~ /b/");
	else if (word.n > 0 && ascii_digit(word.p[0]))
		diag_hint(rs->diags, "the fact stands first: size > 10k");
	else
		types_hint_parts(rs, word);
}

void
types_unknown_name(struct ruleset *rs, const struct token *t, fact_id group)
{
	const struct schema *schema = rs->options.schema;
	struct suggestion near;

	suggestion_begin(&near, t->text);
	suggestion_offer(&near, SPAN("score"));
	for (size_t i = 0; i < schema_count(schema); i++) {
		fact_id id = (fact_id)i;

		suggestion_offer(&near, span_of(types_name(rs, id)));
		if (group != FACT_NONE && schema_group(schema, id) == group)
			suggestion_offer(&near, types_short_name(rs, id));
	}
	if (group == FACT_NONE)
		diag_error(rs->diags, t->place, "no fact is called \"%.*s\"",
		    SPAN_FMT(t->text));
	else
		diag_error(rs->diags, t->place,
		    "%s has no field \"%.*s\", and no fact is called so",
		    types_name(rs, group), SPAN_FMT(t->text));
	types_hint_name(rs, &near, t->text);
}

/* A field outside of its group's parentheses. */
static void
types_many_valued(struct ruleset *rs, const struct subject *s, fact_id group)
{
	struct span name = types_short_name(rs, s->fact);
	const char *group_name = types_name(rs, group);
	struct place whole = s->whole;
	size_t end = s->token.place.at + s->token.place.n;
	struct span rest = SPAN(" ...");

	/* What is asked of it, as it was written. */
	if (whole.source != NULL && whole.at == s->token.place.at)
		rest = span_slice(whole.source->text, end, whole.at + whole.n);
	diag_error(rs->diags, s->token.place,
	    "%s has many values: say which of them you mean", group_name);
	diag_hint(rs->diags,
	    "for one of them write: any %s (%.*s%.*s)\n"
	    "there are also all, no and count",
	    group_name, SPAN_FMT(name), SPAN_FMT(rest));
}

fact_id
types_find(const struct ruleset *rs, struct span name, fact_id group)
{
	const struct schema *schema = rs->options.schema;
	fact_id id = FACT_NONE;
	char full[96];
	struct span group_name;

	if (group != FACT_NONE) {
		group_name = span_of(types_name(rs, group));
		if (group_name.n + 1 + name.n < sizeof(full)) {
			memcpy(full, group_name.p, group_name.n);
			full[group_name.n] = '.';
			memcpy(full + group_name.n + 1, name.p, name.n);
			id = schema_find(
			    schema, span_make(full, group_name.n + 1 + name.n));
		}
	}
	return id != FACT_NONE ? id : schema_find(schema, name);
}

bool
types_subject(struct ruleset *rs, struct subject *s, fact_id group)
{
	const struct schema *schema = rs->options.schema;
	fact_id of;

	s->fact = types_find(rs, s->token.text, group);
	if (s->fact == FACT_NONE && span_is(s->token.text, "score")) {
		s->kind = SUBJECT_SCORE;
		s->type = FACT_NUMBER;
		return true;
	}
	if (s->fact == FACT_NONE) {
		types_unknown_name(rs, &s->token, group);
		return false;
	}
	s->type = schema_row(schema, s->fact)->type;
	of = schema_group(schema, s->fact);
	if (of != FACT_NONE && of != group) {
		types_many_valued(rs, s, of);
		return false;
	}
	return true;
}
