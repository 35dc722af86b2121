/*
 * The seam to libxml2: HTML as events, never as a tree, whose depth libxml2
 * limits by dropping what is deeper. What text is visible is decided by
 * html_style.c, element by element; what links mean is link.c's.
 */
#include "config.h"

#include "rules/html.h"

#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include <libxml/HTMLparser.h>
#include <libxml/xmlmemory.h>

#include "rules/buf.h"
#include "rules/html_flow.h"
#include "rules/html_repair.h"
#include "rules/html_sheet.h"
#include "rules/panic.h"
#include "rules/utf8.h"

#define FEED_OCTETS  16384
#define SHEET_OCTETS ((size_t)128 << 10) /* of one style element */

const struct html_limits html_limits_standard = {
	.octets = (size_t)4 << 20,
	.text = (size_t)1 << 20,
	.links = 500,
	.depth = 512,
};

const char *const html_flag_names[HTML_FLAG_COUNT] = {
	"html-hidden",
	"html-form",
	"html-password",
	"html-base",
	"html-refresh",
	"html-script",
	"html-smuggling",
	"html-data",
	"html-javascript",
	"html-frame",
	"html-depth",
	"html-limit",
};

struct reader {
	const struct html_limits *limits;
	struct html_page *out;
	struct arena *arena;
	struct html_flow visible, hidden;
	struct html_style *style; /* of the elements that are open */
	size_t depth;             /* of all of them, over the limit too */
	size_t quiet;             /* depth of the script, style or title */
	size_t sheet_depth;       /* depth of the style element, 0: none */
	size_t anchor;            /* depth of the open link, 0: none */
	size_t anchor_link;       /* its index */
	size_t anchor_from;       /* where in visible its text starts */
	bool in_comment;          /* of Outlook's conditional ones */
	struct html_sheet sheet;
	struct buf css; /* of the style element that is open */
};

/* Most names differ in the first letter. */
static bool
name_is(const char *name, const char *want)
{
	return name[0] == want[0] && strcmp(name, want) == 0;
}

/* ---- text ------------------------------------------------------------------ */

static struct html_style *
reader_style(struct reader *r)
{
	size_t top = r->depth < r->limits->depth ? r->depth : r->limits->depth;

	return &r->style[top];
}

static void
reader_text(struct reader *r, struct span s)
{
	struct html_style style = *reader_style(r);

	if (r->quiet != 0)
		return;
	if (r->sheet.unsure)
		style.background = STYLE_NO_COLOUR;
	html_flow_add(html_style_hides(&style) ? &r->hidden : &r->visible, s);
}

/* Text of an attribute that is shown, set apart by spaces. */
static void
reader_text_apart(struct reader *r, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	reader_text(r, SPAN(" "));
	reader_text(r, span_of(text));
	reader_text(r, SPAN(" "));
}

/* ---- attributes and links -------------------------------------------------- */

static const char *
attribute(const xmlChar **atts, const char *name)
{
	for (size_t i = 0; atts != NULL && atts[i] != NULL; i += 2)
		if (strcmp((const char *)atts[i], name) == 0)
			return atts[i + 1] == NULL ? ""
						   : (const char *)atts[i + 1];
	return NULL;
}

static void
href_flags(struct reader *r, struct span href, enum html_link_kind kind)
{
	if (span_case_starts(href, SPAN("javascript:")) ||
	    span_case_starts(href, SPAN("vbscript:")))
		r->out->flags |= HTML_JAVASCRIPT;
	if (span_case_starts(href, SPAN("data:")) && kind != HTML_IMAGE)
		r->out->flags |= HTML_DATA;
}

/* Returns the index of the new link, or SIZE_MAX. */
static size_t
reader_link(struct reader *r, enum html_link_kind kind, const char *value)
{
	struct html_page *out = r->out;
	struct span href;

	if (value == NULL || value[0] == '\0')
		return SIZE_MAX;
	href = html_href(value, r->arena);
	href_flags(r, href, kind);
	if (href.n == 0 || href.p[0] == '#' ||
	    span_case_starts(href, SPAN("data:")) ||
	    span_case_starts(href, SPAN("cid:")))
		return SIZE_MAX;
	if (out->link_count >= r->limits->links) {
		out->flags |= HTML_LIMIT;
		return SIZE_MAX;
	}
	out->link = arena_grow(r->arena, out->link, &out->link_cap,
	    out->link_count + 1, sizeof(*out->link));
	out->link[out->link_count] =
	    (struct html_link){ .kind = kind, .href = href, .text = SPAN("") };
	return out->link_count++;
}

static void
reader_end_anchor(struct reader *r)
{
	struct span text = buf_span(&r->visible.text);

	text = span_trim(span_slice(text, r->anchor_from, text.n));
	if (r->anchor != 0 && text.n > 0)
		r->out->link[r->anchor_link].text = arena_dup(r->arena, text);
	r->anchor = 0;
}

static void
reader_anchor(struct reader *r, const xmlChar **atts)
{
	const char *href = attribute(atts, "href");
	size_t index = reader_link(
	    r, HTML_LINK, href != NULL ? href : attribute(atts, "xlink:href"));

	if (r->anchor != 0)
		reader_end_anchor(r);
	if (index == SIZE_MAX)
		return;
	r->anchor = r->depth;
	r->anchor_link = index;
	r->anchor_from = r->visible.text.n;
}

static void
reader_image(struct reader *r, const char *src)
{
	struct span url = span_trim(span_of(src));

	if (!span_case_starts(url, SPAN("http:")) &&
	    !span_case_starts(url, SPAN("https:")) &&
	    !span_starts(url, SPAN("//")))
		return;
	r->out->remote_images++;
	(void)reader_link(r, HTML_IMAGE, src);
}

/* <meta http-equiv=refresh content="0; url=http://..."> */
static void
reader_meta(struct reader *r, const xmlChar **atts)
{
	struct span equiv = span_of(attribute(atts, "http-equiv"));
	const char *content = attribute(atts, "content");
	size_t at;

	if (!span_case_is(span_trim(equiv), "refresh") || content == NULL)
		return;
	r->out->flags |= HTML_REFRESH;
	at = span_case_search(span_of(content), SPAN("url"));
	if (at == SIZE_MAX)
		return;
	content += at + 3;
	content += strspn(content, " \t\r\n='\"");
	(void)reader_link(r, HTML_LOAD, content);
}

static void
reader_input(struct reader *r, const xmlChar **atts)
{
	struct span type = span_trim(span_of(attribute(atts, "type")));

	if (span_case_is(type, "password"))
		r->out->flags |= HTML_PASSWORD;
	else if (span_case_is(type, "image"))
		reader_image(r, attribute(atts, "src"));
	if (span_case_is(type, "submit") || span_case_is(type, "button"))
		reader_text_apart(r, attribute(atts, "value"));
	else if (!span_case_is(type, "hidden"))
		reader_text_apart(r, attribute(atts, "placeholder"));
}

static void
reader_img(struct reader *r, const xmlChar **atts)
{
	reader_image(r, attribute(atts, "src"));
	reader_text_apart(r, attribute(atts, "alt"));
}

static void
reader_form(struct reader *r, const xmlChar **atts)
{
	r->out->flags |= HTML_FORM;
	(void)reader_link(r, HTML_ACTION, attribute(atts, "action"));
}

static void
reader_frame(struct reader *r, const xmlChar **atts)
{
	r->out->flags |= HTML_FRAME;
	(void)reader_link(r, HTML_LOAD, attribute(atts, "src"));
	(void)reader_link(r, HTML_LOAD, attribute(atts, "data"));
}

static void
reader_base(struct reader *r, const xmlChar **atts)
{
	const char *href = attribute(atts, "href");

	if (href == NULL || r->out->base.n > 0)
		return;
	r->out->base = html_href(href, r->arena);
	r->out->flags |= HTML_BASE;
}

static void
reader_script(struct reader *r, const xmlChar **atts)
{
	r->out->flags |= HTML_SCRIPT;
	(void)reader_link(r, HTML_LOAD, attribute(atts, "src"));
}

/* A style element begins, whose sheet counts unless it is for other media. */
static void
reader_sheet(struct reader *r, const xmlChar **atts)
{
	if (!r->in_comment &&
	    html_sheet_media(span_of(attribute(atts, "media"))))
		r->sheet_depth = r->depth;
}

static const struct {
	const char *name;
	void (*start)(struct reader *r, const xmlChar **atts);
} special[] = {
	{ "a", reader_anchor },
	{ "area", reader_anchor },
	{ "base", reader_base },
	{ "embed", reader_frame },
	{ "form", reader_form },
	{ "frame", reader_frame },
	{ "iframe", reader_frame },
	{ "image", reader_img },
	{ "img", reader_img },
	{ "input", reader_input },
	{ "meta", reader_meta },
	{ "object", reader_frame },
	{ "script", reader_script },
	{ "style", reader_sheet },
};

/* The images that a style attribute loads. */
static void
reader_style_images(struct reader *r, struct span css)
{
	size_t at;

	while ((at = span_case_search(css, SPAN("url("))) != SIZE_MAX) {
		size_t end;
		struct span url;

		css = span_slice(css, at + 4, css.n);
		end = span_find(css, ')');
		url = span_trim(span_slice(css, 0, end));
		if (url.n > 1 && (url.p[0] == '"' || url.p[0] == '\''))
			url = span_slice(url, 1, url.n - 1);
		reader_image(r, arena_strdup(r->arena, url));
		css = span_slice(css, end == SIZE_MAX ? css.n : end, css.n);
	}
}

/* Attributes that any element may have, and what style sheets say to them. */
static void
reader_attributes(struct reader *r, const char *element_name,
    const xmlChar **atts, struct html_style *style)
{
	struct html_element e = { span_of(element_name), SPAN(""), SPAN("") };
	struct html_declared own = { .set = 0 };

	for (size_t i = 0; atts != NULL && atts[i] != NULL; i += 2) {
		const char *name = (const char *)atts[i];
		struct span value = span_of((const char *)atts[i + 1]);

		if (strcmp(name, "style") == 0) {
			own = html_style_read(value);
			reader_style_images(r, value);
		} else if (strcmp(name, "class") == 0) {
			e.classes = value;
		} else if (strcmp(name, "id") == 0) {
			e.id = value;
		} else if (strcmp(name, "hidden") == 0) {
			style->hidden = true;
		} else if (strcmp(name, "color") == 0) {
			style->colour = html_style_colour(value);
		} else if (strcmp(name, "bgcolor") == 0) {
			style->background = html_style_colour(value);
		} else if (strcmp(name, "background") == 0) {
			style->background = STYLE_NO_COLOUR;
			reader_image(r, (const char *)atts[i + 1]);
		} else if (strcmp(name, "formaction") == 0) {
			(void)reader_link(
			    r, HTML_ACTION, (const char *)atts[i + 1]);
		} else if (strncmp(name, "on", 2) == 0 && value.n > 0) {
			r->out->flags |= HTML_SCRIPT;
		}
	}
	own = html_sheet_match(&r->sheet, &e, &own);
	html_style_settle(style, &own);
}

static void
reader_end_sheet(struct reader *r)
{
	html_sheet_add(&r->sheet, buf_span(&r->css));
	buf_clear(&r->css);
	r->sheet_depth = 0;
}

/* ---- events ---------------------------------------------------------------- */

static void
html_start(void *ctx, const xmlChar *xml_name, const xmlChar **atts)
{
	struct reader *r = ctx;
	const char *name = (const char *)xml_name;
	enum html_element_kind kind = html_element_kind(name);
	struct html_style style = *reader_style(r);

	r->depth++;
	if (r->depth > r->limits->depth)
		r->out->flags |= HTML_DEPTH;
	reader_attributes(r, name, atts, &style);
	*reader_style(r) = style;
	if (kind == HTML_ELEMENT_BLOCK)
		r->visible.line = r->hidden.line = true;
	else if (kind == HTML_ELEMENT_CELL)
		r->visible.space = r->hidden.space = true;
	for (size_t i = 0; i < ARRAY_COUNT(special); i++)
		if (name_is(name, special[i].name))
			special[i].start(r, atts);
	/* Buttons as Outlook draws them. */
	if (strncmp(name, "v:", 2) == 0 && attribute(atts, "href") != NULL)
		reader_anchor(r, atts);
	if (kind == HTML_ELEMENT_QUIET && r->quiet == 0)
		r->quiet = r->depth;
}

static void
html_end(void *ctx, const xmlChar *xml_name)
{
	struct reader *r = ctx;
	enum html_element_kind kind = html_element_kind((const char *)xml_name);

	if (r->depth == 0)
		return;
	if (r->anchor == r->depth)
		reader_end_anchor(r);
	if (r->sheet_depth == r->depth)
		reader_end_sheet(r);
	if (r->quiet == r->depth)
		r->quiet = 0;
	if (kind == HTML_ELEMENT_BLOCK)
		r->visible.line = r->hidden.line = true;
	else if (kind == HTML_ELEMENT_CELL)
		r->visible.space = r->hidden.space = true;
	r->depth--;
}

static void
html_characters(void *ctx, const xmlChar *text, int n)
{
	if (n > 0)
		reader_text(ctx, span_make((const char *)text, (size_t)n));
}

/* What script and style hold. */
static void
html_cdata(void *ctx, const xmlChar *text, int n)
{
	static const struct span sign[] = { SPAN_INIT("atob("),
		SPAN_INIT("new blob("), SPAN_INIT("createobjecturl"),
		SPAN_INIT("mssaveoropenblob"), SPAN_INIT("data:application") };
	struct reader *r = ctx;
	struct span s;

	if (n <= 0)
		return;
	s = span_make((const char *)text, (size_t)n);
	if (r->sheet_depth != 0)
		(void)buf_add_some(&r->css, s);
	if ((r->out->flags & HTML_SCRIPT) == 0)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(sign); i++)
		if (span_case_search(s, sign[i]) != SIZE_MAX)
			r->out->flags |= HTML_SMUGGLING;
}

static void html_feed(struct reader *r, struct span html);

/* Outlook shows what stands in <!--[if mso]> ... <![endif]-->. */
static void
html_comment(void *ctx, const xmlChar *text)
{
	struct reader *r = ctx;
	struct span s = span_of((const char *)text);
	size_t from;

	if (r->in_comment || !span_starts(s, SPAN("[if ")))
		return;
	from = span_search(s, SPAN("]>"));
	if (from == SIZE_MAX)
		return;
	s = span_slice(s, from + 2, s.n);
	if (span_ends(s, SPAN("<![endif]")))
		s.n -= strlen("<![endif]");
	r->in_comment = true;
	html_feed(r, s);
	r->in_comment = false;
}

static void html_silent(void *ctx, const char *msg, ...) ATTR_PRINTF(2, 3);
static void
html_silent(void *ctx, const char *msg, ...)
{
	(void)ctx;
	(void)msg;
}

static void *
html_realloc(void *p, size_t n)
{
	return xrealloc(p, n, 1);
}

/*
 * libxml2's own state, made once in a process. Where memory fails, its reader
 * of HTML would leave out text or go round for ever: the process ends.
 */
static void
html_begin(void)
{
	(void)xmlMemSetup(free, xmalloc, html_realloc, xstrdup);
	xmlInitParser();
}

static void
html_feed(struct reader *r, struct span html)
{
	xmlSAXHandler sax = { .startElement = html_start,
		.endElement = html_end,
		.characters = html_characters,
		.ignorableWhitespace = html_characters,
		.cdataBlock = html_cdata,
		.comment = html_comment,
		.warning = html_silent,
		.error = html_silent,
		.fatalError = html_silent };
	htmlParserCtxtPtr parser;
	size_t depth = r->depth;

	parser = htmlCreatePushParserCtxt(
	    &sax, r, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (parser == NULL)
		return;
	(void)htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET |
					     HTML_PARSE_IGNORE_ENC |
					     HTML_PARSE_COMPACT);
	for (size_t at = 0; at < html.n; at += FEED_OCTETS) {
		struct span piece = span_slice(html, at, at + FEED_OCTETS);

		(void)htmlParseChunk(parser, piece.p, (int)piece.n, 0);
	}
	(void)htmlParseChunk(parser, NULL, 0, 1);
	htmlFreeParserCtxt(parser);
	r->depth = depth;
}

void
html_read(struct span html, const struct html_limits *limits, struct arena *a,
    struct html_page *out)
{
	static once_flag once = ONCE_FLAG_INIT;
	struct reader r = { .limits = limits, .out = out, .arena = a };

	call_once(&once, html_begin);
	*out = (struct html_page){ .base = SPAN("") };
	if (html.n > limits->octets)
		out->flags |= HTML_LIMIT;
	html = html_repair(span_slice(html, 0, limits->octets), a);
	html_sheet_init(&r.sheet, a);
	buf_init(&r.css, SHEET_OCTETS);
	buf_init(&r.visible.text, limits->text);
	buf_init(&r.hidden.text, limits->text);
	r.style = arena_array(a, limits->depth + 1, sizeof(*r.style));
	r.style[0].colour = STYLE_NO_COLOUR;
	r.style[0].background = 0xffffff; /* where nothing else is said */
	html_feed(&r, html);
	reader_end_anchor(&r);
	out->text = arena_dup(a, buf_span(&r.visible.text));
	out->hidden = arena_dup(a, buf_span(&r.hidden.text));
	if (out->hidden.n > 0)
		out->flags |= HTML_HIDDEN;
	if (r.visible.text.over || r.hidden.text.over)
		out->flags |= HTML_LIMIT;
	buf_free(&r.visible.text);
	buf_free(&r.hidden.text);
	buf_free(&r.css);
}
