/*
 * Addresses in PDF (ISO 32000-1): the URI of an action (12.6.4.7), wherever it
 * stands, and actions that start a program (12.6.4.5) or have a script
 * (12.6.4.16). Objects are not followed, so that a file with a broken table, or one
 * that two programs read in two ways, hides nothing. What a library that draws
 * pages finds in it, such as its text, comes on top (reader/pdf.c).
 */
#include "config.h"

#include "rules/document/document.h"

#include "rules/base/utf8.h"
#include "rules/document/unpack.h"

#define URI_MAX     4096               /* octets of one address */
#define STRING_MAX  ((size_t)64 << 10) /* of a string that it stands in */
#define URIS_MAX    1000
#define DICT_BEFORE ((size_t)1024) /* where a stream's dictionary stands */
#define STREAMS_MAX 500

struct pdf {
	struct document *d;
	size_t uris, streams;
};

static bool
pdf_space(char c)
{
	return ascii_space(c) || c == '\0' || c == '\f';
}

/*
 * Whether the name behind the "/" at *at is the wanted one, any of whose
 * letters may be written as "#" and two digits (7.3.5); *at is then behind it.
 */
static bool
pdf_name(struct span s, size_t *at, const char *want)
{
	size_t i = *at + 1;

	for (; *want != '\0'; want++) {
		char c;

		if (i >= s.n)
			return false;
		c = s.p[i++];
		if (c == '#' && i + 1 < s.n && ascii_hex(s.p[i]) < 16 &&
		    ascii_hex(s.p[i + 1]) < 16) {
			c = (char)(ascii_hex(s.p[i]) * 16 +
				   ascii_hex(s.p[i + 1]));
			i += 2;
		}
		if (c != *want)
			return false;
	}
	if (i < s.n && (ascii_alnum(s.p[i]) || s.p[i] == '#'))
		return false;
	*at = i;
	return true;
}

/* An escape of a literal string; at stands behind the backslash. */
static size_t
pdf_escape(struct span s, size_t at, struct buf *out)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *found;
	unsigned code = 0;
	size_t i = at;

	while (i < s.n && i < at + 3 && s.p[i] >= '0' && s.p[i] <= '7')
		code = code * 8 + (unsigned)(s.p[i++] - '0');
	if (i > at) {
		(void)buf_addc(out, (char)(unsigned char)code);
		return i;
	}
	if (s.p[at] == '\n')
		return at + 1;
	if (s.p[at] == '\r')
		return at + 1 + (at + 1 < s.n && s.p[at + 1] == '\n');
	found = memchr(from, s.p[at], sizeof(from) - 1);
	(void)buf_addc(out, found != NULL ? to[found - from] : s.p[at]);
	return at + 1;
}

/* (...), with parentheses inside (7.3.4.2). */
static void
pdf_literal(struct span s, struct buf *out)
{
	size_t depth = 0;

	for (size_t i = 1; i < s.n && !out->over;) {
		char c = s.p[i++];

		if (c == '\\' && i < s.n) {
			i = pdf_escape(s, i, out);
			continue;
		}
		if (c == ')' && depth-- == 0)
			return;
		depth += c == '(';
		(void)buf_addc(out, c);
	}
}

/* <...> (7.3.4.3). */
static void
pdf_digits(struct span s, struct buf *out)
{
	unsigned high = 16;

	for (size_t i = 1; i < s.n && s.p[i] != '>' && !out->over; i++) {
		unsigned digit = ascii_hex(s.p[i]);

		if (digit > 15)
			continue;
		if (high < 16)
			(void)buf_addc(
			    out, (char)(unsigned char)(high * 16 + digit));
		high = high < 16 ? 16 : digit;
	}
}

/* What is UTF-16 all the same is ASCII every other octet. */
static struct span
pdf_address(struct pdf *p, struct span raw)
{
	char *copy = arena_alloc(p->d->arena, raw.n + 1);
	size_t n = 0;

	if (span_starts(raw, SPAN("\xfe\xff")) ||
	    span_starts(raw, SPAN("\xff\xfe")))
		raw = span_slice(raw, 2, raw.n);
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] != '\0')
			copy[n++] = raw.p[i];
	return span_trim(span_make(copy, n));
}

/* Which names a string stands behind that leads somewhere. */
static const struct pdf_row {
	const char *name;
	bool script; /* addresses stand in it */
	bool scheme; /* it may be a file of one's own */
} pdf_rows[] = {
	{ "URI", false, false },
	{ "F", false, true }, /* where forms are sent, or a file lies */
	{ "UF", false, true },
	{ "JS", true, true },
};

/* The string that s begins with; "" when it begins with something else. */
static struct span
pdf_string(struct pdf *p, struct span s)
{
	struct span out;
	struct buf text;
	size_t i = 0;

	while (i < s.n && pdf_space(s.p[i]))
		i++;
	s = span_slice(s, i, s.n);
	if (s.n == 0 || (s.p[0] != '(' && s.p[0] != '<') ||
	    span_starts(s, SPAN("<<")))
		return SPAN("");
	buf_init(&text, STRING_MAX);
	if (s.p[0] == '(')
		pdf_literal(s, &text);
	else
		pdf_digits(s, &text);
	p->d->unseen = p->d->unseen || text.over;
	out = pdf_address(p, buf_span(&text));
	buf_free(&text);
	return out;
}

/* s begins behind the name, with a string, or else it names the kind of
 * action. */
static void
pdf_target(struct pdf *p, const struct pdf_row *row, struct span s)
{
	struct span text = pdf_string(p, s);

	if (text.n == 0 ||
	    (row->scheme && span_search(text, SPAN("://")) == SIZE_MAX))
		return;
	if (p->uris++ >= URIS_MAX)
		p->d->unseen = true;
	else if (row->script)
		document_find(
		    p->d, DOCUMENT_PDF, utf8_clean(text, p->d->arena));
	else
		p->d->link(
		    p->d->ctx, DOCUMENT_PDF, span_slice(text, 0, URI_MAX));
}

static bool
pdf_has(struct span dict, const char *name)
{
	for (size_t i = 0; i < dict.n; i++)
		if (dict.p[i] == '/' && pdf_name(dict, &i, name))
			return true;
	return false;
}

static void
pdf_search(struct pdf *p, struct span s)
{
	const char *slash;

	for (size_t i = 0; i < s.n; i++) {
		size_t behind;

		slash = memchr(s.p + i, '/', s.n - i);
		if (slash == NULL)
			return;
		i = behind = (size_t)(slash - s.p);
		for (size_t k = 0; k < ARRAY_COUNT(pdf_rows); k++)
			if (pdf_name(s, &behind, pdf_rows[k].name)) {
				pdf_target(p, &pdf_rows[k],
				    span_slice(s, behind, s.n));
				break;
			}
		if (pdf_name(s, &behind, "Encrypt"))
			p->d->keyed = true;
		else if (pdf_name(s, &behind, "Launch"))
			p->d->acts |= DOCUMENT_RUNS;
		else if (pdf_name(s, &behind, "JavaScript"))
			p->d->acts |= DOCUMENT_SCRIPT;
	}
}

/* An object stream (7.5.7), which holds objects as the file does. */
static void
pdf_stream(struct pdf *p, struct span dict, struct span data)
{
	struct span inside;
	bool cut;

	if (!pdf_has(dict, "ObjStm"))
		return;
	if (p->d->keyed) {
		p->d->acts |= DOCUMENT_ACTS_UNSEEN;
		return;
	}
	if (p->streams++ >= STREAMS_MAX || !pdf_has(dict, "FlateDecode") ||
	    !unpack_zlib(data, p->d->budget, p->d->arena, &inside, &cut)) {
		p->d->unseen = true;
		return;
	}
	p->d->unseen = p->d->unseen || cut;
	p->d->budget -= inside.n;
	pdf_search(p, inside);
}

static void
pdf_streams(struct pdf *p, struct span s)
{
	static const struct span begin = SPAN_INIT("stream");
	size_t at = 0, found;

	while (
	    (found = span_search(span_slice(s, at, s.n), begin)) != SIZE_MAX) {
		size_t from = at + found, data = from + begin.n, end;
		size_t before = from > DICT_BEFORE ? from - DICT_BEFORE : 0;

		at = data;
		if (from > 0 && ascii_alpha(s.p[from - 1]))
			continue; /* the end of one */
		if (data < s.n && s.p[data] == '\r')
			data++;
		if (data >= s.n || s.p[data] != '\n')
			continue;
		end = span_search(
		    span_slice(s, data + 1, s.n), SPAN("endstream"));
		end = end == SIZE_MAX ? s.n : data + 1 + end;
		pdf_stream(p, span_slice(s, before, from),
		    span_slice(s, data + 1, end));
		at = end;
	}
}

void
document_pdf(struct document *d, struct span octets)
{
	struct pdf p = { .d = d };

	d->keyed = false;
	pdf_search(&p, octets);
	pdf_streams(&p, octets);
}
