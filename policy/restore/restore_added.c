/*
 * Reads what was added to a message. Knows no signature.
 *
 * An attacker has a signed message of somebody else and may write a footer
 * below it. In HTML a footer could hide all that stands above: by a style
 * sheet, by lying on top of it, by a script. What browsers do with HTML is
 * long to tell, so the question is turned round: a footer is harmless when
 * every tag in it is written in one narrow form and is one of those that can
 * do nothing but follow what is there. Everything else is not undone.
 */
#include "config.h"

#include "policy/restore/restore_added.h"

#include "rules/base/utf8.h"
#include "rules/html/html.h"
#include "rules/html/link.h"

static const char *const restore_elements[] = { "a", "b", "br", "center",
	"code", "div", "em", "font", "hr", "i", "li", "p", "pre", "small",
	"span", "strong", "sub", "sup", "tt", "u", "ul", "wbr" };

/* Attributes; what style may hold is below. */
static const char *const restore_attributes[] = { "href", "rel", "target",
	"title", "lang", "dir", "face", "color", "align", "style" };

/* Properties that can neither move nor cover anything. */
static const char *const restore_properties[] = { "color", "font",
	"font-family", "font-size", "font-style", "font-weight", "text-align",
	"text-decoration" };

static bool
restore_is_one(struct span word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_case_is(word, words[i]))
			return true;
	return false;
}

/* "name: value; name: value", without functions, escapes and comments. */
static bool
restore_style_harmless(struct span style)
{
	struct span one;

	for (size_t i = 0; i < style.n; i++)
		if (!ascii_alnum(style.p[i]) &&
		    memchr(" :;,.#%-'!", style.p[i], 10) == NULL)
			return false;
	while (span_cut(&style, ';', &one)) {
		size_t colon = span_find(one, ':');

		if (span_trim(one).n > 0 &&
		    !restore_is_one(span_trim(span_slice(one, 0, colon)),
			restore_properties, ARRAY_COUNT(restore_properties)))
			return false;
	}
	return true;
}

/* Takes NAME="VALUE" off the front of what stands in a tag. */
static bool
restore_attribute(struct span *rest)
{
	size_t n = 0, end;
	struct span name, value;
	char quote;

	while (n < rest->n && (ascii_alnum(rest->p[n]) || rest->p[n] == '-'))
		n++;
	name = span_slice(*rest, 0, n);
	if (n + 2 >= rest->n || rest->p[n] != '=')
		return false;
	quote = rest->p[n + 1];
	*rest = span_slice(*rest, n + 2, rest->n);
	end = span_find(*rest, quote);
	if ((quote != '"' && quote != '\'') || end == SIZE_MAX)
		return false;
	value = span_slice(*rest, 0, end);
	*rest = span_slice(*rest, end + 1, rest->n);
	if (!restore_is_one(
		name, restore_attributes, ARRAY_COUNT(restore_attributes)) ||
	    span_find(value, '<') != SIZE_MAX ||
	    span_find(value, '>') != SIZE_MAX)
		return false;
	return !span_case_is(name, "style") || restore_style_harmless(value);
}

/* What stands between "<" and ">". */
static bool
restore_tag_harmless(struct span tag)
{
	size_t n = 0;

	if (tag.n > 0 && tag.p[0] == '/')
		tag = span_slice(tag, 1, tag.n);
	while (n < tag.n && ascii_alnum(tag.p[n]))
		n++;
	if (!restore_is_one(span_slice(tag, 0, n), restore_elements,
		ARRAY_COUNT(restore_elements)))
		return false;
	tag = span_slice(tag, n, tag.n);
	if (tag.n > 0 && tag.p[tag.n - 1] == '/')
		tag.n--;
	while (span_trim(tag).n > 0) {
		if (!ascii_space(tag.p[0]))
			return false;
		tag = span_trim(tag);
		if (!restore_attribute(&tag))
			return false;
	}
	return true;
}

static bool
restore_html_harmless(struct span html)
{
	while (html.n > 0) {
		size_t open = span_find(html, '<'), close;

		if (open == SIZE_MAX)
			return true;
		html = span_slice(html, open + 1, html.n);
		close = span_find(html, '>');
		if (close == SIZE_MAX ||
		    !restore_tag_harmless(span_slice(html, 0, close)))
			return false;
		html = span_slice(html, close + 1, html.n);
	}
	return true;
}

/* ---- as people see it ------------------------------------------------------ */

/* Decoded, as UTF-8. */
static struct span
restore_piece_text(const struct restore_piece *p, struct arena *a)
{
	struct buf octets, text;
	struct span out;

	buf_init(&octets, p->text.n + 1);
	buf_init(&text, p->text.n * 4 + 4);
	mime_transfer_decode(&octets, p->encoding, p->text);
	(void)mime_to_utf8(&text, p->charset, buf_span(&octets));
	out = arena_without(a, buf_span(&text), SPAN("\r"));
	buf_free(&octets);
	buf_free(&text);
	return out;
}

static bool
restore_piece_read(const struct restore_piece *p, struct link_set *links,
    struct arena *a, struct span *shown)
{
	struct span text = restore_piece_text(p, a);
	struct html_page page;

	if (!p->html) {
		*shown = span_trim(text);
		link_set_find(links, text);
		return true;
	}
	if (!restore_html_harmless(text))
		return false;
	html_read(text, &html_limits_standard, a, &page);
	for (size_t i = 0; i < page.link_count; i++)
		link_set_add(links, LINK_ANCHOR, page.link[i].href,
		    page.link[i].text, SPAN(""));
	link_set_find(links, page.text);
	*shown = span_trim(page.text);
	return true;
}

#define RESTORE_LINKS_MAX 50

bool
restore_added_read(const struct restore_piece *piece, size_t count,
    struct arena *a, struct restore_added *out)
{
	struct link_set links;
	struct buf all;
	struct span *host;
	bool harmless = true;

	link_set_init(&links, RESTORE_LINKS_MAX, a);
	buf_init(&all, RESTORE_ADDED_MAX);
	for (size_t i = 0; i < count && harmless; i++) {
		struct span shown = SPAN("");

		harmless = restore_piece_read(&piece[i], &links, a, &shown);
		if (all.n > 0)
			(void)buf_addc(&all, '\n');
		(void)buf_add_some(&all, utf8_cut(shown, all.max - all.n));
	}
	out->text = utf8_clean(arena_dup(a, buf_span(&all)), a);
	buf_free(&all);
	/* More links than are read lead who knows where. */
	host = arena_array(a, links.count + 1, sizeof(*host));
	out->link = host;
	out->link_count = links.count + links.over;
	for (size_t i = 0; i < links.count; i++)
		host[i] = (links.link[i].flags & (LINK_IP | LINK_BAD_HOST)) == 0
			      ? links.link[i].host
			      : SPAN("");
	return harmless;
}
