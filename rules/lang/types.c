/*
 * What the names in conditions mean and whether what is asked of them makes
 * sense. Every error says what the fact is and how the question is written
 * that was probably meant.
 */
#include "config.h"

#include "rules/lang/types.h"

#include "rules/lang/list_kind.h"
#include "rules/lang/template.h"

/* Where we are: `tagged` looks at the rules above this one. */
struct types {
	struct ruleset *rs;
	const struct rule *rule; /* NULL: in a promise, below all */
	fact_id group;           /* whose parentheses we are in, or FACT_NONE */
};

static const char *const type_with_article[FACT_TYPE_COUNT] = { "a yes/no fact",
	"a number", "a text", "a raw text", "a domain", "an address",
	"an IP address", "a word", "a group of values" };

static const char *
types_name(const struct ruleset *rs, fact_id id)
{
	return schema_row(rs->options.schema, id)->name;
}

/* ---- questions ------------------------------------------------------------------ */

static void
types_not_comparable(struct types *t, const struct cond *c)
{
	enum fact_type type = c->subject.type;
	struct diags *d = t->rs->diags;
	struct span name = c->subject.token.text;

	diag_error(d, c->subject.token.place, "%.*s is %s", SPAN_FMT(name),
	    type_with_article[type]);
	if (type == FACT_GROUP)
		diag_hint(d,
		    "ask any %.*s (...), all %.*s (...), "
		    "no %.*s (...) or count %.*s (...) > 1",
		    SPAN_FMT(name), SPAN_FMT(name), SPAN_FMT(name),
		    SPAN_FMT(name));
	else if (type == FACT_BOOL)
		diag_hint(d, "it stands alone: when %.*s", SPAN_FMT(name));
	else
		diag_hint(d,
		    "compare it; \"has %.*s\" asks whether there is "
		    "one",
		    SPAN_FMT(name));
}

static void
types_compare(struct types *t, struct cond *c)
{
	bool order = c->op != TOKEN_EQ && c->op != TOKEN_NE;

	c->negated = c->op == TOKEN_NE;
	if (c->subject.type == FACT_GROUP) {
		types_not_comparable(t, c);
		return;
	}
	if (order && c->subject.type != FACT_NUMBER) {
		diag_error(t->rs->diags, c->place,
		    "%.*s is %s: it is not less or more than something",
		    SPAN_FMT(c->subject.token.text),
		    type_with_article[c->subject.type]);
		diag_hint(t->rs->diags, "compare it with \"=\" or \"!=\"");
		return;
	}
	types_operand(t->rs, c, t->group);
}

static void
types_match(struct types *t, struct cond *c)
{
	enum fact_type type = c->subject.type;
	struct ruleset *rs = t->rs;
	struct pattern_set *set = rs->sets;
	struct patterns_options options = { 0 };
	struct pattern_error error;
	unsigned flags;
	size_t bad;

	if (type != FACT_TEXT && type != FACT_BYTES && type != FACT_DOMAIN &&
	    type != FACT_ADDRESS && type != FACT_WORD) {
		diag_error(rs->diags, c->place,
		    "%.*s is %s: a pattern looks at text",
		    SPAN_FMT(c->subject.token.text), type_with_article[type]);
		diag_hint(rs->diags,
		    type == FACT_IP ? "for a network write: in (192.0.2.0/24)"
		    : type == FACT_NUMBER
			? "compare it with =, !=, <, <=, > or >="
			: "compare it with = or !=");
		return;
	}
	if (!pattern_flags_parse(c->value.flags, &flags, &bad)) {
		diag_error(rs->diags, c->value.place,
		    "there is no pattern flag \"%c\"", c->value.flags.p[bad]);
		diag_hint(rs->diags, "flags are i, m, s and x");
		return;
	}
	while (set != NULL && set->fact != c->subject.fact)
		set = set->next;
	if (set == NULL) {
		if (rs->options.patterns != NULL)
			options = *rs->options.patterns;
		options.raw = type == FACT_BYTES;
		set = arena_alloc(rs->arena, sizeof(*set));
		*set = (struct pattern_set){ c->subject.fact, rs->set_count++,
			patterns_builder_new(&options), NULL, rs->sets };
		rs->sets = set;
	}
	c->patterns = set;
	if (!patterns_add(
		set->builder, c->value.text, flags, &c->pattern, &error))
		diag_error(rs->diags,
		    (struct place){ c->value.place.source,
			c->value.place.at + 1 + error.offset, 1 },
		    "%s", error.message);
}

/* A literal text that is looked for is a pattern without signs. */
static void
types_contains(struct types *t, struct cond *c)
{
	enum fact_type type = c->subject.type;

	if (type != FACT_TEXT && type != FACT_BYTES && type != FACT_DOMAIN &&
	    type != FACT_ADDRESS) {
		diag_error(t->rs->diags, c->place,
		    "%.*s is %s: it contains no text",
		    SPAN_FMT(c->subject.token.text), type_with_article[type]);
		return;
	}
	if (!types_part(t->rs, c, t->group) || c->fact_value)
		return;
	c->kind = COND_MATCH;
	types_match(t, c);
}

/* Who asks whether a long text is in a list of words means words in it. */
static void
types_whole_text(struct types *t, const struct cond *c)
{
	const struct fact_row *row =
	    schema_row(t->rs->options.schema, c->subject.fact);

	if (row->type != FACT_TEXT ||
	    (row->flags & (FACT_PRIVATE | FACT_PROSE)) == 0)
		return;
	diag_warn(t->rs->diags, c->place,
	    "this compares the whole of %s with each entry", row->name);
	diag_hint(t->rs->diags, "a word in it is found by a list of patterns: "
				"/\\bword\\b/i");
}

static void
types_in_list(struct types *t, struct cond *c)
{
	struct ruleset *rs = t->rs;
	const struct rule_list_kind *kind;
	struct suggestion near;

	c->list = list_number(rs, c->value.text);
	if (c->list == SIZE_MAX) {
		diag_error(rs->diags, c->value.place,
		    "no list is called "
		    "\"%.*s\"",
		    SPAN_FMT(c->value.text));
		suggestion_begin(&near, c->value.text);
		for (size_t i = 0; i < rs->list_count; i++)
			suggestion_offer(&near, rs->list[i]->info.name);
		if (suggestion_hint(&near, rs->diags))
			return;
		if (c->kind == COND_LOOKALIKE)
			diag_hint(rs->diags,
			    "it has to be declared: list NAME domains "
			    "example.com");
		else
			diag_hint(rs->diags,
			    "values themselves stand in parentheses: "
			    "in (a, b)");
		return;
	}
	rs->list[c->list]->used = true;
	kind = rs->list[c->list]->info.kind;
	if (c->kind == COND_LOOKALIKE &&
	    (kind->dynamic || kind->list_kind != LIST_DOMAINS)) {
		diag_error(rs->diags, c->value.place,
		    "look-alikes are looked for in a list of domains; "
		    "\"%.*s\" is a list of %s",
		    SPAN_FMT(c->value.text), kind->name);
		return;
	}
	if (c->kind == COND_LOOKALIKE && rs->list[c->list]->info.by_rcpt) {
		diag_error(rs->diags, c->value.place,
		    "look-alikes are looked for in a list that is the same "
		    "for all recipients");
		return;
	}
	if ((kind->types & 1U << c->subject.type) != 0) {
		if (!kind->dynamic && kind->list_kind == LIST_WORDS)
			types_whole_text(t, c);
		return;
	}
	diag_error(rs->diags, c->place,
	    "%.*s is %s and can't be in a list of %s",
	    SPAN_FMT(c->subject.token.text), type_with_article[c->subject.type],
	    kind->name);
}

static void
types_tagged(struct types *t, struct cond *c)
{
	struct ruleset *rs = t->rs;
	size_t *rules = NULL, cap = 0;

	size_t above = t->rule == NULL ? rs->rule_count : t->rule->number;

	c->text = c->value.text;
	for (size_t i = 0; i < above; i++)
		for (size_t k = 0; k < rs->rule[i]->action_count; k++) {
			const struct rule_action *a = &rs->rule[i]->action[k];

			/* A rule in shadow never acts, so it never tags. */
			if (rs->rule[i]->shadow ||
			    (a->row->effects & ACTION_TAGS) == 0 ||
			    !span_eq(a->name, c->text))
				continue;
			rules = arena_grow(rs->arena, rules, &cap,
			    c->rule_count + 1, sizeof(*rules));
			rules[c->rule_count++] = i;
		}
	c->rules = rules;
	if (c->rule_count > 0)
		return;
	diag_error(rs->diags, c->value.place,
	    "no rule above this one sets the tag \"%.*s\"", SPAN_FMT(c->text));
}

static void types_cond(struct types *t, struct cond *c);

static void
types_quantified(struct types *t, struct cond *c)
{
	struct ruleset *rs = t->rs;
	struct span field = types_header_field(rs, &c->subject);

	if (field.n > 0 && !types_expand_quantified(rs, c, field)) {
		types_cond(t, c);
		return;
	}
	if (t->group != FACT_NONE) {
		diag_error(rs->diags, c->subject.token.place,
		    "the parentheses of %s bind one of its values; another "
		    "group can't be asked inside",
		    types_name(rs, t->group));
		diag_hint(rs->diags, "ask it beside them, with \"and\"");
		return;
	}
	c->subject.fact =
	    schema_find(rs->options.schema, c->subject.token.text);
	if (c->subject.fact == FACT_NONE) {
		types_unknown_name(rs, &c->subject.token, FACT_NONE);
		return;
	}
	c->subject.type = schema_row(rs->options.schema, c->subject.fact)->type;
	if (c->subject.type != FACT_GROUP) {
		diag_error(rs->diags, c->subject.token.place,
		    "%.*s has one value; any, all, no and count are for "
		    "facts with many",
		    SPAN_FMT(c->subject.token.text));
		diag_hint(rs->diags, "ask it directly, without parentheses");
		return;
	}
	t->group = c->subject.fact;
	if (c->child != NULL)
		types_cond(t, c->child);
	t->group = FACT_NONE;
}

static void
types_bare(struct types *t, struct cond *c)
{
	if (c->subject.type != FACT_BOOL)
		types_not_comparable(t, c);
}

/* A question about one fact. */
static void
types_question(struct types *t, struct cond *c)
{
	struct span field = types_header_field(t->rs, &c->subject);

	c->subject.whole = c->place;
	if (field.n > 0 && c->kind == COND_BARE) {
		diag_error(t->rs->diags, c->place, "header.%.*s is a text",
		    SPAN_FMT(field));
		diag_hint(t->rs->diags,
		    "compare it; \"has header.%.*s\" asks whether there is one",
		    SPAN_FMT(field));
		return;
	}
	if (field.n > 0) {
		types_expand_header(t->rs, c, field);
		if (c->kind == COND_QUANTIFIED) {
			types_quantified(t, c);
			return;
		}
	}
	if (!types_subject(t->rs, &c->subject, t->group))
		return;
	switch (c->kind) {
	case COND_COMPARE:
		types_compare(t, c);
		break;
	case COND_CONTAINS:
		types_contains(t, c);
		break;
	case COND_IN_LIST:
	case COND_LOOKALIKE:
		types_in_list(t, c);
		break;
	case COND_IN_SET:
		types_set(t->rs, c);
		break;
	case COND_MATCH:
		types_match(t, c);
		break;
	case COND_BARE:
		types_bare(t, c);
		break;
	default:
		break;
	}
}

/* What was before this message is nothing that a promise can be about. */
static void
types_word_condition(struct types *t, const struct cond *c)
{
	if (t->rule == NULL)
		diag_error(t->rs->diags, c->place,
		    "a promise can't ask for %s: that hangs on other mail",
		    c->row->name);
}

static void
types_cond(struct types *t, struct cond *c)
{
	switch (c->kind) {
	case COND_AND:
	case COND_OR:
	case COND_NOT:
		for (c = c->child; c != NULL; c = c->next)
			types_cond(t, c);
		break;
	case COND_QUANTIFIED:
		types_quantified(t, c);
		break;
	case COND_TAGGED:
		types_tagged(t, c);
		break;
	case COND_WORD:
		types_word_condition(t, c);
		break;
	default:
		types_question(t, c);
	}
}

void
types_check(struct ruleset *rs)
{
	for (size_t i = 0; i < rs->rule_count; i++) {
		struct types t = { rs, rs->rule[i], FACT_NONE };

		if (rs->rule[i]->broken)
			continue;
		if (rs->rule[i]->cond != NULL)
			types_cond(&t, rs->rule[i]->cond);
		for (size_t k = 0; k < rs->rule[i]->action_count; k++)
			if (rs->rule[i]->action[k].text != NULL)
				template_resolve(rs, rs->rule[i],
				    rs->rule[i]->action[k].text);
	}
	for (struct promise *p = rs->promise; p != NULL; p = p->next) {
		struct types t = { rs, NULL, FACT_NONE };

		if (p->cond != NULL)
			types_cond(&t, p->cond);
	}
	for (struct pattern_set *s = rs->sets; s != NULL; s = s->next)
		s->patterns = patterns_build(&s->builder);
}
