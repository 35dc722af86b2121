/*
 * Parameters of MIME fields in every reading that a client could take: the
 * notations of RFC 2231, and the mistakes that clients forgive, such as
 * missing quotes, missing semicolons and text glued to a quoted string. It
 * does not choose between readings; who asks for a name gets all of them.
 */
#include "config.h"

#include "rules/mime/mime_param.h"

#include <limits.h>
#include <string.h>

#include "rules/base/utf8.h"
#include "rules/text/decode.h"

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
	if (out->count >= MIME_PARAM_MAX) {
		out->over = true;
		return;
	}
	out->param = arena_grow(r->arena, out->param, &out->cap, out->count + 1,
	    sizeof(*out->param));
	out->param[out->count++] =
	    (struct mime_param){ name, value, duplicate };
}

/* Whether so many octets may still be copied. */
static bool
param_room(struct param_reader *r, size_t octets)
{
	if (octets > MIME_PARAM_OCTETS - r->out->octets) {
		r->out->over = true;
		return false;
	}
	r->out->octets += octets;
	return true;
}

/*
 * Without the comments that stand in it, where that makes a difference:
 * "photo (1).jpg" ends alike either way, "a.exe(x)" does not.
 */
static struct span
param_without_comments(struct param_reader *r, struct span value)
{
	struct param_reader in = { .in = value };
	size_t open = span_find_last(value, '('), n = 0;
	size_t dot = span_find_last(value, '.');
	char *p;

	if (open == SIZE_MAX ||
	    (dot != SIZE_MAX && open < dot &&
		span_find(span_slice(value, dot, value.n), '(') == SIZE_MAX) ||
	    !param_room(r, value.n))
		return value;
	p = arena_alloc(r->arena, value.n + 1);
	while (!param_end(&in)) {
		if (param_peek(&in) == '(')
			param_skip_comment(&in);
		else
			p[n++] = in.in.p[in.at++];
	}
	return span_trim(span_make(p, n));
}

/* Behind the opening quote; line ends of folds go (RFC 5322, 3.2.4). */
static struct span
param_read_quoted(struct param_reader *r)
{
	size_t end = r->at, n = 0;
	char *p;

	while (end < r->in.n && r->in.p[end] != '"')
		end += r->in.p[end] == '\\' ? 2 : 1;
	if (end > r->in.n)
		end = r->in.n;
	if (!param_room(r, end - r->at)) {
		r->at = r->in.n;
		return SPAN("");
	}
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
	else
		r->out->over = true;
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
		if (more.n == 0 || !param_room(r, value.n + more.n))
			return;
		param_add_plain(r, name, span_join(value, more, r->arena));
		more = param_without_comments(r, more);
		if (param_room(r, value.n + more.n))
			param_add_plain(
			    r, name, span_join(value, more, r->arena));
		return;
	}
	start = r->at;
	value = param_read_bare(r, true);
	param_add_plain(r, name, value);
	more = param_without_comments(r, value);
	if (!span_eq(more, value))
		param_add_plain(r, name, more);
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
	       param_peek(r) != '(' && !ascii_space(param_peek(r)))
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

static void
percent_decode(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && i + 2 < s.n && ascii_hex(s.p[i + 1]) < 16 &&
		    ascii_hex(s.p[i + 2]) < 16) {
			c = (char)(ascii_hex(s.p[i + 1]) << 4 |
				   ascii_hex(s.p[i + 2]));
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

static bool
param_known(const struct param_reader *r, struct span name, struct span value)
{
	for (size_t i = 0; i < r->out->count; i++)
		if (span_eq(r->out->param[i].name, name) &&
		    span_eq(r->out->param[i].value, value))
			return true;
	return false;
}

static void
param_add_decoded(struct param_reader *r, struct span name, struct span charset,
    struct buf *octets)
{
	struct buf text;

	buf_init(&text, octets->n * 4);
	(void)mime_to_utf8(&text, charset, buf_span(octets));
	if (!param_known(r, name, buf_span(&text)) && param_room(r, text.n))
		param_add(r, name, arena_dup(r->arena, buf_span(&text)));
	buf_free(&text);
}

/* The next number from there on that a segment of this name has. */
static unsigned
segment_number(const struct param_reader *r, struct span name, unsigned from)
{
	unsigned next = UINT_MAX;

	for (size_t i = 0; i < r->segment_count; i++) {
		const struct segment *s = &r->segment[i];

		if (s->numbered && s->number >= from && s->number < next &&
		    span_eq(s->name, name))
			next = s->number;
	}
	return next;
}

/*
 * Joins name*0, name*1 ... up to the first number that is not there, as the
 * standard has it, or across gaps, as some clients do.
 */
static void
segments_join(struct param_reader *r, struct span name, bool last, bool gaps)
{
	struct span charset = SPAN("");
	struct buf octets;
	unsigned first = segment_number(r, name, 0), i = first;

	buf_init(&octets, r->in.n + 64);
	while (i != UINT_MAX) {
		const struct segment *s = segment_find(r, name, i, last);
		struct span value = s->value;
		unsigned next = segment_number(r, name, i + 1);

		if (i == first && s->encoded)
			charset = segment_charset(&value);
		if (s->encoded)
			percent_decode(&octets, value);
		else
			(void)buf_add(&octets, value);
		if (!gaps && next != i + 1)
			break;
		i = next;
	}
	param_add_decoded(r, name, charset, &octets);
	buf_free(&octets);
}

/* Every name once, and at most four readings of it. */
static void
segments_join_all(struct param_reader *r, struct span name)
{
	for (unsigned i = 0; i < 4; i++)
		segments_join(r, name, (i & 1) != 0, (i & 2) != 0);
}

static bool
segment_is_first(const struct param_reader *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (r->segment[i].numbered &&
		    span_eq(r->segment[i].name, r->segment[at].name))
			return false;
	return true;
}

static void
segments_finish(struct param_reader *r)
{
	for (size_t i = 0; i < r->segment_count; i++) {
		struct segment *s = &r->segment[i];
		struct span charset, value = s->value;
		struct buf octets;

		if (s->numbered) {
			if (segment_is_first(r, i))
				segments_join_all(r, s->name);
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
	if (!param_end(&r))
		out->over = true;
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
