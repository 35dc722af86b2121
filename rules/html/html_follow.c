/*
 * Where a page leads: its links with the text beside them, its pictures, and
 * the pages that stand in their own addresses. Which attributes hold addresses
 * is html_element.c's, what these mean link.c's.
 */
#include "config.h"

#include "rules/html/html_inside.h"

#include "rules/base/utf8.h"
#include "rules/html/html_charset.h"
#include "rules/html/html_data.h"
#include "rules/html/html_entity.h"

#define PICTURES_MAX 10 /* that stand in the page itself */

bool
html_token_has(const struct html_token *token, enum html_attribute id)
{
	return (token->has & 1U << id) != 0;
}

struct span
html_token_value(struct html_reader *r, const struct html_token *token,
    enum html_attribute id)
{
	if (!html_token_has(token, id))
		return SPAN("");
	return html_entity_value(token->value[id], r->arena);
}

/* ---- links ----------------------------------------------------------------- */

struct span
html_follow_clean(struct html_reader *r, struct span href)
{
	struct span copy = arena_dup(r->arena, href);
	char *p = (char *)(uintptr_t)copy.p;
	bool plain = true;
	size_t n = 0;

	for (size_t i = 0; i < href.n; i++)
		plain = plain && href.p[i] > ' ' && href.p[i] < 0x7f;
	if (plain)
		return copy;
	for (size_t i = 0; i < href.n; i++)
		if (p[i] != '\n' && p[i] != '\r' && p[i] != '\t' &&
		    (n > 0 || (unsigned char)p[i] > ' '))
			p[n++] = p[i];
	while (n > 0 && (unsigned char)p[n - 1] <= ' ')
		n--;
	return utf8_clean(span_make(p, n), r->arena);
}

static void
follow_href_flags(
    struct html_reader *r, struct span href, enum html_link_kind kind)
{
	if (span_case_starts(href, SPAN("javascript:")) ||
	    span_case_starts(href, SPAN("vbscript:")))
		r->out->flags |= HTML_JAVASCRIPT;
	if (span_case_starts(href, SPAN("data:")) && kind != HTML_IMAGE)
		r->out->flags |= HTML_DATA;
}

/* A page in a data: URL, which has its links and its scripts. */
static void
follow_data_page(struct html_reader *r, struct span href, bool mute)
{
	struct html_data data;
	struct span page;
	bool xml;

	if (!html_data_read(href, r->octets, r->arena, &data)) {
		r->out->flags |= HTML_LIMIT;
		return;
	}
	if (!html_data_page(&data, &xml))
		return;
	page = html_data_text(&data, r->arena);
	html_page_inside(r, xml ? html_of_xml(page, r->arena) : page, mute);
}

size_t
html_follow_add(struct html_reader *r, enum html_link_kind kind,
    struct span value, bool mute)
{
	struct html_page *out = r->out;
	size_t added = SIZE_MAX;
	struct span href;
	bool data;

	if (value.n == 0)
		return SIZE_MAX;
	href = html_follow_clean(r, value);
	follow_href_flags(r, href, kind);
	data = span_case_starts(href, SPAN("data:"));
	if (href.n == 0 || href.p[0] == '#' ||
	    span_case_starts(href, SPAN("cid:")) ||
	    (data && kind == HTML_IMAGE))
		return SIZE_MAX;
	if (out->link_count >= r->limits->links) {
		out->flags |= HTML_LIMIT;
	} else if (!data || span_case_starts(href, SPAN("data:text/"))) {
		out->link = arena_grow(r->arena, out->link, &out->link_cap,
		    out->link_count + 1, sizeof(*out->link));
		out->link[out->link_count] = (struct html_link){
			.kind = kind, .href = href, .text = SPAN("")
		};
		added = out->link_count++;
	}
	if (data)
		follow_data_page(r, href, mute);
	return added;
}

size_t
html_follow(struct html_reader *r, enum html_link_kind kind, struct span value)
{
	return html_follow_add(r, kind, value, true);
}

void
html_anchor_end(struct html_reader *r)
{
	struct span text = buf_span(&r->visible.text);

	text = span_trim(span_slice(text, r->anchor.from, text.n));
	if (r->anchor.open && text.n > 0)
		r->out->link[r->anchor.link].text = arena_dup(r->arena, text);
	r->anchor.open = false;
}

void
html_anchor_begin(struct html_reader *r, const struct html_token *token)
{
	bool has = html_token_has(token, ATTR_HREF);
	size_t index = html_follow(r, HTML_LINK,
	    html_token_value(r, token, has ? ATTR_HREF : ATTR_XLINK_HREF));
	bool html = token->tag == TAG_A && !html_tree_foreign(&r->tree);

	html_anchor_end(r);
	if (index == SIZE_MAX || token->tag == TAG_AREA)
		return;
	r->anchor.open = true;
	r->anchor.link = index;
	r->anchor.from = r->visible.text.n;
	r->anchor.level = html ? r->tree.links : 0;
	r->anchor.depth = html ? 0 : r->tree.depth;
}

void
html_anchor_check(struct html_reader *r)
{
	if (r->anchor.open && (r->tree.links < r->anchor.level ||
				  r->tree.depth < r->anchor.depth))
		html_anchor_end(r);
}

bool
html_follow_absolute(struct span url)
{
	return span_case_starts(url, SPAN("http:")) ||
	       span_case_starts(url, SPAN("https:")) ||
	       span_starts(url, SPAN("//"));
}

/* A picture that stands in the page, for whoever looks at pictures. */
static void
follow_picture(struct html_reader *r, struct span url)
{
	struct html_page *out = r->out;
	struct html_data data;

	if (!span_case_starts(url, SPAN("data:image/")))
		return;
	if (out->picture_count == PICTURES_MAX ||
	    !html_data_read(url, r->octets, r->arena, &data)) {
		out->flags |= HTML_LIMIT;
		return;
	}
	r->octets -= data.octets.n;
	out->picture = arena_grow(r->arena, out->picture, &out->picture_cap,
	    out->picture_count + 1, sizeof(*out->picture));
	out->picture[out->picture_count++] = data.octets;
}

void
html_follow_image(struct html_reader *r, struct span src)
{
	struct span url = span_trim(src);

	follow_picture(r, url);
	if (!html_follow_absolute(url))
		return;
	r->out->remote_images++;
	(void)html_follow(r, HTML_IMAGE, src);
}

void
html_follow_srcset(struct html_reader *r, struct span set)
{
	struct span one;

	while (span_cut(&set, ',', &one)) {
		size_t end = 0;

		one = span_trim(one);
		while (end < one.n && !ascii_space(one.p[end]))
			end++;
		one = span_slice(one, 0, end);
		if (html_follow_absolute(one))
			(void)html_follow(r, HTML_IMAGE, one);
	}
}
