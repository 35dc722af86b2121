/*
 * Parameters of MIME fields in every reading that a client could take: the
 * notations of RFC 2231, and the mistakes that clients forgive, such as
 * missing quotes, missing semicolons and text glued to a quoted string. It
 * does not choose between readings; who asks for a name gets all of them.
 */
#include "config.h"

#include "rules/mime/mime_param.h"

#include <string.h>

#include "rules/text/decode.h"
#include "rules/base/utf8.h"

/* A parameter in RFC 2231 notation: name*2*=value. */
struct segment {
	struct span name;
	unsigned number;
	bool numbered;
	bool encoded;
	struct span value;
};

#define SEGMENT_MAX 128
#define BARE_MAX    2048 /* octets of a value without quotes */

struct param_reader {
	struct span in;
	size_t at;
	struct arena *arena;
	struct mime_params *out;
	struct segment segment[SEGMENT_MAX];
	size_t segment_count;
};

static char
param_peek(const struct param_reader *r)
{
	return r->at < r->in.n ? r->in.p[r->at] : '\0';
}

static bool
param_end(const struct param_reader *r)
{
	return r->at >= r->in.n;
}

/* A comment with those nested in it (RFC 5322, 3.2.2). */
static void
param_skip_comment(struct param_reader *r)
{
	size_t depth = 0;

	for (; !param_end(r); r->at++) {
		char c = r->in.p[r->at];

		if (c == '\\') {
			r->at++;
		} else if (c == '(') {
			depth++;
		} else if (c == ')' && --depth == 0) {
			r->at++;
			return;
		}
	}
}

static void
param_skip_space(struct param_reader *r)
{
	while (!param_end(r)) {
		if (param_peek(r) == '(')
			param_skip_comment(r);
		else if (ascii_space(param_peek(r)))
			r->at++;
		else
			return;
	}
}

static void
param_add(struct param_reader *r, struct span name, struct span value)
{
	struct mime_params *out = r->out;
	bool duplicate = false;

	for (size_t i = 0; i < out->count; i++) {
		if (!span_eq(out->param[i].name, name))
			continue;
		if (span_eq(out->param[i].value, value))
			return;
		duplicate = true;
	}
	if (out->count >= MIME_PARAM_MAX)
		return;
	out->param = arena_grow(r->arena, out->param, &out->cap, out->count + 1,
	    sizeof(*out->param));
	out->param[out->count++] =
	    (struct mime_param){ name, value, duplicate };
}

/* Behind the opening quote; line ends of folds go (RFC 5322, 3.2.4). */
static struct span
param_read_quoted(struct param_reader *r)
{
	size_t end = r->at, n = 0;
	char *p;

	while (end < r->in.n && r->in.p[end] != '"')
		end += r->in.p[end] == '\\' ? 2 : 1;
	p = arena_alloc(r->arena, end - r->at + 1);
	while (!param_end(r)) {
		char c = r->in.p[r->at++];

		if (c == '"')
			break;
		if (c == '\\' && !param_end(r))
			c = r->in.p[r->at++];
		if (c != '\r' && c != '\n')
			p[n++] = c;
	}
	return span_make(p, n);
}

/*
 * Up to the semicolon, or also up to white space. The limit keeps a field of
 * many words from taking quadratic time.
 */
static struct span
param_read_bare(struct param_reader *r, bool to_space)
{
	size_t from = r->at;

	while (!param_end(r) && r->at - from < BARE_MAX &&
	       param_peek(r) != ';' &&
	       !(to_space && ascii_space(param_peek(r))))
		r->at++;
	return span_trim(span_slice(r->in, from, r->at));
}

static struct span
span_join(struct span x, struct span y, struct arena *a)
{
	char *p = arena_alloc(a, x.n + y.n + 1);

	if (x.n > 0)
		memcpy(p, x.p, x.n);
	if (y.n > 0)
		memcpy(p + x.n, y.p, y.n);
	return span_make(p, x.n + y.n);
}

/* Takes name*, name*1 and name*1* apart; false for a plain name. */
static bool
segment_name(struct span name, struct segment *s)
{
	size_t star = span_find(name, '*');
	struct span rest;
	uint64_t number;

	if (star == SIZE_MAX)
		return false;
	*s = (struct segment){ .name = span_slice(name, 0, star) };
	rest = span_slice(name, star + 1, name.n);
	if (rest.n == 0) {
		s->encoded = true;
		return true;
	}
	if (span_ends(rest, SPAN("*"))) {
		s->encoded = true;
		rest.n--;
	}
	if (!span_number(rest, &number) || number > 9999)
		return false;
	s->number = (unsigned)number;
	s->numbered = true;
	return true;
}

static void
param_add_plain(struct param_reader *r, struct span name, struct span value)
{
	struct segment s;

	if (!segment_name(name, &s)) {
		param_add(r, name, value);
		return;
	}
	s.value = value;
	if (r->segment_count < SEGMENT_MAX)
		r->segment[r->segment_count++] = s;
}

/*
 * The value behind "=". Text glued to a quoted string, and white space in an
 * unquoted one, give a second reading.
 */
static void
param_read_value(struct param_reader *r, struct span name)
{
	struct span value, more;
	size_t start;

	if (param_peek(r) == '"') {
		r->at++;
		value = param_read_quoted(r);
		param_add_plain(r, name, value);
		more = param_read_bare(r, true);
		if (more.n > 0)
			param_add_plain(
			    r, name, span_join(value, more, r->arena));
		return;
	}
	start = r->at;
	value = param_read_bare(r, true);
	param_add_plain(r, name, value);
	if (param_end(r) || param_peek(r) == ';')
		return;
	/* "a b.exe", but not "a charset=x". */
	more = param_read_bare(r, false);
	if (span_find(more, '=') == SIZE_MAX)
		param_add_plain(
		    r, name, span_trim(span_slice(r->in, start, r->at)));
	else
		r->at = start + value.n;
}

static void
param_read(struct param_reader *r)
{
	size_t from = r->at;
	struct span name;

	while (!param_end(r) && param_peek(r) != '=' && param_peek(r) != ';' &&
	       !ascii_space(param_peek(r)))
		r->at++;
	name = arena_lower(r->arena, span_slice(r->in, from, r->at));
	param_skip_space(r);
	if (param_peek(r) != '=' || param_end(r))
		return;
	r->at++;
	param_skip_space(r);
	param_read_value(r, name);
}

/* ---- RFC 2231 -------------------------------------------------------------- */

static unsigned
hex_value(char c)
{
	if (ascii_digit(c))
		return (unsigned)(c - '0');
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

static void
percent_decode(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && i + 2 < s.n && hex_value(s.p[i + 1]) < 16 &&
		    hex_value(s.p[i + 2]) < 16) {
			c = (char)(hex_value(s.p[i + 1]) << 4 |
				   hex_value(s.p[i + 2]));
			i += 2;
		}
		(void)buf_addc(out, c);
	}
}

/* Takes "charset'language'" off the front of the value, where it stands. */
static struct span
segment_charset(struct span *value)
{
	size_t first = span_find(*value, '\''), second;
	struct span charset;

	if (first == SIZE_MAX)
		return SPAN("");
	second = span_find(span_slice(*value, first + 1, value->n), '\'');
	if (second == SIZE_MAX)
		return SPAN("");
	charset = span_slice(*value, 0, first);
	*value = span_slice(*value, first + second + 2, value->n);
	return charset;
}

/* The one segment of this name and number: the first, or the last of them. */
static const struct segment *
segment_find(
    const struct param_reader *r, struct span name, unsigned number, bool last)
{
	const struct segment *found = NULL;

	for (size_t i = 0; i < r->segment_count; i++) {
		const struct segment *s = &r->segment[i];

		if (!s->numbered || s->number != number ||
		    !span_eq(s->name, name))
			continue;
		found = s;
		if (!last)
			break;
	}
	return found;
}

static void
param_add_decoded(struct param_reader *r, struct span name, struct span charset,
    struct buf *octets)
{
	struct buf text;

	buf_init(&text, octets->n * 4);
	(void)mime_to_utf8(&text, charset, buf_span(octets));
	param_add(r, name, arena_dup(r->arena, buf_span(&text)));
	buf_free(&text);
}

/* Joins name*0, name*1 ... up to the first number that is not there. */
static void
segments_join(struct param_reader *r, struct span name, bool last)
{
	const struct segment *s;
	struct span charset = SPAN("");
	struct buf octets;
	unsigned first = segment_find(r, name, 0, last) == NULL ? 1 : 0;

	buf_init(&octets, r->in.n * 2 + 64);
	for (unsigned i = first; (s = segment_find(r, name, i, last)) != NULL;
	     i++) {
		struct span value = s->value;

		if (i == first && s->encoded)
			charset = segment_charset(&value);
		if (s->encoded)
			percent_decode(&octets, value);
		else
			(void)buf_add(&octets, value);
	}
	param_add_decoded(r, name, charset, &octets);
	buf_free(&octets);
}

static void
segments_finish(struct param_reader *r)
{
	for (size_t i = 0; i < r->segment_count; i++) {
		struct segment *s = &r->segment[i];
		struct span charset, value = s->value;
		struct buf octets;

		if (s->numbered) {
			if (s->number == 0 ||
			    segment_find(r, s->name, 0, false) == NULL) {
				segments_join(r, s->name, false);
				segments_join(r, s->name, true);
			}
			continue;
		}
		charset = segment_charset(&value);
		buf_init(&octets, value.n);
		percent_decode(&octets, value);
		param_add_decoded(r, s->name, charset, &octets);
		buf_free(&octets);
	}
}

/* "type/subtype" or "attachment": tokens, with white space forgiven. */
static struct span
param_read_main(struct param_reader *r)
{
	struct span token[2] = { SPAN(""), SPAN("") };
	size_t count = 0;

	while (count < 2) {
		size_t from;

		param_skip_space(r);
		from = r->at;
		while (!param_end(r) && param_peek(r) != ';' &&
		       param_peek(r) != '/' && param_peek(r) != '(' &&
		       param_peek(r) != '=' && !ascii_space(param_peek(r)))
			r->at++;
		token[count++] = span_slice(r->in, from, r->at);
		param_skip_space(r);
		if (param_peek(r) != '/')
			break;
		r->at++;
	}
	/* "name=x" where the type is missing. */
	if (count == 1 && param_peek(r) == '=') {
		r->at = 0;
		return SPAN("");
	}
	if (count == 2)
		token[0] = span_join(span_join(token[0], SPAN("/"), r->arena),
		    token[1], r->arena);
	return arena_lower(r->arena, token[0]);
}

void
mime_params_add(struct mime_params *out, struct span value, struct arena *a)
{
	struct param_reader r;
	struct span main;

	r.in = value;
	r.at = 0;
	r.arena = a;
	r.out = out;
	r.segment_count = 0;
	main = param_read_main(&r);
	if (out->main.n == 0)
		out->main = main;
	while (!param_end(&r) && out->count < MIME_PARAM_MAX &&
	       r.segment_count < SEGMENT_MAX) {
		param_skip_space(&r);
		if (param_peek(&r) == ';')
			r.at++;
		else
			param_read(&r);
	}
	segments_finish(&r);
}

struct span
mime_params_get(const struct mime_params *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (span_is(p->param[i].name, name))
			return p->param[i].value;
	return span_of(NULL);
}
