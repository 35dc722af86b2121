/*
 * HTML as tokens. It knows of elements only whether what is inside them is
 * text whatever it looks like, and nothing of how they nest.
 */
#include "config.h"

#include "rules/html/html_lex.h"

#include <string.h>

#include "rules/html/html_entity.h"

/* ---- characters ------------------------------------------------------------ */

enum class {
	CLASS_ALPHA = 1,
	CLASS_SPACE = 2,
	CLASS_TAG_END = 4,  /* ends the name of a tag */
	CLASS_NAME_END = 8, /* ends the name of an attribute */
	CLASS_MARKUP = 16,  /* after '<': no text */
	CLASS_VALUE_END = 32,
};

#define SPACE (CLASS_SPACE | CLASS_TAG_END | CLASS_NAME_END | CLASS_VALUE_END)
#define ALPHA (CLASS_ALPHA | CLASS_MARKUP)
/* clang-format off */
static const unsigned char class_of[256] = {
	['\t'] = SPACE, ['\n'] = SPACE, ['\f'] = SPACE, ['\r'] = SPACE,
	[' '] = SPACE,
	['/'] = CLASS_TAG_END | CLASS_NAME_END | CLASS_MARKUP,
	['>'] = CLASS_TAG_END | CLASS_NAME_END | CLASS_VALUE_END,
	 ['='] = CLASS_NAME_END,
	['!'] = CLASS_MARKUP, ['?'] = CLASS_MARKUP,
	['a'] = ALPHA, ['b'] = ALPHA, ['c'] = ALPHA, ['d'] = ALPHA,
	['e'] = ALPHA, ['f'] = ALPHA, ['g'] = ALPHA, ['h'] = ALPHA,
	['i'] = ALPHA, ['j'] = ALPHA, ['k'] = ALPHA, ['l'] = ALPHA,
	['m'] = ALPHA, ['n'] = ALPHA, ['o'] = ALPHA, ['p'] = ALPHA,
	['q'] = ALPHA, ['r'] = ALPHA, ['s'] = ALPHA, ['t'] = ALPHA,
	['u'] = ALPHA, ['v'] = ALPHA, ['w'] = ALPHA, ['x'] = ALPHA,
	['y'] = ALPHA, ['z'] = ALPHA,
	['A'] = ALPHA, ['B'] = ALPHA, ['C'] = ALPHA, ['D'] = ALPHA,
	['E'] = ALPHA, ['F'] = ALPHA, ['G'] = ALPHA, ['H'] = ALPHA,
	['I'] = ALPHA, ['J'] = ALPHA, ['K'] = ALPHA, ['L'] = ALPHA,
	['M'] = ALPHA, ['N'] = ALPHA, ['O'] = ALPHA, ['P'] = ALPHA,
	['Q'] = ALPHA, ['R'] = ALPHA, ['S'] = ALPHA, ['T'] = ALPHA,
	['U'] = ALPHA, ['V'] = ALPHA, ['W'] = ALPHA, ['X'] = ALPHA,
	['Y'] = ALPHA, ['Z'] = ALPHA,
};
/* clang-format on */

static bool
lex_is(char c, enum class class)
{
	return (class_of[(unsigned char)c] & class) != 0;
}

/* Offset of c in the page from there on, or of its end. */
static size_t
lex_find(const struct html_lex *lex, size_t from, char c)
{
	size_t left = lex->page.n - from;
	const char *p = lex->page.p + from;
	const char *found = left == 0 ? NULL : memchr(p, c, left);

	return found == NULL ? lex->page.n : from + (size_t)(found - p);
}

/* Does the page go on like this, in letters of either case? */
static bool
lex_looking_at(const struct html_lex *lex, size_t at, struct span what)
{
	return span_case_starts(span_slice(lex->page, at, lex->page.n), what);
}

/* "</name" or "<name", and then what ends a name. */
static bool
lex_tag_at(const struct html_lex *lex, size_t at, struct span name)
{
	return at + name.n < lex->page.n && lex_looking_at(lex, at, name) &&
	       lex_is(lex->page.p[at + name.n], CLASS_TAG_END);
}

/* ---- raw text -------------------------------------------------------------- */

/* Where in script its end tag is, or the end of the page. */
static size_t
lex_script_end(const struct html_lex *lex)
{
	static const struct span script = SPAN_INIT("script");
	const char *p = lex->page.p;
	size_t comment = 0; /* behind the "<!" of the open "<!--" */
	bool escaped = false, twice = false;

	/* 13.2.5.15 to 31: in <!-- --> a <script> hides the next </script>. */
	for (size_t i = lex->at; i < lex->page.n; i++) {
		if (!escaped)
			i = lex_find(lex, i, '<');
		if (i == lex->page.n)
			break;
		if (escaped && p[i] == '>' && i >= comment + 2 &&
		    p[i - 1] == '-' && p[i - 2] == '-')
			escaped = twice = false;
		if (p[i] != '<')
			continue;
		if (!escaped && lex_looking_at(lex, i, SPAN("<!--"))) {
			escaped = true;
			comment = i + 2;
			i += 3;
		} else if (i + 1 < lex->page.n && p[i + 1] == '/' &&
			   lex_tag_at(lex, i + 2, script)) {
			if (!twice)
				return i;
			twice = false;
		} else if (escaped && lex_tag_at(lex, i + 1, script)) {
			twice = true;
		}
	}
	return lex->page.n;
}

/* Where the end tag of the raw text is that begins at lex->at. */
static size_t
lex_raw_end(const struct html_lex *lex)
{
	const struct html_element *element = &html_element[lex->raw];
	size_t i = lex->at;

	if ((element->flags & EL_PLAIN) != 0)
		return lex->page.n;
	if ((element->flags & EL_SCRIPT) != 0)
		return lex_script_end(lex);
	for (;; i++) {
		i = lex_find(lex, i, '<');
		if (i == lex->page.n)
			return i;
		if (i + 1 < lex->page.n && lex->page.p[i + 1] == '/' &&
		    lex_tag_at(lex, i + 2, element->name))
			return i;
	}
}

/* ---- text ------------------------------------------------------------------ */

/* The next '<' that is not text. */
static size_t
lex_find_markup(const struct html_lex *lex, size_t from)
{
	size_t i = from;

	for (;; i++) {
		i = lex_find(lex, i, '<');
		if (i + 1 >= lex->page.n)
			return lex->page.n;
		if (lex_is(lex->page.p[i + 1], CLASS_MARKUP) &&
		    (lex->page.p[i + 1] != '/' || i + 2 < lex->page.n))
			return i;
	}
}

/* The next '&', which is looked for once and not in every text. */
static size_t
lex_reference(struct html_lex *lex, size_t from)
{
	if (lex->reference < from || !lex->sought)
		lex->reference = lex_find(lex, from, '&');
	lex->sought = true;
	return lex->reference;
}

/* The text before the markup, up to or from a reference. */
static void
lex_text(struct html_lex *lex, struct html_token *token)
{
	size_t at = lex->at, end = lex->markup, n, octets;

	token->kind = HTML_TOKEN_TEXT;
	token->tag = lex->raw;
	token->text = (struct span){ lex->page.p + at, end - at };
	lex->at = end;
	if ((html_element[lex->raw].flags &
		(EL_RAWTEXT | EL_SCRIPT | EL_PLAIN)) != 0 ||
	    lex_reference(lex, at) >= end)
		return;
	if (lex->reference > at) {
		lex->at = lex->reference;
		token->text.n = lex->at - at;
		return;
	}
	n = html_entity_read(token->text, false, lex->character, &octets);
	if (n > 0) {
		token->text = (struct span){ lex->character, octets };
		lex->at = at + n;
		return;
	}
	/* A '&' that stands for itself. */
	if (lex_reference(lex, at + 1) < end)
		lex->at = lex->reference;
	token->text.n = lex->at - at;
}

/* ---- comments -------------------------------------------------------------- */

/* Up to the next '>', from its own first character on. */
static void
lex_bogus(struct html_lex *lex, struct html_token *token, size_t from)
{
	size_t end = lex_find(lex, from, '>');

	token->text = span_slice(lex->page, from, end);
	lex->at = end < lex->page.n ? end + 1 : end;
}

/* Behind "<!--": up to "-->" or "--!>", or ">" or "->" at once. */
static void
lex_comment(struct html_lex *lex, struct html_token *token, size_t from)
{
	static const struct span ends[] = { SPAN_INIT("--"), SPAN_INIT("--!") };
	struct span page = lex->page, inside;

	for (size_t end = from;; end++) {
		end = lex_find(lex, end, '>');
		inside = span_slice(page, from, end);
		token->text = inside;
		lex->at = end < page.n ? end + 1 : end;
		if (end == page.n || inside.n == 0)
			return;
		for (size_t i = 0; i < ARRAY_COUNT(ends); i++) {
			if (!span_ends(inside, ends[i]))
				continue;
			token->text.n -= ends[i].n;
			return;
		}
		if (span_is(inside, "-")) {
			token->text.n = 0;
			return;
		}
	}
}

/* A CDATA section, which is text in SVG and MathML only. */
static void
lex_cdata(struct html_lex *lex, struct html_token *token, size_t from)
{
	struct span rest = span_slice(lex->page, from, lex->page.n);
	size_t end = span_search(rest, SPAN("]]>"));

	token->kind = HTML_TOKEN_TEXT;
	token->tag = TAG_OTHER;
	token->text = span_slice(rest, 0, end);
	lex->at = end == SIZE_MAX ? lex->page.n : from + end + 3;
}

static void
lex_declaration(struct html_lex *lex, struct html_token *token)
{
	size_t at = lex->at + 2;

	token->kind = HTML_TOKEN_COMMENT;
	if (lex_looking_at(lex, at, SPAN("--"))) {
		lex_comment(lex, token, at + 2);
	} else if (lex_looking_at(lex, at, SPAN("doctype"))) {
		token->kind = HTML_TOKEN_DOCTYPE;
		lex_bogus(lex, token, at + 7);
	} else if (lex->foreign &&
		   span_starts(span_slice(lex->page, at, lex->page.n),
		       SPAN("[CDATA["))) {
		lex_cdata(lex, token, at + 7);
	} else {
		lex_bogus(lex, token, at);
	}
}

/* ---- tags ------------------------------------------------------------------ */

/* Up to what is of a class, or the end. */
static size_t
lex_until(struct span page, size_t at, unsigned char class)
{
	while (
	    at < page.n && (class_of[(unsigned char)page.p[at]] & class) == 0)
		at++;
	return at;
}

static size_t
lex_skip_space(struct span page, size_t at)
{
	while (at < page.n && lex_is(page.p[at], CLASS_SPACE))
		at++;
	return at;
}

/* The value that follows a '='. Returns where it ends, its quote included. */
static size_t
lex_value(struct span page, size_t at, struct span *value)
{
	const char *quote;
	size_t end;

	at = lex_skip_space(page, at);
	if (at < page.n && (page.p[at] == '"' || page.p[at] == '\'')) {
		quote = memchr(page.p + at + 1, page.p[at], page.n - at - 1);
		end = quote == NULL ? page.n : (size_t)(quote - page.p);
		*value = (struct span){ page.p + at + 1, end - at - 1 };
		return quote == NULL ? end : end + 1;
	}
	end = lex_until(page, at, CLASS_VALUE_END);
	*value = (struct span){ page.p + at, end - at };
	return end;
}

static void
lex_attribute(struct html_token *token, struct span name, struct span value)
{
	enum html_attribute id = html_name_attribute(name);

	/* The first of a name counts; the first event that does something. */
	if (id == ATTR_OTHER || (token->has & 1U << id) != 0 ||
	    (id == ATTR_EVENT && value.n == 0))
		return;
	token->has |= 1U << id;
	token->value[id] = value;
}

/* Reads up to and with the '>'; returns 0 when the page ends before it. */
static size_t
lex_attributes(struct span page, size_t at, struct html_token *token)
{
	token->has = 0;
	for (;;) {
		struct span name, value = { page.p, 0 };
		bool slash = false;

		for (; at < page.n; at++) {
			if (page.p[at] != '/' &&
			    !lex_is(page.p[at], CLASS_SPACE))
				break;
			slash = page.p[at] == '/';
		}
		if (at == page.n)
			return 0;
		if (page.p[at] == '>') {
			token->self_closing = slash;
			return at + 1;
		}
		/* A name may begin with anything, even a '='. */
		name.p = page.p + at;
		at = lex_until(page, at + 1, CLASS_NAME_END);
		name.n = (size_t)(page.p + at - name.p);
		at = lex_skip_space(page, at);
		if (at < page.n && page.p[at] == '=')
			at = lex_value(page, at + 1, &value);
		lex_attribute(token, name, value);
	}
}

/* A tag whose name begins at from. */
static bool
lex_tag(struct html_lex *lex, struct html_token *token, size_t from)
{
	size_t end = lex_until(lex->page, from, CLASS_TAG_END);
	size_t at = lex_attributes(lex->page, end, token);

	lex->raw = TAG_OTHER;
	lex->at = at == 0 ? lex->page.n : at;
	if (at == 0)
		return false;
	token->text = (struct span){ lex->page.p + from, end - from };
	token->tag = html_name_tag(token->text);
	if (token->kind == HTML_TOKEN_OPEN && !lex->foreign &&
	    (html_element[token->tag].flags & EL_RAW) != 0) {
		lex->raw = token->tag;
		lex->markup = lex_raw_end(lex);
	}
	return true;
}

/* ---- tokens ---------------------------------------------------------------- */

/* What begins with the '<' at lex->at; false when it is nothing at all. */
static bool
lex_markup(struct html_lex *lex, struct html_token *token)
{
	const char *p = lex->page.p + lex->at;

	if (p[1] == '!') {
		lex_declaration(lex, token);
		return true;
	}
	token->kind = HTML_TOKEN_COMMENT;
	if (p[1] == '?') {
		lex_bogus(lex, token, lex->at + 1);
		return true;
	}
	if (p[1] != '/') {
		token->kind = HTML_TOKEN_OPEN;
		return lex_tag(lex, token, lex->at + 1);
	}
	if (lex_is(p[2], CLASS_ALPHA)) {
		token->kind = HTML_TOKEN_CLOSE;
		return lex_tag(lex, token, lex->at + 2);
	}
	if (p[2] == '>') {
		lex->at += 3;
		return false;
	}
	lex_bogus(lex, token, lex->at + 2);
	return true;
}

void
html_lex_init(struct html_lex *lex, struct span page)
{
	/* Offsets are added to it, which p NULL does not bear. */
	*lex = (struct html_lex){ .page = page.p == NULL ? SPAN("") : page };
	lex->markup = lex_find_markup(lex, 0);
}

bool
html_lex_next(struct html_lex *lex, struct html_token *token)
{
	while (lex->at < lex->page.n) {
		if (lex->markup < lex->at)
			lex->markup = lex_find_markup(lex, lex->at);
		if (lex->at < lex->markup) {
			lex_text(lex, token);
			return true;
		}
		if (lex_markup(lex, token))
			return true;
	}
	token->kind = HTML_TOKEN_END;
	return false;
}
