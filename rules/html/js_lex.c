/*
 * The tokens of JavaScript, as far as texts need them: what is text, what is
 * comment, what is the pattern of a match, and single signs. Each octet is
 * looked at once: what is not ended ends with its line or with the script.
 */
#include "config.h"

#include "rules/html/js_value.h"

static bool
js_in_name(char c)
{
	return ascii_alnum(c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* Behind blanks and comments. */
static size_t
js_skip(struct span s, size_t at)
{
	for (;;) {
		struct span rest = span_slice(s, at, s.n);
		size_t end;

		if (rest.n > 0 && (unsigned char)rest.p[0] <= ' ') {
			at++;
			continue;
		}
		if (span_starts(rest, SPAN("//")))
			end = span_find(rest, '\n');
		else if (span_starts(rest, SPAN("/*")))
			end = span_search(
			    span_slice(rest, 2, rest.n), SPAN("*/"));
		else
			return at;
		if (end == SIZE_MAX)
			return s.n;
		at += end + (rest.p[1] == '*' ? 4 : 1);
	}
}

/* The end of what begins at from and ends with the mark; an escaped one does
 * not count. */
static size_t
js_quoted(struct span s, size_t from, char mark)
{
	size_t i = from;

	for (; i < s.n && s.p[i] != mark; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		else if (s.p[i] == '\n' && mark != '`')
			break;
	}
	return i;
}

/* A slash begins a pattern where no value stands before it. */
static bool
js_pattern(const struct js_lex *lex)
{
	return lex->kind == JS_END ||
	       (lex->kind == JS_SIGN &&
		   memchr("(,=:[!&|?{};+", lex->token.p[0], 13) != NULL);
}

bool
js_next(struct js_lex *lex)
{
	struct span s = lex->text;
	size_t from = js_skip(s, lex->at), end = from;
	char c;

	if (from >= s.n) {
		lex->at = s.n;
		lex->kind = JS_END;
		lex->token = SPAN("");
		return false;
	}
	c = s.p[from];
	if (c == '"' || c == '\'' || c == '`') {
		end = js_quoted(s, from + 1, c);
		lex->kind = c == '`' ? JS_TEMPLATE : JS_TEXT;
		lex->token = span_slice(s, from + 1, end);
		lex->at = end < s.n ? end + 1 : s.n;
		return true;
	}
	while (end < s.n && js_in_name(s.p[end]))
		end++;
	if (end == from) {
		end = from + 1;
		if (c == '/' && js_pattern(lex)) {
			size_t close = js_quoted(s, end, '/');

			if (close < s.n && s.p[close] == '/')
				end = close + 1;
		}
		lex->kind = JS_SIGN;
	} else {
		lex->kind = ascii_digit(c) ? JS_NUMBER : JS_NAME;
	}
	lex->token = span_slice(s, from, end);
	lex->at = end;
	return true;
}

bool
js_is(const struct js_lex *lex, char sign)
{
	return lex->kind == JS_SIGN && lex->token.n == 1 &&
	       lex->token.p[0] == sign;
}

bool
js_is_name(const struct js_lex *lex, const char *name)
{
	return lex->kind == JS_NAME && span_is(lex->token, name);
}
