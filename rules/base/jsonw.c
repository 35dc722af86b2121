/*
 * Writing JSON. What the members mean is the callers' business.
 */
#include "config.h"

#include "rules/base/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/jsonpack.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"

void
jsonw_init(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){ .out = out };
}

void
jsonw_init_packed(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){ .out = out, .packed = true };
}

/* ---- packed -------------------------------------------------------------- */

#define PACKED_NUMBER_MAX ((size_t)11)

/* A tag and a number, seven bits an octet, the low ones first. */
static size_t
packed_number_put(char *out, char tag, uint64_t number)
{
	size_t n = 0;

	out[n++] = tag;
	for (; number > 0x7F; number >>= 7)
		out[n++] = (char)(0x80 | (number & 0x7F));
	out[n++] = (char)number;
	return n;
}

static void
packed_number(struct jsonw *w, char tag, uint64_t number)
{
	char octets[PACKED_NUMBER_MAX];

	if (number <= 0x7F) {
		(void)buf_addc(w->out, tag);
		(void)buf_addc(w->out, (char)number);
		return;
	}
	(void)buf_add(
	    w->out, span_make(octets, packed_number_put(octets, tag, number)));
}

/* In one step where there is room: there are hundreds in a record. */
static void
packed_text(struct jsonw *w, char tag, struct span text)
{
	struct buf *b = w->out;
	char *to = b->p + b->n;
	size_t head = 2;

	if (b->cap - b->n < PACKED_NUMBER_MAX ||
	    b->cap - b->n - PACKED_NUMBER_MAX < text.n || text.n == 0) {
		packed_number(w, tag, text.n);
		(void)buf_add(b, text);
		return;
	}
	if (text.n <= 0x7F) {
		to[0] = tag;
		to[1] = (char)text.n;
	} else {
		head = packed_number_put(to, tag, text.n);
	}
	memcpy(to + head, text.p, text.n);
	b->n += head + text.n;
}

static void
packed_double(struct jsonw *w, double number)
{
	char octets[1 + sizeof(number)];

	octets[0] = JSONPACK_DOUBLE;
	memcpy(octets + 1, &number, sizeof(number));
	(void)buf_add(w->out, span_make(octets, sizeof(octets)));
}

/* The sign goes to the lowest bit, so that small ones stay short. */
static void
packed_whole(struct jsonw *w, int64_t number)
{
	packed_number(w, JSONPACK_WHOLE,
	    number < 0 ? (uint64_t)-number * 2 - 1 : (uint64_t)number * 2);
}

/* ---- text ---------------------------------------------------------------- */

static void
jsonw_rune(struct jsonw *w, uint32_t rune, struct span octets)
{
	static const char plain[] = "\"\\\b\f\n\r\t";
	static const char letter[] = "\"\\bfnrt";
	struct span set = span_make(plain, sizeof(plain) - 1);
	size_t at = rune < 0x80 ? span_find(set, (char)rune) : SIZE_MAX;

	if (at != SIZE_MAX)
		(void)buf_printf(w->out, "\\%c", letter[at]);
	else if (rune == UTF8_BAD)
		(void)buf_addz(w->out, "\xEF\xBF\xBD");
	else if (utf8_shown(rune))
		(void)buf_add(w->out, octets);
	else if (rune > 0xFFFF)
		(void)buf_printf(w->out, "\\u%04x\\u%04x",
		    (unsigned)(0xD800 + ((rune - 0x10000) >> 10)),
		    (unsigned)(0xDC00 + ((rune - 0x10000) & 0x3FF)));
	else
		(void)buf_printf(w->out, "\\u%04x", (unsigned)rune);
}

/* Most text needs no escape: runs of such octets are added at once. */
static bool
jsonw_plain(char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/* How many such octets stand from offset at on; eight at a time. */
static size_t
jsonw_plain_run(struct span s, size_t at)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80;
	size_t i = at;
	uint64_t word;

	for (; s.n - i >= sizeof(word); i += sizeof(word)) {
		uint64_t quote, slash;

		memcpy(&word, s.p + i, sizeof(word));
		quote = word ^ each * '"';
		slash = word ^ each * '\\';
		/* The high bit of an octet that is over 0x7E, below a space,
		 * or one of the two; or of one behind such a one. */
		if (((word | (word + each) | (word - each * ' ') |
			 (quote - each) | (slash - each)) &
			high) != 0)
			break;
	}
	while (i < s.n && jsonw_plain(s.p[i]))
		i++;
	return i - at;
}

static void
jsonw_string(struct jsonw *w, struct span s)
{
	size_t i = 0;

	(void)buf_addc(w->out, '"');
	while (i < s.n && !w->out->over) {
		size_t from = i, len;
		uint32_t rune;

		i += jsonw_plain_run(s, i);
		(void)buf_add(w->out, span_slice(s, from, i));
		if (i == s.n)
			break;
		len = utf8_next(s, i, &rune);
		jsonw_rune(w, rune, span_slice(s, i, i + len));
		i += len;
	}
	(void)buf_addc(w->out, '"');
}

/* Everything that stands before a value. */
static void
jsonw_begin(struct jsonw *w, const char *key)
{
	bool member = w->depth > 0 && w->close[w->depth - 1] == '}';

	INVARIANT(member == (key != NULL || w->named));
	if (w->named) {
		w->named = false;
		return;
	}
	if (w->packed) {
		if (key != NULL)
			packed_text(w, JSONPACK_KEY, span_of(key));
		return;
	}
	if (w->comma)
		(void)buf_addc(w->out, ',');
	w->comma = true;
	if (key != NULL) {
		jsonw_string(w, span_of(key));
		(void)buf_addc(w->out, ':');
	}
}

void
jsonw_name(struct jsonw *w, unsigned number, const char *name)
{
	INVARIANT(!w->named);
	if (w->packed && number <= JSONPACK_NAME_MAX) {
		(void)buf_addc(
		    w->out, (char)(JSONPACK_NAME | (number >> 8)));
		(void)buf_addc(w->out, (char)(number & 0xFF));
	} else {
		jsonw_begin(w, name);
	}
	w->named = true;
}

static void
jsonw_open(struct jsonw *w, const char *key, char open, char close)
{
	INVARIANT(w->depth < JSONW_DEPTH_MAX);
	jsonw_begin(w, key);
	(void)buf_addc(w->out, open);
	w->close[w->depth++] = close;
	w->comma = false;
}

void
jsonw_object(struct jsonw *w, const char *key)
{
	jsonw_open(w, key, '{', '}');
}

void
jsonw_array(struct jsonw *w, const char *key)
{
	jsonw_open(w, key, '[', ']');
}

void
jsonw_end(struct jsonw *w)
{
	INVARIANT(w->depth > 0);
	(void)buf_addc(w->out, w->close[--w->depth]);
	w->comma = true;
}

void
jsonw_null(struct jsonw *w, const char *key)
{
	jsonw_begin(w, key);
	if (w->packed)
		(void)buf_addc(w->out, JSONPACK_NULL);
	else
		(void)buf_addz(w->out, "null");
}

void
jsonw_text(struct jsonw *w, const char *key, struct span text)
{
	if (text.p == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_begin(w, key);
	if (w->packed)
		packed_text(w, JSONPACK_TEXT, text);
	else
		jsonw_string(w, text);
}

void
jsonw_textz(struct jsonw *w, const char *key, const char *text)
{
	jsonw_text(w, key, span_of(text));
}

void
jsonw_bool(struct jsonw *w, const char *key, bool yes)
{
	jsonw_begin(w, key);
	if (w->packed)
		(void)buf_addc(w->out, yes ? JSONPACK_TRUE : JSONPACK_FALSE);
	else
		(void)buf_addz(w->out, yes ? "true" : "false");
}

/* Most numbers are small and whole, and printf is slow with any. */
static void
jsonw_whole(struct jsonw *w, int64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t left = (uint64_t)(number < 0 ? -number : number);

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (number < 0)
		digits[--at] = '-';
	(void)buf_add(w->out, span_make(digits + at, sizeof(digits) - at));
}

void
jsonw_number(struct jsonw *w, const char *key, double number)
{
	char text[32];

	if (!isfinite(number)) {
		jsonw_null(w, key);
		return;
	}
	jsonw_begin(w, key);
	if (fabs(number) < 1e15 && (double)(int64_t)number == number) {
		if (w->packed)
			packed_whole(w, (int64_t)number);
		else
			jsonw_whole(w, (int64_t)number);
		return;
	}
	if (w->packed) {
		packed_double(w, number);
		return;
	}
	/* The shortest of the usual precisions that reads back as it is. */
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	(void)buf_addz(w->out, text);
}
