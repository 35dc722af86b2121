/*
 * What all parsers of statements share: the next token or the error that it
 * is not what was expected, reported once a statement.
 */
#include "config.h"

#include "rules/lang/parse.h"

#include <stdarg.h>

#include "rules/source/literal.h"

void
parse_error(struct rule_parser *p, struct place at, const char *fmt, ...)
{
	va_list ap;

	if (p->failed)
		return;
	p->failed = true;
	va_start(ap, fmt);
	diag_error(p->rs->diags, at, "%s",
	    arena_vprintf(p->rs->diags->arena, fmt, ap));
	va_end(ap);
}

void
parse_expected(struct rule_parser *p, const char *what)
{
	const struct token *t = lexer_peek(&p->lexer);
	const char *hint = parse_hint_for(t);
	bool failed = p->failed;

	/* What the lexer could not read was reported. */
	if (t->kind != TOKEN_BAD)
		parse_error(p, t->place, "expected %s, not %s", what,
		    token_show(t, p->rs->diags->arena));
	if (!failed && hint != NULL)
		diag_hint(p->rs->diags, "%s", hint);
	p->failed = true;
}

bool
parse_kind(struct rule_parser *p, enum token_kind kind, const char *what)
{
	if (lexer_take(&p->lexer, kind))
		return true;
	parse_expected(p, what);
	return false;
}

bool
parse_begins_line(const struct token *t)
{
	const char *text = t->place.source->text.p;

	for (size_t i = t->place.at; i > 0 && text[i - 1] != '\n'; i--)
		if (text[i - 1] != ' ' && text[i - 1] != '\t')
			return false;
	return true;
}

bool
parse_reserved(const struct token *t)
{
	static const char *const anywhere[] = { "and", "or", "then", "when",
		"in", "is" };
	static const char *const at_line[] = { "rule", "list", "verdict",
		"include", "test", "on", "promise", "never", "always" };

	for (size_t i = 0; i < ARRAY_COUNT(anywhere); i++)
		if (token_is(t, anywhere[i]))
			return true;
	for (size_t i = 0; i < ARRAY_COUNT(at_line); i++)
		if (token_is(t, at_line[i]) && parse_begins_line(t))
			return true;
	return false;
}

bool
parse_word(struct rule_parser *p, const char *what, struct token *out)
{
	const struct token *t = lexer_peek(&p->lexer);

	if ((t->kind == TOKEN_WORD || t->kind == TOKEN_STRING) &&
	    !parse_reserved(t)) {
		*out = lexer_next(&p->lexer);
		return true;
	}
	parse_expected(p, what);
	return false;
}

bool
parse_string(struct rule_parser *p, const char *what, struct token *out)
{
	if (lexer_peek(&p->lexer)->kind == TOKEN_STRING) {
		*out = lexer_next(&p->lexer);
		return true;
	}
	parse_expected(p, what);
	return false;
}

bool
parse_number(struct rule_parser *p, const char *what, double *out)
{
	const struct token *t = lexer_peek(&p->lexer);

	if (t->kind == TOKEN_WORD && literal_quantity(t->text, out)) {
		(void)lexer_next(&p->lexer);
		return true;
	}
	parse_expected(p, what);
	return false;
}

/* Names of rules, lists and tags: letters, digits, "-", "_" and ".". */
bool
parse_name(struct rule_parser *p, const char *what, struct token *out)
{
	if (lexer_peek(&p->lexer)->kind != TOKEN_WORD ||
	    parse_reserved(lexer_peek(&p->lexer))) {
		parse_expected(p, what);
		return false;
	}
	*out = lexer_next(&p->lexer);
	for (size_t i = 0; i < out->text.n; i++) {
		char c = out->text.p[i];

		if (ascii_alnum(c) || c == '-' || c == '_' || c == '.')
			continue;
		parse_error(p, out->place,
		    "\"%.*s\" can't be a name: letters, digits, \"-\", \"_\" "
		    "and \".\" can stand in one",
		    SPAN_FMT(out->text));
		return false;
	}
	return true;
}

const struct word_reads *
parse_word_keep(struct rule_parser *p, const char *name, const void *args)
{
	struct ruleset *rs = p->rs;
	struct word_reads *kept = arena_alloc(rs->arena, sizeof(*kept));

	rs->word = arena_grow(rs->arena, rs->word, &rs->word_cap,
	    rs->word_count + 1, sizeof(*rs->word));
	rs->word[rs->word_count++] = (struct rule_word){ name, args };
	*kept = p->reads;
	return kept;
}
