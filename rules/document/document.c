/*
 * What the readers of documents share: characters, paragraphs, addresses in
 * running text, and pages inside.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/base/utf8.h"
#include "rules/html/html.h"
#include "rules/html/html_charset.h"
#include "rules/html/link.h"
#include "rules/text/charset.h"
#include "rules/text/decode.h"
#include "rules/text/windows1252.h"

#define FOUND_MAX 200 /* addresses in one running text */

struct span
document_utf8(struct document *d, struct span octets)
{
	size_t mark = 0;
	struct span charset = charset_of_mark(octets, &mark), out = octets;
	struct buf text;

	octets = span_slice(octets, mark, octets.n);
	if (charset.n == 0)
		charset = html_charset(octets);
	buf_init(&text, octets.n * 4 + 4);
	if (charset.n > 0 && !mime_is_utf8(charset, octets)) {
		(void)mime_to_utf8(&text, charset, octets);
		out = arena_dup(d->arena, buf_span(&text));
	} else if (!utf8_valid(octets)) {
		if (western_repair(&text, octets))
			out = arena_dup(d->arena, buf_span(&text));
		else
			out = utf8_clean(octets, d->arena);
	} else {
		out = octets;
	}
	buf_free(&text);
	return out;
}

/* Not by iconv, whose tables for it nobody can load behind the walls. */
struct span
document_wide(struct document *d, struct span octets)
{
	size_t max = octets.n / 2 * 3 + 4;
	char *out = arena_octets(d->arena, max);

	return span_make(out, utf8_of_utf16(octets, out, max));
}

bool
document_is_outside(struct span target)
{
	size_t colon = span_find(target, ':');

	return span_starts(target, SPAN("\\\\")) ||
	       span_starts(target, SPAN("//")) ||
	       (colon != SIZE_MAX && colon > 1 && colon < 16);
}

bool
document_is_abroad(struct span target)
{
	size_t colon = span_find(target, ':');
	struct span host;

	if (colon != SIZE_MAX && colon > 1)
		target = span_slice(target, colon + 1, target.n);
	/* Behind "file:" three slashes are followed by a drive or a share. */
	for (colon = 0; colon < target.n &&
			(target.p[colon] == '/' || target.p[colon] == '\\');)
		colon++;
	if (colon < 2)
		return false;
	host = span_slice(target, colon, target.n);
	for (colon = 0;
	     colon < host.n && host.p[colon] != '/' && host.p[colon] != '\\';)
		colon++;
	host.n = colon;
	return span_find(host, '.') != SIZE_MAX ||
	       span_find(host, '@') != SIZE_MAX ||
	       span_find(host, '[') != SIZE_MAX;
}

bool
document_field_runs(struct span fields)
{
	static const struct span word = SPAN_INIT("DDE");
	size_t at = 0, found;

	while ((found = span_case_search(
		    span_slice(fields, at, fields.n), word)) != SIZE_MAX) {
		size_t from = at + found, end = from + word.n;

		if (span_case_starts(
			span_slice(fields, end, fields.n), SPAN("AUTO")))
			end += 4;
		if ((from == 0 || ascii_space(fields.p[from - 1])) &&
		    end < fields.n && ascii_space(fields.p[end]))
			return true;
		at = from + 1;
	}
	return false;
}

void
document_say(struct document *d, struct span text)
{
	struct buf *out = d->text;

	if (text.n == 0)
		return;
	if (out->n > 0)
		(void)buf_addc(out, '\n');
	if (text.n > out->max - out->n)
		d->unseen = true;
	(void)buf_add_some(out, utf8_cut(text, out->max - out->n));
}

void
document_find(struct document *d, enum document_kind kind, struct span text)
{
	struct link_set found;

	link_set_init(&found, FOUND_MAX, d->arena);
	link_set_find(&found, text);
	d->unseen = d->unseen || found.over;
	for (size_t i = 0; i < found.count; i++)
		if (found.link[i].kind == LINK_TEXT)
			d->link(d->ctx, kind, found.link[i].url);
}

void
document_page(struct document *d, enum document_kind kind, struct span html)
{
	struct html_page page;

	html_read(html, &html_limits_standard, d->arena, &page);
	d->html |= page.flags;
	d->unseen = d->unseen || (page.flags & HTML_LIMIT) != 0;
	for (size_t i = 0; i < page.link_count; i++)
		d->link(d->ctx, kind, page.link[i].href);
	for (size_t i = 0; i < page.picture_count && d->image != NULL; i++)
		d->image(d->ctx, page.picture[i]);
	document_find(d, kind, page.text);
	document_say(d, page.text);
}

void
document_svg(struct document *d, struct span octets)
{
	document_page(
	    d, DOCUMENT_SVG, html_of_xml(document_utf8(d, octets), d->arena));
}
