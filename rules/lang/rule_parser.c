/*
 * The parser as rows from outside see it: words, numbers, facts, and a note
 * of what they read.
 */
#include "config.h"

#include "rules/lang/rule_parser.h"

#include <stdarg.h>

#include "rules/lang/parse.h"
#include "rules/lang/types.h"

struct arena *
rule_parser_arena(struct rule_parser *p)
{
	return p->rs->arena;
}

const struct schema *
rule_parser_schema(const struct rule_parser *p)
{
	return p->rs->options.schema;
}

bool
rule_parser_take(struct rule_parser *p, const char *word)
{
	if (!lexer_at_word(&p->lexer, word))
		return false;
	p->at = lexer_next(&p->lexer).place;
	return true;
}

bool
rule_parser_comma(struct rule_parser *p)
{
	return lexer_take(&p->lexer, TOKEN_COMMA);
}

bool
rule_parser_word(struct rule_parser *p, const char *what, struct span *out)
{
	struct token t;

	if (!parse_word(p, what, &t))
		return false;
	p->at = t.place;
	*out = t.text;
	return true;
}

bool
rule_parser_number(struct rule_parser *p, const char *what, double *out)
{
	p->at = lexer_peek(&p->lexer)->place;
	return parse_number(p, what, out);
}

bool
rule_parser_fact(struct rule_parser *p, fact_id *out)
{
	const struct schema *schema = p->rs->options.schema;
	struct token t;

	if (!parse_word(p, "a fact", &t))
		return false;
	p->at = t.place;
	*out = schema_find(schema, t.text);
	if (*out == FACT_NONE) {
		types_unknown_name(p->rs, &t, FACT_NONE);
		p->failed = true;
		return false;
	}
	if (schema_row(schema, *out)->type == FACT_GROUP ||
	    schema_group(schema, *out) != FACT_NONE) {
		parse_error(p, t.place, "%.*s has many values in one message",
		    SPAN_FMT(t.text));
		return false;
	}
	if (p->reads.count == RULE_PARSER_FACTS_MAX) {
		parse_error(
		    p, t.place, "more than %d facts", RULE_PARSER_FACTS_MAX);
		return false;
	}
	p->reads.fact[p->reads.count++] = *out;
	return true;
}

void
rule_parser_stage(struct rule_parser *p, enum stage stage)
{
	if (stage > p->reads.stage)
		p->reads.stage = stage;
}

void
rule_parser_error(struct rule_parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	parse_error(
	    p, p->at, "%s", arena_vprintf(p->rs->diags->arena, fmt, ap));
	va_end(ap);
}

void
rule_parser_hint(struct rule_parser *p, const char *text)
{
	diag_hint(p->rs->diags, "%s", text);
}

bool
rule_parser_reply(struct rule_parser *p, struct rule_action *out)
{
	return action_parse_reply(p, out);
}
