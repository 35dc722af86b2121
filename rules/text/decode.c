/*
 * The seam to GMime: encoded words, charsets and transfer encodings. GMime
 * converts and decodes; its message parser is not used, because it has no
 * limit on parts (200,000 of them take it a second) and shows nothing of a
 * multipart without a boundary, which mail clients do show: see mime_tree.c.
 */
#include "config.h"

#include "rules/text/decode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gmime/gmime.h>

#include "rules/base/utf8.h"
#include "rules/text/charset.h"
#include "rules/text/decode_lines.h"
#include "rules/text/windows1252.h"

/* ---- charsets ------------------------------------------------------------ */

static void
mime_init(void)
{
	static gsize done;

	if (g_once_init_enter(&done)) {
		g_mime_init();
		g_once_init_leave(&done, 1);
	}
}

/*
 * glibc unloads a conversion module soon after its last use, and a message
 * that alternates between charsets then costs 60 us a word instead of 0.25.
 * So the first converter of each charset is never closed.
 */
static iconv_t
charset_open(const struct charset *row)
{
	static gsize pinned[CHARSETS];
	gsize *pin = &pinned[charset_number(row)];

	if (g_once_init_enter(pin)) {
		mime_init();
		g_once_init_leave(
		    pin, (gsize)g_mime_iconv_open("UTF-8", row->iconv) | 1);
	}
	return g_mime_iconv_open("UTF-8", row->iconv);
}

/*
 * What cannot be converted becomes U+FFFD, one for each octet. The call
 * without input at the end gives out what a converter holds back.
 */
static void
charset_convert(struct buf *out, iconv_t converter, struct span text)
{
	char piece[1024];
	char *from = (char *)(uintptr_t)text.p;
	size_t left = text.n;

	for (bool last = false; !last;) {
		char *to = piece;
		size_t room = sizeof(piece);
		size_t done;
		int error;

		last = left == 0;
		done = g_mime_iconv(
		    converter, last ? NULL : &from, &left, &to, &room);
		error = done == (size_t)-1 ? errno : 0;
		if (!buf_add(out, span_make(piece, sizeof(piece) - room)))
			return;
		if (error == 0 || error == E2BIG || last)
			continue;
		from++;
		left--;
		if (!buf_add(out, SPAN("\xef\xbf\xbd")))
			return;
	}
}

bool
mime_to_utf8(struct buf *out, struct span charset, struct span text)
{
	const struct charset *row = charset_find(charset);
	iconv_t converter;

	if (row == NULL || row->kind == CHARSET_UTF8 ||
	    row->kind == CHARSET_ASCII) {
		(void)western_repair(out, text);
		return row != NULL || charset.n == 0;
	}
	if (row->kind == CHARSET_WESTERN) {
		(void)western_to_utf8(out, text);
		return true;
	}
	converter = charset_open(row);
	if (converter == (iconv_t)-1) {
		(void)western_repair(out, text);
		return false;
	}
	charset_convert(out, converter, text);
	(void)g_mime_iconv_close(converter);
	return true;
}

void
mime_charsets_load(void)
{
	for (size_t i = 0; i < CHARSETS; i++) {
		const struct charset *row = charset_at(i);
		iconv_t converter = row->kind == CHARSET_ICONV
					? charset_open(row)
					: (iconv_t)-1;

		if (converter != (iconv_t)-1)
			(void)g_mime_iconv_close(converter);
	}
}

bool
mime_is_utf8(struct span charset, struct span text)
{
	const struct charset *row = charset_find(charset);

	return (row == NULL || row->kind == CHARSET_UTF8 ||
		   row->kind == CHARSET_ASCII ||
		   row->kind == CHARSET_WESTERN) &&
	       utf8_ascii(text);
}

/* ---- transfer encodings --------------------------------------------------- */

static enum mime_transfer
transfer_of(struct span word)
{
	static const struct {
		const char *name;
		enum mime_transfer transfer;
	} row[] = {
		{ "7bit", MIME_IDENTITY },
		{ "8bit", MIME_IDENTITY },
		{ "binary", MIME_IDENTITY },
		{ "7-bit", MIME_IDENTITY },
		{ "8-bit", MIME_IDENTITY },
		{ "", MIME_IDENTITY },
		{ "base64", MIME_BASE64 },
		{ "quoted-printable", MIME_QUOTED },
		{ "x-uuencode", MIME_UUENCODE },
		{ "uuencode", MIME_UUENCODE },
		{ "x-uue", MIME_UUENCODE },
	};

	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (span_case_is(word, row[i].name))
			return row[i].transfer;
	return MIME_TRANSFER_UNKNOWN;
}

/* Where the comment ends that begins at i (RFC 5322, 3.2.2). */
static size_t
transfer_comment_end(struct span s, size_t i)
{
	size_t depth = 0;

	for (; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.n;
}

static bool
transfer_between(char c)
{
	return ascii_space(c) || c == '"' || c == ';' || c == ',';
}

bool
mime_transfer_next(struct span *value, enum mime_transfer *out)
{
	struct span s = *value;
	size_t i = 0, from;
	bool first = s.p != NULL;

	while (i < s.n && (transfer_between(s.p[i]) || s.p[i] == '('))
		i = s.p[i] == '(' ? transfer_comment_end(s, i) : i + 1;
	from = i;
	while (i < s.n && !transfer_between(s.p[i]) && s.p[i] != '(')
		i++;
	if (i == from && !first)
		return false;
	*out = transfer_of(span_slice(s, from, i));
	/* p NULL: a word was taken, and no more are left. */
	*value = span_slice(s, i, s.n);
	if (span_trim(*value).n == 0)
		*value = (struct span){ NULL, 0 };
	return true;
}

/* Decodes in pieces, so that the limit of out bounds the memory. */
static void
transfer_step(struct buf *out, GMimeEncoding *state, struct span in)
{
	char piece[4096];
	struct span part;

	for (size_t i = 0; i < in.n && !out->over; i += part.n) {
		size_t n;

		part = span_slice(in, i, i + sizeof(piece) / 2);
		n = g_mime_encoding_step(state, part.p, part.n, piece);
		(void)buf_add_some(out, span_make(piece, n));
	}
}

/*
 * GMime stops at the first padding and drops an unpadded end. Some clients
 * read on behind padding, so each piece between padding is decoded afresh and
 * padded by us.
 */
static void
transfer_base64(struct buf *out, struct span in)
{
	while (in.n > 0 && !out->over) {
		size_t end = span_find(in, '=');
		GMimeEncoding state;

		if (end == SIZE_MAX)
			end = in.n;
		if (end > 0) {
			g_mime_encoding_init_decode(
			    &state, GMIME_CONTENT_ENCODING_BASE64);
			transfer_step(out, &state, span_slice(in, 0, end));
			transfer_step(out, &state, SPAN("=="));
		}
		in = span_slice(in, end + 1, in.n);
	}
}

static void
transfer_quoted(struct buf *out, struct span in)
{
	GMimeEncoding state;
	struct buf clean;

	buf_init(&clean, in.n);
	if (mime_lines_blank(in)) {
		mime_lines_quoted(&clean, in);
		in = buf_span(&clean);
	}
	g_mime_encoding_init_decode(
	    &state, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	transfer_step(out, &state, in);
	buf_free(&clean);
}

void
mime_transfer_decode(
    struct buf *out, enum mime_transfer transfer, struct span in)
{
	GMimeEncoding state;

	mime_init();
	switch (transfer) {
	case MIME_IDENTITY:
	case MIME_TRANSFER_UNKNOWN:
		(void)buf_add_some(out, in);
		return;
	case MIME_BASE64:
		transfer_base64(out, in);
		return;
	case MIME_QUOTED:
		transfer_quoted(out, in);
		return;
	case MIME_UUENCODE:
		g_mime_encoding_init_decode(
		    &state, GMIME_CONTENT_ENCODING_UUENCODE);
		in = mime_lines_uuencode(in);
		break;
	}
	transfer_step(out, &state, in);
}

/* ---- encoded words -------------------------------------------------------- */

struct word {
	struct span charset; /* without the language of RFC 2231, 5 */
	bool base64;
	struct span text;
	size_t end; /* behind the closing "?=" */
};

/*
 * Reads raw and remembers where the next "?=" is, so that a text full of
 * beginnings without an end takes linear time.
 */
struct word_reader {
	struct span raw;
	size_t close; /* offset of a "?=" or of the end; valid from scanned */
};

static size_t
word_find_close(struct word_reader *r, size_t from)
{
	if (r->close < from || r->close == 0) {
		size_t found =
		    span_search(span_slice(r->raw, from, r->raw.n), SPAN("?="));

		r->close = found == SIZE_MAX ? r->raw.n : from + found;
	}
	return r->close;
}

/*
 * An encoded word at offset at, which has "=?". Longer ones than the 75
 * characters of RFC 2047, 2 and ones with spaces in them are read, too.
 */
static bool
word_read(struct word_reader *r, size_t at, struct word *w)
{
	struct span raw = r->raw;
	size_t charset = at + 2, i = charset, star, close;

	while (i < raw.n && raw.p[i] != '?' && i - charset < 64 &&
	       (unsigned char)raw.p[i] > ' ')
		i++;
	if (i == charset || i + 2 >= raw.n || raw.p[i] != '?' ||
	    raw.p[i + 2] != '?')
		return false;
	switch (ascii_lower(raw.p[i + 1])) {
	case 'b':
		w->base64 = true;
		break;
	case 'q':
		w->base64 = false;
		break;
	default:
		return false;
	}
	close = word_find_close(r, i + 3);
	if (close >= raw.n)
		return false;
	w->charset = span_slice(raw, charset, i);
	star = span_find(w->charset, '*');
	if (star != SIZE_MAX)
		w->charset.n = star;
	w->text = span_slice(raw, i + 3, close);
	w->end = close + 2;
	return true;
}

/* The "Q" encoding (RFC 2047, 4.2); a "=" without two digits stays. */
static void
word_decode_q(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '_') {
			c = ' ';
		} else if (c == '=' && i + 2 < text.n &&
			   ascii_hex(text.p[i + 1]) < 16 &&
			   ascii_hex(text.p[i + 2]) < 16) {
			c = (char)(ascii_hex(text.p[i + 1]) << 4 |
				   ascii_hex(text.p[i + 2]));
			i += 2;
		}
		(void)buf_addc(out, c);
	}
}

/* Octets of adjacent words in one charset, converted together. */
struct word_run {
	struct span charset;
	struct buf octets;
	struct buf *out;
};

static void
word_run_flush(struct word_run *run)
{
	if (run->octets.n == 0)
		return;
	(void)mime_to_utf8(run->out, run->charset, buf_span(&run->octets));
	buf_clear(&run->octets);
}

static void
word_run_add(struct word_run *run, const struct word *w)
{
	if (!span_case_eq(w->charset, run->charset)) {
		word_run_flush(run);
		run->charset = w->charset;
	}
	if (w->base64)
		mime_transfer_decode(&run->octets, MIME_BASE64, w->text);
	else
		word_decode_q(&run->octets, w->text);
}

static bool
span_blank(struct span s)
{
	return span_trim(s).n == 0;
}

/* Text that stands beside encoded words, as it was sent. */
static void
words_between(struct buf *out, struct span raw, struct span charset)
{
	bool shifts = span_search(raw, SPAN("\x1b$")) != SIZE_MAX ||
		      span_search(raw, SPAN("\x1b(")) != SIZE_MAX;

	if (charset.n > 0 && (shifts || !utf8_valid(raw)))
		(void)mime_to_utf8(out, charset, raw);
	else
		(void)western_repair(out, raw);
}

static void
words_decode(struct buf *out, struct span raw, struct span charset)
{
	struct word_reader reader = { .raw = raw };
	struct word_run run = { .out = out };
	size_t from = 0, i = 0;
	bool after_word = false;
	struct word w;

	buf_init(&run.octets, raw.n);
	while (i < raw.n) {
		const char *p = memchr(raw.p + i, '=', raw.n - i);
		struct span between;

		if (p == NULL)
			break;
		i = (size_t)(p - raw.p);
		if (i + 1 >= raw.n || raw.p[i + 1] != '?' ||
		    !word_read(&reader, i, &w)) {
			i++;
			continue;
		}
		between = span_slice(raw, from, i);
		if (!after_word || !span_blank(between)) {
			word_run_flush(&run);
			words_between(out, between, charset);
		}
		word_run_add(&run, &w);
		after_word = true;
		from = i = w.end;
	}
	word_run_flush(&run);
	words_between(out, span_slice(raw, from, raw.n), charset);
	buf_free(&run.octets);
}

static bool
text_is_plain(struct span raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];

		if (c >= 0x80 || c == '\0' || c == '\r' || c == '\n' ||
		    c == 0x1b || (c == '?' && i > 0 && raw.p[i - 1] == '='))
			return false;
	}
	return true;
}

struct span
mime_decode_text(struct span raw, struct arena *a)
{
	return mime_decode_text_as(raw, SPAN(""), a);
}

struct span
mime_decode_text_as(struct span raw, struct span charset, struct arena *a)
{
	struct buf out;
	struct span text;
	char *p;

	if (text_is_plain(raw))
		return raw;
	/* Folds are line ends before white space, which stays. */
	raw = arena_without(a, raw, SPAN("\r\n\0"));
	buf_init(&out, 3 * raw.n + 8);
	words_decode(&out, raw, charset);
	text = arena_without(a, buf_span(&out), SPAN("\0"));
	p = (char *)(uintptr_t)text.p;
	for (size_t i = 0; i < text.n; i++)
		if (p[i] == '\r' || p[i] == '\n')
			p[i] = ' ';
	buf_free(&out);
	return text;
}

struct span
mime_sha256(struct span octets, struct arena *a)
{
	gchar *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
	    (const guchar *)(octets.n == 0 ? "" : octets.p), octets.n);
	struct span digest = arena_dup(a, span_of(hex));

	g_free(hex);
	return digest;
}

void
mime_library(char *out, size_t size)
{
	(void)snprintf(out, size, "GMime %u.%u.%u", gmime_major_version,
	    gmime_minor_version, gmime_micro_version);
}
