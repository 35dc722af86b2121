/*
 * Writing pages: see html.h for why there is no other way. Nothing here knows
 * what stands on a page.
 */
#include "config.h"

#include "tool/web/html.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"

#define FORMATTED_MAX ((size_t)64 * 1024)

static const struct {
	const char *name;
	bool is_void;
	bool is_inline; /* a line end behind it would be a space */
} elements[HTML_ELEMENTS] = {
	[HTML_A] = { "a", false, true },
	[HTML_BDI] = { "bdi", false, true },
	[HTML_BODY] = { "body", false, false },
	[HTML_BUTTON] = { "button", false, false },
	[HTML_CAPTION] = { "caption", false, false },
	[HTML_CODE] = { "code", false, true },
	[HTML_DD] = { "dd", false, false },
	[HTML_DETAILS] = { "details", false, false },
	[HTML_DIV] = { "div", false, false },
	[HTML_DL] = { "dl", false, false },
	[HTML_DT] = { "dt", false, false },
	[HTML_FIELDSET] = { "fieldset", false, false },
	[HTML_FOOTER] = { "footer", false, false },
	[HTML_FORM] = { "form", false, false },
	[HTML_H1] = { "h1", false, false },
	[HTML_H2] = { "h2", false, false },
	[HTML_H3] = { "h3", false, false },
	[HTML_HEAD] = { "head", false, false },
	[HTML_HEADER] = { "header", false, false },
	[HTML_HTML] = { "html", false, false },
	[HTML_INPUT] = { "input", true, false },
	[HTML_LABEL] = { "label", false, false },
	[HTML_LEGEND] = { "legend", false, false },
	[HTML_LI] = { "li", false, false },
	[HTML_LINK] = { "link", true, false },
	[HTML_MAIN] = { "main", false, false },
	[HTML_META] = { "meta", true, false },
	[HTML_NAV] = { "nav", false, false },
	[HTML_OPTION] = { "option", false, false },
	[HTML_P] = { "p", false, false },
	[HTML_PRE] = { "pre", false, false },
	[HTML_SECTION] = { "section", false, false },
	[HTML_SELECT] = { "select", false, false },
	[HTML_SPAN] = { "span", false, true },
	[HTML_STRONG] = { "strong", false, true },
	[HTML_SUMMARY] = { "summary", false, false },
	[HTML_TABLE] = { "table", false, false },
	[HTML_TBODY] = { "tbody", false, false },
	[HTML_TD] = { "td", false, false },
	[HTML_TEXTAREA] = { "textarea", false, false },
	[HTML_TH] = { "th", false, false },
	[HTML_THEAD] = { "thead", false, false },
	[HTML_TIME] = { "time", false, true },
	[HTML_TITLE] = { "title", false, false },
	[HTML_TR] = { "tr", false, false },
	[HTML_UL] = { "ul", false, false },
	[SVG_G] = { "g", false, false },
	[SVG_LINE] = { "line", false, false },
	[SVG_RECT] = { "rect", false, false },
	[SVG_SVG] = { "svg", false, false },
	[SVG_TEXT] = { "text", false, false },
	[SVG_TITLE] = { "title", false, false },
};

static const char *const attributes[HTML_ATTRIBUTES] = {
	[ATTR_ARIA_CURRENT] = "aria-current",
	[ATTR_ARIA_LABEL] = "aria-label",
	[ATTR_ARIA_LABELLEDBY] = "aria-labelledby",
	[ATTR_CHARSET] = "charset",
	[ATTR_CLASS] = "class",
	[ATTR_CONTENT] = "content",
	[ATTR_DATETIME] = "datetime",
	[ATTR_FOR] = "for",
	[ATTR_HEIGHT] = "height",
	[ATTR_ID] = "id",
	[ATTR_LANG] = "lang",
	[ATTR_METHOD] = "method",
	[ATTR_NAME] = "name",
	[ATTR_OPEN] = "open",
	[ATTR_PLACEHOLDER] = "placeholder",
	[ATTR_REL] = "rel",
	[ATTR_REQUIRED] = "required",
	[ATTR_ROLE] = "role",
	[ATTR_ROWS] = "rows",
	[ATTR_SCOPE] = "scope",
	[ATTR_SELECTED] = "selected",
	[ATTR_TABINDEX] = "tabindex",
	[ATTR_TITLE] = "title",
	[ATTR_TYPE] = "type",
	[ATTR_VALUE] = "value",
	[ATTR_VIEWBOX] = "viewBox",
	[ATTR_WIDTH] = "width",
	[ATTR_X] = "x",
	[ATTR_Y] = "y",
	[ATTR_X1] = "x1",
	[ATTR_X2] = "x2",
	[ATTR_Y1] = "y1",
	[ATTR_Y2] = "y2",
	[ATTR_TEXT_ANCHOR] = "text-anchor",
};

static const char *const pages[HTML_PAGES] = {
	[PAGE_OVERVIEW] = "",
	[PAGE_HISTORY] = "history",
	[PAGE_DECISION] = "decision",
	[PAGE_RULES] = "rules",
	[PAGE_RULE] = "rule",
	[PAGE_SENDERS] = "senders",
	[PAGE_SENDER] = "sender",
	[PAGE_HEALTH] = "health",
	[PAGE_LEARNING] = "learning",
	[PAGE_TEACH] = "teach",
	[PAGE_PROMISES] = "promises",
	[PAGE_STYLE] = "style.css",
	[PAGE_ICON] = "icon.svg",
};

const char *
html_page_path(enum html_page page)
{
	return pages[page];
}

/* ---- escaping ------------------------------------------------------------- */

/* The one function through which all text goes, attributes' as well. */
static void
html_escape(struct buf *out, struct span text)
{
	size_t at = 0;

	while (at < text.n) {
		uint32_t rune;
		size_t n = utf8_next(text, at, &rune);

		if (rune == '&')
			(void)buf_addz(out, "&amp;");
		else if (rune == '<')
			(void)buf_addz(out, "&lt;");
		else if (rune == '>')
			(void)buf_addz(out, "&gt;");
		else if (rune == '"')
			(void)buf_addz(out, "&quot;");
		else if (rune == '\'')
			(void)buf_addz(out, "&#39;");
		else if (rune == '\n' || rune == '\t')
			(void)buf_addc(out, (char)rune);
		else if (rune == UTF8_BAD)
			(void)buf_printf(
			    out, "\\x%02X", (unsigned char)text.p[at]);
		else if (!utf8_shown(rune))
			(void)buf_printf(out, "\\u{%X}", rune);
		else
			(void)buf_add(out, span_slice(text, at, at + n));
		at += n;
	}
}

/* RFC 3986 section 2.3: all but unreserved characters as their octets. */
static void
html_percent(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (ascii_alnum(text.p[i]) || text.p[i] == '-' ||
		    text.p[i] == '.' || text.p[i] == '_' || text.p[i] == '~')
			(void)buf_addc(out, text.p[i]);
		else
			(void)buf_printf(
			    out, "%%%02X", (unsigned char)text.p[i]);
}

/* ---- elements -------------------------------------------------------------- */

void
html_init(struct html *h, struct buf *out)
{
	*h = (struct html){ .out = out };
	(void)buf_addz(out, "<!doctype html>\n");
}

static void
html_close_tag(struct html *h)
{
	if (h->tag)
		(void)buf_addc(h->out, '>');
	h->tag = false;
	if (h->depth > 0 && elements[h->open[h->depth - 1]].is_void)
		h->depth--;
}

void
html_done(const struct html *h)
{
	INVARIANT(h->depth == 0 && !h->tag);
}

void
html_begin(struct html *h, enum html_element e)
{
	html_close_tag(h);
	INVARIANT(h->depth < HTML_DEPTH_MAX);
	h->open[h->depth++] = e;
	h->tag = true;
	(void)buf_printf(h->out, "<%s", elements[e].name);
}

void
html_begin_class(struct html *h, enum html_element e, const char *class_name)
{
	html_begin(h, e);
	if (class_name != NULL && class_name[0] != '\0')
		html_setz(h, ATTR_CLASS, class_name);
}

void
html_end(struct html *h)
{
	html_close_tag(h);
	INVARIANT(h->depth > 0);
	(void)buf_printf(h->out, "</%s>", elements[h->open[--h->depth]].name);
	if (!elements[h->open[h->depth]].is_inline)
		(void)buf_addc(h->out, '\n');
}

/* ---- attributes -------------------------------------------------------------- */

void
html_set(struct html *h, enum html_attribute a, struct span value)
{
	INVARIANT(h->tag);
	(void)buf_printf(h->out, " %s=\"", attributes[a]);
	html_escape(h->out, value);
	(void)buf_addc(h->out, '"');
}

void
html_setz(struct html *h, enum html_attribute a, const char *value)
{
	html_set(h, a, span_of(value));
}

void
html_setf(struct html *h, enum html_attribute a, const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	buf_init(&text, FORMATTED_MAX);
	va_start(ap, fmt);
	(void)buf_vprintf(&text, fmt, ap);
	va_end(ap);
	html_set(h, a, buf_span(&text));
	buf_free(&text);
}

/* "./" is the overview: an empty address would be the page that is shown. */
static void
html_path(struct html *h, const char *attribute, enum html_page page)
{
	INVARIANT(h->tag);
	(void)buf_printf(h->out, " %s=\"./%s", attribute, pages[page]);
}

void
html_href(struct html *h, enum html_page page, const struct html_pair *pair,
    size_t count)
{
	const char *before = "?";

	html_path(h, "href", page);
	for (size_t i = 0; i < count; i++) {
		if (pair[i].value.n == 0)
			continue;
		(void)buf_addz(h->out, before);
		html_percent(h->out, span_of(pair[i].key));
		(void)buf_addc(h->out, '=');
		html_percent(h->out, pair[i].value);
		before = "&amp;";
	}
	(void)buf_addc(h->out, '"');
}

void
html_href_here(struct html *h, const char *id)
{
	INVARIANT(h->tag);
	(void)buf_addz(h->out, " href=\"#");
	html_percent(h->out, span_of(id));
	(void)buf_addc(h->out, '"');
}

void
html_action(struct html *h, enum html_page page)
{
	html_path(h, "action", page);
	(void)buf_addc(h->out, '"');
}

/* ---- text ---------------------------------------------------------------------- */

void
html_text(struct html *h, struct span text)
{
	html_close_tag(h);
	html_escape(h->out, text);
}

void
html_textz(struct html *h, const char *text)
{
	html_text(h, span_of(text));
}

static void html_textv(struct html *h, const char *fmt, va_list ap)
    ATTR_PRINTF(2, 0);
static void
html_textv(struct html *h, const char *fmt, va_list ap)
{
	struct buf text;

	buf_init(&text, FORMATTED_MAX);
	(void)buf_vprintf(&text, fmt, ap);
	html_text(h, buf_span(&text));
	buf_free(&text);
}

void
html_textf(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	html_textv(h, fmt, ap);
	va_end(ap);
}

void
html_put(struct html *h, enum html_element e, const char *class_name,
    struct span text)
{
	html_begin_class(h, e, class_name);
	html_text(h, text);
	html_end(h);
}

void
html_putz(struct html *h, enum html_element e, const char *class_name,
    const char *text)
{
	html_put(h, e, class_name, span_of(text));
}

void
html_putf(struct html *h, enum html_element e, const char *class_name,
    const char *fmt, ...)
{
	va_list ap;

	html_begin_class(h, e, class_name);
	va_start(ap, fmt);
	html_textv(h, fmt, ap);
	va_end(ap);
	html_end(h);
}

void
html_link(struct html *h, enum html_page page, const char *key,
    struct span value, struct span text)
{
	const struct html_pair pair = { key, value };

	html_begin(h, HTML_A);
	html_href(h, page, &pair, key == NULL ? 0 : 1);
	html_text(h, text);
	html_end(h);
}
