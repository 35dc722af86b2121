/*
 * Cuts a file into words, strings, patterns and marks. Characters that stand
 * for what people know from other languages (&&, ==, ;, typographic quotes)
 * are errors that name what is written here instead.
 */
#include "config.h"

#include "rules/source/lexer.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"

static const char *const token_kind_names[TOKEN_KIND_COUNT] = {
	"the end of the file", "an error", "the end of the line", "a word",
	"a string", "a pattern", "\"(\"", "\")\"", "\"{\"", "\"}\"", "\",\"",
	"\"=\"", "\"!=\"", "\"<\"", "\"<=\"", "\">\"", "\">=\"", "\"~\"",
	"\"!~\""
};

/* A mark and what it is; the longer of two with a common start first. */
static const struct {
	struct span text;
	enum token_kind kind;
} lexer_mark[] = {
	{ SPAN_INIT("!="), TOKEN_NE },
	{ SPAN_INIT("!~"), TOKEN_NOMATCH },
	{ SPAN_INIT("<="), TOKEN_LE },
	{ SPAN_INIT(">="), TOKEN_GE },
	{ SPAN_INIT("=="), TOKEN_BAD },
	{ SPAN_INIT("=~"), TOKEN_BAD },
	{ SPAN_INIT("("), TOKEN_LPAREN },
	{ SPAN_INIT(")"), TOKEN_RPAREN },
	{ SPAN_INIT("{"), TOKEN_LBRACE },
	{ SPAN_INIT("}"), TOKEN_RBRACE },
	{ SPAN_INIT(","), TOKEN_COMMA },
	{ SPAN_INIT("="), TOKEN_EQ },
	{ SPAN_INIT("<"), TOKEN_LT },
	{ SPAN_INIT(">"), TOKEN_GT },
	{ SPAN_INIT("~"), TOKEN_MATCH },
};

/* What is no part of the language, and what to write. */
static const struct {
	struct span text;
	const char *hint;
} lexer_foreign[] = {
	{ SPAN_INIT("=="), "equality is written with one \"=\"" },
	{ SPAN_INIT("=~"), "matching is written \"~\"" },
	{ SPAN_INIT("&&"), "write \"and\"" },
	{ SPAN_INIT("||"), "write \"or\"" },
	{ SPAN_INIT("!"), "write \"not\"" },
	{ SPAN_INIT(";"), "a statement ends with its line, without a mark" },
	{ SPAN_INIT("'"), "strings are written in double quotes" },
	{ SPAN_INIT("`"), "strings are written in double quotes" },
	{ SPAN_INIT("\xe2\x80\x98"), "a typographic quote; use plain ones" },
	{ SPAN_INIT("\xe2\x80\x99"), "a typographic quote; use plain ones" },
	{ SPAN_INIT("\xe2\x80\x9c"), "a typographic quote; use plain ones" },
	{ SPAN_INIT("\xe2\x80\x9d"), "a typographic quote; use plain ones" },
	{ SPAN_INIT("\xe2\x80\x9e"), "a typographic quote; use plain ones" },
	{ SPAN_INIT("\xe2\x89\xa0"), "write \"!=\"" },
	{ SPAN_INIT("\xe2\x89\xa4"), "write \"<=\"" },
	{ SPAN_INIT("\xe2\x89\xa5"), "write \">=\"" },
	{ SPAN_INIT("\xc2\xa0"), "a no-break space; use a plain one" },
	{ SPAN_INIT("\xe2\x80\x8b"), "an invisible space; take it out" },
	{ SPAN_INIT("\xef\xbb\xbf"), "an invisible mark; take it out" },
};

static struct place
lexer_place(const struct lexer *l, size_t at, size_t n)
{
	return (struct place){ l->source, at, n };
}

static struct span
lexer_rest(const struct lexer *l)
{
	return span_slice(l->source->text, l->at, l->end);
}

/* Octets of the UTF-8 character at s.p, or 0 when it is none (RFC 3629). */
static size_t
lexer_utf8(struct span s)
{
	unsigned char c = (unsigned char)s.p[0], low = 0x80, high = 0xbf;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (n == 1)
		return c == '\0' ? 0 : 1;
	if (c < 0xc2 || c > 0xf4 || s.n < n)
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		unsigned char next = (unsigned char)s.p[i];

		if (next < low || next > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

void
lexer_init(struct lexer *l, const struct source *s, struct diags *d)
{
	size_t n;

	*l = (struct lexer){
		.source = s, .diags = d, .arena = d->arena, .end = s->text.n
	};
	if (span_starts(s->text, SPAN("\xef\xbb\xbf")))
		l->at = 3;
	for (size_t at = l->at; at < s->text.n; at += n) {
		n = lexer_utf8(span_slice(s->text, at, s->text.n));
		if (n > 0)
			continue;
		diag_error(d, lexer_place(l, at, 1),
		    s->text.p[at] == '\0' ? "the file contains a NUL"
					  : "the file is not valid UTF-8");
		diag_hint(d, "nothing behind this place was read");
		l->failed = true;
		l->end = at;
		break;
	}
}

static struct token
lexer_bad(struct lexer *l)
{
	l->failed = true;
	return (struct token){ .kind = TOKEN_BAD };
}

/* White space, comments and, when they do not count, line ends. */
static bool
lexer_skip_space(struct lexer *l, size_t *newline)
{
	const char *text = l->source->text.p;
	bool seen = false;

	for (; l->at < l->end; l->at++) {
		char c = text[l->at];

		if (c == '#') {
			while (l->at < l->end && text[l->at] != '\n')
				l->at++;
			if (l->at == l->end)
				break;
			c = '\n';
		}
		l->line += c == '\n';
		if (c == '\n' && !seen) {
			seen = true;
			*newline = l->at;
		} else if (c != '\n' && c != ' ' && c != '\t' &&
			   !(c == '\r' && l->at + 1 < l->end &&
			       text[l->at + 1] == '\n')) {
			break;
		}
	}
	return seen;
}

/* Letters that may stand in a bare word besides ASCII letters and digits. */
static bool
lexer_in_word(char c)
{
	return ascii_alnum(c) || ((unsigned char)c & 0x80) != 0 ||
	       (c != '\0' && strchr("._-:/%@+*&?[]", c) != NULL);
}

static bool
lexer_is_foreign(struct span rest, size_t *which)
{
	for (*which = 0; *which < ARRAY_COUNT(lexer_foreign); (*which)++)
		if (span_starts(rest, lexer_foreign[*which].text))
			return true;
	return false;
}

static struct token
lexer_word(struct lexer *l)
{
	struct token t = { .kind = TOKEN_WORD };
	size_t start = l->at, which;

	while (l->at < l->end && lexer_in_word(l->source->text.p[l->at]) &&
	       (l->at == start || !lexer_is_foreign(lexer_rest(l), &which)))
		l->at++;
	t.text = span_slice(l->source->text, start, l->at);
	return t;
}

/* What \c stands for, or NUL for nothing. */
static char
lexer_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case 'n':
		return '\n';
	case 't':
		return '\t';
	default:
		return '\0';
	}
}

/* Takes the backslashes out of what stood between the quotes. */
static struct token
lexer_unescape(struct lexer *l, struct span written)
{
	struct token t = { .kind = TOKEN_STRING };
	char *out = arena_strdup(l->arena, written);
	size_t n = 0;

	for (size_t i = 0; i < written.n; i++) {
		char c = written.p[i];

		if (c == '\\') {
			c = lexer_escape(written.p[++i]);
			if (c == '\0') {
				size_t at = (size_t)(written.p + i -
						     l->source->text.p) -
					    1;

				diag_error(l->diags, lexer_place(l, at, 2),
				    "nothing is written with this backslash");
				diag_hint(l->diags,
				    "in strings there are \\\" \\\\ \\n and "
				    "\\t; a backslash itself is \\\\");
				return lexer_bad(l);
			}
		}
		out[n++] = c;
	}
	t.text = span_make(out, n);
	return t;
}

static struct token
lexer_string(struct lexer *l)
{
	const char *text = l->source->text.p;
	size_t start = l->at++;
	bool escaped = false;

	while (l->at < l->end && text[l->at] != '"' && text[l->at] != '\n') {
		if (text[l->at] == '\\') {
			escaped = true;
			l->at++;
			if (l->at == l->end || text[l->at] == '\n')
				break;
		}
		l->at++;
	}
	if (l->at == l->end || text[l->at] == '\n') {
		diag_error(l->diags, lexer_place(l, start, 1),
		    "this string does not end on its line");
		diag_hint(l->diags, "a \" is missing, or one too many stands "
				    "here");
		return lexer_bad(l);
	}
	l->at++;
	if (escaped)
		return lexer_unescape(
		    l, span_slice(l->source->text, start + 1, l->at - 1));
	return (struct token){ .kind = TOKEN_STRING,
		.text = span_slice(l->source->text, start + 1, l->at - 1) };
}

/* The octet behind a [...] that begins at at, or end when it does not end. */
static size_t
lexer_class_end(const char *text, size_t at, size_t end)
{
	at++;
	if (at < end && text[at] == '^')
		at++;
	if (at < end && text[at] == ']')
		at++;
	for (; at < end && text[at] != ']' && text[at] != '\n'; at++) {
		if (text[at] == '\\') {
			at++;
		} else if (text[at] == '[' && at + 1 < end &&
			   text[at + 1] == ':') {
			size_t k = at + 2;

			while (k < end && ascii_alpha(text[k]))
				k++;
			if (k + 1 < end && text[k] == ':' && text[k + 1] == ']')
				at = k + 1;
		}
	}
	return at < end ? at : end;
}

static struct token
lexer_pattern(struct lexer *l)
{
	const char *text = l->source->text.p;
	size_t start = l->at++, body, flags;

	for (; l->at < l->end && text[l->at] != '/' && text[l->at] != '\n';
	     l->at++) {
		if (text[l->at] == '[')
			l->at = lexer_class_end(text, l->at, l->end);
		else if (text[l->at] == '\\')
			l->at++;
		if (l->at >= l->end || text[l->at] == '\n')
			break;
	}
	if (l->at >= l->end || text[l->at] == '\n') {
		if (l->at > l->end)
			l->at = l->end;
		diag_error(l->diags, lexer_place(l, start, 1),
		    "this pattern does not end on its line");
		diag_hint(l->diags, "it ends with \"/\"; a slash or bracket "
				    "in it is written \\/ or \\[");
		return lexer_bad(l);
	}
	body = l->at++;
	flags = l->at;
	while (l->at < l->end && ascii_alpha(text[l->at]))
		l->at++;
	return (struct token){ .kind = TOKEN_PATTERN,
		.text = span_slice(l->source->text, start + 1, body),
		.flags = span_slice(l->source->text, flags, l->at) };
}

/* Something that no token begins with. */
static struct token
lexer_stray(struct lexer *l)
{
	struct span rest = lexer_rest(l);
	size_t which, n = lexer_utf8(rest);
	bool foreign = lexer_is_foreign(rest, &which);

	if (foreign)
		n = lexer_foreign[which].text.n;
	diag_error(l->diags, lexer_place(l, l->at, n),
	    ascii_space(rest.p[0]) || (unsigned char)rest.p[0] < ' '
		? "a control character can't stand here"
		: "\"%.*s\" is not used here",
	    (int)n, rest.p);
	if (foreign)
		diag_hint(l->diags, "%s", lexer_foreign[which].hint);
	l->at += n;
	return lexer_bad(l);
}

static struct token
lexer_mark_or_stray(struct lexer *l)
{
	struct span rest = lexer_rest(l);
	size_t which;

	for (size_t i = 0; i < ARRAY_COUNT(lexer_mark); i++) {
		if (!span_starts(rest, lexer_mark[i].text))
			continue;
		if (lexer_mark[i].kind == TOKEN_BAD)
			break;
		l->at += lexer_mark[i].text.n;
		return (struct token){ .kind = lexer_mark[i].kind };
	}
	if (lexer_in_word(rest.p[0]) && !lexer_is_foreign(rest, &which))
		return lexer_word(l);
	return lexer_stray(l);
}

static struct token
lexer_read(struct lexer *l)
{
	struct token t;
	size_t start;
	bool pattern = l->pattern;

	if (lexer_skip_space(l, &start) && !l->joined)
		return (struct token){ .kind = TOKEN_NEWLINE,
			.place = lexer_place(l, start, 1) };
	l->pattern = false;
	start = l->at;
	if (l->at == l->end)
		t = (struct token){ .kind = TOKEN_END };
	else if (l->source->text.p[start] == '"')
		t = lexer_string(l);
	else if (l->source->text.p[start] == '/' && pattern)
		t = lexer_pattern(l);
	else
		t = lexer_mark_or_stray(l);
	t.place = lexer_place(l, start, l->at - start);
	t.line = l->line + 1;
	l->pattern = t.kind == TOKEN_MATCH || t.kind == TOKEN_NOMATCH;
	return t;
}

const struct token *
lexer_peek(struct lexer *l)
{
	if (l->peeked && l->joined && l->ahead.kind == TOKEN_NEWLINE)
		l->peeked = false;
	/* What was read as a word may be asked for as a pattern. */
	if (l->peeked && l->pattern && l->ahead.kind == TOKEN_WORD &&
	    span_starts(l->ahead.text, SPAN("/"))) {
		l->at = l->ahead.place.at;
		l->peeked = false;
	}
	if (!l->peeked) {
		l->ahead = lexer_read(l);
		l->peeked = true;
	}
	return &l->ahead;
}

struct token
lexer_next(struct lexer *l)
{
	struct token t = *lexer_peek(l);

	l->peeked = false;
	return t;
}

bool
lexer_take(struct lexer *l, enum token_kind kind)
{
	if (lexer_peek(l)->kind != kind)
		return false;
	(void)lexer_next(l);
	return true;
}

bool
lexer_at_word(struct lexer *l, const char *word)
{
	return token_is(lexer_peek(l), word);
}

bool
lexer_take_word(struct lexer *l, const char *word)
{
	if (!lexer_at_word(l, word))
		return false;
	(void)lexer_next(l);
	return true;
}

void
lexer_skip_line(struct lexer *l)
{
	enum token_kind kind;

	l->joined = false;
	do {
		kind = lexer_next(l).kind;
	} while (kind != TOKEN_NEWLINE && kind != TOKEN_END);
}

const char *
token_kind_name(enum token_kind kind)
{
	return token_kind_names[kind];
}

const char *
token_show(const struct token *t, struct arena *a)
{
	struct place p = t->place;
	struct span s;

	if (t->kind == TOKEN_END || t->kind == TOKEN_NEWLINE)
		return token_kind_names[t->kind];
	s = span_slice(p.source->text, p.at, p.at + p.n);
	if (s.n <= 40)
		return t->kind == TOKEN_STRING
			   ? arena_printf(a, "%.*s", SPAN_FMT(s))
			   : arena_printf(a, "\"%.*s\"", SPAN_FMT(s));
	return arena_printf(a, "\"%.37s...\"", s.p);
}

bool
token_is(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && span_is(t->text, word);
}
