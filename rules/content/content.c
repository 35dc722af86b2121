/*
 * What a message holds: walks the parts that mime_tree.c found and asks each
 * module for its share. It decides which parts are text, which are files and
 * which are both; how to read either is known elsewhere.
 */
#include "config.h"

#include "rules/content/content_inside.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/html/html_charset.h"
#include "rules/text/charset.h"
#include "rules/text/decode.h"
#include "rules/text/folded.h"
#include "rules/text/rune.h"

const struct content_limits content_limits_standard = {
	.mime = { .depth = 32, .parts = 500, .octets = (size_t)16 << 20 },
	.html = { .octets = (size_t)4 << 20,
	    .text = (size_t)1 << 20,
	    .links = 500,
	    .depth = 512 },
	.archive = { .entries = 5000,
	    .names = (size_t)512 << 10,
	    .unpacked = (uint64_t)32 << 20,
	    .inside = (size_t)8 << 20,
	    .read = (size_t)8 << 20 },
	.text = (size_t)2 << 20,
	.links = 500,
	.documents = 50,
};

#define TEXT_LINKS_MAX 100 /* of HTML's visible text */
#define SUBJECTS_MAX   4   /* one is allowed */
/* Octets behind "://" in which a space without width ends an address. */
#define ZERO_WIDTH_NEAR 2048

/* ---- text ------------------------------------------------------------------ */

static void
content_append(struct buf *out, struct span text)
{
	if (out->n > 0)
		(void)buf_addc(out, '\n');
	if (text.n > out->max - out->n)
		out->over = true;
	(void)buf_add_some(out, utf8_cut(text, out->max - out->n));
}

/* Adds one part's text, which lies in the arena, as a paragraph of its own. */
static void
content_add_text(struct content_joined *out, struct span text)
{
	if (text.n == 0)
		return;
	if (out->only.n == 0 && out->all.n == 0 && text.n <= out->all.max) {
		out->only = text;
		return;
	}
	if (out->only.n > 0)
		content_append(&out->all, out->only);
	out->only = SPAN("");
	content_append(&out->all, text);
}

/* The next c from at on, or the end. */
static size_t
content_next(struct span s, size_t at, char c)
{
	size_t n = span_find(span_slice(s, at, s.n), c);

	return n == SIZE_MAX ? s.n : at + n;
}

/* A copy without CR before LF and without what is not drawn. */
static struct span
content_clean_text(struct span s, struct arena *a)
{
	char *p = arena_octets(a, s.n + 1);
	size_t n = 0, i = 0;
	/* The next CR and the next octet beyond ASCII, from i on. */
	size_t cr = content_next(s, 0, '\r'), wide = utf8_ascii_run(s, 0);

	while (i < s.n) {
		size_t end = cr < wide ? cr : wide;
		uint32_t rune;

		memcpy(p + n, s.p + i, end - i);
		n += end - i;
		i = end;
		if (i == s.n)
			break;
		if (i == cr) {
			if (i + 1 >= s.n || s.p[i + 1] != '\n')
				p[n++] = '\r';
			cr = content_next(s, ++i, '\r');
			continue;
		}
		end = i + utf8_next(s, i, &rune);
		if (!rune_invisible(rune) && !rune_bidi(rune)) {
			memcpy(p + n, s.p + i, end - i);
			n += end - i;
		}
		i = end;
		wide = i + utf8_ascii_run(s, i);
	}
	return span_make(p, n);
}

struct span
content_to_text(
    struct content_reader *r, struct span charset, struct span octets)
{
	struct buf text;
	struct span copy;
	size_t mark;
	struct span own = charset_of_mark(octets, &mark);

	if (own.n > 0) {
		charset = own;
		octets = span_slice(octets, mark, octets.n);
	}
	if (mime_is_utf8(charset, octets))
		return octets;
	buf_init(&text, octets.n * 4 + 4);
	(void)mime_to_utf8(&text, charset, octets);
	copy = arena_dup(r->arena, buf_span(&text));
	buf_free(&text);
	return copy;
}

struct span
content_to_page(struct content_reader *r, struct span charset,
    struct span octets, bool file)
{
	const struct charset *declared = charset_find(charset);

	if (file || declared == NULL || declared->kind == CHARSET_ASCII) {
		struct span own = html_charset(octets);

		if (own.n > 0)
			charset = own;
	}
	return content_to_text(r, charset, octets);
}

bool
content_is_cut(const struct content_reader *r, const struct mime_part *part)
{
	uintptr_t from = (uintptr_t)part->raw.p, gaps = (uintptr_t)r->gaps.p;

	/* Parts that were decoded to be read lie elsewhere. Of one that reaches
	 * the gaps the rest may be missing: only the boundary behind it, with
	 * the line end that belongs to that, may be what was kept. */
	return r->gaps.p != NULL && from <= gaps + r->gaps.n &&
	       from + part->raw.n + 2 >= gaps;
}

bool
content_is_full(struct content_reader *r)
{
	if (!arena_over(r->arena))
		return false;
	r->out->mime.flags |= MIME_FLAG_MEMORY;
	r->out->text_over = true;
	r->out->links.over = true;
	return true;
}

struct span
content_octets(struct content_reader *r, const struct mime_part *part)
{
	struct span octets = mime_part_octets(r->mime, part, r->limits->text);

	if (octets.n >= r->limits->text || content_is_cut(r, part))
		r->out->text_over = true;
	return octets;
}

/* RFC 6350, 3.2: a line goes on behind a line end and a blank. */
static struct span
content_unfold(struct span s, struct arena *a)
{
	char *p = arena_octets(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		size_t end = i;

		if (end < s.n && s.p[end] == '\r')
			end++;
		if (end + 1 < s.n && s.p[end] == '\n' &&
		    (s.p[end + 1] == ' ' || s.p[end + 1] == '\t')) {
			i = end + 1;
			continue;
		}
		p[n++] = s.p[i];
	}
	return span_make(p, n);
}

static bool
content_is_folded(struct span text)
{
	return span_case_search(span_slice(text, 0, 256), SPAN("BEGIN:V")) !=
	       SIZE_MAX;
}

/*
 * Some programs end an address at a space of no width (U+200B), where a line
 * may break, and to others it is not there.
 */
static void
content_find_links(
    struct content_reader *r, struct span text, struct span clean)
{
	static const struct span none = SPAN_INIT("\xe2\x80\x8b");
	size_t at;

	link_set_find(&r->out->links, clean);
	if (utf8_ascii(text) || span_search(text, none) == SIZE_MAX)
		return;
	while ((at = span_search(text, SPAN("://"))) != SIZE_MAX) {
		struct span url = span_slice(text, at, at + ZERO_WIDTH_NEAR);
		size_t end = span_search(url, none), begin = at;
		struct span line = span_slice(url, 0, span_find(url, '\n'));

		while (begin > 0 && ascii_alpha(text.p[begin - 1]))
			begin--;
		if (end < line.n)
			link_set_find(
			    &r->out->links, span_slice(text, begin, at + end));
		text = span_slice(text, at + 3, text.n);
	}
}

void
content_read_links(struct content_reader *r, struct span text)
{
	if (content_is_folded(text))
		text = content_unfold(text, r->arena);
	content_find_links(r, text, content_clean_text(text, r->arena));
}

/* One with a name is a file as well, and is read as that. */
static bool
content_is_calendar(const struct mime_part *part, struct span text)
{
	return document_kind_of_type(part->type) == DOCUMENT_CALENDAR ||
	       span_case_search(span_slice(text, 0, 256),
		   SPAN("BEGIN:VCALENDAR")) != SIZE_MAX;
}

static void
content_read_plain(struct content_reader *r, const struct mime_part *part)
{
	struct span text = content_to_text(
			r, part->charset, content_octets(r, part)),
		    clean;
	bool calendar = content_is_calendar(part, text);

	if (calendar && part->name_count == 0)
		content_add_calendar(r, text);
	else if (!calendar && (r->nested > 0 || content_is_folded(text)))
		content_read_links(r, text);
	if (r->nested > 0)
		return;
	clean = content_clean_text(text, r->arena);
	content_add_text(&r->plain, clean);
	if (!calendar)
		content_find_links(r, text, clean);
}

/* ---- HTML ------------------------------------------------------------------ */

static bool
content_is_link_text(const struct content *c, struct span url)
{
	for (size_t i = 0; i < c->links.count; i++)
		if (span_search(span_slice(c->links.link[i].text, 0, 1024),
			url) != SIZE_MAX)
			return true;
	return false;
}

/* URLs that stand in visible text without being the text of a link. */
static void
content_find_html_links(struct content_reader *r, struct span text)
{
	struct link_set found;

	link_set_init(&found, TEXT_LINKS_MAX, r->arena);
	link_set_find(&found, text);
	for (size_t i = 0; i < found.count; i++) {
		const struct link *l = &found.link[i];

		if (l->kind == LINK_TEXT &&
		    !content_is_link_text(r->out, l->url))
			link_set_add(&r->out->links, LINK_TEXT, l->url,
			    SPAN(""), SPAN(""));
	}
}

void
content_read_html(struct content_reader *r, struct span html, bool shown)
{
	static const enum link_kind kind[] = { LINK_ANCHOR, LINK_IMAGE,
		LINK_ACTION, LINK_LOAD };
	struct html_page page;

	html_read(html, &r->limits->html, r->arena, &page);
	r->out->html_flags |= page.flags;
	if (!r->archived)
		r->out->own_html_flags |= page.flags;
	r->out->remote_images += page.remote_images;
	for (size_t i = 0; i < page.link_count; i++)
		link_set_add(&r->out->links, kind[page.link[i].kind],
		    page.link[i].href, page.link[i].text, page.base);
	content_find_html_links(r, page.text);
	for (size_t i = 0; i < page.picture_count; i++)
		content_add_picture(r, page.picture[i]);
	if (!shown)
		return;
	r->out->html = true;
	r->out->images += page.images;
	r->out->html_octets += html.n;
	content_add_text(&r->html, page.text);
	content_add_text(&r->hidden, page.hidden);
}

/* ---- all ------------------------------------------------------------------- */

static bool
content_is_file(const struct mime_part *part)
{
	return part->place == MIME_BODY &&
	       (!part->text || part->name_count > 0);
}

void
content_read_parts(struct content_reader *r)
{
	for (size_t i = 0; i < r->mime->count; i++) {
		const struct mime_part *part = &r->mime->part[i];

		r->out->encrypted = r->out->encrypted || part->encrypted;
		if (content_is_full(r))
			; /* names and types below are read all the same */
		else if (part->text && part->html)
			content_read_html(r,
			    content_to_page(r, part->charset,
				content_octets(r, part), false),
			    r->nested == 0);
		else if (part->text)
			content_read_plain(r, part);
		if (content_is_file(part))
			content_add_file(r, part);
	}
}

/* Clients make links of what stands in the subject too. */
static void
content_read_subject(
    struct content_reader *r, const struct header_list *headers)
{
	const struct header_field *f;

	for (size_t i = 0; i < SUBJECTS_MAX &&
			   (f = header_get(headers, "Subject", i)) != NULL;
	     i++)
		content_read_links(r, mime_decode_text(f->value, r->arena));
}

static struct span
content_finish_text(struct content_reader *r, struct content_joined *joined)
{
	struct span text = joined->only;

	if (text.n == 0)
		text = arena_dup(r->arena, buf_span(&joined->all));
	if (joined->all.over)
		r->out->text_over = true;
	buf_free(&joined->all);
	return text;
}

static void
content_join_texts(struct content_reader *r)
{
	struct content *out = r->out;
	struct span plain, html;
	char *p;

	out->plain = content_finish_text(r, &r->plain);
	out->html_text = content_finish_text(r, &r->html);
	out->hidden = content_finish_text(r, &r->hidden);
	plain = folded_text(out->plain, true, r->arena);
	html = folded_text(out->html_text, false, r->arena);
	if (plain.n == 0 || html.n == 0) {
		out->text = plain.n > 0 ? plain : html;
		return;
	}
	p = arena_octets(r->arena, plain.n + 1 + html.n);
	memcpy(p, plain.p, plain.n);
	p[plain.n] = '\n';
	memcpy(p + plain.n + 1, html.p, html.n);
	out->text = span_make(p, plain.n + 1 + html.n);
}

void
content_read(const struct header_list *headers, struct span body,
    const struct content_limits *limits, struct arena *a, struct content *out)
{
	size_t members_left = limits->archive.read, members = 0;
	struct content_reader r = { .limits = limits,
		.out = out,
		.members_left = &members_left,
		.members = &members,
		.mime = &out->mime,
		.gaps = limits->whole > 0
			    ? span_slice(body, limits->whole, body.n)
			    : (struct span){ 0 },
		.arena = a };

	*out = (struct content){ .html = false };
	mime_parse(headers, body, &limits->mime, a, &out->mime);
	link_set_init(&out->links, limits->links, a);
	link_set_init(&out->document_links, limits->links, a);
	out->links.is_tld = out->document_links.is_tld = limits->is_tld;
	buf_init(&r.plain.all, limits->text);
	buf_init(&r.html.all, limits->text);
	buf_init(&r.hidden.all, limits->text);
	content_read_parts(&r);
	content_read_subject(&r, headers);
	content_join_texts(&r);
}
