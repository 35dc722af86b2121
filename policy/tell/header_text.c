/*
 * Folding and escaping of header fields that we write. What they say is not
 * known here.
 */
#include "config.h"

#include "policy/tell/header_text.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"

#define COLUMNS     78
#define TAB_COLUMNS 8
#define WORD_MAX    900 /* no line comes near 998 octets */
/* Octets in one encoded word: 45 give 60 characters of base64. */
#define ENCODED_OCTETS 45

bool
header_text_is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 0x7F || name.p[i] == ':')
			return false;
	return name.n > 0 && name.n < 256;
}

static void
header_text_base64(struct buf *out, struct span s)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t three = 0;

		for (size_t k = 0; k < 3; k++)
			three = three << 8 |
				(i + k < s.n ? (unsigned char)s.p[i + k] : 0U);
		for (size_t k = 0; k < 4; k++)
			(void)buf_addc(out,
			    i + k <= s.n ? digit[three >> (18 - 6 * k) & 63]
					 : '=');
	}
}

/* Words of whole characters, since decoders may not join them. */
static void
header_text_encode(struct buf *out, struct span s)
{
	while (s.n > 0) {
		struct span piece = utf8_cut(s, ENCODED_OCTETS);

		if (out->n > 0)
			(void)buf_addc(out, ' ');
		(void)buf_addz(out, "=?utf-8?B?");
		header_text_base64(out, piece);
		(void)buf_addz(out, "?=");
		s = span_slice(s, piece.n, s.n);
	}
}

static struct span
header_text_clean(struct arena *a, struct span value)
{
	struct span clean = span_trim(utf8_cut(value, HEADER_TEXT_MAX / 2));
	struct buf out;

	if (clean.p == NULL)
		return SPAN("");
	clean = arena_dup(a, utf8_clean(clean, a));
	if (utf8_ascii(clean)) {
		char *p = arena_strdup(a, clean);

		for (size_t i = 0; i < clean.n; i++)
			if (p[i] < ' ' || p[i] == 0x7F)
				p[i] = ' ';
		return span_trim(span_make(p, clean.n));
	}
	buf_init(&out, HEADER_TEXT_MAX);
	header_text_encode(&out, clean);
	clean = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return clean;
}

/* Takes the next piece that may not be broken off *rest. */
static struct span
header_text_piece(struct span *rest, enum header_text_break where, bool *space)
{
	size_t from = 0, end;
	struct span piece;

	while (from < rest->n && rest->p[from] == ' ')
		from++;
	*space = from > 0;
	for (end = from; end < rest->n && rest->p[end] != ' ';)
		if (rest->p[end++] == ',' && where == HEADER_TEXT_COMMAS)
			break;
	piece = span_slice(*rest, from, end);
	*rest = span_slice(*rest, end, rest->n);
	return span_slice(piece, 0, WORD_MAX);
}

struct span
header_text(struct arena *a, struct span name, struct span value,
    enum header_text_break where)
{
	struct span rest = header_text_clean(a, value), folded;
	size_t column = name.n + 2;
	struct buf out;

	buf_init(&out, 2 * HEADER_TEXT_MAX);
	while (rest.n > 0) {
		bool space;
		struct span piece = header_text_piece(&rest, where, &space);
		bool fits = column + space + piece.n <= COLUMNS;

		if (out.n > 0 && !fits) {
			(void)buf_addz(&out, "\n\t");
			column = TAB_COLUMNS;
		} else if (out.n > 0 && space) {
			(void)buf_addc(&out, ' ');
			column++;
		}
		(void)buf_add(&out, piece);
		column += piece.n;
	}
	folded = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return folded;
}
