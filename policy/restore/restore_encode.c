/*
 * Where a text may have ended before somebody added to it, and how its author
 * may have encoded it. Knows no signature.
 *
 * Base64 depends on three octets at a time and quoted-printable on one line,
 * so what is encoded up to a cut is the same whatever follows: a cut in the
 * plain text becomes one in the encoded text, with a tail of a few octets.
 * Therefore a text is encoded and hashed once, however many cuts it has.
 */
#include "config.h"

#include "policy/restore/restore_encode.h"

#include "rules/base/buf.h"

/* ---- where a text may have ended ------------------------------------------ */

/* What lists begin their footers with: "-- ", "____", "----", "====", "****". */
static bool
restore_separator(struct span text, size_t at)
{
	while (at < text.n && ascii_space(text.p[at]))
		at++;
	return at < text.n && memchr("-_=*#~", text.p[at], 6) != NULL;
}

static bool
restore_blank(struct span text)
{
	return span_trim(text).n == 0;
}

/* Of a page, where its last closing tags begin; the end without any. */
static size_t
restore_page_end(struct span text)
{
	size_t from = text.n > 256 ? text.n - 256 : 0;
	struct span end = span_slice(text, from, text.n);
	size_t body = span_case_search(end, SPAN("</body")),
	       html = span_case_search(end, SPAN("</html"));

	if (body == SIZE_MAX)
		body = html;
	return body == SIZE_MAX ? text.n : from + body;
}

static bool
restore_is_end(
    struct span text, size_t at, size_t last, const struct restore_ends *ends)
{
	bool line = text.p[at - 1] == '\n';

	if (ends->separators && !restore_separator(text, at))
		return false;
	if (line || (ends->html && at < last && text.p[at] == '<'))
		return true;
	return ends->part && text.p[at] == '\r' && at + 1 < text.n &&
	       text.p[at + 1] == '\n';
}

void
restore_cuts(struct arena *a, struct span text, const struct restore_ends *ends,
    struct restore_text *out)
{
	size_t max =
	    ends->max < RESTORE_CUTS_MAX ? ends->max : RESTORE_CUTS_MAX;
	size_t last = ends->html ? restore_page_end(text) : text.n;
	struct restore_cut *cut = arena_array(a, max + 1, sizeof(*cut));
	size_t from = max;

	for (size_t at = text.n; at-- > 1 && from > 0;) {
		size_t end = at < last ? last : text.n;

		if (end - at > ends->removed_max)
			break;
		/* White space at the end is nobody's footer. */
		if (restore_is_end(text, at, last, ends) &&
		    !restore_blank(span_slice(text, at, end)))
			cut[--from] = (struct restore_cut){ .at = at,
				.end = end,
				.tail = SPAN(""),
				.removed = span_slice(text, at, end) };
	}
	/* Something must be left that somebody has written. */
	while (from < max && restore_blank(span_slice(text, 0, cut[from].at)))
		from++;
	*out = (struct restore_text){
		.text = text, .cut = cut + from, .count = max - from
	};
}

/* ---- encoding -------------------------------------------------------------- */

struct span
restore_crlf(struct arena *a, struct span text)
{
	size_t n = 0;
	char *p = arena_alloc(a, text.n * 2 + 1);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r'))
			p[n++] = '\r';
		p[n++] = text.p[i];
	}
	return span_make(p, n);
}

#define QUOTED_LINE 76

/* One octet of a line; returns the octets written, 1 or 3. */
static size_t
restore_quoted_octet(struct span line, size_t i, char *out)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char c = (unsigned char)line.p[i];
	bool last_white = (c == ' ' || c == '\t') && i + 1 == line.n;

	out[0] = (char)c;
	if ((c >= ' ' && c < 0x7f && c != '=' && !last_white) ||
	    (c == '\t' && !last_white))
		return 1;
	out[0] = '=';
	out[1] = digits[c >> 4];
	out[2] = digits[c & 15];
	return 3;
}

/* A line without its line end; what comes out is at most four times as long. */
static size_t
restore_quoted_line(struct span line, char *out)
{
	size_t n = 0, column = 0;

	for (size_t i = 0; i < line.n; i++) {
		char octet[3];
		size_t k = restore_quoted_octet(line, i, octet);

		if (column + k > QUOTED_LINE - (i + 1 < line.n)) {
			memcpy(out + n, "=\r\n", 3);
			n += 3;
			column = 0;
		}
		memcpy(out + n, octet, k);
		n += k;
		column += k;
	}
	return n;
}

/* Text of whole lines, but for the last. */
static size_t
restore_quoted_lines(struct span text, char *out)
{
	size_t n = 0;

	while (text.n > 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_slice(text, 0, end);

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		n += restore_quoted_line(line, out + n);
		if (end == SIZE_MAX)
			break;
		memcpy(out + n, "\r\n", 2);
		n += 2;
		text = span_slice(text, end + 1, text.n);
	}
	return n;
}

void
restore_quoted(
    struct arena *a, const struct restore_text *plain, struct restore_text *out)
{
	/* Three for one, and a soft break in every 76 of these. */
	char *p = arena_alloc(a, plain->text.n * 4 + 8);
	size_t n = 0, from = 0;

	out->count = plain->count;
	out->cut = arena_array(a, plain->count + 1, sizeof(*out->cut));
	for (size_t i = 0; i < plain->count; i++) {
		const struct restore_cut *c = &plain->cut[i];

		n += restore_quoted_lines(
		    span_slice(plain->text, from, c->at), p + n);
		from = c->at;
		out->cut[i] = *c;
		out->cut[i].at = n;
	}
	n += restore_quoted_lines(
	    span_slice(plain->text, from, plain->text.n), p + n);
	out->text = span_make(p, n);
	for (size_t i = 0; i < out->count; i++)
		out->cut[i].end = n;
}

#define BASE64_LINE_OCTETS ((size_t)57)
#define BASE64_LINE        ((size_t)78) /* with its line end */

static size_t
restore_base64_group(const unsigned char *p, size_t count, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = (uint32_t)p[0] << 16;

	if (count > 1)
		bits |= (uint32_t)p[1] << 8;
	if (count > 2)
		bits |= p[2];
	out[0] = digits[bits >> 18];
	out[1] = digits[bits >> 12 & 63];
	out[2] = '=';
	out[3] = '=';
	if (count > 1)
		out[2] = digits[bits >> 6 & 63];
	if (count > 2)
		out[3] = digits[bits & 63];
	return 4;
}

static size_t
restore_base64_lines(struct span text, bool open, char *out)
{
	const unsigned char *p = (const unsigned char *)text.p;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i += BASE64_LINE_OCTETS) {
		size_t end = i + BASE64_LINE_OCTETS < text.n
				 ? i + BASE64_LINE_OCTETS
				 : text.n;

		for (size_t k = i; k < end; k += 3)
			n += restore_base64_group(p + k, end - k, out + n);
		memcpy(out + n, "\r\n", 2);
		n += 2;
	}
	return open && n > 0 ? n - 2 : n;
}

void
restore_base64(struct arena *a, const struct restore_text *plain, bool open,
    struct restore_text *out)
{
	size_t lines = plain->text.n / BASE64_LINE_OCTETS + 1;
	char *p = arena_alloc(a, lines * BASE64_LINE + 1);

	out->text = span_make(p, restore_base64_lines(plain->text, open, p));
	out->count = plain->count;
	out->cut = arena_array(a, plain->count + 1, sizeof(*out->cut));
	for (size_t i = 0; i < plain->count; i++) {
		const struct restore_cut *c = &plain->cut[i];
		size_t line = c->at / BASE64_LINE_OCTETS;
		struct span rest =
		    span_slice(plain->text, line * BASE64_LINE_OCTETS, c->at);
		char *tail = arena_alloc(a, BASE64_LINE + 1);

		out->cut[i] = *c;
		out->cut[i].at = line * BASE64_LINE;
		if (rest.n == 0 && open && line > 0)
			out->cut[i].at -= 2;
		out->cut[i].end = out->text.n;
		out->cut[i].tail =
		    span_make(tail, restore_base64_lines(rest, open, tail));
	}
}
