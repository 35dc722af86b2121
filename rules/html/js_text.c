/*
 * What scripts do with texts: escapes, joining, cutting, taking from base64.
 * What comes out is counted; once the budget is met all of it is over.
 */
#include "config.h"

#include "rules/html/js_text.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/text/decode.h"

#define PIECES_MAX 8000 /* that one text is cut into */

/* The text of a buf, which it frees; counts it. */
static struct js_value
js_take(struct js_reader *r, struct buf *text)
{
	struct js_value v = { .text = { NULL, 0 } };

	if (text->over || text->n > *r->budget) {
		*r->budget = 0;
	} else {
		*r->budget -= text->n;
		v.text = arena_dup(r->arena, buf_span(text));
		v.built = true;
		if (v.text.p == NULL)
			v.text = SPAN("");
	}
	buf_free(text);
	return v;
}

/* ---- escapes ----------------------------------------------------------------- */

static unsigned
js_digit(char c)
{
	if (ascii_digit(c))
		return (unsigned)(c - '0');
	c = ascii_lower(c);
	return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10 : 99;
}

bool
js_digits(struct span *s, unsigned base, size_t max, uint32_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < max && n < s->n && js_digit(s->p[n]) < base)
		*out = *out * base + js_digit(s->p[n++]);
	*s = span_slice(*s, n, s->n);
	return n > 0;
}

static void
js_put(struct buf *out, uint32_t rune)
{
	char text[4];

	if (rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
		rune = UTF8_REPLACEMENT;
	(void)buf_add(out, span_make(text, utf8_put(rune, text)));
}

/* Behind a backslash: takes one escape off *s. */
static void
js_escape(struct span *s, struct buf *out)
{
	static const char plain[] = "n\nr\rt\tb\bf\fv\v";
	struct span rest = span_slice(*s, 1, s->n);
	char c = s->p[0];
	uint32_t rune;

	for (size_t i = 0; i + 1 < sizeof(plain); i += 2)
		if (c == plain[i]) {
			(void)buf_addc(out, plain[i + 1]);
			*s = rest;
			return;
		}
	if (c == 'u' && rest.n > 0 && rest.p[0] == '{') {
		rest = span_slice(rest, 1, rest.n);
		if (js_digits(&rest, 16, 6, &rune))
			js_put(out, rune);
		*s = span_slice(rest, rest.n > 0 && rest.p[0] == '}', rest.n);
		return;
	}
	if ((c == 'x' && js_digits(&rest, 16, 2, &rune)) ||
	    (c == 'u' && js_digits(&rest, 16, 4, &rune))) {
		js_put(out, rune);
	} else if (c >= '0' && c <= '7') {
		rest = *s;
		(void)js_digits(&rest, 8, 3, &rune);
		js_put(out, rune);
	} else if (c != '\n') {
		(void)buf_addc(out, c);
	}
	*s = rest;
}

struct js_value
js_quoted_text(struct js_reader *r, struct span raw)
{
	struct js_value v = { .text = raw };
	struct buf text;

	if (span_find(raw, '\\') == SIZE_MAX)
		return v;
	buf_init(&text, raw.n);
	while (raw.n > 0) {
		size_t n = span_find(raw, '\\');

		(void)buf_add(&text, span_slice(raw, 0, n));
		if (n == SIZE_MAX || n + 1 >= raw.n)
			break;
		raw = span_slice(raw, n + 1, raw.n);
		js_escape(&raw, &text);
	}
	return js_take(r, &text);
}

struct js_value
js_percent(struct js_reader *r, struct span s)
{
	struct buf text;

	buf_init(&text, s.n);
	while (s.n > 0) {
		size_t n = span_find(s, '%');
		struct span rest;
		uint32_t rune;

		(void)buf_add(&text, span_slice(s, 0, n));
		if (n == SIZE_MAX)
			break;
		rest = span_slice(s, n + 1, s.n);
		if (rest.n > 0 && rest.p[0] == 'u') {
			rest = span_slice(rest, 1, rest.n);
			if (js_digits(&rest, 16, 4, &rune))
				js_put(&text, rune);
		} else if (js_digits(&rest, 16, 2, &rune)) {
			(void)buf_addc(&text, (char)rune);
		} else {
			(void)buf_addc(&text, '%');
		}
		s = rest;
	}
	return js_take(r, &text);
}

struct js_value
js_base64(struct js_reader *r, struct span s)
{
	struct buf text;

	buf_init(&text, s.n);
	mime_transfer_decode(&text, MIME_BASE64, s);
	return js_take(r, &text);
}

/* ---- texts and lists ------------------------------------------------------- */

struct js_value
js_join(struct js_reader *r, const struct js_value *list, struct span between)
{
	struct buf text;

	buf_init(&text, *r->budget);
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			(void)buf_add(&text, between);
		(void)buf_add(&text, list->item[i]);
	}
	return js_take(r, &text);
}

struct js_value
js_add(struct js_reader *r, const struct js_value *x, const struct js_value *y)
{
	struct span both[2] = { x->text, y->text };
	struct js_value list = { .item = both, .count = 2 },
			sum = js_join(r, &list, SPAN(""));

	sum.open = y->open;
	return sum;
}

/* split(""): one item for each octet, which is what addresses are made of. */
struct js_value
js_split(struct js_reader *r, struct span s, struct span at)
{
	struct js_value v = { .text = { NULL, 0 } };
	size_t need = at.n == 0 ? s.n : s.n / at.n + 1;

	if (need > PIECES_MAX || need * sizeof(*v.item) > *r->budget)
		return v;
	*r->budget -= need * sizeof(*v.item);
	v.item = arena_array(r->arena, need + 1, sizeof(*v.item));
	while (s.n > 0) {
		size_t n = at.n == 0 ? 1 : span_search(s, at);

		v.item[v.count++] = span_slice(s, 0, n);
		if (n == SIZE_MAX)
			break;
		s = span_slice(s, n + at.n, s.n);
	}
	return v;
}

struct js_value
js_replace(struct js_reader *r, struct span s, struct span what,
    struct span with, bool all)
{
	struct buf text;

	buf_init(&text, *r->budget);
	while (what.n > 0) {
		size_t n = span_search(s, what);

		if (n == SIZE_MAX)
			break;
		(void)buf_add(&text, span_slice(s, 0, n));
		(void)buf_add(&text, with);
		s = span_slice(s, n + what.n, s.n);
		if (!all || text.over)
			break;
	}
	(void)buf_add(&text, s);
	return js_take(r, &text);
}

bool
js_characters(struct js_reader *r, struct js_lex *lex, struct js_value *out)
{
	struct buf text;
	unsigned open = 1;
	bool good = true;

	buf_init(&text, *r->budget);
	while (good && open > 0 && js_next(lex)) {
		uint32_t rune;
		struct span digits = lex->token;

		if (js_is(lex, '(') || js_is(lex, '['))
			open++;
		else if (js_is(lex, ')') || js_is(lex, ']'))
			open--;
		else if (lex->kind == JS_NUMBER) {
			bool hex = span_case_starts(digits, SPAN("0x"));

			digits = span_slice(digits, hex ? 2 : 0, digits.n);
			good = js_digits(&digits, hex ? 16 : 10, 7, &rune) &&
			       digits.n == 0;
			js_put(&text, rune);
		} else {
			good = js_is(lex, ',') || js_is(lex, '.') ||
			       js_is_name(lex, "null") ||
			       js_is_name(lex, "this") ||
			       js_is_name(lex, "String");
		}
	}
	*out = js_take(r, &text);
	return good && open == 0 && out->text.p != NULL;
}
