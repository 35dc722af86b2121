/*
 * Conditions: or, and, not, then comparisons; each binds tighter than the one
 * before. Chains of `and` and `or` become one node with many children, so
 * that only parentheses nest, and those are bounded.
 */
#include "config.h"

#include "rules/lang/parse.h"

#include <string.h>

#include "rules/source/literal.h"

static struct cond *parse_or(struct rule_parser *p);

static struct cond *
cond_new(struct rule_parser *p, enum cond_kind kind, struct place at)
{
	struct cond *c = arena_alloc(p->rs->arena, sizeof(*c));

	c->kind = kind;
	c->place = at;
	c->subject.fact = c->other.fact = FACT_NONE;
	return c;
}

/* The place behind which nothing was taken yet. */
static void
cond_extend(struct cond *c, struct place end)
{
	c->place = place_join(c->place, end);
}

/* "(" condition ")"; the parentheses were not taken yet. */
static struct cond *
parse_parens(struct rule_parser *p)
{
	struct cond *c;
	struct token open = lexer_next(&p->lexer);

	if (++p->depth > RULE_DEPTH_MAX) {
		parse_error(p, open.place,
		    "parentheses are nested more than %d deep", RULE_DEPTH_MAX);
		return NULL;
	}
	c = parse_or(p);
	p->depth--;
	if (c == NULL)
		return NULL;
	if (lexer_peek(&p->lexer)->kind != TOKEN_RPAREN) {
		parse_expected(p, "\"and\", \"or\" or \")\"");
		return NULL;
	}
	/* What is quoted of it later stands in its parentheses. */
	if (c->kind == COND_AND || c->kind == COND_OR)
		c->place = place_join(open.place, lexer_peek(&p->lexer)->place);
	(void)lexer_next(&p->lexer);
	return c;
}

/* A fact's name, and for header "X-Foo" the string behind it. */
static bool
parse_subject(struct rule_parser *p, struct subject *out, struct place *place)
{
	out->token = lexer_next(&p->lexer);
	*place = out->token.place;
	if (token_is(&out->token, "header") &&
	    lexer_peek(&p->lexer)->kind == TOKEN_STRING) {
		out->field = lexer_next(&p->lexer);
		*place = place_join(*place, out->field.place);
	}
	return true;
}

/* The operators that stand between a fact and one value. */
static bool
parse_is_comparison(enum token_kind kind)
{
	return kind >= TOKEN_EQ && kind <= TOKEN_GE;
}

/* Behind a whole condition, rather than a word that belongs to it. */
static bool
parse_follows(struct rule_parser *p)
{
	return parse_reserved(lexer_peek(&p->lexer)) ||
	       lexer_at_word(&p->lexer, "never") ||
	       lexer_at_word(&p->lexer, "always") ||
	       lexer_at_word(&p->lexer, "else");
}

/* any, all, no, count: GROUP, parentheses, and a comparison for count. */
static struct cond *
parse_quantified(
    struct rule_parser *p, struct token word, enum quantifier quantifier)
{
	struct cond *c = cond_new(p, COND_QUANTIFIED, word.place);
	struct place name;

	c->quantifier = quantifier;
	if (lexer_peek(&p->lexer)->kind != TOKEN_WORD) {
		parse_expected(p, "a group such as dkim, url or attachment");
		return NULL;
	}
	(void)parse_subject(p, &c->subject, &name);
	cond_extend(c, name);
	if (lexer_peek(&p->lexer)->kind == TOKEN_LPAREN) {
		c->child = parse_parens(p);
		if (c->child == NULL)
			return NULL;
		/* With the closing parenthesis, which is one octet behind. */
		cond_extend(c, c->child->place);
		while (c->place.source->text.p[c->place.at + c->place.n - 1] !=
		       ')')
			c->place.n++;
	} else if (quantifier == QUANTIFIER_ALL) {
		parse_expected(p, "\"(\" and a condition");
		return NULL;
	}
	if (quantifier != QUANTIFIER_COUNT) {
		if (lexer_peek(&p->lexer)->kind != TOKEN_WORD ||
		    c->child != NULL || parse_follows(p))
			return c;
		parse_expected(p, "\"(\", \"and\", \"or\" or \"then\"");
		diag_hint(p->rs->diags,
		    "what is asked of one of them stands in parentheses: "
		    "%.*s %.*s (...)",
		    SPAN_FMT(word.text), SPAN_FMT(c->subject.token.text));
		return NULL;
	}
	c->op = lexer_peek(&p->lexer)->kind;
	if (!parse_is_comparison(c->op)) {
		parse_expected(p, "a comparison such as \"> 3\"");
		return NULL;
	}
	(void)lexer_next(&p->lexer);
	c->value = *lexer_peek(&p->lexer);
	if (!parse_number(p, "a number", &c->number))
		return NULL;
	cond_extend(c, c->value.place);
	return c;
}

/* in LIST, in (a, b, c) */
static struct cond *
parse_in(struct rule_parser *p, struct cond *c)
{
	size_t cap = 0;
	struct token t;

	if (lexer_peek(&p->lexer)->kind == TOKEN_WORD &&
	    lexer_peek(&p->lexer)->text.p[0] != '[' &&
	    !parse_reserved(lexer_peek(&p->lexer))) {
		c->kind = COND_IN_LIST;
		c->value = lexer_next(&p->lexer);
		cond_extend(c, c->value.place);
		return c;
	}
	c->kind = COND_IN_SET;
	if (!parse_kind(p, TOKEN_LPAREN, "a list's name or \"(\""))
		return NULL;
	do {
		if (!parse_word(p, "a value", &t))
			return NULL;
		c->values = arena_grow(p->rs->arena, c->values, &cap,
		    c->value_count + 1, sizeof(*c->values));
		c->values[c->value_count++] = t;
	} while (lexer_take(&p->lexer, TOKEN_COMMA));
	cond_extend(c, lexer_peek(&p->lexer)->place);
	return parse_kind(p, TOKEN_RPAREN, "\",\" or \")\"") ? c : NULL;
}

static struct cond *
parse_match(struct rule_parser *p, struct cond *c)
{
	c->kind = COND_MATCH;
	c->value = *lexer_peek(&p->lexer);
	if (c->value.kind != TOKEN_PATTERN) {
		parse_expected(p, "a pattern such as /text/i");
		return NULL;
	}
	(void)lexer_next(&p->lexer);
	cond_extend(c, c->value.place);
	return c;
}

/* Wraps c in a not, as `X is not unknown` means. */
static struct cond *
parse_negate(struct rule_parser *p, struct cond *c)
{
	struct cond *not = cond_new(p, COND_NOT, c->place);

	not ->child = c;
	return not ;
}

/* is [not] unknown, known, absent */
static struct cond *
parse_is(struct rule_parser *p, struct cond *c)
{
	bool negated = lexer_take_word(&p->lexer, "not");
	struct token t;

	if (!parse_word(p, "\"unknown\", \"known\" or \"absent\"", &t))
		return NULL;
	cond_extend(c, t.place);
	if (token_is(&t, "unknown")) {
		c->kind = COND_UNKNOWN;
	} else if (token_is(&t, "known")) {
		c->kind = COND_UNKNOWN;
		negated = !negated;
	} else if (token_is(&t, "absent")) {
		c->kind = COND_HAS;
		negated = !negated;
	} else {
		parse_error(p, t.place,
		    "a fact can be unknown, known or absent, not \"%.*s\"",
		    SPAN_FMT(t.text));
		diag_hint(p->rs->diags, "its value is compared with \"=\"");
		return NULL;
	}
	return negated ? parse_negate(p, c) : c;
}

/* FACT and what is asked of it. */
static struct cond *
parse_comparison(struct rule_parser *p)
{
	struct cond *c = cond_new(p, COND_BARE, lexer_peek(&p->lexer)->place);
	enum token_kind op;
	struct lexer *l = &p->lexer;

	if (!parse_subject(p, &c->subject, &c->place))
		return NULL;
	op = lexer_peek(l)->kind;
	if (op == TOKEN_MATCH || op == TOKEN_NOMATCH) {
		(void)lexer_next(l);
		c->negated = op == TOKEN_NOMATCH;
		return parse_match(p, c);
	}
	if (parse_is_comparison(op)) {
		(void)lexer_next(l);
		c->kind = COND_COMPARE;
		c->op = op;
		if (!parse_word(p, "a value", &c->value))
			return NULL;
		cond_extend(c, c->value.place);
		return c;
	}
	if (lexer_take_word(l, "is"))
		return parse_is(p, c);
	c->negated = lexer_take_word(l, "not");
	if (lexer_take_word(l, "in"))
		return parse_in(p, c);
	if (lexer_take_word(l, "lookalike")) {
		c->kind = COND_LOOKALIKE;
		if (!parse_word(p, "a list of domains", &c->value))
			return NULL;
		cond_extend(c, c->value.place);
		return c;
	}
	if (lexer_take_word(l, "contains")) {
		c->kind = COND_CONTAINS;
		if (!parse_word(p, "a text or a fact", &c->value))
			return NULL;
		cond_extend(c, c->value.place);
		return c;
	}
	if (c->negated) {
		parse_expected(p, "\"in\", \"contains\" or \"lookalike\"");
		return NULL;
	}
	return c;
}

/* A word that conditions of their own begin with: rows from outside. */
static const struct rule_condition_row *
parse_row(struct rule_parser *p)
{
	const struct ruleset_options *o = &p->rs->options;

	for (size_t i = 0; i < o->condition_count; i++)
		if (lexer_at_word(&p->lexer, o->conditions[i].name))
			return &o->conditions[i];
	return NULL;
}

static struct cond *
parse_primary(struct rule_parser *p)
{
	static const char *const quantifiers[] = { "any", "all", "no",
		"count" };
	const struct rule_condition_row *row;
	struct lexer *l = &p->lexer;
	struct cond *c;

	if (lexer_peek(l)->kind == TOKEN_LPAREN)
		return parse_parens(p);
	if (lexer_peek(l)->kind != TOKEN_WORD ||
	    parse_reserved(lexer_peek(l))) {
		parse_expected(p, "a condition");
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_COUNT(quantifiers); i++)
		if (lexer_at_word(l, quantifiers[i]))
			return parse_quantified(
			    p, lexer_next(l), (enum quantifier)i);
	row = parse_row(p);
	c = cond_new(p, COND_HAS, lexer_peek(l)->place);
	if (row != NULL) {
		p->reads = (struct word_reads){ .count = 0 };
		p->at = lexer_next(l).place;
		c->kind = COND_WORD;
		c->row = row;
		if (row->parse != NULL && !row->parse(p, &c->args)) {
			if (p->failed)
				diag_hint(
				    p->rs->diags, "usage: %s", row->usage);
			p->failed = true;
			return NULL;
		}
		c->reads = parse_word_keep(p, row->name, c->args);
		cond_extend(c, p->at);
		return c;
	}
	if (lexer_at_word(l, "has") || lexer_at_word(l, "tagged")) {
		c->kind = lexer_at_word(l, "has") ? COND_HAS : COND_TAGGED;
		(void)lexer_next(l);
		if (lexer_peek(l)->kind != TOKEN_WORD) {
			parse_expected(
			    p, c->kind == COND_HAS ? "a fact" : "a tag");
			return NULL;
		}
		if (c->kind == COND_TAGGED) {
			c->value = lexer_next(l);
			cond_extend(c, c->value.place);
		} else {
			struct place start = c->place;

			(void)parse_subject(p, &c->subject, &c->place);
			c->place = place_join(start, c->place);
		}
		return c;
	}
	return parse_comparison(p);
}

static struct cond *
parse_not(struct rule_parser *p)
{
	struct place at = lexer_peek(&p->lexer)->place;
	bool negated = false;
	struct cond *c;

	while (lexer_take_word(&p->lexer, "not"))
		negated = !negated;
	c = parse_primary(p);
	if (c == NULL || !negated)
		return c;
	c = parse_negate(p, c);
	c->place = place_join(at, c->place);
	return c;
}

/* One or more of next, with a word between, as one node. */
static struct cond *
parse_chain(struct rule_parser *p, const char *word, enum cond_kind kind,
    struct cond *(*next)(struct rule_parser *))
{
	struct cond *first = next(p), *all, *last;

	if (first == NULL || !lexer_at_word(&p->lexer, word))
		return first;
	all = cond_new(p, kind, first->place);
	all->child = last = first;
	while (lexer_take_word(&p->lexer, word)) {
		last->next = next(p);
		if (last->next == NULL)
			return NULL;
		last = last->next;
	}
	cond_extend(all, last->place);
	return all;
}

static struct cond *
parse_and(struct rule_parser *p)
{
	return parse_chain(p, "and", COND_AND, parse_not);
}

static struct cond *
parse_or(struct rule_parser *p)
{
	return parse_chain(p, "or", COND_OR, parse_and);
}

struct cond *
parse_cond(struct rule_parser *p)
{
	return parse_or(p);
}
