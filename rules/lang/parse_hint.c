/*
 * What people write who know other languages, and what is written here. The
 * parser asks when it meets something that it did not expect; it must not
 * know of grammar.
 */
#include "config.h"

#include "rules/lang/parse.h"

/* clang-format off */
static const struct {
	const char *word; /* in any case */
	const char *hint;
} hint[] = {
	{ "includes", "a part of a text: subject contains \"text\"" },
	{ "has", "a part of a text: subject contains \"text\"" },
	{ "like", "patterns are matched by \"~\": subject ~ /text/i" },
	{ "match", "patterns are matched by \"~\": subject ~ /text/i" },
	{ "matches", "patterns are matched by \"~\": subject ~ /text/i" },
	{ "regex", "patterns are matched by \"~\": subject ~ /text/i" },
	{ "regexp", "patterns are matched by \"~\": subject ~ /text/i" },
	{ "starts", "the start of a text is asked for by a pattern: subject ~ /^text/i" },
	{ "startswith", "the start of a text is asked for by a pattern: subject ~ /^text/i" },
	{ "begins", "the start of a text is asked for by a pattern: subject ~ /^text/i" },
	{ "ends", "the end of a text is asked for by a pattern: subject ~ /text$/i" },
	{ "endswith", "the end of a text is asked for by a pattern: subject ~ /text$/i" },
	{ "equals", "equality is written with \"=\"" },
	{ "eq", "equality is written with \"=\"" },
	{ "ne", "inequality is written with \"!=\"" },
	{ "gt", "write \">\"" },
	{ "lt", "write \"<\"" },
	{ "if", "conditions begin with \"when\"" },
	{ "unless", "write: when not (...)" },
	{ "else", "a rule has no other side: write a second rule below" },
	{ "xor", "write: (a and not b) or (b and not a)" },
	{ "between", "write: size > 10k and size < 20k" },
	{ "kb", "a unit stands right behind its number: 10k" },
	{ "mb", "a unit stands right behind its number: 10M" },
	{ "gb", "a unit stands right behind its number: 1G" },
	{ "k", "a unit stands right behind its number: 10k" },
	{ "m", "a unit stands right behind its number: 10m, 10M" },
	{ "second", "a time is written 30s" },
	{ "seconds", "a time is written 30s" },
	{ "minute", "a time is written 10m" },
	{ "minutes", "a time is written 10m" },
	{ "hour", "a time is written 2h" },
	{ "hours", "a time is written 2h" },
	{ "day", "a time is written 7d" },
	{ "days", "a time is written 7d" },
	{ "week", "a time is written 2w" },
	{ "weeks", "a time is written 2w" },
};
/* clang-format on */

const char *
parse_hint_for(const struct token *t)
{
	if (t->kind != TOKEN_WORD || t->text.n == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_COUNT(hint); i++)
		if (span_case_is(t->text, hint[i].word))
			return hint[i].hint;
	return t->text.p[0] == '[' ? "values stand in parentheses: in (a, b)"
				   : NULL;
}
